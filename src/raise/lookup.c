/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup: a match against a set, a verdict map, or a map whose data goes to a register.
 * Anonymous sets become part of the rule.
 */
#include "src/raise/rx.h"

static const struct rx *map_of(struct raise *r, const struct rx *key, const struct rx *set, const struct bc_set *s)
{
	struct rtypes k, d;
	struct rx *e;

	e = rx_new(r, RX_MAP, &type_integer, s ? s->data_len * 8 : 32, BO_INVALID);
	e->a = key;
	e->b = set;
	if (s) {
		raise_set_types(r, s, &k, &d);
		if (d.n == 1) {
			e->t.type = d.t[0].type;
			e->t.bo = d.t[0].bo;
		}
	}
	return e;
}

/* ip saddr . 1.2.3.4 @set: constants in the key are read as the set's. */
static const struct rx *with_constants(struct raise *r, const struct rx *key, const struct bc_set *s)
{
	struct rtypes k, d;
	struct rx *c;
	unsigned n = 0;

	if (key->kind != RX_CONCAT)
		return key;
	raise_set_types(r, s, &k, &d);
	c = rx_copy(r, key);
	for (struct rx **i = &c->cat.items; *i && n < k.n; i = &(*i)->next, n++) {
		struct rx *rest = (*i)->next;

		if ((*i)->kind != RX_VALUE)
			continue;
		*i = rx_copy(r, *i);
		(*i)->next = rest;
		(*i)->t = k.t[n];
	}
	return c;
}

static void raise_lookup(struct raise *r, const void *body)
{
	const struct bc_lookup *l = body;
	struct rx *set = raise_set_ref(r, l->set);
	const struct bc_set *s = set->set.set;
	const struct rx *key = s ? raise_reg_bytes(r, l->sreg, s->key_len) : raise_reg(r, l->sreg);
	struct ast_stmt *st;
	struct rtypes types;

	if (!key)
		return;
	if (s)
		key = with_constants(r, key, s);
	if (!BC_HAS(l, NFTA_LOOKUP_DREG)) {
		raise_match(r, l->flags & NFT_LOOKUP_F_INV ? AST_OP_NE : AST_OP_EQ, key, set);
		return;
	}
	if (l->dreg != NFT_REG_VERDICT) {
		raise_reg_set(r, l->dreg, map_of(r, key, set, s));
		return;
	}
	key = raise_complete(r, key, true);
	raise_types(key, &types);
	st = raise_emit(r, "vmap");
	st->a = raise_ast(r, key, NULL);
	st->b = raise_ast(r, set, &types);
}

const struct raise_type raise_lookup_type = { "lookup", raise_lookup };
