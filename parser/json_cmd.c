/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands in JSON: { "add": { "rule": { … } } }. An object without a command, as in listings, is added; a rule's handle then says
 * nothing.
 */
#include "parser/json.h"

/* ---- which thing ------------------------------------------------------------------------------------------------- */

static void family(struct jp *j, struct ast_handle *h, const json_t *v)
{
	const char *name = jp_string(j, v, "family");

	if (!name)
		return;
	h->family_at = jp_place(j, json_object_get(v, "family"));
	h->family_given = family_by_name(name, &h->family);
	if (!h->family_given)
		jp_fail(j, json_object_get(v, "family"), "unknown family '%.40s', expecting ip, ip6, inet, arp, bridge or netdev",
			name);
}

static const char *name(struct jp *j, const json_t *v, const char *key, bool must, struct place *at)
{
	const char *s = must ? jp_need_string(j, v, key) : jp_string(j, v, key);

	*at = jp_place(j, json_object_get(v, key));
	if (s && !*s)
		jp_fail(j, json_object_get(v, key), "%s: empty name", key);
	else if (s && strlen(s) > MAX_WORD)
		jp_fail(j, json_object_get(v, key), "%s: longer than %d bytes", key, MAX_WORD);
	return s;
}

static bool number(struct jp *j, const json_t *v, const char *key, uint64_t *out, struct place *at)
{
	*at = jp_place(j, json_object_get(v, key));
	return jp_number(j, v, key, INT64_MAX, out);
}

/* Where a rule goes, or which one it is. */
static void rule_position(struct jp *j, struct ast_handle *h, const json_t *v, enum ast_cmd_op op)
{
	bool which = op == AST_DELETE || op == AST_DESTROY || op == AST_REPLACE;

	h->has_handle = !j->bare && number(j, v, "handle", &h->handle, &h->handle_at);
	if (!h->has_handle && op != AST_REPLACE)
		h->has_index = number(j, v, "index", &h->index, &h->position_at);
	if (which && !h->has_handle && !h->has_index && !json_object_get(v, "handle"))
		jp_need(j, v, "handle");
}

/* Deleted objects may be named by their handles. */
static bool by_handle(struct jp *j, struct ast_handle *h, const json_t *v, enum ast_cmd_op op)
{
	if ((op != AST_DELETE && op != AST_DESTROY) || json_object_get(v, "name") || !json_object_get(v, "handle"))
		return false;
	h->has_handle = number(j, v, "handle", &h->handle, &h->handle_at);
	return true;
}

static void names(struct jp *j, struct ast_obj *o, const json_t *v, enum ast_cmd_op op)
{
	struct ast_handle *h = &o->h;

	if (!jp_need_string(j, v, "family"))
		return;
	family(j, h, v);
	if (o->kind == AST_TABLE) {
		if (!by_handle(j, h, v, op))
			h->table = name(j, v, "name", true, &h->table_at);
		return;
	}
	h->table = name(j, v, "table", true, &h->table_at);
	if (o->kind == AST_RULE) {
		h->chain = name(j, v, "chain", true, &h->chain_at);
		rule_position(j, h, v, op);
		return;
	}
	if (by_handle(j, h, v, op))
		return;
	if (o->kind == AST_CHAIN)
		h->chain = name(j, v, "name", true, &h->chain_at);
	else
		h->name = name(j, v, "name", true, &h->name_at);
}

/* ---- kinds --------------------------------------------------------------------------------------------------------- */

enum { WITH_NONE = 0, WITH_DELETE = 1, WITH_ASK = 2 }; /* commands beside add that take more than the name */

static const struct kind {
	const char *name, *plural;
	enum ast_obj_kind kind, all;
	void (*body)(struct jp *j, struct ast_obj *o, json_t *v);
	unsigned with;
} kinds[] = {
	{ "table", "tables", AST_TABLE, AST_TABLES, jp_obj_table, WITH_NONE },
	{ "chain", "chains", AST_CHAIN, AST_CHAINS, jp_obj_chain, WITH_NONE },
	{ "rule", "rules", AST_RULE, AST_RULES, jp_obj_rule, WITH_NONE },
	{ "set", "sets", AST_SETOBJ, AST_SETS, jp_obj_set, WITH_NONE },
	{ "map", "maps", AST_MAPOBJ, AST_MAPS, jp_obj_set, WITH_NONE },
	{ "element", NULL, AST_ELEMENT, AST_ELEMENT, jp_obj_element, WITH_DELETE | WITH_ASK },
	{ "flowtable", "flowtables", AST_FLOWTABLE, AST_FLOWTABLES, jp_obj_flowtable, WITH_NONE },
	{ "meter", "meters", AST_METER, AST_METERS, NULL, WITH_NONE },
	{ "counter", "counters", AST_COUNTER, AST_COUNTERS, jp_obj_counter, WITH_NONE },
	{ "quota", "quotas", AST_QUOTA, AST_QUOTAS, jp_obj_quota, WITH_NONE },
	{ "limit", "limits", AST_LIMIT, AST_LIMITS, jp_obj_limit, WITH_NONE },
	{ "secmark", "secmarks", AST_SECMARK, AST_SECMARKS, jp_obj_secmark, WITH_NONE },
	{ "synproxy", "synproxys", AST_SYNPROXY, AST_SYNPROXYS, jp_obj_synproxy, WITH_NONE },
	{ "tunnel", "tunnels", AST_TUNNEL, AST_TUNNELS, jp_obj_tunnel, WITH_NONE },
	{ "ct helper", "ct helpers", AST_CT_HELPER, AST_CT_HELPERS, jp_obj_ct_helper, WITH_NONE },
	{ "ct timeout", "ct timeouts", AST_CT_TIMEOUT, AST_CT_TIMEOUTS, jp_obj_ct_timeout, WITH_NONE },
	{ "ct expectation", "ct expectations", AST_CT_EXPECTATION, AST_CT_EXPECTATIONS, jp_obj_ct_expectation, WITH_NONE },
};

static void unknown_kind(struct jp *j, const json_t *v, const char *word)
{
	const char *words[ARRAY_SIZE(kinds) + 2];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		words[i] = kinds[i].name;
	words[ARRAY_SIZE(kinds)] = "ruleset";
	words[ARRAY_SIZE(kinds) + 1] = NULL;
	jp_fail(j, v, "unknown object '%.40s'", word);
	jp_hint(j, word, words);
}

static const struct kind *kind_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, word))
			return &kinds[i];
	return NULL;
}

/* ---- commands ------------------------------------------------------------------------------------------------------ */

/* Base chains and flowtables lose devices by delete. */
static bool loses_devices(const struct kind *k, const json_t *v)
{
	return (k->kind == AST_CHAIN || k->kind == AST_FLOWTABLE) && json_object_get(v, "dev");
}

static void body(struct jp *j, struct ast_cmd *c, const struct kind *k, json_t *v)
{
	switch (c->op) {
	case AST_ADD:
	case AST_CREATE:
	case AST_INSERT:
	case AST_REPLACE:
		if (k->body)
			k->body(j, c->obj, v);
		break;
	case AST_DELETE:
	case AST_DESTROY:
		if ((k->with & WITH_DELETE) || (loses_devices(k, v) && !json_object_get(v, "type")))
			k->body(j, c->obj, v);
		break;
	default:
		if (k->with & WITH_ASK)
			k->body(j, c->obj, v);
	}
}

static void one_object(struct jp *j, struct ast_cmd *c, const char *word, json_t *v)
{
	const struct kind *k = kind_of(word);

	if (!k) {
		unknown_kind(j, v, word);
		return;
	}
	if ((c->op == AST_INSERT || c->op == AST_REPLACE) && k->kind != AST_RULE) {
		jp_fail(j, v, "only rules are inserted or replaced");
		return;
	}
	if (k->kind == AST_METER && c->op != AST_LIST_CMD && c->op != AST_FLUSH && c->op != AST_RESET) {
		jp_fail(j, v, "meters cannot be added or deleted by themselves");
		return;
	}
	c->obj->kind = k->kind;
	names(j, c->obj, v, c->op);
	if (json_is_object(v))
		body(j, c, k, v);
}

/* Things of a kind: of a family, of a table, of a chain; null: all */
static void all_objects(struct jp *j, struct ast_cmd *c, enum ast_obj_kind kind, const json_t *v)
{
	struct ast_handle *h = &c->obj->h;

	c->obj->kind = kind;
	if (json_is_null(v))
		return;
	if (!json_is_object(v)) {
		jp_fail(j, v, "an object or null expected, not %s", jp_kind(v));
		return;
	}
	family(j, h, v);
	if (kind == AST_RULESET || kind == AST_TABLES)
		return;
	h->table = name(j, v, "table", false, &h->table_at);
	if (kind == AST_RULES)
		h->chain = name(j, v, "chain", false, &h->chain_at);
}

static void ask(struct jp *j, struct ast_cmd *c, const char *word, json_t *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!kinds[i].plural || strcmp(kinds[i].plural, word))
			continue;
		all_objects(j, c, kinds[i].all, v);
		return;
	}
	if (!strcmp(word, "ruleset"))
		all_objects(j, c, AST_RULESET, v);
	else if (!strcmp(word, "hooks") && c->op == AST_LIST_CMD)
		all_objects(j, c, AST_HOOKS, v);
	else
		one_object(j, c, word, v);
}

static void rename_chain(struct jp *j, struct ast_cmd *c, const char *word, json_t *v)
{
	const char *new_name;
	struct place at;

	if (strcmp(word, "chain")) {
		jp_fail(j, v, "only chains are renamed");
		return;
	}
	c->obj->kind = AST_CHAIN;
	names(j, c->obj, v, c->op);
	new_name = name(j, v, "newname", true, &at);
	c->expr = ast_symbol(j->a, new_name ? new_name : "", at);
}

static const struct command {
	const char *name;
	enum ast_cmd_op op;
	void (*fn)(struct jp *j, struct ast_cmd *c, const char *word, json_t *v);
} commands[] = {
	{ "add", AST_ADD, one_object },
	{ "create", AST_CREATE, one_object },
	{ "insert", AST_INSERT, one_object },
	{ "replace", AST_REPLACE, one_object },
	{ "delete", AST_DELETE, one_object },
	{ "destroy", AST_DESTROY, one_object },
	{ "get", AST_GET, one_object },
	{ "list", AST_LIST_CMD, ask },
	{ "reset", AST_RESET, ask },
	{ "flush", AST_FLUSH, ask },
	{ "rename", AST_RENAME, rename_chain },
};

static void unknown_command(struct jp *j, const json_t *v, const char *word)
{
	const char *words[ARRAY_SIZE(commands) + ARRAY_SIZE(kinds) + 1];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		words[n++] = commands[i].name;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		words[n++] = kinds[i].name;
	words[n] = NULL;
	jp_fail(j, v, "unknown command '%.40s'", word);
	jp_hint(j, word, words);
}

/* Written by a newer nft than we know: what it says might be misunderstood. */
static void metainfo(struct jp *j, const json_t *v)
{
	enum { SCHEMA = 1 };
	uint64_t version = 0;

	if (!json_is_object(v))
		jp_fail(j, v, "metainfo: an object expected, not %s", jp_kind(v));
	else if (jp_number(j, v, "json_schema_version", INT64_MAX, &version) && version > SCHEMA)
		jp_fail(j, json_object_get(v, "json_schema_version"),
			"Schema version %llu is not supported, the newest known is %d", (unsigned long long)version, SCHEMA);
}

static struct ast_cmd *new_command(struct jp *j, const json_t *v)
{
	struct ast_cmd *c = arena_new_of(j->a, struct ast_cmd);

	c->at = jp_place(j, v);
	c->obj = arena_new_of(j->a, struct ast_obj);
	c->obj->at = c->at;
	return c;
}

struct ast_cmd *jp_command(struct jp *j, json_t *v)
{
	json_t *value = NULL, *object = NULL;
	const char *word = jp_only(j, v, "a command", &value), *inner;
	struct ast_cmd *c;

	if (!word)
		return NULL;
	if (!strcmp(word, "metainfo")) {
		metainfo(j, value);
		return NULL;
	}
	c = new_command(j, v);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, word))
			continue;
		c->op = commands[i].op;
		j->bare = false;
		inner = jp_only(j, value, "an object", &object);
		if (inner)
			commands[i].fn(j, c, inner, object);
		return c;
	}
	c->op = AST_ADD;
	j->bare = true;
	if (kind_of(word))
		one_object(j, c, word, value);
	else
		unknown_command(j, v, word);
	return c;
}
