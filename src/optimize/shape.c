/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule as columns of constants and what it does then. What cannot be merged with anything has no shape. */
#include <string.h>

#include "src/optimize/optimize_priv.h"

/* ---- what a rule does ------------------------------------------------------------------------------------------------- */

/* A plain counter that has not counted yet. */
static bool is_counter(const struct ast_stmt *s)
{
	if (strcmp(s->name, "counter") || s->a)
		return false;
	for (const struct ast_opt *o = s->opts; o; o = o->next)
		if (!o->val || o->val->kind != AST_NUMBER || o->val->num)
			return false;
	return true;
}

/* Does the same once or never, cannot end the rule, and leaves the packet alone. */
static bool is_mere_effect(const struct ast_stmt *s)
{
	if (!strcmp(s->name, "log"))
		return true;
	return !strcmp(s->name, "counter") && s->a && s->a->kind != AST_MAP;
}

/* Changes the packet or what is known of it: fine where the chain ends then. */
static bool is_change(const struct ast_stmt *s)
{
	const struct ast_expr *value = s->b ? eval_deref(s->b) : NULL;

	if (!strcmp(s->name, "notrack"))
		return true;
	return !strcmp(s->name, "set") && s->a->kind == AST_FIELD &&
	       (!strcmp(s->a->field->head, "meta") || !strcmp(s->a->field->head, "ct")) && value &&
	       (value->kind == AST_NUMBER || value->kind == AST_SYMBOL || value->kind == AST_STRING);
}

static bool is_terminal(const struct ast_expr *verdict)
{
	static const char *const words[] = { "accept", "drop", "return", "goto" };

	for (size_t i = 0; verdict && i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(verdict->text, words[i]))
			return true;
	return false;
}

bool ends_chain(const struct shape *s)
{
	return is_terminal(s->verdict);
}

static bool is_named_verdict(const struct ast_expr *e)
{
	return e->kind == AST_VERDICT && !e->rules && (!e->a || eval_deref(e->a)->kind == AST_SYMBOL);
}

/* Statements up to the verdict, which is the last. */
static bool take_tail(struct shape *out, const struct ast_stmt *s)
{
	bool changes = false;

	if (s && is_counter(s)) {
		out->counts = true;
		s = s->next;
	}
	out->tail = s;
	for (; s && strcmp(s->name, "verdict"); s = s->next) {
		changes |= is_change(s);
		if (!is_mere_effect(s) && !is_change(s))
			return false;
	}
	if (s && (!is_named_verdict(s->a) || s->next))
		return false;
	out->verdict = s ? s->a : NULL;
	return !changes || ends_chain(out);
}

static bool same_opts(const struct ast_opt *a, const struct ast_opt *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) || !same_expr(a->val, b->val))
			return false;
	return a == b;
}

static bool is_end(const struct ast_stmt *s)
{
	return !s || !strcmp(s->name, "verdict");
}

bool same_tail(const struct ast_stmt *a, const struct ast_stmt *b)
{
	for (; !is_end(a) && !is_end(b); a = a->next, b = b->next)
		if (strcmp(a->name, b->name) || !same_expr(a->a, b->a) || !same_expr(a->b, b->b) || !same_opts(a->opts, b->opts))
			return false;
	return is_end(a) && is_end(b);
}

bool same_verdict(const struct ast_expr *a, const struct ast_expr *b)
{
	if (!a || !b)
		return a == b;
	return !strcmp(a->text, b->text) && same_expr(a->a, b->a);
}

/* ---- what a rule asks for ------------------------------------------------------------------------------------------------ */

static bool insert_column(struct shape *out, const struct column *c)
{
	unsigned i = out->n_cols;

	if (i == MAX_COLUMNS)
		return false;
	for (; i && out->col[i - 1].selector >= c->selector; i--) {
		if (out->col[i - 1].selector == c->selector)
			return false; /* the same field twice */
		out->col[i] = out->col[i - 1];
	}
	out->col[i] = *c;
	out->n_cols++;
	return true;
}

static bool take_match(struct optimizer *o, const struct ast_expr *rel, struct shape *out)
{
	struct column c;
	int selector;

	if (rel->kind != AST_REL)
		return false;
	selector = selector_of(o, rel->a);
	if (selector < 0 || !values_of(o, rel->a, rel, &c))
		return false;
	c.selector = (unsigned)selector;
	return insert_column(out, &c);
}

/* Elements without anything but key and verdict, or a counter. */
static bool take_element(struct optimizer *o, const struct ast_expr *e, struct column *c, const struct ast_expr **data)
{
	const struct ast_expr *key = e->kind == AST_MAPPING ? e->a : NULL;

	if (key && key->kind == AST_ELEM)
		key = key->a;
	if (!key || c->n == MAX_PRODUCT || !is_named_verdict(e->b) || !key_of(o, c->field, key, &c->v[c->n]))
		return false;
	data[c->n++] = e;
	return true;
}

static bool take_map(struct optimizer *o, const struct ast_stmt *s, struct shape *out)
{
	struct column c = { .field = s->a, .v = arena_alloc(o->a, MAX_PRODUCT * sizeof(struct value)) };
	const struct ast_expr *set = eval_deref(s->b);
	int selector = selector_of(o, s->a);

	if (selector < 0 || s->next || out->n_cols || !set || set->kind != AST_SET)
		return false;
	c.selector = (unsigned)selector;
	out->data = arena_alloc(o->a, MAX_PRODUCT * sizeof(*out->data));
	for (const struct ast_expr *e = set->items; e; e = e->next)
		if (!take_element(o, e, &c, out->data))
			return false;
	return c.n && insert_column(out, &c);
}

static unsigned product(const struct shape *s)
{
	unsigned n = 1;

	for (unsigned i = 0; i < s->n_cols && n <= MAX_PRODUCT; i++)
		n *= s->col[i].n;
	return n;
}

bool shape_of(struct optimizer *o, struct ast_rule *r, struct shape *out)
{
	const struct ast_stmt *s = r->stmts;

	*out = (struct shape){ .rule = r };
	if (r->comment)
		return false;
	if (s && !strcmp(s->name, "vmap"))
		return take_map(o, s, out);
	for (; s && !strcmp(s->name, "match"); s = s->next)
		if (!take_match(o, s->a, out))
			return false;
	if (!out->n_cols || product(out) > MAX_PRODUCT || !take_tail(out, s))
		return false;
	return !out->counts || product(out) == 1; /* one counter, one element */
}
