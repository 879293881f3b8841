/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dynset: an element into or out of a set, made of what the packet has. */
#include "src/raise/rx.h"

static const char *const names[] = {
	[NFT_DYNSET_OP_ADD] = "add", [NFT_DYNSET_OP_UPDATE] = "update", [NFT_DYNSET_OP_DELETE] = "delete"
};

static struct ast_expr *elem_of(struct raise *r, const struct bc_dynset *d, struct ast_expr *k)
{
	struct ast_expr *e;
	struct ast_stmt *stmts = raise_stmts(r, d->expr, d->exprs);
	struct ast_opt **tail;

	if (!stmts && !d->timeout)
		return k;
	e = ast_expr(r->a, AST_ELEM, (struct place){});
	e->a = k;
	e->stmts = stmts;
	tail = &e->opts;
	if (d->timeout)
		ast_opt(r->a, &tail, "timeout", raise_time(r, d->timeout), (struct place){});
	return e;
}

static struct ast_stmt *emit(struct raise *r, const char *name, struct ast_expr *a, struct ast_expr *b)
{
	struct ast_stmt *s = raise_emit(r, name);

	s->a = a;
	s->b = b;
	return s;
}

/* A meter as nft 1.0 and before send it: its set belongs to the rule. */
static void emit_meter(struct raise *r, const struct bc_set *set, struct ast_expr *elem)
{
	struct ast_stmt *s = emit(r, "meter", raise_symbol(r, arena_strdup(r->a, set->name)), elem);
	struct ast_opt **tail = &s->opts;

	ast_opt(r->a, &tail, "size", raise_number(r, set->desc.size), (struct place){});
}

static void raise_dynset(struct raise *r, const void *body)
{
	const struct bc_dynset *d = body;
	struct rx *ref = raise_set_ref(r, d->set);
	const struct bc_set *set = ref->set.set;
	const struct rx *key, *data = NULL;
	struct rtypes kt, dt = { 0 };
	struct ast_expr *elem, *map;

	if (set)
		raise_set_types(r, set, &kt, &dt);
	key = set ? raise_reg_bytes(r, d->sreg_key, set->key_len) : raise_reg(r, d->sreg_key);
	if (!key || d->op >= ARRAY_SIZE(names)) {
		r->failed = true;
		return;
	}
	if (d->sreg_data)
		data = set ? raise_reg_bytes(r, d->sreg_data, set->data_len) : raise_reg(r, d->sreg_data);
	key = raise_complete(r, key, false);
	elem = elem_of(r, d, raise_ast(r, key, set ? &kt : NULL));
	if (data) {
		map = ast_expr(r->a, AST_MAPPING, (struct place){});
		map->a = elem;
		map->b = raise_ast(r, raise_complete(r, data, false), dt.n ? &dt : NULL);
		elem = map;
	}
	if (set && set->flags & NFT_SET_ANONYMOUS && elem->kind == AST_ELEM)
		emit_meter(r, set, elem);
	else
		emit(r, names[d->op], raise_ast(r, ref, NULL), elem);
}

const struct raise_type raise_dynset_type = { "dynset", raise_dynset };
