/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Userdata that says what a set's key or data were taken from. See typeof.h. */
#include "src/types/typeof.h"

#include <string.h>

#include "base/bytes.h"
#include "bytecode/msg.h"
#include "src/types/typed.h"
#include "src/types/udata.h"

uint32_t typeof_proto_number(const struct proto *p)
{
	return p->kind == PROTO_HEADER || p->kind == PROTO_EXTHDR ? udata_desc(p) : 0;
}

const struct proto *typeof_proto(enum proto_kind kind, uint32_t number)
{
	return udata_proto(kind, number);
}

/* Where nft counts fields in another order than that of the header. */
static const struct { const struct proto *p; const char *name; uint32_t number; } moved[] = {
	{ &proto_arp, "daddr ether", 7 }, { &proto_arp, "saddr ip", 8 }, { &proto_vlan, "id", 4 }, { &proto_vlan, "type", 5 },
	{ &proto_igmp, "checksum", 2 }, { &proto_igmp, "mrt", 3 },
};

static uint32_t count_from(const struct proto *p)
{
	return (p->kind == PROTO_HEADER || p->kind == PROTO_EXTHDR) && p != &proto_srh;
}

uint32_t typeof_field_number(const struct proto *p, const struct proto_field *f)
{
	uint32_t n = count_from(p);

	for (size_t i = 0; i < ARRAY_SIZE(moved); i++)
		if (moved[i].p == p && !strcmp(moved[i].name, f->name))
			return moved[i].number;
	for (uint32_t i = 0; i < p->n_fields; i++) {
		const struct proto_field *r = &p->fields[i];

		if (r->flags & PROTO_F_ALIAS)
			continue;
		if (r->off == f->off && r->len == f->len && r->dep == f->dep)
			return n;
		n++;
	}
	return 0;
}

const struct proto_field *typeof_field(const struct proto *p, uint32_t number)
{
	for (uint32_t i = 0; i < p->n_fields; i++)
		if (!(p->fields[i].flags & PROTO_F_ALIAS) && typeof_field_number(p, &p->fields[i]) == number)
			return &p->fields[i];
	return NULL;
}

/* ---- writing --------------------------------------------------------------------------------------- */

static void put(struct buf *b, uint8_t type, uint32_t n)
{
	bc_ud_put_u32(b, type, n);
}

static void put_payload(struct buf *b, const struct tx *e, uint32_t bits)
{
	const struct proto *p = e->payload.proto;

	put(b, TYPEOF_PAYLOAD_DESC, p ? typeof_proto_number(p) : 0);
	put(b, TYPEOF_PAYLOAD_FIELD, p ? typeof_field_number(p, e->payload.field) : 0);
	if (!p) {
		put(b, TYPEOF_PAYLOAD_BASE, e->payload.base + 1u);
		put(b, TYPEOF_PAYLOAD_OFF, e->payload.off);
	}
	if (!p || e->type->id == TYPE_INTEGER)
		put(b, TYPEOF_PAYLOAD_LEN, bits);
	if (e->inner)
		put(b, TYPEOF_PAYLOAD_INNER, typeof_proto_number(e->inner));
}

static bool put_exthdr(struct buf *b, const struct tx *e)
{
	const struct proto *p = e->exthdr.proto;

	if (!p)
		return false;
	put(b, TYPEOF_EXTHDR_FIELD, typeof_field_number(p, e->exthdr.field));
	if (e->exthdr.op != NFT_EXTHDR_OP_IPV6)
		put(b, TYPEOF_EXTHDR_OP, e->exthdr.op);
	put(b, TYPEOF_EXTHDR_DESC, e->exthdr.op == NFT_EXTHDR_OP_IPV6 ? typeof_proto_number(p) : e->exthdr.type);
	return true;
}

static const uint32_t kinds[LOADS] = {
	[LOAD_PAYLOAD] = TYPEOF_PAYLOAD, [LOAD_EXTHDR] = TYPEOF_EXTHDR, [LOAD_META] = TYPEOF_META, [LOAD_CT] = TYPEOF_CT, [LOAD_RT] = TYPEOF_RT,
	[LOAD_SOCKET] = TYPEOF_SOCKET, [LOAD_OSF] = TYPEOF_OSF, [LOAD_FIB] = TYPEOF_FIB, [LOAD_XFRM] = TYPEOF_XFRM,
	[LOAD_NUMGEN] = TYPEOF_NUMGEN, [LOAD_HASH] = TYPEOF_HASH, [LOAD_TUNNEL] = TYPEOF_TUNNEL,
};

static bool put_load(struct buf *b, const struct tx *e, uint32_t bits)
{
	switch ((enum tx_load)e->load) {
	case LOAD_PAYLOAD:
		put_payload(b, e, bits);
		return true;
	case LOAD_EXTHDR:
		return put_exthdr(b, e);
	case LOAD_META:
		put(b, 0, e->meta.key);
		return true;
	case LOAD_CT:
		put(b, 0, e->ct.key);
		put(b, 1, (uint32_t)e->ct.dir);
		return true;
	case LOAD_RT:
		put(b, 0, e->rt.key);
		return true;
	case LOAD_SOCKET:
		put(b, 0, e->socket.key);
		if (e->socket.key == NFT_SOCKET_CGROUPV2)
			put(b, 1, e->socket.level);
		return true;
	case LOAD_OSF:
		return true;
	case LOAD_FIB:
		put(b, 0, e->fib.result);
		put(b, 1, e->fib.flags);
		return true;
	case LOAD_XFRM:
		put(b, 0, e->xfrm.key);
		put(b, 1, e->xfrm.spnum);
		put(b, 2, e->xfrm.dir);
		return true;
	case LOAD_NUMGEN:
		put(b, 0, e->numgen.type);
		put(b, 1, e->numgen.mod);
		put(b, 2, e->numgen.off);
		return true;
	case LOAD_HASH:
		put(b, 0, e->hash.type);
		put(b, 1, e->hash.off);
		put(b, 2, e->hash.mod);
		put(b, 3, e->hash.seed);
		put(b, 4, e->hash.has_seed);
		return true;
	case LOAD_TUNNEL:
		put(b, 0, e->tunnel.key);
		return true;
	case LOADS:
		break;
	}
	return false;
}

/* The load behind the mask and shift of a narrow field; NULL where there is none. */
static const struct tx *bare(const struct tx *e)
{
	while (e && e->vbits && (e->kind == TX_BINOP || e->kind == TX_ORDER))
		e = e->a;
	return e && e->kind == TX_LOAD ? e : NULL;
}

static bool put_parts(struct buf *b, const struct tx *e)
{
	size_t at = b->len;
	uint8_t i = 0;

	/* nft stops at the first part that it has no words for */
	for (const struct tx *p = e->parts; p; p = p->next, i++) {
		buf_auto one = { 0 };

		if (!typeof_put(&one, p))
			break;
		bc_ud_put(b, i, one.p, one.len);
	}
	return b->len - at < 256;
}

bool typeof_put(struct buf *out, const struct tx *e)
{
	buf_auto data = { 0 };
	const struct tx *l;
	uint32_t kind;

	switch ((enum tx_kind)e->kind) {
	case TX_VALUE:
		kind = TYPEOF_VALUE;
		break;
	case TX_VERDICT:
		kind = TYPEOF_VERDICT;
		break;
	case TX_CONCAT:
		kind = TYPEOF_CONCAT;
		if (!put_parts(&data, e))
			return false;
		break;
	default:
		l = bare(e);
		if (!l || !put_load(&data, l, e->vbits ? e->vbits : l->bits))
			return false;
		kind = kinds[l->load];
	}
	if (data.len > 255 - 8)
		return false;
	put(out, TYPEOF_TLV_KIND, kind);
	bc_ud_put(out, TYPEOF_TLV_DATA, data.p, data.len);
	return true;
}

/* ---- reading ------------------------------------------------------------------------------------------ */

static bool get(struct bc_bytes ud, uint8_t type, uint32_t *n)
{
	struct bc_bytes b;

	if (!bc_ud_get(ud, type, &b) || b.len != sizeof(*n))
		return false;
	memcpy(n, b.p, sizeof(*n));
	return true;
}

static struct tx *value(struct eval *v, const struct datatype *type, enum byteorder bo, uint32_t bits)
{
	return tx_value(v, (struct place){ 0 }, type, bo, bits, 0);
}

static struct tx *get_payload(struct eval *v, struct bc_bytes ud)
{
	uint32_t desc, field, len = 0;
	const struct proto_field *f;
	const struct proto *p;

	if (!get(ud, TYPEOF_PAYLOAD_DESC, &desc) || !get(ud, TYPEOF_PAYLOAD_FIELD, &field))
		return NULL;
	p = typeof_proto(PROTO_HEADER, desc);
	f = p ? typeof_field(p, field) : NULL;
	if (f)
		return value(v, f->type, f->byteorder, f->len);
	if (p || !get(ud, TYPEOF_PAYLOAD_LEN, &len) || !len || len > 512)
		return NULL;
	return value(v, &type_integer, BO_BIG, len);
}

static struct tx *get_exthdr(struct eval *v, struct bc_bytes ud)
{
	static const enum proto_kind kinds_of[] = {
		[NFT_EXTHDR_OP_IPV6] = PROTO_EXTHDR, [NFT_EXTHDR_OP_TCPOPT] = PROTO_TCPOPT, [NFT_EXTHDR_OP_IPV4] = PROTO_IPOPT,
		[NFT_EXTHDR_OP_SCTP] = PROTO_SCTP_CHUNK, [NFT_EXTHDR_OP_DCCP] = PROTO_DCCPOPT,
	};
	uint32_t desc, field, op = NFT_EXTHDR_OP_IPV6;
	const struct proto_field *f;
	const struct proto *p;

	if (!get(ud, TYPEOF_EXTHDR_DESC, &desc) || !get(ud, TYPEOF_EXTHDR_FIELD, &field))
		return NULL;
	get(ud, TYPEOF_EXTHDR_OP, &op);
	if (op >= ARRAY_SIZE(kinds_of) || desc > 255)
		return NULL;
	p = op == NFT_EXTHDR_OP_IPV6 ? typeof_proto(PROTO_EXTHDR, desc) : proto_option_by_number(kinds_of[op], (uint8_t)desc);
	f = p ? typeof_field(p, field) : NULL;
	return f ? value(v, f->type, f->byteorder, f->len) : NULL;
}

static struct tx *get_one(struct eval *v, uint32_t kind, struct bc_bytes ud)
{
	const struct meta_key *m;
	const struct ct_key *c;
	uint32_t n;

	switch (kind) {
	case TYPEOF_PAYLOAD:
		return get_payload(v, ud);
	case TYPEOF_EXTHDR:
		return get_exthdr(v, ud);
	case TYPEOF_META:
		m = get(ud, 0, &n) ? meta_key_by_number(n) : NULL;
		return m ? value(v, m->type, m->byteorder, m->bits) : NULL;
	case TYPEOF_CT:
		c = get(ud, 0, &n) ? ct_key_by_number(n) : NULL;
		return c ? value(v, c->type, c->byteorder, c->bits) : NULL;
	case TYPEOF_NUMGEN:
	case TYPEOF_HASH:
		return value(v, &type_integer, BO_HOST, 32);
	case TYPEOF_OSF:
		return value(v, &type_string, BO_HOST, 128);
	default:
		return NULL;
	}
}

struct tx *typeof_get(struct eval *v, const void *p, size_t len)
{
	struct bc_bytes ud = { p, (uint32_t)len }, data, part;
	struct tx *c, **tail;
	uint32_t kind;

	if (!get(ud, TYPEOF_TLV_KIND, &kind) || !bc_ud_get(ud, TYPEOF_TLV_DATA, &data))
		return NULL;
	if (kind != TYPEOF_CONCAT)
		return get_one(v, kind, data);
	c = tx_new(v, TX_CONCAT, (struct place){ 0 }, &type_invalid, BO_INVALID, 0);
	tail = &c->parts;
	for (uint8_t i = 0; i < 16 && bc_ud_get(data, i, &part); i++) {
		if (!get(part, TYPEOF_TLV_KIND, &kind) || kind == TYPEOF_CONCAT)
			return NULL;
		*tail = typeof_get(v, part.p, part.len);
		if (!*tail)
			return NULL;
		c->bits += ((*tail)->bits + 31) & ~31u;
		c->n_parts++;
		tail = &(*tail)->next;
	}
	return c->n_parts ? c : NULL;
}
