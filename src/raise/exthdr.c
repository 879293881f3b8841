/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exthdr: IPv6 extension headers, TCP, IPv4 and DCCP options, SCTP chunks; their fields, whether they are there; set and reset.
 *
 *   exthdr load tcpopt 2b @ 2 + 2       tcp option maxseg size
 *   exthdr load ipv6 1b @ 44 + 0 present   exthdr frag
 * Unknown ones keep their numbers: tcp option 253 exists, tcp option @253,16,8.
 */
#include "src/raise/rx.h"

static enum proto_kind kind_of(uint8_t op)
{
	switch (op) {
	case NFT_EXTHDR_OP_TCPOPT:
		return PROTO_TCPOPT;
	case NFT_EXTHDR_OP_IPV4:
		return PROTO_IPOPT;
	case NFT_EXTHDR_OP_SCTP:
		return PROTO_SCTP_CHUNK;
	case NFT_EXTHDR_OP_DCCP:
		return PROTO_DCCPOPT;
	default:
		return PROTO_EXTHDR;
	}
}

static const char *head_of(uint8_t op)
{
	switch (op) {
	case NFT_EXTHDR_OP_TCPOPT:
		return "tcp option";
	case NFT_EXTHDR_OP_IPV4:
		return "ip option";
	case NFT_EXTHDR_OP_SCTP:
		return "sctp chunk";
	case NFT_EXTHDR_OP_DCCP:
		return "dccp option";
	default:
		return "exthdr";
	}
}

static bool is_header(const struct proto *p, uint8_t number)
{
	return p->kind == PROTO_EXTHDR && p->number == number;
}

/* Several entries may have one number (sack, sack0…3; rt, srh): the first with a field there. rt0 and rt2 are as srh, which nft
 * prints. */
static const struct proto *find(const struct rx *e, uint32_t off, uint32_t bits, const struct proto_field **f)
{
	const struct proto *const *all;
	const struct proto *p;

	if (e->ext.op == NFT_EXTHDR_OP_IPV6) {
		for (all = proto_all(); *all; all++)
			if (is_header(*all, e->ext.type) && *all != &proto_rt0 && *all != &proto_rt2 &&
			    (*f = proto_field_at(*all, off, bits, -1)))
				return *all;
		return NULL;
	}
	for (p = proto_options(kind_of(e->ext.op)); p && p->name; p++)
		if (p->number == e->ext.type && (*f = proto_field_at(p, off, bits, -1)))
			return p;
	return NULL;
}

/* A header or option by its number alone. */
static const char *name_of(const struct rx *e)
{
	const struct proto *const *all;
	const struct proto *p;

	if (e->ext.op != NFT_EXTHDR_OP_IPV6) {
		p = proto_option_by_number(kind_of(e->ext.op), e->ext.type);
		return p ? p->name : NULL;
	}
	for (all = proto_all(); *all; all++)
		if (is_header(*all, e->ext.type))
			return (*all)->name;
	return NULL;
}

const struct rx *raise_exthdr_field(struct raise *r, const struct rx *e, uint32_t off, uint32_t bits)
{
	const struct proto_field *f = NULL;
	const struct proto *p = find(e, off, bits, &f);
	struct rx *n;

	if (!p)
		return NULL;
	raise_depend_base(r, e->ext.op == NFT_EXTHDR_OP_IPV6 || e->ext.op == NFT_EXTHDR_OP_IPV4 ? PROTO_NH : PROTO_TH);
	n = rx_copy(r, e);
	n->t = (struct rtype){ f->type, f->len, f->byteorder, 0 };
	n->ext.proto = p;
	n->ext.field = f;
	return n;
}

const struct rx *raise_exthdr_name(struct raise *r, const struct rx *e)
{
	const struct rx *n = e->ext.present ? NULL : raise_exthdr_field(r, e, e->ext.off, e->t.bits);

	if (n)
		return n;
	raise_depend_base(r, e->ext.op == NFT_EXTHDR_OP_IPV6 || e->ext.op == NFT_EXTHDR_OP_IPV4 ? PROTO_NH : PROTO_TH);
	return e;
}

static void word(struct raise *r, struct ast_expr *e, const char *text)
{
	ast_field_word(r->a, e, text, (struct place){});
}

static struct ast_expr *raw_ast(struct raise *r, const struct rx *e)
{
	struct ast_expr *x = ast_field(r->a, head_of(e->ext.op), (struct place){});

	if (e->ext.op != NFT_EXTHDR_OP_TCPOPT)
		r->failed = true;
	word(r, x, "@");
	word(r, x, arena_printf(r->a, "%u", e->ext.type));
	word(r, x, arena_printf(r->a, "%u", e->ext.off));
	word(r, x, arena_printf(r->a, "%u", e->t.bits));
	return x;
}

struct ast_expr *raise_exthdr_ast(struct raise *r, const struct rx *e)
{
	struct ast_expr *x;
	const char *name;

	if (e->ext.field && e->ext.op == NFT_EXTHDR_OP_IPV6) {
		x = ast_field(r->a, e->ext.proto->name, (struct place){});
		word(r, x, e->ext.field->name);
		return x;
	}
	if (!e->ext.field && !e->ext.present)
		return raw_ast(r, e);
	x = ast_field(r->a, head_of(e->ext.op), (struct place){});
	name = e->ext.field ? e->ext.proto->name : name_of(e);
	word(r, x, name ? name : arena_printf(r->a, "%u", e->ext.type));
	if (e->ext.field)
		word(r, x, e->ext.field->name);
	return x;
}

static void raise_exthdr(struct raise *r, const void *body)
{
	const struct bc_exthdr *x = body;
	bool present = x->flags & NFT_EXTHDR_F_PRESENT;
	struct rx *e = rx_new(r, RX_EXTHDR, present ? &type_boolean : &type_integer, x->len * 8, BO_BIG);
	const struct rx *f, *v;
	struct ast_stmt *s;

	e->ext.op = x->op;
	e->ext.type = x->type;
	e->ext.present = present;
	e->ext.off = x->offset * 8;
	if (BC_HAS(x, NFTA_EXTHDR_DREG)) {
		raise_reg_set(r, x->dreg, e);
		return;
	}
	if (!BC_HAS(x, NFTA_EXTHDR_SREG)) {
		e->ext.present = true;
		f = raise_exthdr_name(r, e);
		s = raise_emit(r, "reset");
		s->a = raise_exthdr_ast(r, f);
		return;
	}
	v = raise_reg_bytes(r, x->sreg, x->len);
	if (!v)
		return;
	f = raise_exthdr_name(r, e);
	v = raise_complete(r, v, false);
	s = raise_emit(r, "set");
	s->a = raise_exthdr_ast(r, f);
	s->b = raise_as(r, v, &f->t);
}

const struct raise_type raise_exthdr_type = { "exthdr", raise_exthdr };
