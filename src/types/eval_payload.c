/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Header fields (`tcp dport`), raw ones (`@th,16,16`), and those within a tunnel (`vxlan ip saddr`). */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/eval_field.h"

static uint8_t wire_base(const struct proto *p)
{
	static const uint8_t bases[] = {
		[PROTO_LL] = NFT_PAYLOAD_LL_HEADER, [PROTO_NH] = NFT_PAYLOAD_NETWORK_HEADER, [PROTO_TH] = NFT_PAYLOAD_TRANSPORT_HEADER,
		[PROTO_INNER] = NFT_PAYLOAD_TUN_HEADER,
	};

	return bases[p->base];
}

/*
 * A field of which the bytes hold more than itself is loaded with all its bytes, masked, and shifted down to its value. More bytes than one are
 * turned to host order before they are shifted.
 */
struct tx *eval_bits(struct eval *v, struct tx *e)
{
	bool payload = e->load == LOAD_PAYLOAD;
	uint32_t *off = payload ? &e->payload.off : &e->exthdr.off;
	uint32_t in = *off % 8, bits = e->bits, whole, shift;
	const struct datatype *type = e->type;
	struct tx *t;
	u128 mask;

	if (v->whole || (!in && !(bits % 8)))
		return e;
	whole = (in + bits + 7) & ~7u;
	shift = whole - in - bits;
	mask = (((u128)1 << bits) - 1) << shift;
	e->bits = whole;
	*off -= in;
	t = tx_binop(v, AST_OP_AND, e, tx_value(v, e->at, type, e->bo, whole, mask));
	t->vbits = (uint16_t)bits;
	if (!shift)
		return t;
	if (whole > 8) {
		t = eval_order(v, t, BO_HOST);
		if (!t)
			return NULL;
	}
	t = tx_binop(v, AST_OP_RSHIFT, t, tx_value(v, e->at, &type_integer, BO_HOST, 32, shift));
	t->bo = BO_HOST;
	t->vbits = (uint16_t)bits;
	return t;
}

static struct tx *field_of(struct eval *v, const struct ast_expr *e, const struct proto *p)
{
	const char *name = field_words(v, e->field, 0);
	const struct proto_field *f = proto_field_by_name(p, name);
	struct tx *t;

	if (!f) {
		diag_error(v->d, e->at, "%s has no field '%s'", p->name, name);
		return NULL;
	}
	t = tx_new(v, TX_LOAD, e->at, f->type, f->byteorder, f->len);
	t->load = LOAD_PAYLOAD;
	t->payload.proto = p;
	t->payload.field = f;
	t->payload.base = wire_base(p);
	t->payload.off = f->off;
	t->inner = v->tunnel;
	return t;
}

struct tx *eval_payload(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct proto *p = proto_by_name(e->field->head);
	struct tx *t = field_of(v, e, p);

	if (!t || eval_payload_deps(v, t))
		return NULL;
	return eval_bits(v, t);
}

/* ---- tunnels ------------------------------------------------------------------------------------ */

/* What carries the tunnel must be known: udp for vxlan and geneve; gre's own header is asked for. */
static int check_carrier(struct eval *v, const struct ast_expr *e, const struct proto *p)
{
	const struct proto *th = v->outer.layer[PROTO_TH].desc;
	struct tx *t;

	if (v->deps_off)
		return 0;
	if (p->base == PROTO_INNER) {
		if (!th)
			return diag_error(v->d, e->at, "no transport protocol specified");
		if (th != &proto_udp)
			return diag_error(v->d, e->at, "unexpected transport protocol %s", th->name);
		pctx_update(&v->outer, PROTO_INNER, e->at, p);
		return 0;
	}
	if (th)
		return 0;
	t = tx_new(v, TX_LOAD, e->at, &type_integer, BO_BIG, 8);
	t->load = LOAD_PAYLOAD;
	t->payload.proto = &proto_gre; /* gretap has its number */
	t->payload.field = &proto_gre.fields[0];
	return eval_payload_deps(v, t);
}

static struct tx *eval_carried(struct eval *v, const struct ast_expr *e, const struct proto *p)
{
	struct tx *t;

	if (v->tunnel) {
		diag_error(v->d, e->at, "a tunnel within a tunnel is not supported");
		return NULL;
	}
	if (!v->within.hook)
		pctx_init(&v->within, p->inner->base ? NFPROTO_BRIDGE : NFPROTO_NETDEV);
	v->tunnel = p;
	v->pctx = &v->within;
	t = eval_expr(v, e->a, (struct expect){ 0 });
	v->tunnel = NULL;
	v->pctx = &v->outer;
	if (t)
		t->at = e->at;
	return t;
}

struct tx *eval_tunnel_header(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct proto *p = proto_by_name(e->field->head);
	struct tx *t;

	if (e->a) {
		if (check_carrier(v, e, p))
			return NULL;
		return eval_carried(v, e, p);
	}
	if (p->base != PROTO_INNER)
		return eval_payload(v, e, x);
	if (check_carrier(v, e, p))
		return NULL;
	t = field_of(v, e, p);
	if (!t)
		return NULL;
	t->inner = p;
	return eval_bits(v, t);
}

/* ---- raw ----------------------------------------------------------------------------------------- */

struct tx *eval_raw(struct eval *v, const struct ast_expr *e, struct expect x)
{
	static const struct { const char *name; uint8_t base; } bases[] = {
		{ "ll", NFT_PAYLOAD_LL_HEADER }, { "nh", NFT_PAYLOAD_NETWORK_HEADER }, { "th", NFT_PAYLOAD_TRANSPORT_HEADER },
		{ "ih", NFT_PAYLOAD_INNER_HEADER },
	};
	struct tx *t;

	if (!e->num2 || e->num2 > 128 * 16) {
		diag_error(v->d, e->at, "Invalid payload length %llu", (unsigned long long)e->num2);
		return NULL;
	}
	if (e->num > 8 * 0xffff) {
		diag_error(v->d, e->at, "Invalid payload offset");
		return NULL;
	}
	t = tx_new(v, TX_LOAD, e->at, &type_integer, BO_BIG, (uint32_t)e->num2);
	t->load = LOAD_PAYLOAD;
	t->payload.off = (uint32_t)e->num;
	t->inner = v->tunnel;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (!strcmp(e->text, bases[i].name)) {
			t->payload.base = bases[i].base;
			return eval_bits(v, t);
		}
	diag_error(v->d, e->at, "unknown raw payload base '%s'", e->text);
	return NULL;
}
