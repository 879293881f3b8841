/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules may become one. A packet holds for at most one rule of a group, or those that it holds for do the same and the first
 * ends the chain.
 *
 * A jump comes back behind its rule: what the rules behind it ask for must then be what it was before (is_steady()), or the jump
 * is the group's last.
 */
#include <string.h>

#include "src/optimize/optimize_priv.h"

static bool overlap(const struct value *a, const struct value *b)
{
	return a->lo <= b->hi && b->lo <= a->hi;
}

static bool column_disjoint(const struct column *a, const struct column *b)
{
	for (unsigned i = 0; i < a->n; i++)
		for (unsigned k = 0; k < b->n; k++)
			if (overlap(&a->v[i], &b->v[k]))
				return false;
	return true;
}

bool are_disjoint(const struct shape *a, const struct shape *b)
{
	for (unsigned i = 0; i < a->n_cols; i++)
		if (column_disjoint(&a->col[i], &b->col[i]))
			return true;
	return false;
}

bool are_equal(const struct shape *a, const struct shape *b)
{
	for (unsigned i = 0; i < a->n_cols; i++) {
		if (a->col[i].n != b->col[i].n)
			return false;
		for (unsigned k = 0; k < a->col[i].n; k++)
			if (a->col[i].v[k].lo != b->col[i].v[k].lo || a->col[i].v[k].hi != b->col[i].v[k].hi)
				return false;
	}
	return true;
}

static bool same_fields(const struct shape *a, const struct shape *b)
{
	if (a->n_cols != b->n_cols || !a->data != !b->data || a->counts != b->counts)
		return false;
	for (unsigned i = 0; i < a->n_cols; i++)
		if (a->col[i].selector != b->col[i].selector)
			return false;
	return true;
}

static bool is_jump(const struct ast_expr *verdict)
{
	return verdict && !strcmp(verdict->text, "jump");
}

static bool jumps(const struct shape *s)
{
	for (unsigned i = 0; s->data && i < s->col[0].n; i++)
		if (is_jump(s->data[i]->b))
			return true;
	return is_jump(s->verdict);
}

static bool all_steady(const struct optimizer *o, const struct shape *s)
{
	for (unsigned i = 0; i < s->n_cols; i++)
		if (!is_steady(o, s->col[i].field))
			return false;
	return true;
}

static bool is_ranged(const struct shape *s)
{
	for (unsigned i = 0; i < s->col[0].n; i++)
		if (s->col[0].v[i].lo != s->col[0].v[i].hi)
			return true;
	return false;
}

static bool touch(const struct value *a, const struct value *b)
{
	return a->hi + 1 == b->lo || b->hi + 1 == a->lo;
}

static bool touches(const struct group *g, const struct shape *s)
{
	for (unsigned i = 0; i < g->n; i++)
		if (touch(&g->s[i].col[0].v[0], &s->col[0].v[0]))
			return true;
	return false;
}

/* In a set of intervals, those that touch become one, with one counter: 1-2, 3. */
static bool loses_counter(const struct group *g, const struct shape *s)
{
	return s->counts && s->n_cols == 1 && (g->ranged || is_ranged(s)) && (g->touching || touches(g, s));
}

void group_add(struct group *g, const struct shape *s)
{
	g->uniform = !g->n || (g->uniform && same_verdict(g->s[0].verdict, s->verdict));
	g->ranged = (g->n && g->ranged) || is_ranged(s);
	g->touching = g->n && (g->touching || touches(g, s));
	g->s[g->n++] = *s;
}

static bool fits_beside(const struct optimizer *o, const struct group *g, const struct shape *s)
{
	bool alike = g->uniform && !s->data && same_verdict(g->s[0].verdict, s->verdict);

	for (unsigned i = 0; i < g->n; i++) {
		if (jumps(&g->s[i]) && !all_steady(o, s))
			return false;
		if (are_disjoint(&g->s[i], s))
			continue;
		if (!alike || !ends_chain(s) || s->counts || !are_equal(&g->s[i], s))
			return false;
	}
	return true;
}

bool group_takes(struct optimizer *o, const struct group *g, const struct shape *s)
{
	const struct shape *first = &g->s[0];

	if (!same_fields(first, s) || !same_tail(first->tail, s->tail) || !first->verdict != !s->verdict)
		return false;
	/* a map cannot do anything else before its verdict */
	if ((!g->uniform || !same_verdict(first->verdict, s->verdict)) && first->tail && strcmp(first->tail->name, "verdict"))
		return false;
	return !loses_counter(g, s) && fits_beside(o, g, s);
}
