/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions: operators by precedence, then ranges and prefixes, then concatenations, then lists, relations and maps.
 *
 *   value    := concat [ "map" set ] | concat "," concat …
 *   concat   := span { "." span }
 *   span     := basic [ "-" basic | "/" number ]
 *   basic    := operand { operator operand }        | below ^ below & below << >>
 *   operand  := field | word | number | "string" | $variable | @base,offset,length | "(" basic ")" | "*"
 *
 * enum side says what a bare word is: on the right side of a relation `tcp` is a value, elsewhere the head of a field.
 */
#include "parser/parse_priv.h"

struct ast_expr *done(struct parse *p, struct ast_expr *e)
{
	e->at = place_span(e->at, p->last);
	return e;
}

/* Operators in words: never values. */
static const char *const reserved_words[] = { "and", "or", "xor", "lshift", "rshift", "eq", "ne",
					      "lt",  "gt", "le",  "ge",     "not",    NULL };

bool is_reserved(const struct token *t)
{
	if (t->type != TOK_WORD || t->len > 6 || is_cursor(t))
		return false;
	for (const char *const *w = reserved_words; *w; w++) {
		if (token_word_is(t, *w))
			return true;
	}
	return false;
}

/* ---- operands ---------------------------------------------------------------------------------------------- */

static struct ast_expr *stand_in(struct parse *p)
{
	return ast_symbol(p->arena, "", p->last);
}

struct ast_expr *parse_number(struct parse *p)
{
	const struct token *t = tok(p);
	unsigned __int128 v;
	struct ast_expr *e;

	if (t->type != TOK_NUMBER) {
		unexpected(p, "number");
		return stand_in(p);
	}
	e = number_value(t, &v) ? ast_number(p->arena, v, t->at) : ast_symbol(p->arena, NULL, t->at);
	e->text = text_of(p, t);
	tok_take(p);
	return e;
}

struct ast_expr *parse_symbol(struct parse *p)
{
	const struct token *t = tok(p);
	struct ast_expr *e;

	if (t->type == TOK_NUMBER)
		return parse_number(p);
	if (t->type == TOK_DOLLAR)
		return parse_variable(p);
	if (t->type != TOK_WORD && t->type != TOK_STRING && t->type != TOK_WILDWORD) {
		unexpected(p, NULL);
		return stand_in(p);
	}
	e = ast_symbol(p->arena, text_of(p, t), t->at);
	e->quoted = t->type == TOK_STRING;
	tok_take(p);
	return e;
}

struct ast_expr *parse_time(struct parse *p)
{
	const struct token *t = tok(p);

	if (t->type != TOK_NUMBER && t->type != TOK_WORD && t->type != TOK_DOLLAR && t->type != TOK_STRING)
		unexpected(p, "a time, like 1h30m");
	return parse_symbol(p);
}

struct ast_expr *parse_string_value(struct parse *p, const char *what)
{
	const struct token *t = tok(p);
	struct ast_expr *e;

	if (t->type == TOK_DOLLAR)
		return parse_variable(p);
	if (t->type != TOK_STRING && t->type != TOK_WORD && t->type != TOK_WILDWORD) {
		unexpected(p, what);
		return stand_in(p);
	}
	e = ast_string(p->arena, text_of(p, t), t->at);
	tok_take(p);
	return e;
}

struct ast_expr *parse_setref(struct parse *p)
{
	struct ast_expr *e = ast_expr(p->arena, AST_SETREF, tok(p)->at);

	tok_take(p);
	offer_object(p, AST_SETOBJ);
	e->text = identifier(p, "name of a set");
	return done(p, e);
}

struct ast_expr *parse_set_operand(struct parse *p)
{
	if (tok_is(p, TOK_AT))
		return parse_setref(p);
	if (tok_is(p, TOK_DOLLAR))
		return parse_variable(p);
	if (tok_is(p, TOK_LBRACE))
		return parse_set(p);
	unexpected(p, "'{', '@' or '$'");
	return stand_in(p);
}

static struct ast_expr *parse_word_operand(struct parse *p, enum side side)
{
	const struct token *t = tok(p);

	if (side != CONSTANTS && at_field(p, side == LEFT))
		return parse_field(p);
	if (is_cursor(t) && p->compared)
		offer_values(p, p->compared);
	if (is_reserved(t) || is_statement_word(t)) {
		unexpected(p, NULL);
		return stand_in(p);
	}
	return parse_symbol(p);
}

struct ast_expr *parse_operand(struct parse *p, enum side side)
{
	struct ast_expr *e;

	switch (tok(p)->type) {
	case TOK_WORD:
		return parse_word_operand(p, side);
	case TOK_NUMBER:
	case TOK_STRING:
	case TOK_WILDWORD:
	case TOK_DOLLAR:
		return parse_symbol(p);
	case TOK_AT:
		return at_raw(p) ? parse_raw(p) : parse_setref(p);
	case TOK_STAR:
		e = ast_expr(p->arena, AST_WILDCARD, tok(p)->at);
		tok_take(p);
		return e;
	case TOK_LPAREN:
		e = stand_in(p);
		if (nest_enter(p)) {
			tok_take(p);
			e = parse_basic(p, side);
			expect(p, TOK_RPAREN);
			nest_leave(p);
		}
		return e;
	default:
		unexpected(p, NULL);
		return stand_in(p);
	}
}

/* ---- operators ------------------------------------------------------------------------------------------- */

static const struct operator {
	uint8_t tok, prec, op;
	const char *word;
} operators[] = {
	{ TOK_OR, 1, AST_OP_OR, "or" },
	{ TOK_XOR, 2, AST_OP_XOR, "xor" },
	{ TOK_AND, 3, AST_OP_AND, "and" },
	{ TOK_LSHIFT, 4, AST_OP_LSHIFT, "lshift" },
	{ TOK_RSHIFT, 4, AST_OP_RSHIFT, "rshift" },
};

static const struct operator *operator_at(struct parse *p)
{
	const struct token *t = tok(p);

	if (t->type != TOK_WORD && (t->type < TOK_AND || t->type > TOK_RSHIFT))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (t->type == operators[i].tok || token_word_is(t, operators[i].word))
			return &operators[i];
	}
	return NULL;
}

static struct ast_expr *parse_operators(struct parse *p, enum side side, unsigned min_prec)
{
	struct ast_expr *left = parse_operand(p, side), *right;
	const struct operator *o;

	while ((o = operator_at(p)) && o->prec >= min_prec) {
		if (++p->operators > MAX_OPERATORS)
			fail(p, tok(p)->at, "too many operators in one expression, at most %d", MAX_OPERATORS);
		tok_take(p);
		right = parse_operators(p, side, o->prec + 1);
		left = ast_binary(p->arena, o->op, left, right);
	}
	return left;
}

struct ast_expr *parse_basic(struct parse *p, enum side side)
{
	return parse_operators(p, side, 1);
}

/* ---- ranges, concatenations, values ------------------------------------------------------------------------- */

static struct ast_expr *parse_span(struct parse *p, enum side side)
{
	struct ast_expr *e, *a = parse_basic(p, side);

	if (side == LEFT)
		return a;
	if (tok_is(p, TOK_DASH)) {
		tok_take(p);
		e = ast_expr(p->arena, AST_RANGE, a->at);
		e->a = a;
		e->b = parse_basic(p, side);
		return done(p, e);
	}
	if (tok_is(p, TOK_SLASH) && tok_ahead(p, 1)->type == TOK_NUMBER) {
		tok_take(p);
		e = ast_expr(p->arena, AST_PREFIX, a->at);
		e->a = a;
		e->num = expect_number(p, "length of a prefix");
		return done(p, e);
	}
	return a;
}

struct ast_expr *parse_concat(struct parse *p, enum side side)
{
	struct ast_expr *first = parse_span(p, side), *e;

	if (!tok_is(p, TOK_DOT))
		return first;
	e = ast_expr(p->arena, AST_CONCAT, first->at);
	ast_list_add(e, first);
	while (accept(p, TOK_DOT))
		ast_list_add(e, parse_span(p, side));
	return e;
}

static struct ast_expr *parse_list(struct parse *p, struct ast_expr *first, enum side side)
{
	struct ast_expr *e;

	if (!tok_is(p, TOK_COMMA))
		return first;
	e = ast_expr(p->arena, AST_LIST, first->at);
	ast_list_add(e, first);
	while (accept(p, TOK_COMMA))
		ast_list_add(e, parse_span(p, side));
	return e;
}

struct ast_expr *parse_value_one(struct parse *p)
{
	struct ast_expr *key = parse_concat(p, FIELDS), *e;

	if (!accept_word(p, "map"))
		return key;
	e = ast_expr(p->arena, AST_MAP, key->at);
	e->a = key;
	e->b = parse_set_operand(p);
	return done(p, e);
}

struct ast_expr *parse_value(struct parse *p)
{
	return parse_list(p, parse_value_one(p), FIELDS);
}

struct ast_expr *parse_initializer(struct parse *p)
{
	struct ast_expr *e;
	struct place at = tok(p)->at;

	if (tok_is(p, TOK_LBRACE))
		return parse_set(p);
	if (accept(p, TOK_DASH)) {
		e = parse_number(p);
		if (e->kind == AST_NUMBER) {
			e->num = -e->num;
			e->text = arena_printf(p->arena, "-%s", e->text);
		}
		e->at = place_span(at, e->at);
		return e;
	}
	return parse_list(p, parse_concat(p, CONSTANTS), CONSTANTS);
}

struct ast_expr *parse_word_list(struct parse *p, const char *what, const char *const *words)
{
	struct ast_expr *list = ast_expr(p->arena, AST_LIST, tok(p)->at);
	size_t n = 0;

	while (words && words[n])
		n++;
	do {
		struct place at = tok(p)->at;
		const char *w = words ? accept_any_word(p, words) : identifier(p, what);

		if (!w) {
			unexpected_word(p, what, words, n);
			break;
		}
		ast_list_add(list, ast_symbol(p->arena, w, at));
	} while (accept(p, TOK_COMMA));
	return list;
}

/* ---- relations --------------------------------------------------------------------------------------------- */

static enum ast_op accept_relation(struct parse *p)
{
	static const struct {
		uint8_t tok, op;
		const char *word;
	} ops[] = {
		{ TOK_EQ, AST_OP_EQ, "eq" }, { TOK_NE, AST_OP_NE, "ne" }, { TOK_LT, AST_OP_LT, "lt" }, { TOK_GT, AST_OP_GT, "gt" },
		{ TOK_LE, AST_OP_LE, "le" }, { TOK_GE, AST_OP_GE, "ge" }, { TOK_BANG, AST_OP_NOT, "not" },
	};
	const struct token *t = tok(p);

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (t->type == ops[i].tok || token_word_is(t, ops[i].word)) {
			tok_take(p);
			return ops[i].op;
		}
	}
	return AST_OP_IMPLICIT;
}

static struct ast_expr *parse_right(struct parse *p)
{
	struct ast_expr *e, *right;

	if (tok_is(p, TOK_LBRACE))
		return parse_set(p);
	right = parse_list(p, parse_concat(p, CONSTANTS), CONSTANTS);
	if (!accept(p, TOK_SLASH))
		return right;
	e = ast_expr(p->arena, AST_FLAGS_CMP, right->at);
	e->a = right;
	e->b = parse_list(p, parse_basic(p, CONSTANTS), CONSTANTS);
	return done(p, e);
}

struct ast_expr *parse_relation(struct parse *p, struct ast_expr *left)
{
	struct ast_expr *e = ast_expr(p->arena, AST_REL, left->at);

	e->a = left;
	e->op = accept_relation(p);
	p->compared = left;
	e->b = parse_right(p);
	p->compared = NULL;
	return done(p, e);
}
