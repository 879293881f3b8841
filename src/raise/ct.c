/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct: what connection tracking knows; `ct KEY set`. */
#include "src/raise/rx.h"

static const char *direction_word(const struct bc_ct *c)
{
	if (!BC_HAS(c, NFTA_CT_DIRECTION))
		return NULL;
	return c->direction ? "reply" : "original";
}

/* Of the address keys without a family of their own. */
static const char *family_word(const struct raise *r, uint32_t key, const struct datatype **type, unsigned *bits)
{
	const struct proto *nh = r->proto.at[PROTO_NH].p;

	if (key != NFT_CT_SRC && key != NFT_CT_DST)
		return NULL;
	*type = nh == &proto_ip6 ? &type_ip6addr : &type_ipaddr;
	*bits = nh == &proto_ip6 ? 128 : 32;
	return nh == &proto_ip6 ? "ip6" : "ip";
}

struct rx *raise_ct_of(struct raise *r, const struct bc_ct *c)
{
	const struct ct_key *k = ct_key_by_number(c->key);
	const char *words[4], *dir = direction_word(c), *family;
	const struct datatype *type;
	unsigned n = 0, bits;
	struct rx *e;

	if (!k) {
		r->failed = true;
		return NULL;
	}
	type = k->type;
	bits = k->bits;
	family = family_word(r, c->key, &type, &bits);
	if (dir)
		words[n++] = dir;
	if (k->family || family)
		words[n++] = k->family ? k->family : family;
	words[n++] = k->name;
	words[n] = NULL;
	e = rx_field(r, "ct", words, type, bits, k->byteorder);
	e->kind = RX_CT;
	e->f.key = c->key;
	e->f.ast->field->result = family ? k->name : NULL;
	return e;
}

static void raise_ct(struct raise *r, const void *body)
{
	const struct bc_ct *c = body;
	struct rx *e = raise_ct_of(r, c);
	const struct rx *v;
	struct ast_stmt *s;

	if (!e)
		return;
	if (!BC_HAS(c, NFTA_CT_SREG)) {
		raise_reg_set(r, c->dreg, e);
		return;
	}
	v = raise_reg_bytes(r, c->sreg, raise_bytes(e->t.bits));
	if (!v)
		return;
	v = raise_complete(r, v, false);
	s = raise_emit(r, "set");
	s->a = e->f.ast;
	if (v->kind == RX_VALUE && c->key == NFT_CT_EVENTMASK)
		s->b = raise_flags(r, &e->t, raise_load(&e->t, v->val.p, v->val.len));
	else
		s->b = raise_as(r, v, &e->t);
}

const struct raise_type raise_ct_type = { "ct", raise_ct };
