/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions in JSON: values, and objects whose one member says what they are. Fields are in json_field.c. */
#include "parser/json.h"

#include <stdio.h>

static struct ast_expr *stand_in(struct jp *j, const json_t *v)
{
	return ast_symbol(j->a, "", jp_place(j, v));
}

/* ---- scalars ------------------------------------------------------------------------------------------------- */

static bool is_number(const char *s, size_t len)
{
	const char *digits = "0123456789";

	if (len > 2 && s[0] == '0' && (s[1] | 32) == 'x') {
		digits = "0123456789abcdefABCDEF";
		s += 2;
	}
	return *s && !s[strspn(s, digits)];
}

/* A word; digits are a number as they are in text. */
static struct ast_expr *word(struct jp *j, const json_t *v)
{
	struct token t = { .text = json_string_value(v), .len = (uint32_t)json_string_length(v), .at = jp_place(j, v) };
	unsigned __int128 n;
	struct ast_expr *e;

	if (json_string_length(v) > UINT16_MAX) {
		jp_fail(j, v, "too long a string");
		return stand_in(j, v);
	}
	if (is_number(t.text, t.len) && number_value(&t, &n))
		e = ast_number(j->a, n, t.at);
	else
		e = ast_symbol(j->a, NULL, t.at);
	e->text = arena_memdup(j->a, t.text, t.len);
	return e;
}

static struct ast_expr *integer(struct jp *j, const json_t *v)
{
	json_int_t n = json_integer_value(v);
	struct ast_expr *e;
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	/* what is below zero is no value of any type: its text will be refused where it is used */
	e = n < 0 ? ast_symbol(j->a, NULL, jp_place(j, v)) : ast_number(j->a, (unsigned __int128)n, jp_place(j, v));
	e->text = arena_strdup(j->a, text);
	return e;
}

struct ast_expr *jp_scalar(struct jp *j, const json_t *v)
{
	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		return word(j, v);
	case JSON_INTEGER:
		return integer(j, v);
	case JSON_TRUE:
		return ast_symbol(j->a, "exists", jp_place(j, v));
	case JSON_FALSE:
		return ast_symbol(j->a, "missing", jp_place(j, v));
	default:
		jp_fail(j, v, "a string, number or boolean expected, not %s", jp_kind(v));
		return stand_in(j, v);
	}
}

/* "@name", with or without its @ */
struct ast_expr *jp_setref(struct jp *j, const json_t *v)
{
	struct ast_expr *e = ast_expr(j->a, AST_SETREF, jp_place(j, v));

	e->text = "";
	if (json_is_string(v))
		e->text = jp_text_of(j, v);
	else
		jp_fail(j, v, "the name of a set expected, not %s", jp_kind(v));
	e->text += *e->text == '@';
	if (json_is_string(v) && !*e->text)
		jp_fail(j, v, "the name of a set expected");
	return e;
}

static struct ast_expr *string(struct jp *j, const json_t *v)
{
	const char *s = json_string_value(v);

	if (*s == '@')
		return jp_setref(j, v);
	return !strcmp(s, "*") ? ast_expr(j->a, AST_WILDCARD, jp_place(j, v)) : word(j, v);
}

/* ---- lists --------------------------------------------------------------------------------------------------- */

/* Of one item: itself. */
static struct ast_expr *items(struct jp *j, enum ast_expr_kind kind, json_t *v, size_t max)
{
	size_t n = json_array_size(v);
	struct ast_expr *list;

	if (!n || n > max) {
		jp_fail(j, v, n ? "too many items, at most %zu" : "an array with items expected", max);
		return stand_in(j, v);
	}
	if (n == 1)
		return jp_expr(j, json_array_get(v, 0));
	list = ast_expr(j->a, kind, jp_place(j, v));
	for (size_t i = 0; i < n; i++)
		ast_list_add(list, jp_expr(j, json_array_get(v, i)));
	return list;
}

struct ast_expr *jp_concat(struct jp *j, json_t *v)
{
	if (json_is_array(v))
		return items(j, AST_CONCAT, v, MAX_OPERATORS);
	jp_fail(j, v, "an array expected, not %s", jp_kind(v));
	return stand_in(j, v);
}

static struct ast_expr *element(struct jp *j, json_t *v)
{
	struct ast_expr *e;

	if (!json_is_array(v))
		return jp_expr(j, v);
	if (json_array_size(v) != 2) {
		jp_fail(j, v, "a mapping is an array of two, a key and its data, not of %zu", json_array_size(v));
		return stand_in(j, v);
	}
	e = ast_expr(j->a, AST_MAPPING, jp_place(j, v));
	e->a = jp_expr(j, json_array_get(v, 0));
	e->b = jp_expr(j, json_array_get(v, 1));
	return e;
}

struct ast_expr *jp_set(struct jp *j, json_t *v)
{
	struct ast_expr *set = ast_expr(j->a, AST_SET, jp_place(j, v));

	if (!json_is_array(v)) {
		ast_list_add(set, jp_expr(j, v));
		return set;
	}
	for (size_t i = 0; i < json_array_size(v) && !jp_stopped(j); i++)
		ast_list_add(set, element(j, json_array_get(v, i)));
	return set;
}

/* ---- objects ------------------------------------------------------------------------------------------------- */

static struct ast_expr *concat(struct jp *j, json_t *v, struct place at)
{
	return jp_concat(j, v);
}

static struct ast_expr *set(struct jp *j, json_t *v, struct place at)
{
	return jp_set(j, v);
}

static struct ast_expr *map(struct jp *j, json_t *v, struct place at)
{
	struct ast_expr *e = ast_expr(j->a, AST_MAP, at);
	json_t *key = jp_need(j, v, "key"), *data = key ? jp_need(j, v, "data") : NULL;

	e->a = key ? jp_expr(j, key) : stand_in(j, v);
	e->b = data ? jp_expr(j, data) : stand_in(j, v);
	if (data && e->b->kind != AST_SET && e->b->kind != AST_SETREF)
		jp_fail(j, data, "a set or the name of one, \"@name\", expected");
	return e;
}

static struct ast_expr *prefix(struct jp *j, json_t *v, struct place at)
{
	struct ast_expr *e = ast_expr(j->a, AST_PREFIX, at);
	json_t *addr = jp_need(j, v, "addr");
	uint64_t len = 0;

	e->a = addr ? jp_expr(j, addr) : stand_in(j, v);
	if (addr && jp_need(j, v, "len"))
		jp_number(j, v, "len", UINT16_MAX, &len);
	e->num = len;
	return e;
}

static struct ast_expr *range(struct jp *j, json_t *v, struct place at)
{
	struct ast_expr *e = ast_expr(j->a, AST_RANGE, at);

	if (json_array_size(v) != 2)
		jp_fail(j, v, "a range is an array of two, its first and its last value");
	e->a = json_array_size(v) == 2 ? jp_expr(j, json_array_get(v, 0)) : stand_in(j, v);
	e->b = json_array_size(v) == 2 ? jp_expr(j, json_array_get(v, 1)) : e->a;
	return e;
}

/* val and its properties; statements in the order written */
static struct ast_expr *elem(struct jp *j, json_t *v, struct place at)
{
	struct ast_expr *e = ast_expr(j->a, AST_ELEM, at);
	struct ast_opt **opts = &e->opts;
	struct ast_stmt **stmts = &e->stmts;
	json_t *val = jp_need(j, v, "val"), *member;
	const char *key;

	e->a = val ? jp_expr(j, val) : stand_in(j, v);
	if (!val)
		return e;
	jp_opt(j, &opts, v, "timeout", "timeout");
	jp_opt(j, &opts, v, "expires", "expires");
	jp_opt(j, &opts, v, "comment", "comment");
	json_object_foreach(v, key, member)
	{
		if (!jp_is_stateful(key))
			continue;
		*stmts = jp_stmt_of(j, key, member, jp_place(j, member));
		stmts = &(*stmts)->next;
	}
	return e->opts || e->stmts ? e : e->a;
}

static const struct {
	const char *name;
	struct ast_expr *(*fn)(struct jp *j, json_t *v, struct place at);
} objects[] = {
	{ "concat", concat }, { "set", set }, { "map", map }, { "prefix", prefix }, { "range", range }, { "elem", elem },
};

static enum ast_op op_of(const char *name)
{
	static const struct {
		const char *name;
		enum ast_op op;
	} ops[] = {
		{ "&", AST_OP_AND }, { "|", AST_OP_OR }, { "^", AST_OP_XOR }, { "<<", AST_OP_LSHIFT }, { ">>", AST_OP_RSHIFT }
	};

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (!strcmp(ops[i].name, name))
			return ops[i].op;
	return AST_OP_IMPLICIT;
}

/* { "|": [ a, b, c ] } is (a | b) | c */
static struct ast_expr *binary(struct jp *j, enum ast_op op, json_t *v, struct place at)
{
	size_t n = json_array_size(v);
	struct ast_expr *e;

	if (n < 2 || n > MAX_OPERATORS) {
		jp_fail(j, v, n < 2 ? "an array of two or more expressions expected" : "too many operators in one expression");
		return stand_in(j, v);
	}
	e = jp_expr(j, json_array_get(v, 0));
	for (size_t i = 1; i < n; i++) {
		e = ast_binary(j->a, op, e, jp_expr(j, json_array_get(v, i)));
		e->at = at;
	}
	return e;
}

/* ---- verdicts -------------------------------------------------------------------------------------------------- */

static const char *const verdicts[] = { "accept", "drop", "continue", "return", "jump", "goto", NULL };

bool jp_is_verdict(const char *name)
{
	for (const char *const *w = verdicts; *w; w++)
		if (!strcmp(*w, name))
			return true;
	return false;
}

struct ast_expr *jp_verdict(struct jp *j, const char *name, json_t *v)
{
	struct ast_expr *e = ast_expr(j->a, AST_VERDICT, jp_place(j, v));
	const char *target = NULL;

	e->text = intern(j->p, name);
	if (strcmp(name, "jump") && strcmp(name, "goto"))
		return e;
	target = jp_need_string(j, v, "target");
	if (target && !*target)
		jp_fail(j, json_object_get(v, "target"), "empty name, expecting name of a chain");
	e->a = ast_symbol(j->a, target ? target : "", jp_place(j, json_object_get(v, "target")));
	e->a->quoted = true;
	return e;
}

/* ---- all ----------------------------------------------------------------------------------------------------- */

static void unknown(struct jp *j, const json_t *v, const char *name)
{
	static const char *const names[] = { "concat",  "set",      "map",        "prefix",    "range",      "elem",
					     "payload", "exthdr",   "tcp option", "ip option", "sctp chunk", "dccp option",
					     "meta",    "rt",       "ct",         "numgen",    "jhash",      "symhash",
					     "fib",     "socket",   "osf",        "ipsec",     "tunnel",     "accept",
					     "drop",    "continue", "return",     "jump",      "goto",       NULL };

	jp_fail(j, v, "unknown expression '%.40s'", name);
	jp_hint(j, name, names);
}

static struct ast_expr *object(struct jp *j, json_t *v)
{
	struct place at = jp_place(j, v);
	json_t *value = NULL;
	const char *name = jp_only(j, v, "an expression", &value);
	struct ast_expr *e = NULL;
	enum ast_op op;

	if (!name)
		return stand_in(j, v);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(objects[i].name, name))
			return objects[i].fn(j, value, at);
	op = op_of(name);
	if (op)
		return binary(j, op, value, at);
	if (jp_is_verdict(name))
		return jp_verdict(j, name, value);
	e = jp_field(j, name, value, at);
	if (!e)
		unknown(j, v, name);
	return e ? e : stand_in(j, v);
}

struct ast_expr *jp_expr(struct jp *j, json_t *v)
{
	struct place outer = j->at;
	struct ast_expr *e;

	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		return string(j, v);
	case JSON_OBJECT:
	case JSON_ARRAY:
		if (!jp_enter(j, v))
			return stand_in(j, v);
		j->at = jp_place(j, v);
		e = json_is_object(v) ? object(j, v) : items(j, AST_LIST, v, UINT32_MAX);
		j->at = outer;
		jp_leave(j);
		return e;
	default:
		return jp_scalar(j, v);
	}
}
