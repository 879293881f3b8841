/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The elements of a group: for each rule every combination of its constants.
 *
 *   ip saddr { 1.1.1.1, 2.2.2.2 } tcp dport 22   becomes   1.1.1.1 . 22, 2.2.2.2 . 22
 */
#include "src/optimize/optimize_priv.h"

/* Nodes are linked in lists, so each use has its own. */
static struct ast_expr *copy(struct optimizer *o, const struct ast_expr *e)
{
	struct ast_expr *c = arena_new_of(o->a, struct ast_expr);

	*c = *e;
	c->next = NULL;
	return c;
}

struct ast_expr *group_key(struct optimizer *o, const struct group *g)
{
	const struct shape *s = &g->s[0];
	struct ast_expr *e;

	if (s->n_cols == 1)
		return copy(o, s->col[0].field);
	e = ast_expr(o->a, AST_CONCAT, s->rule->at);
	for (unsigned i = 0; i < s->n_cols; i++)
		ast_list_add(e, copy(o, s->col[i].field));
	return e;
}

/* Combination number n of a rule's constants. */
static struct ast_expr *combination(struct optimizer *o, const struct shape *s, unsigned n)
{
	struct ast_expr *e;

	if (s->n_cols == 1)
		return copy(o, s->col[0].v[n].e);
	e = ast_expr(o->a, AST_CONCAT, s->rule->at);
	for (unsigned i = 0, div; i < s->n_cols; i++) {
		div = 1;
		for (unsigned k = i + 1; k < s->n_cols; k++)
			div *= s->col[k].n;
		ast_list_add(e, copy(o, s->col[i].v[n / div % s->col[i].n].e));
	}
	return e;
}

static struct ast_expr *counted(struct optimizer *o, const struct shape *s, struct ast_expr *key)
{
	struct ast_expr *e = ast_expr(o->a, AST_ELEM, s->rule->at);

	e->a = key;
	e->stmts = ast_stmt(o->a, "counter", s->rule->at);
	return e;
}

static struct ast_expr *mapped(struct optimizer *o, const struct shape *s, struct ast_expr *key)
{
	struct ast_expr *e = ast_expr(o->a, AST_MAPPING, s->rule->at);

	e->a = key;
	e->b = copy(o, s->verdict);
	return e;
}

static void add_elements(struct optimizer *o, const struct shape *s, bool data, struct ast_expr *set)
{
	unsigned n = 1;

	for (unsigned i = 0; i < s->n_cols; i++)
		n *= s->col[i].n;
	for (unsigned i = 0; i < n; i++) {
		struct ast_expr *e = s->data ? copy(o, s->data[i]) : combination(o, s, i);

		if (s->counts)
			e = counted(o, s, e);
		ast_list_add(set, data && !s->data ? mapped(o, s, e) : e);
	}
}

static bool is_repeated(const struct group *g, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (!are_disjoint(&g->s[k], &g->s[i]))
			return true;
	return false;
}

struct ast_expr *group_elements(struct optimizer *o, const struct group *g, bool data)
{
	struct ast_expr *set = ast_expr(o->a, AST_SET, g->s[0].rule->at);

	for (unsigned i = 0; i < g->n; i++)
		if (!is_repeated(g, i))
			add_elements(o, &g->s[i], data, set);
	return set;
}
