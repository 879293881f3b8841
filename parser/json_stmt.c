/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements in JSON: one function per name, in the table at the end. */
#include "parser/json.h"

#include <stdio.h>

typedef void stmt_fn(struct jp *j, struct ast_stmt *s, json_t *v);

/* ---- matches and changes --------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum ast_op op;
} relations[] = {
	{ "==", AST_OP_EQ }, { "!=", AST_OP_NE }, { "<", AST_OP_LT },        { ">", AST_OP_GT },
	{ "<=", AST_OP_LE }, { ">=", AST_OP_GE }, { "in", AST_OP_IMPLICIT }, { "!", AST_OP_NOT },
};

static enum ast_op relation(struct jp *j, json_t *v)
{
	const char *name = json_string_value(v);

	for (size_t i = 0; name && i < ARRAY_SIZE(relations); i++)
		if (!strcmp(relations[i].name, name))
			return relations[i].op;
	if (name)
		jp_fail(j, v, "unknown operator '%.40s', expecting ==, !=, <, >, <=, >= or in", name);
	else
		jp_fail(j, v, "op: an operator expected, not %s", jp_kind(v));
	return AST_OP_IMPLICIT;
}

static struct ast_expr *need_expr(struct jp *j, json_t *v, const char *key)
{
	json_t *m = jp_need(j, v, key);

	return m ? jp_expr(j, m) : ast_symbol(j->a, "", j->at);
}

static void match(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_expr *e = ast_expr(j->a, AST_REL, jp_place(j, v));
	json_t *op = jp_need(j, v, "op");

	s->a = e;
	e->op = op ? relation(j, op) : AST_OP_IMPLICIT;
	e->a = json_is_object(v) ? need_expr(j, v, "left") : NULL;
	e->b = json_is_object(v) ? need_expr(j, v, "right") : NULL;
}

static void vmap(struct jp *j, struct ast_stmt *s, json_t *v)
{
	s->a = need_expr(j, v, "key");
	s->b = json_is_object(v) ? need_expr(j, v, "data") : NULL;
	if (s->b && s->b->kind != AST_SET && s->b->kind != AST_SETREF)
		jp_fail(j, json_object_get(v, "data"), "a set or the name of one, \"@name\", expected");
}

static void mangle(struct jp *j, struct ast_stmt *s, json_t *v)
{
	s->name = "set";
	s->a = need_expr(j, v, "key");
	s->b = json_is_object(v) ? need_expr(j, v, "value") : NULL;
}

static void reset(struct jp *j, struct ast_stmt *s, json_t *v)
{
	json_t *option = jp_need(j, v, "tcp option");

	if (!option)
		return;
	s->a = jp_field(j, "tcp option", option, jp_place(j, option));
	if (s->a->field->n_words != 1)
		jp_fail(j, option, "an option of TCP expected, without a field");
}

/* ---- with a state ------------------------------------------------------------------------------------------------ */

/* A name, or a map to names. */
static bool object(struct jp *j, struct ast_stmt *s, json_t *v)
{
	if (!json_is_string(v) && !(json_is_object(v) && json_object_get(v, "map")))
		return false;
	s->a = json_is_string(v) ? ast_string(j->a, jp_text_of(j, v), jp_place(j, v)) : jp_expr(j, v);
	return true;
}

/* Properties: an object, or null where all may be missing. */
static bool properties(struct jp *j, const char *what, json_t *v, bool null)
{
	if (json_is_object(v))
		return true;
	if (!null || !json_is_null(v))
		jp_fail(j, v, "%s: an object expected, not %s", what, jp_kind(v));
	return false;
}

static void over(struct jp *j, struct ast_opt ***tail, const json_t *v)
{
	if (jp_true(j, v, "inv"))
		jp_add_opt(j, tail, "over", NULL, jp_place(j, v));
}

static void counter(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_opt **tail = &s->opts;

	if (object(j, s, v) || !properties(j, "counter", v, true))
		return;
	jp_opt(j, &tail, v, "packets", "packets");
	jp_opt(j, &tail, v, "bytes", "bytes");
}

static const char *const byte_units[] = { "bytes", "kbytes", "mbytes", NULL };
static const char *const units[] = { "packets", "bytes", "kbytes", "mbytes", NULL };

static void limit_burst(struct jp *j, struct ast_opt ***tail, const json_t *v, bool packets)
{
	const json_t *burst = json_object_get(v, "burst");

	if (!burst || (json_is_integer(burst) && !json_integer_value(burst)))
		return; /* the usual one */
	jp_opt(j, tail, v, "burst", "burst");
	if (packets)
		jp_add_opt(j, tail, "burst-unit", ast_symbol(j->a, "packets", jp_place(j, burst)), jp_place(j, burst));
	else if (json_object_get(v, "burst_unit"))
		jp_opt_word(j, tail, v, "burst_unit", "burst-unit", "bytes, kbytes or mbytes", byte_units);
}

void jp_limit_opts(struct jp *j, struct ast_opt ***tail, const json_t *v)
{
	static const char *const times[] = { "second", "minute", "hour", "day", "week", NULL };
	const char *key = json_object_get(v, "rate_unit") ? "rate_unit" : "unit", *unit;

	over(j, tail, v);
	if (jp_need(j, v, "rate"))
		jp_opt(j, tail, v, "rate", "rate");
	unit = json_object_get(v, key) ? jp_word(j, json_object_get(v, key), "packets, bytes, kbytes or mbytes", units) : "packets";
	jp_add_opt(j, tail, "unit", ast_symbol(j->a, unit ? unit : "packets", jp_place(j, json_object_get(v, key))),
		   jp_place(j, v));
	if (json_object_get(v, "per"))
		jp_opt_word(j, tail, v, "per", "per", "second, minute, hour, day or week", times);
	else
		jp_add_opt(j, tail, "per", ast_symbol(j->a, "second", jp_place(j, v)), jp_place(j, v));
	limit_burst(j, tail, v, !unit || !strcmp(unit, "packets"));
}

static void limit(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_opt **tail = &s->opts;

	if (!object(j, s, v) && properties(j, "limit", v, false))
		jp_limit_opts(j, &tail, v);
}

static void quota(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_opt **tail = &s->opts;

	if (object(j, s, v) || !properties(j, "quota", v, false))
		return;
	over(j, &tail, v);
	if (jp_need(j, v, "val"))
		jp_opt(j, &tail, v, "val", "amount");
	jp_opt_word(j, &tail, v, "val_unit", "unit", "bytes, kbytes or mbytes", byte_units);
	jp_opt(j, &tail, v, "used", "used");
	jp_opt_word(j, &tail, v, "used_unit", "used-unit", "bytes, kbytes or mbytes", byte_units);
}

/* In milliseconds. */
static void last(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_opt **tail = &s->opts;
	uint64_t ms;

	if (!properties(j, "last", v, true) || !jp_number(j, v, "used", UINT32_MAX * 1000ull, &ms))
		return;
	jp_add_opt(j, &tail, "used", ast_symbol(j->a, arena_printf(j->a, "%llums", (unsigned long long)ms), jp_place(j, v)),
		   jp_place(j, v));
}

static void ct_count(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_opt **tail = &s->opts;

	s->name = "connlimit";
	if (!properties(j, "ct count", v, false))
		return;
	over(j, &tail, v);
	if (jp_need(j, v, "val"))
		jp_opt(j, &tail, v, "val", "count");
}

/* ---- log, reject, queue, synproxy ---------------------------------------------------------------------------------- */

static void log_stmt(struct jp *j, struct ast_stmt *s, json_t *v)
{
	static const char *const levels[] = { "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit", NULL };
	static const char *const flags[] = { "all", "skuid", "ether", "ip options", "tcp sequence", "tcp options", NULL };
	static const char *const numbers[] = { "group", "snaplen", "queue-threshold" };
	struct ast_opt **tail = &s->opts;
	const char *prefix;

	if (!properties(j, "log", v, true))
		return;
	prefix = jp_string(j, v, "prefix");
	if (prefix)
		jp_add_opt(j, &tail, "prefix", ast_string(j->a, prefix, jp_place(j, json_object_get(v, "prefix"))), jp_place(j, v));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		jp_opt(j, &tail, v, numbers[i], numbers[i]);
	jp_opt_word(j, &tail, v, "level", "level", "a level of syslog", levels);
	jp_opt_list(j, &tail, v, "flags", "all, skuid, ether, ip options, tcp sequence or tcp options", flags);
}

static void reject(struct jp *j, struct ast_stmt *s, json_t *v)
{
	static const char *const types[] = { "tcp reset", "icmp", "icmpv6", "icmpx", NULL };
	struct ast_opt **tail = &s->opts;

	if (!properties(j, "reject", v, true))
		return;
	jp_opt_word(j, &tail, v, "type", "with", "tcp reset, icmp, icmpv6 or icmpx", types);
	if (!json_object_get(v, "expr"))
		return;
	if (!s->opts || !strcmp(s->opts->val->text, "tcp reset"))
		jp_fail(j, json_object_get(v, "expr"), "a code needs a type: icmp, icmpv6 or icmpx");
	jp_opt(j, &tail, v, "expr", "code");
}

static void queue(struct jp *j, struct ast_stmt *s, json_t *v)
{
	static const char *const flags[] = { "bypass", "fanout", NULL };
	struct ast_opt **tail = &s->opts;

	if (!properties(j, "queue", v, true))
		return;
	if (json_object_get(v, "num"))
		s->a = jp_expr(j, json_object_get(v, "num"));
	jp_opt_flags(j, &tail, v, "flags", "bypass or fanout", flags);
}

void jp_synproxy_opts(struct jp *j, struct ast_opt ***tail, const json_t *v)
{
	static const char *const flags[] = { "timestamp", "sack-perm", NULL };

	jp_opt(j, tail, v, "mss", "mss");
	jp_opt(j, tail, v, "wscale", "wscale");
	jp_opt_flags(j, tail, v, "flags", "timestamp or sack-perm", flags);
}

static void synproxy(struct jp *j, struct ast_stmt *s, json_t *v)
{
	struct ast_opt **tail = &s->opts;

	if (!object(j, s, v) && properties(j, "synproxy", v, true))
		jp_synproxy_opts(j, &tail, v);
}

static void notrack(struct jp *j, struct ast_stmt *s, json_t *v)
{
	properties(j, "notrack", v, true);
}

static void flow(struct jp *j, struct ast_stmt *s, json_t *v)
{
	static const char *const ops[] = { "add", NULL };
	json_t *name = jp_need(j, v, "flowtable");

	if (name && json_object_get(v, "op"))
		jp_word(j, json_object_get(v, "op"), "add", ops);
	s->a = name ? jp_setref(j, name) : NULL;
}

static void xt(struct jp *j, struct ast_stmt *s, json_t *v)
{
	jp_fail(j, v, "unsupported xtables compat expression, use iptables-nft with this ruleset");
}

/* ---- objects ------------------------------------------------------------------------------------------------------- */

static void set_object(struct jp *j, struct ast_stmt *s, json_t *v, const char *head, const char *word)
{
	s->name = "set";
	s->b = json_is_string(v) ? ast_string(j->a, jp_text_of(j, v), jp_place(j, v)) : jp_expr(j, v);
	s->a = jp_field_of(j, head, word, s->at);
}

static void ct_helper(struct jp *j, struct ast_stmt *s, json_t *v)
{
	set_object(j, s, v, "ct", "helper");
}

static void ct_timeout(struct jp *j, struct ast_stmt *s, json_t *v)
{
	set_object(j, s, v, "ct", "timeout");
}

static void ct_expectation(struct jp *j, struct ast_stmt *s, json_t *v)
{
	set_object(j, s, v, "ct", "expectation");
}

static void secmark(struct jp *j, struct ast_stmt *s, json_t *v)
{
	set_object(j, s, v, "meta", "secmark");
}

static void tunnel(struct jp *j, struct ast_stmt *s, json_t *v)
{
	if (!object(j, s, v))
		jp_fail(j, v, "the name of a tunnel, or a map to names, expected");
}

/* ---- sets ------------------------------------------------------------------------------------------------------------ */

/* The key and what it has beside it. */
static struct ast_expr *element(struct jp *j, json_t *key, json_t *stmts)
{
	struct ast_expr *e = jp_expr(j, key), *with;
	struct ast_stmt **tail;

	if (!stmts)
		return e;
	with = e;
	if (e->kind != AST_ELEM) {
		with = ast_expr(j->a, AST_ELEM, e->at);
		with->a = e;
	}
	for (tail = &with->stmts; *tail; tail = &(*tail)->next)
		;
	*tail = jp_stmts(j, stmts);
	return with;
}

static void set_or_map(struct jp *j, struct ast_stmt *s, json_t *v, const char *name)
{
	static const char *const ops[] = { "add", "update", "delete", NULL };
	json_t *op = jp_need(j, v, "op"), *elem = op ? jp_need(j, v, "elem") : NULL, *set = elem ? jp_need(j, v, name) : NULL;
	json_t *data = op ? json_object_get(v, "data") : NULL;
	const char *w = op ? jp_word(j, op, "add, update or delete", ops) : NULL;
	struct ast_expr *e;

	if (!set || !w)
		return;
	s->name = w;
	s->a = jp_setref(j, set);
	s->b = element(j, elem, json_object_get(v, "stmt"));
	if (!data)
		return;
	e = ast_expr(j->a, AST_MAPPING, jp_place(j, v));
	e->a = s->b;
	e->b = jp_expr(j, data);
	s->b = e;
}

static void set(struct jp *j, struct ast_stmt *s, json_t *v)
{
	set_or_map(j, s, v, "set");
}

static void map(struct jp *j, struct ast_stmt *s, json_t *v)
{
	if (jp_need(j, v, "data"))
		set_or_map(j, s, v, "map");
}

static void meter(struct jp *j, struct ast_stmt *s, json_t *v)
{
	const char *name = jp_need_string(j, v, "name");
	json_t *key = name ? jp_need(j, v, "key") : NULL, *stmt = key ? jp_need(j, v, "stmt") : NULL;
	struct ast_opt **tail = &s->opts;

	if (!stmt)
		return;
	s->a = ast_symbol(j->a, name, jp_place(j, json_object_get(v, "name")));
	s->b = element(j, key, stmt);
	jp_opt(j, &tail, v, "size", "size");
}

/* ---- by name --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	stmt_fn *fn;
	bool stateful;
} stmts[] = {
	{ "match", match, false },
	{ "vmap", vmap, false },
	{ "mangle", mangle, false },
	{ "reset", reset, false },
	{ "counter", counter, true },
	{ "limit", limit, true },
	{ "quota", quota, true },
	{ "last", last, true },
	{ "ct count", ct_count, true },
	{ "log", log_stmt, false },
	{ "reject", reject, false },
	{ "queue", queue, false },
	{ "snat", jp_nat, false },
	{ "dnat", jp_nat, false },
	{ "masquerade", jp_nat, false },
	{ "redirect", jp_nat, false },
	{ "tproxy", jp_tproxy, false },
	{ "dup", jp_dup, false },
	{ "fwd", jp_fwd, false },
	{ "synproxy", synproxy, false },
	{ "notrack", notrack, false },
	{ "flow", flow, false },
	{ "ct helper", ct_helper, false },
	{ "ct timeout", ct_timeout, false },
	{ "ct expectation", ct_expectation, false },
	{ "secmark", secmark, false },
	{ "tunnel", tunnel, false },
	{ "set", set, false },
	{ "map", map, false },
	{ "meter", meter, false },
	{ "xt", xt, false },
};

bool jp_is_stateful(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(stmts); i++)
		if (stmts[i].stateful && !strcmp(stmts[i].name, name))
			return true;
	return false;
}

static void unknown(struct jp *j, const json_t *v, const char *name)
{
	static const char *const verdicts[] = { "accept", "drop", "continue", "return", "jump", "goto", NULL };
	const char *names[ARRAY_SIZE(stmts) + ARRAY_SIZE(verdicts)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stmts); i++)
		names[n++] = stmts[i].name;
	memcpy(names + n, verdicts, sizeof(verdicts));
	jp_fail(j, v, "unknown statement '%.40s'", name);
	jp_hint(j, name, names);
}

struct ast_stmt *jp_stmt_of(struct jp *j, const char *name, json_t *v, struct place at)
{
	struct ast_stmt *s = ast_stmt(j->a, "", at);

	if (jp_is_verdict(name)) {
		s->name = "verdict";
		s->a = jp_verdict(j, name, v);
		return s;
	}
	for (size_t i = 0; i < ARRAY_SIZE(stmts); i++) {
		if (strcmp(stmts[i].name, name))
			continue;
		s->name = stmts[i].name;
		stmts[i].fn(j, s, v);
		return s;
	}
	unknown(j, v, name);
	return s;
}

static struct ast_stmt *one(struct jp *j, json_t *v)
{
	struct place outer = j->at;
	json_t *value = NULL;
	const char *name;
	struct ast_stmt *s;

	if (!jp_enter(j, v))
		return ast_stmt(j->a, "", outer);
	j->at = jp_place(j, v);
	name = jp_only(j, v, "a statement", &value);
	s = name ? jp_stmt_of(j, name, value, j->at) : ast_stmt(j->a, "", j->at);
	jp_leave(j);
	j->at = outer;
	return s;
}

struct ast_stmt *jp_stmts(struct jp *j, json_t *v)
{
	struct ast_stmt *first = NULL, **tail = &first;

	if (!json_is_array(v)) /* a meter's */
		return one(j, v);
	for (size_t i = 0; i < json_array_size(v) && !jp_stopped(j); i++) {
		*tail = one(j, json_array_get(v, i));
		tail = &(*tail)->next;
	}
	return first;
}
