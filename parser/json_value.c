/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of JSON objects by name and kind, and what is said where they are missing or of another kind. */
#include "parser/json.h"

#include <stdarg.h>
#include <stdio.h>

enum { TEXT_MAX = 64 * 1024, SHOWN = 40 };

/* ---- errors -------------------------------------------------------------------------------------------------- */

void jp_fail(struct jp *j, const json_t *v, const char *fmt, ...)
{
	buf_auto b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf_reserve(&b, 512), 513, fmt, ap);
	va_end(ap);
	diag_error(j->p->diag, jp_place(j, v), "%s", b.p);
}

bool jp_stopped(const struct jp *j)
{
	const struct diag *d = j->p->diag;

	return d->errors >= (d->max_errors ? d->max_errors : MAX_ERRORS);
}

const char *jp_kind(const json_t *v)
{
	static const char *const kinds[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",
		[JSON_INTEGER] = "a number",
		[JSON_REAL] = "a number with a fraction",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
		[JSON_NULL] = "null",
	};

	return v ? kinds[json_typeof(v)] : "nothing";
}

void jp_hint(struct jp *j, const char *word, const char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	hint_near(j->p, word, words, n);
}

bool jp_enter(struct jp *j, const json_t *v)
{
	if (j->nest >= MAX_NEST) {
		jp_fail(j, v, "nested too deeply, at most %d levels", MAX_NEST);
		return false;
	}
	j->nest++;
	return true;
}

void jp_leave(struct jp *j)
{
	j->nest--;
}

/* ---- members ------------------------------------------------------------------------------------------------- */

const char *jp_only(struct jp *j, const json_t *v, const char *what, json_t **value)
{
	void *it = json_is_object(v) ? json_object_iter((json_t *)(uintptr_t)v) : NULL;

	if (!json_is_object(v))
		jp_fail(j, v, "%s expected, an object with one member, not %s", what, jp_kind(v));
	else if (json_object_size(v) != 1)
		jp_fail(j, v, "%s expected: one member, not %zu", what, json_object_size(v));
	else {
		*value = json_object_iter_value(it);
		return json_object_iter_key(it);
	}
	return NULL;
}

json_t *jp_need(struct jp *j, const json_t *o, const char *key)
{
	json_t *v = json_is_object(o) ? json_object_get(o, key) : NULL;

	if (!json_is_object(o))
		jp_fail(j, o, "an object expected, not %s", jp_kind(o));
	else if (!v)
		jp_fail(j, o, "\"%s\" is missing", key);
	return v;
}

const char *jp_text_of(struct jp *j, const json_t *v)
{
	if (json_string_length(v) > TEXT_MAX) {
		jp_fail(j, v, "too long a string, at most %d bytes", TEXT_MAX);
		return "";
	}
	if (json_string_length(v) <= MAX_WORD)
		return name_of(j->p, json_string_value(v), (uint32_t)json_string_length(v))->text;
	return arena_memdup(j->a, json_string_value(v), json_string_length(v));
}

static const char *string_of(struct jp *j, const json_t *v, const char *key)
{
	if (!v)
		return NULL;
	if (json_is_string(v))
		return jp_text_of(j, v);
	jp_fail(j, v, "%s: a string expected, not %s", key, jp_kind(v));
	return NULL;
}

const char *jp_string(struct jp *j, const json_t *o, const char *key)
{
	return string_of(j, json_object_get(o, key), key);
}

const char *jp_need_string(struct jp *j, const json_t *o, const char *key)
{
	return string_of(j, jp_need(j, o, key), key);
}

bool jp_number(struct jp *j, const json_t *o, const char *key, uint64_t max, uint64_t *out)
{
	const json_t *v = json_object_get(o, key);

	if (!v)
		return false;
	if (!json_is_integer(v))
		jp_fail(j, v, "%s: a number expected, not %s", key, jp_kind(v));
	else if (json_integer_value(v) < 0 || (uint64_t)json_integer_value(v) > max)
		jp_fail(j, v, "%s: Value %lld exceeds valid range 0-%llu", key, (long long)json_integer_value(v),
			(unsigned long long)max);
	else {
		*out = (uint64_t)json_integer_value(v);
		return true;
	}
	return false;
}

bool jp_true(struct jp *j, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (v && !json_is_boolean(v))
		jp_fail(j, v, "%s: true or false expected, not %s", key, jp_kind(v));
	return json_is_true(v);
}

/* ---- words --------------------------------------------------------------------------------------------------- */

const char *jp_word(struct jp *j, const json_t *v, const char *what, const char *const *words)
{
	const char *s = json_string_value(v);

	if (!s) {
		jp_fail(j, v, "%s expected, not %s", what, jp_kind(v));
		return NULL;
	}
	for (const char *const *w = words; *w; w++)
		if (!strcmp(*w, s))
			return *w;
	jp_fail(j, v, "%s expected, not '%.*s'", what, SHOWN, s);
	jp_hint(j, s, words);
	return NULL;
}

static void each(struct jp *j, const json_t *v, const char *what, const char *const *words,
		 void (*fn)(void *ctx, const char *w, struct place at), void *ctx)
{
	const char *w = jp_word(j, v, what, words);

	if (w)
		fn(ctx, w, jp_place(j, v));
}

void jp_each_word(struct jp *j, const json_t *v, const char *what, const char *const *words,
		  void (*fn)(void *ctx, const char *w, struct place at), void *ctx)
{
	if (!json_is_array(v)) {
		each(j, v, what, words, fn, ctx);
		return;
	}
	for (size_t i = 0; i < json_array_size(v); i++)
		each(j, json_array_get(v, i), what, words, fn, ctx);
}

/* ---- options --------------------------------------------------------------------------------------------------- */

void jp_add_opt(struct jp *j, struct ast_opt ***tail, const char *name, struct ast_expr *val, struct place at)
{
	ast_opt(j->a, tail, name, val, at);
}

void jp_opt(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *name)
{
	const json_t *v = json_object_get(o, key);

	if (v)
		jp_add_opt(j, tail, name, jp_scalar(j, v), jp_place(j, v));
}

void jp_opt_word(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *name, const char *what,
		 const char *const *words)
{
	const json_t *v = json_object_get(o, key);
	const char *w = v ? jp_word(j, v, what, words) : NULL;

	if (w)
		jp_add_opt(j, tail, name, ast_symbol(j->a, w, jp_place(j, v)), jp_place(j, v));
}

struct flags_ctx {
	struct jp *j;
	struct ast_opt ***tail;
	struct ast_expr *list;
};

static void add_flag(void *ctx, const char *w, struct place at)
{
	struct flags_ctx *c = ctx;

	jp_add_opt(c->j, c->tail, w, NULL, at);
}

void jp_opt_flags(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *what,
		  const char *const *words)
{
	const json_t *v = json_object_get(o, key);
	struct flags_ctx ctx = { j, tail, NULL };

	if (v)
		jp_each_word(j, v, what, words, add_flag, &ctx);
}

static void add_item(void *ctx, const char *w, struct place at)
{
	struct flags_ctx *c = ctx;

	ast_list_add(c->list, ast_symbol(c->j->a, w, at));
}

void jp_opt_list(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *what, const char *const *words)
{
	const json_t *v = json_object_get(o, key);
	struct flags_ctx ctx = { j, tail, NULL };

	if (!v)
		return;
	ctx.list = ast_expr(j->a, AST_LIST, jp_place(j, v));
	jp_each_word(j, v, what, words, add_item, &ctx);
	if (ctx.list->items)
		jp_add_opt(j, tail, key, ctx.list, jp_place(j, v));
}
