/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counter, limit, quota, last: as statements, and the properties they share with the objects of those names. */
#include "parser/parse_priv.h"

/* "name X", X a string or a map from a key to strings. */
static bool object_name(struct parse *p, struct ast_stmt *s)
{
	static const struct {
		const char *name;
		enum ast_obj_kind kind;
	} objects[] = { { "counter", AST_COUNTER }, { "limit", AST_LIMIT }, { "quota", AST_QUOTA } };

	if (!accept_word(p, "name"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(s->name, objects[i].name))
			offer_object(p, objects[i].kind);
	s->a = parse_value_one(p);
	return true;
}

/* ---- counter --------------------------------------------------------------------------------------------- */

void counter_config(struct parse *p, struct ast_opt ***tail)
{
	static const char *const words[] = { "packets", "bytes", NULL };
	const char *w;

	while ((w = accept_any_word(p, words)))
		opt_value(p, tail, w, parse_number);
}

void stmt_counter(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	if (!object_name(p, s))
		counter_config(p, &tail);
}

/* ---- limit ----------------------------------------------------------------------------------------------- */

static const char *const byte_units[] = { "bytes", "kbytes", "mbytes", NULL };
static const char *const burst_units[] = { "packets", "bytes", "kbytes", "mbytes", NULL };
static const char *const times[] = { "second", "minute", "hour", "day", "week", NULL };

static const char *find(const char *const *words, const char *s, size_t len)
{
	for (; *words; words++) {
		if (strncmp(*words, s, len) == 0 && !(*words)[len])
			return *words;
	}
	return NULL;
}

/* "kbytes/second" is one word, since slashes are part of words; "10/second" is three tokens. */
static void rate_units(struct parse *p, struct ast_opt ***tail)
{
	const struct token *t = tok(p);
	const char *slash, *unit = "packets", *per = NULL;
	struct place at = t->at, per_at;

	if (t->type == TOK_WORD) {
		slash = memchr(t->text, '/', t->len);
		unit = find(byte_units, t->text, slash ? (size_t)(slash - t->text) : t->len);
		if (!unit) {
			unexpected_word(p, "'/' or bytes, kbytes, mbytes", byte_units, 3);
			return;
		}
		if (slash) {
			per = find(times, slash + 1, t->len - (size_t)(slash + 1 - t->text));
			if (!per) {
				fail(p, at, "syntax error, expecting second, minute, hour, day or week behind the slash");
				return;
			}
		}
		tok_take(p);
	}
	if (!per) {
		expect(p, TOK_SLASH);
		per = accept_any_word(p, times);
		if (!per) {
			unexpected_word(p, "second, minute, hour, day or week", times, 5);
			return;
		}
	}
	per_at = p->last;
	add_opt(p, tail, "unit", ast_symbol(p->arena, unit, at), at);
	add_opt(p, tail, "per", ast_symbol(p->arena, per, per_at), per_at);
}

void limit_config(struct parse *p, struct ast_opt ***tail)
{
	static const char *const modes[] = { "over", "until", NULL };
	const char *unit;

	if (!expect_word(p, "rate"))
		return;
	accept_flag_opt(p, tail, modes);
	opt_value(p, tail, "rate", parse_number);
	rate_units(p, tail);
	if (!accept_word(p, "burst"))
		return;
	opt_value(p, tail, "burst", parse_number);
	unit = accept_any_word(p, burst_units);
	if (unit)
		add_opt(p, tail, "burst-unit", ast_symbol(p->arena, unit, p->last), p->last);
	else
		unexpected_word(p, "packets, bytes, kbytes or mbytes", burst_units, 4);
}

void stmt_limit(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	if (!object_name(p, s))
		limit_config(p, &tail);
}

/* ---- quota ----------------------------------------------------------------------------------------------- */

static void amount(struct parse *p, struct ast_opt ***tail, const char *name, const char *unit_name)
{
	const char *unit;

	opt_value(p, tail, name, parse_number);
	unit = accept_any_word(p, byte_units);
	if (unit)
		add_opt(p, tail, unit_name, ast_symbol(p->arena, unit, p->last), p->last);
	else
		unexpected_word(p, "bytes, kbytes or mbytes", byte_units, 3);
}

void quota_config(struct parse *p, struct ast_opt ***tail)
{
	static const char *const modes[] = { "over", "until", NULL };

	accept_flag_opt(p, tail, modes);
	amount(p, tail, "amount", "unit");
	if (accept_word(p, "used"))
		amount(p, tail, "used", "used-unit");
}

void stmt_quota(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	if (!object_name(p, s))
		quota_config(p, &tail);
}

/* ---- last ------------------------------------------------------------------------------------------------ */

/* last [used never|TIME] */
void stmt_last(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	if (accept_word(p, "used"))
		opt_value(p, &tail, "used", parse_time);
}
