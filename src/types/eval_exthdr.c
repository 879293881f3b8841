/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extension headers and options: IPv6 headers (`frag id`, `exthdr frag`), `tcp option`, `ip option`, `sctp chunk`, `dccp option`. */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/eval_field.h"

/* These headers are parts of this network protocol: a match before them says that the packet is of it. */
static int depend_network(struct eval *v, struct tx *e, const struct proto *want)
{
	const struct proto *known = v->pctx->layer[PROTO_NH].desc;
	struct tx probe = *e;

	if (known == want || v->deps_off)
		return 0;
	if (known)
		return diag_error(v->d, e->at, "conflicting protocols specified: %s vs. %s", known->name, want->name);
	probe.payload.proto = want;
	probe.payload.field = &want->fields[0];
	probe.payload.off = 0;
	return eval_payload_deps(v, &probe);
}

static struct tx *option_field(struct eval *v, const struct ast_expr *e, const struct proto *p, uint8_t op, const char *name)
{
	const struct proto_field *f = proto_field_by_name(p, name);
	struct tx *t;

	if (!f) {
		diag_error(v->d, e->at, "%s %s has no field '%s'", e->field->head, p->name, name);
		return NULL;
	}
	t = field_load(v, e, LOAD_EXTHDR, f->type, f->byteorder, f->len);
	t->exthdr.proto = p;
	t->exthdr.field = f;
	t->exthdr.op = op;
	t->exthdr.type = p->number;
	t->exthdr.off = f->off;
	return t;
}

/* Is it there: a boolean. */
static struct tx *presence(struct eval *v, const struct ast_expr *e, const struct proto *p, uint8_t op, uint8_t number)
{
	struct tx *t = field_load(v, e, LOAD_EXTHDR, &type_boolean, BO_HOST, 8);

	t->vbits = 1;
	t->exthdr.proto = p;
	t->exthdr.field = p ? &p->fields[0] : NULL;
	t->exthdr.op = op;
	t->exthdr.type = number;
	t->exthdr.flags = NFT_EXTHDR_F_PRESENT;
	return t;
}

struct tx *eval_ip6_header(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct proto *p = proto_by_name(e->field->head);
	struct tx *t = option_field(v, e, p, NFT_EXTHDR_OP_IPV6, field_words(v, e->field, 0));

	if (!t || depend_network(v, t, &proto_ip6))
		return NULL;
	return eval_bits(v, t);
}

struct tx *eval_exthdr(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct proto *p = e->field->n_words ? proto_by_name(e->field->words[0].text) : NULL;
	struct tx *t;

	if (!p || p->kind != PROTO_EXTHDR)
		return field_unknown(v, e, 0);
	t = presence(v, e, p, NFT_EXTHDR_OP_IPV6, p->number);
	return depend_network(v, t, &proto_ip6) ? NULL : t;
}

/* `option @kind,off,len` */
static struct tx *raw_option(struct eval *v, const struct ast_expr *e, uint8_t op)
{
	int64_t kind = field_number(v, e->field, 1, 255), off, len;
	struct tx *t;

	if (kind < 0)
		return NULL;
	off = field_number(v, e->field, 2, 8 * 0xffff);
	if (off < 0)
		return NULL;
	len = field_number(v, e->field, 3, 128);
	if (len < 0)
		return NULL;
	if (!len) {
		diag_error(v->d, e->at, "Invalid option length 0");
		return NULL;
	}
	t = field_load(v, e, LOAD_EXTHDR, &type_integer, BO_BIG, (uint32_t)len);
	t->exthdr.op = op;
	t->exthdr.type = (uint8_t)kind;
	t->exthdr.off = (uint32_t)off;
	return eval_bits(v, t);
}

static struct tx *option(struct eval *v, const struct ast_expr *e, enum proto_kind kind, uint8_t op)
{
	const struct ast_field *f = e->field;
	const struct proto *p;
	struct tx *t;
	int64_t n;

	if (field_is(f, 0, "@"))
		return raw_option(v, e, op);
	if (!f->n_words)
		return field_unknown(v, e, 0);
	p = proto_option_by_name(kind, f->words[0].text);
	if (!p && f->words[0].text[0] >= '0' && f->words[0].text[0] <= '9') {
		n = field_number(v, f, 0, 255);
		if (n < 0)
			return NULL;
		p = proto_option_by_number(kind, (uint8_t)n);
		if (!p && f->n_words == 1)
			return presence(v, e, NULL, op, (uint8_t)n);
	}
	if (!p)
		return field_unknown(v, e, 0);
	if (f->n_words == 1)
		return presence(v, e, p, op, p->number);
	t = option_field(v, e, p, op, field_words(v, f, 1));
	return t ? eval_bits(v, t) : NULL;
}

struct tx *eval_tcp_option(struct eval *v, const struct ast_expr *e, struct expect x)
{
	return option(v, e, PROTO_TCPOPT, NFT_EXTHDR_OP_TCPOPT);
}

struct tx *eval_ip_option(struct eval *v, const struct ast_expr *e, struct expect x)
{
	struct tx *t = field_load(v, e, LOAD_EXTHDR, &type_integer, BO_BIG, 8);

	if (depend_network(v, t, &proto_ip))
		return NULL;
	return option(v, e, PROTO_IPOPT, NFT_EXTHDR_OP_IPV4);
}

struct tx *eval_sctp_chunk(struct eval *v, const struct ast_expr *e, struct expect x)
{
	return option(v, e, PROTO_SCTP_CHUNK, NFT_EXTHDR_OP_SCTP);
}

struct tx *eval_dccp_option(struct eval *v, const struct ast_expr *e, struct expect x)
{
	return option(v, e, PROTO_DCCPOPT, NFT_EXTHDR_OP_DCCP);
}
