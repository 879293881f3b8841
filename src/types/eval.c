/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evaluation: AST to typed AST. This file finds who evaluates a kind of node, and keeps the statements of a rule; the work is in
 * eval_NAME.c. Errors are reported where they are found and end the rule.
 */
#include <string.h>

#include "base/bytes.h"
#include "src/types/typed.h"

void eval_init(struct eval *v, struct arena *a, struct diag *d, const struct type_ctx *types, const struct eval_world *w, uint8_t family,
	       const char *table)
{
	*v = (struct eval){ .a = a, .d = d, .types = types, .world = w, .family = family, .table = table };
	pctx_init(&v->outer, family);
	v->pctx = &v->outer;
	v->tail = &v->first;
	v->sets_tail = &v->sets;
}

const struct ast_expr *eval_deref(const struct ast_expr *e)
{
	while (e && e->kind == AST_VARIABLE)
		e = e->a;
	return e;
}

static struct tx *eval_constant(struct eval *v, const struct ast_expr *e, struct expect x)
{
	unsigned prefix_bits;
	struct tx *p, *val;
	u128 n;

	if (!x.type)
		x.type = e->kind == AST_NUMBER ? &type_integer : NULL;
	if (!x.bits && x.type)
		x.bits = x.type->bits ? x.type->bits : 0;
	if (eval_scalar(v, e, &x, &n, &prefix_bits))
		return NULL;
	if (v->stmt_bits > x.bits && type_root(x.type) == &type_integer)
		x.bits = v->stmt_bits;
	val = tx_value(v, e->at, x.type, x.bo, x.bits, n);
	if (!prefix_bits)
		return val;
	p = tx_new(v, TX_PREFIX, e->at, x.type, x.bo, x.bits);
	p->constant = true;
	p->a = val;
	p->len = prefix_bits;
	return p;
}

static struct tx *eval_variable(struct eval *v, const struct ast_expr *e, struct expect x)
{
	return e->a ? eval_expr(v, e->a, x) : NULL;
}

static struct tx *eval_set_misplaced(struct eval *v, const struct ast_expr *e, struct expect x)
{
	diag_error(v->d, e->at, "Set is not allowed here");
	return NULL;
}

static struct tx *eval_wildcard(struct eval *v, const struct ast_expr *e, struct expect x)
{
	diag_error(v->d, e->at, "The catch-all element is only allowed in sets and maps");
	return NULL;
}

static struct tx *eval_rel_misplaced(struct eval *v, const struct ast_expr *e, struct expect x)
{
	diag_error(v->d, e->at, "A relation is not allowed here");
	return NULL;
}

typedef struct tx *(*eval_fn)(struct eval *, const struct ast_expr *, struct expect);

static const eval_fn kinds[] = {
	[AST_SYMBOL] = eval_constant,
	[AST_NUMBER] = eval_constant,
	[AST_STRING] = eval_constant,
	[AST_VARIABLE] = eval_variable,
	[AST_SETREF] = eval_setref,
	[AST_FIELD] = eval_field,
	[AST_RAW] = eval_raw,
	[AST_WILDCARD] = eval_wildcard,
	[AST_UNARY] = eval_unary,
	[AST_BINARY] = eval_binop,
	[AST_PREFIX] = eval_prefix,
	[AST_RANGE] = eval_range,
	[AST_CONCAT] = eval_concat,
	[AST_LIST] = eval_list,
	[AST_SET] = eval_set_misplaced,
	[AST_ELEM] = eval_set_misplaced,
	[AST_MAPPING] = eval_set_misplaced,
	[AST_MAP] = eval_map,
	[AST_REL] = eval_rel_misplaced,
	[AST_VERDICT] = eval_verdict,
	[AST_FLAGS_CMP] = eval_rel_misplaced,
};

struct tx *eval_expr(struct eval *v, const struct ast_expr *e, struct expect x)
{
	if (e->kind >= ARRAY_SIZE(kinds) || !kinds[e->kind]) {
		diag_error(v->d, e->at, "This expression is not allowed here");
		return NULL;
	}
	return kinds[e->kind](v, e, x);
}

struct tstmt *eval_append(struct eval *v, const struct tstmt_type *type, struct place at)
{
	struct tstmt *s = arena_new_of(v->a, struct tstmt);

	s->type = type;
	s->at = at;
	*v->tail = s;
	v->tail = &s->next;
	return s;
}

int eval_depend(struct eval *v, struct place at, struct tx *left, struct tx *right)
{
	struct tstmt *s = eval_append(v, &tstmt_match, at);

	s->rel = arena_new_of(v->a, struct trel);
	*s->rel = (struct trel){ AST_OP_EQ, left, right };
	pctx_learn(v, s->rel);
	return 0;
}

int eval_stmt(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	const struct tstmt_type *type = v->world->stmt(s->name);

	if (!type)
		return diag_error(v->d, s->at, "Statement \"%s\" is not supported", s->name);
	out->type = type;
	out->at = s->at;
	v->stmt_bits = 0;
	return type->eval(v, s, out);
}

struct place eval_word_at(const struct ast_stmt *s)
{
	static const char *const whole[] = { "match", "verdict", "vmap", "set" };
	struct place at = s->at;
	size_t n = strlen(s->name);

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (!strcmp(s->name, whole[i]))
			return at;
	if (n < at.len)
		at.len = (uint32_t)n;
	return at;
}

int eval_stmts(struct eval *v, const struct ast_stmt *s)
{
	const struct ast_stmt *last = NULL;
	struct tstmt *t;

	for (; s; s = s->next) {
		t = arena_new_of(v->a, struct tstmt);
		if (last) {
			diag_error(v->d, eval_word_at(s), "Statement after terminal statement has no effect");
			diag_also(v->d, eval_word_at(last));
			return -1;
		}
		if (eval_stmt(v, s, t))
			return -1;
		*v->tail = t;
		v->tail = &t->next;
		if (t->type->terminal)
			last = s;
	}
	return 0;
}
