/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements as JSON: one function per statement, in the table at the end. Each returns what stands behind its name. */
#include "src/raise/json_priv.h"

#include <string.h>

#include "base/bytes.h"

typedef json_t *stmt_fn(const struct ast_stmt *s, const struct ast_print_opts *p);

/* ---- options --------------------------------------------------------------------------------------------- */

void json_opt(json_t *o, const struct ast_opt *opts, const char *name, const char *key)
{
	const struct ast_opt *opt = ast_opt_find(opts, name);

	if (opt && opt->val)
		json_object_set_new(o, key, json_expr(opt->val));
}

/* Those of the names that are there, as an array; NULL: none. */
json_t *json_words(const struct ast_opt *opts, const char *const *names)
{
	json_t *a = NULL;

	for (; *names; names++) {
		if (!ast_opt_find(opts, *names))
			continue;
		if (!a)
			a = json_array();
		json_array_append_new(a, json_string(*names));
	}
	return a;
}

static void set_words(json_t *o, const char *key, const struct ast_opt *opts, const char *const *names)
{
	json_t *a = json_words(opts, names);

	if (a)
		json_object_set_new(o, key, a);
}

static void set_expr(json_t *o, const char *key, const struct ast_expr *e)
{
	if (e)
		json_object_set_new(o, key, json_expr(e));
}

static const char *word_of(const struct ast_opt *opts, const char *name)
{
	const struct ast_opt *o = ast_opt_find(opts, name);

	return o && o->val && o->val->text ? o->val->text : "";
}

/* An object without members is null. */
static json_t *or_null(json_t *o)
{
	if (json_object_size(o))
		return o;
	json_decref(o);
	return json_null();
}

static json_t *null(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	return json_null();
}

/* ---- matches, verdicts, changes ---------------------------------------------------------------------------- */

static const char *rel_op(uint8_t op)
{
	static const char *const ops[] = {
		[AST_OP_IMPLICIT] = "==", [AST_OP_EQ] = "==", [AST_OP_NE] = "!=", [AST_OP_LT] = "<", [AST_OP_GT] = ">",
		[AST_OP_LE] = "<=",       [AST_OP_GE] = ">=", [AST_OP_NOT] = "!", [AST_OP_IN] = "in"
	};

	return op < ARRAY_SIZE(ops) && ops[op] ? ops[op] : "==";
}

static json_t *match(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	return json_pack("{s:s, s:o, s:o}", "op", rel_op(s->a->op), "left", json_match_left(s->a->a), "right", json_expr(s->a->b));
}

static json_t *vmap(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	return json_pack("{s:o, s:o}", "key", json_expr(s->a), "data", json_expr(s->b));
}

static json_t *mangle(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	return json_pack("{s:o, s:o}", "key", json_expr(s->a), "value", json_expr(s->b));
}

static json_t *reset(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	return json_reset(s->a);
}

/* ---- stateful ------------------------------------------------------------------------------------------------ */

static json_t *counter(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	json_t *o = json_object();

	if (!p || !p->stateless) {
		json_opt(o, s->opts, "packets", "packets");
		json_opt(o, s->opts, "bytes", "bytes");
	}
	return or_null(o);
}

static json_t *limit(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	const char *unit = word_of(s->opts, "unit"), *burst_unit = word_of(s->opts, "burst-unit");
	json_t *o = json_object();

	json_opt(o, s->opts, "rate", "rate");
	json_object_set_new(o, "burst", json_integer(0));
	json_opt(o, s->opts, "burst", "burst");
	json_opt(o, s->opts, "per", "per");
	if (ast_opt_find(s->opts, "over"))
		json_object_set_new(o, "inv", json_true());
	if (strcmp(unit, "packets")) {
		json_object_set_new(o, "rate_unit", json_string(unit));
		json_object_set_new(o, "burst_unit", json_string(*burst_unit ? burst_unit : "bytes"));
	}
	return o;
}

static json_t *quota(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	json_t *o = json_object();

	json_opt(o, s->opts, "amount", "val");
	json_opt(o, s->opts, "unit", "val_unit");
	if (!p || !p->stateless) {
		json_opt(o, s->opts, "used", "used");
		json_opt(o, s->opts, "used-unit", "used_unit");
	}
	if (ast_opt_find(s->opts, "over"))
		json_object_set_new(o, "inv", json_true());
	return o;
}

static json_t *last(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	const struct ast_opt *used = ast_opt_find(s->opts, "used");

	if ((p && p->stateless) || !used || used->val->kind != AST_NUMBER)
		return json_null();
	return json_pack("{s:o}", "used", json_expr(used->val));
}

static json_t *connlimit(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	json_t *o = json_object();

	json_opt(o, s->opts, "count", "val");
	if (ast_opt_find(s->opts, "over"))
		json_object_set_new(o, "inv", json_true());
	return o;
}

/* ---- log, reject, queue ---------------------------------------------------------------------------------------- */

/* flags may come several times, as a word or a list. */
static void log_flags(json_t *o, const struct ast_opt *opts)
{
	json_t *a = json_array();

	for (; opts; opts = opts->next) {
		if (strcmp(opts->name, "flags"))
			continue;
		if (opts->val->kind == AST_LIST) {
			json_t *more = json_items(opts->val);

			json_array_extend(a, more);
			json_decref(more);
		} else {
			json_array_append_new(a, json_expr(opts->val));
		}
	}
	if (json_array_size(a))
		json_object_set(o, "flags", a);
	json_decref(a);
}

static json_t *log_stmt(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	static const char *const names[] = { "prefix", "group", "snaplen", "queue-threshold", "level" };
	json_t *o = json_object();

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		json_opt(o, s->opts, names[i], names[i]);
	log_flags(o, s->opts);
	return or_null(o);
}

static json_t *reject(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	json_t *o = json_object();

	json_opt(o, s->opts, "with", "type");
	json_opt(o, s->opts, "code", "expr");
	return or_null(o);
}

static json_t *queue(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	static const char *const flags[] = { "bypass", "fanout", NULL };
	json_t *o = json_object();

	set_expr(o, "num", s->a);
	set_words(o, "flags", s->opts, flags);
	return or_null(o);
}

/* ---- addresses and devices ---------------------------------------------------------------------------------------- */

static json_t *nat(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	static const char *const flags[] = { "random", "fully-random", "persistent", NULL };
	json_t *o = json_object(), *words = json_words(s->opts, flags);

	json_opt(o, s->opts, "family", "family");
	set_expr(o, "addr", s->a);
	set_expr(o, "port", s->b);
	if (ast_opt_find(s->opts, "prefix")) {
		if (!words)
			words = json_array();
		json_array_append_new(words, json_string("netmap"));
		json_object_set_new(o, "type_flags", json_pack("[s]", "prefix"));
	}
	if (words)
		json_object_set_new(o, "flags", words);
	return or_null(o);
}

static json_t *tproxy(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	json_t *o = json_object();

	json_opt(o, s->opts, "family", "family");
	set_expr(o, "addr", s->a);
	set_expr(o, "port", s->b);
	return o;
}

static json_t *dup_stmt(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	json_t *o = json_object();

	set_expr(o, "addr", s->a);
	set_expr(o, "dev", s->b);
	return o;
}

static json_t *fwd(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	json_t *o = json_object();

	set_expr(o, "dev", s->b ? s->b : s->a);
	if (s->b) {
		json_opt(o, s->opts, "family", "family");
		set_expr(o, "addr", s->a);
	}
	return o;
}

static json_t *synproxy(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	static const char *const flags[] = { "timestamp", "sack-perm", NULL };
	json_t *o = json_object();

	json_opt(o, s->opts, "mss", "mss");
	json_opt(o, s->opts, "wscale", "wscale");
	set_words(o, "flags", s->opts, flags);
	return or_null(o);
}

static json_t *flow(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	return json_pack("{s:s, s:o}", "op", "add", "flowtable", json_expr(s->a));
}

static json_t *xt(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	return json_pack("{s:o, s:o}", "type", json_expr(s->a), "name", json_expr(s->b));
}

/* ---- sets ------------------------------------------------------------------------------------------------------------ */

static json_t *statements(const struct ast_stmt *s)
{
	static const struct ast_print_opts stateless = { .stateless = true };
	json_t *a = json_array();

	for (; s; s = s->next)
		json_array_append_new(a, json_stmt(s, &stateless));
	return a;
}

/* add, update, delete: { "set": … }, or { "map": … } where the element has data. */
static json_t *dynset(const struct ast_stmt *s)
{
	const struct ast_expr *elem = s->b, *data = NULL;
	bool map = elem->kind == AST_MAPPING;
	struct ast_expr bare;
	json_t *o;

	if (map) {
		data = elem->b;
		elem = elem->a;
	}
	o = json_pack("{s:s}", "op", s->name);
	if (elem->kind == AST_ELEM) {
		bare = *elem;
		bare.stmts = NULL;
		json_object_set_new(o, "elem", elem->opts ? json_expr(&bare) : json_expr(elem->a));
	} else {
		json_object_set_new(o, "elem", json_expr(elem));
	}
	set_expr(o, "data", data);
	json_object_set_new(o, map ? "map" : "set", json_expr(s->a));
	if (elem->kind == AST_ELEM && elem->stmts)
		json_object_set_new(o, "stmt", statements(elem->stmts));
	return json_pack("{s:o}", map ? "map" : "set", o);
}

static json_t *meter(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	const struct ast_expr *elem = s->b;
	struct ast_expr bare = *elem;
	json_t *o = json_object();

	if (elem->kind == AST_ELEM)
		bare.stmts = NULL;
	json_object_set_new(o, "key", elem->kind == AST_ELEM && !elem->opts ? json_expr(elem->a) : json_expr(&bare));
	if (elem->kind == AST_ELEM && elem->stmts)
		json_object_set_new(o, "stmt", json_stmt(elem->stmts, p));
	json_opt(o, s->opts, "size", "size");
	json_object_set_new(o, "name", json_text(s->a->text));
	return o;
}

/* ---- by name --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *key; /* of the statement in the AST, in JSON */
	stmt_fn *fn;
} stmts[] = {
	{ "match", "match", match },
	{ "vmap", "vmap", vmap },
	{ "meter", "meter", meter },
	{ "set", "mangle", mangle },
	{ "reset", "reset", reset },
	{ "counter", "counter", counter },
	{ "limit", "limit", limit },
	{ "quota", "quota", quota },
	{ "last", "last", last },
	{ "connlimit", "ct count", connlimit },
	{ "log", "log", log_stmt },
	{ "reject", "reject", reject },
	{ "queue", "queue", queue },
	{ "snat", "snat", nat },
	{ "dnat", "dnat", nat },
	{ "masquerade", "masquerade", nat },
	{ "redirect", "redirect", nat },
	{ "tproxy", "tproxy", tproxy },
	{ "dup", "dup", dup_stmt },
	{ "fwd", "fwd", fwd },
	{ "synproxy", "synproxy", synproxy },
	{ "notrack", "notrack", null },
	{ "flow", "flow", flow },
	{ "xt", "xt", xt },
	{ "tunnel", "tunnel", null },
};

/* Statements that refer to an object: { "counter": "name" }. */
static const char *const objrefs[] = { "counter", "limit", "quota", "synproxy", "tunnel" };

/* `ct helper set "x"` is no mangle in JSON. */
static const char *objref_of_field(const struct ast_stmt *s)
{
	static const struct {
		const char *head, *word, *key;
	} fields[] = { { "ct", "helper", "ct helper" },
		       { "ct", "timeout", "ct timeout" },
		       { "ct", "expectation", "ct expectation" },
		       { "meta", "secmark", "secmark" } };

	if (strcmp(s->name, "set") || s->a->kind != AST_FIELD || s->a->field->n_words != 1)
		return NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcmp(fields[i].head, s->a->field->head) && !strcmp(fields[i].word, s->a->field->words[0].text) &&
		    (s->b->kind == AST_STRING || s->b->kind == AST_MAP))
			return fields[i].key;
	return NULL;
}

static bool is_objref(const struct ast_stmt *s)
{
	for (unsigned i = 0; s->a && i < ARRAY_SIZE(objrefs); i++)
		if (!strcmp(objrefs[i], s->name))
			return true;
	return false;
}

json_t *json_stmt(const struct ast_stmt *s, const struct ast_print_opts *p)
{
	const char *key = objref_of_field(s);

	if (!strcmp(s->name, "verdict"))
		return json_verdict(s->a);
	if (!strcmp(s->name, "add") || !strcmp(s->name, "update") || !strcmp(s->name, "delete"))
		return dynset(s);
	if (key)
		return json_pack("{s:o}", key, json_expr(s->b));
	if (is_objref(s))
		return json_pack("{s:o}", s->name, json_expr(s->a));
	for (unsigned i = 0; i < ARRAY_SIZE(stmts); i++)
		if (!strcmp(stmts[i].name, s->name))
			return json_pack("{s:o}", stmts[i].key, stmts[i].fn(s, p));
	return json_pack("{s:n}", s->name);
}
