/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects, rules and commands as JSON. */
#include "src/raise/json_priv.h"

#include <string.h>

#include "base/bytes.h"
#include "bytecode/nf.h"
#include "src/types/hooks.h"
#include "src/types/names.h"

#define NFT_VERSION      "1.1.6"
#define NFT_RELEASE_NAME "Commodore Bullmoose #7"

json_t *json_ruleset(json_t **list)
{
	json_t *root;

	*list = json_pack("[{s:{s:s, s:s, s:i}}]", "metainfo", "version", NFT_VERSION, "release_name", NFT_RELEASE_NAME,
			  "json_schema_version", 1);
	root = json_pack("{s:o}", "nftables", *list);
	return root;
}

json_t *json_commands(json_t **list)
{
	*list = json_array();
	return json_pack("{s:o}", "nftables", *list);
}

static const char *family_of(const struct ast_handle *h)
{
	const char *name = names_name(names_family, h->family);

	return name ? name : "ip";
}

static json_t *named_in(const struct ast_handle *h)
{
	return json_pack("{s:s, s:o, s:o}", "family", family_of(h), "name", json_text(h->name), "table", json_text(h->table));
}

static void handle(json_t *o, uint64_t n)
{
	json_object_set_new(o, "handle", json_integer((json_int_t)n));
}

/* ---- tables and chains ---------------------------------------------------------------------------------------- */

static json_t *table(const struct ast_obj *o, const struct ast_print_opts *p)
{
	json_t *j = json_pack("{s:s, s:o}", "family", family_of(&o->h), "name", json_text(o->h.table));

	handle(j, o->h.handle);
	json_opt(j, o->table.opts, "flags", "flags");
	json_opt(j, o->table.opts, "comment", "comment");
	return j;
}

static int32_t priority_of(const struct ast_obj *o, const struct ast_chain *c)
{
	int hook = hook_by_name(o->h.family, c->hook);
	int32_t base = 0;

	if (c->prio_name && hook >= 0)
		priority_by_name(o->h.family, (uint32_t)hook, c->prio_name, &base);
	return base + c->prio_num;
}

/* A list only of several. */
static json_t *devices_of(const struct ast_expr *e)
{
	return json_expr(e->kind == AST_LIST && ast_list_len(e) == 1 ? e->items : e);
}

static json_t *chain(const struct ast_obj *o, const struct ast_print_opts *p)
{
	const struct ast_chain *c = &o->chain;
	json_t *j = json_pack("{s:s, s:o, s:o}", "family", family_of(&o->h), "table", json_text(o->h.table), "name",
			      json_text(o->h.chain));

	handle(j, o->h.handle);
	json_opt(j, c->opts, "comment", "comment");
	if (!c->is_base)
		return j;
	json_object_set_new(j, "type", json_text(c->type));
	json_object_set_new(j, "hook", json_string(c->hook));
	json_object_set_new(j, "prio", json_integer(priority_of(o, c)));
	if (c->devices)
		json_object_set_new(j, "dev", devices_of(c->devices));
	if (c->policy)
		json_object_set_new(j, "policy", json_string(c->policy));
	return j;
}

json_t *json_rule_expr(const struct ast_rule *r, const struct ast_print_opts *p)
{
	json_t *a = json_array();

	for (const struct ast_stmt *s = r->stmts; s; s = s->next)
		json_array_append_new(a, json_stmt(s, p));
	return a;
}

json_t *json_rule(const struct ast_handle *h, const struct ast_rule *r, const struct ast_print_opts *p)
{
	json_t *j =
		json_pack("{s:s, s:o, s:o}", "family", family_of(h), "table", json_text(h->table), "chain", json_text(h->chain));

	handle(j, r->handle);
	if (r->comment)
		json_object_set_new(j, "comment", json_text(r->comment));
	json_object_set_new(j, "expr", json_rule_expr(r, p));
	return json_pack("{s:o}", "rule", j);
}

static json_t *rule(const struct ast_obj *o, const struct ast_print_opts *p)
{
	json_t *wrapped = json_rule(&o->h, o->rule, p), *j = json_object_get(wrapped, "rule");

	json_incref(j);
	json_decref(wrapped);
	return j;
}

/* ---- sets ------------------------------------------------------------------------------------------------------ */

static json_t *names_of(const struct ast_expr *e)
{
	return e->kind == AST_CONCAT ? json_items(e) : json_expr(e);
}

static json_t *key_type(const struct ast_setobj *s)
{
	return s->is_typeof ? json_pack("{s:o}", "typeof", json_expr(s->key_type)) : names_of(s->key_type);
}

/* The word `timeout` may be missing where there is a default timeout. */
static void set_flags(json_t *j, const struct ast_opt *opts)
{
	static const char *const order[] = { "constant", "interval", "timeout", "dynamic" };
	const struct ast_opt *flags = ast_opt_find(opts, "flags");
	json_t *a = json_array();

	for (unsigned i = 0; i < ARRAY_SIZE(order); i++) {
		bool on = !strcmp(order[i], "timeout") && ast_opt_find(opts, "timeout");

		for (const struct ast_expr *f = flags ? flags->val->items : NULL; f; f = f->next)
			on |= !strcmp(f->text, order[i]);
		if (on)
			json_array_append_new(a, json_string(order[i]));
	}
	if (json_array_size(a))
		json_object_set(j, "flags", a);
	json_decref(a);
}

static json_t *stateless_stmts(const struct ast_stmt *s)
{
	static const struct ast_print_opts stateless = { .stateless = true };
	json_t *a = json_array();

	for (; s; s = s->next)
		json_array_append_new(a, json_stmt(s, &stateless));
	return a;
}

static void set_elems(json_t *set, struct ast_source *source)
{
	json_t *a = json_array();

	for (const struct ast_expr *e; (e = source->next(source));)
		json_array_append_new(a, json_expr(e));
	if (json_array_size(a))
		json_object_set(set, "elem", a);
	json_decref(a);
}

static json_t *set(const struct ast_obj *o, const struct ast_print_opts *p)
{
	static const char *const numbers[] = { "timeout", "gc-interval" };
	const struct ast_setobj *s = &o->set;
	json_t *j = named_in(&o->h);

	json_object_set_new(j, "type", key_type(s));
	handle(j, o->h.handle);
	json_opt(j, s->opts, "comment", "comment");
	if (s->obj_type)
		json_object_set_new(j, "map", json_string(s->obj_type));
	else if (s->data_type)
		json_object_set_new(j, "map", names_of(s->data_names ? s->data_names : s->data_type));
	json_opt(j, s->opts, "policy", "policy");
	json_opt(j, s->opts, "size", "size");
	set_flags(j, s->opts);
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
		json_opt(j, s->opts, numbers[i], numbers[i]);
	if (ast_opt_find(s->opts, "auto-merge"))
		json_object_set_new(j, "auto-merge", json_true());
	if (s->stmts)
		json_object_set_new(j, "stmt", stateless_stmts(s->stmts));
	if (s->elems && !(p && p->terse) && s->elems->items)
		json_object_set_new(j, "elem", json_items(s->elems));
	if (s->source && !(p && p->terse))
		set_elems(j, s->source);
	return j;
}

static json_t *element(const struct ast_obj *o, const struct ast_print_opts *p)
{
	json_t *j = json_pack("{s:s, s:o, s:o}", "family", family_of(&o->h), "table", json_text(o->h.table), "name", json_text(o->h.name));

	json_object_set_new(j, "elem", json_pack("{s:o}", "set", json_items(o->elems)));
	return j;
}

/* ---- stateful objects -------------------------------------------------------------------------------------------- */

static json_t *named(const struct ast_obj *o)
{
	json_t *j = named_in(&o->h);

	handle(j, o->h.handle);
	json_opt(j, o->opts, "comment", "comment");
	return j;
}

/* Options of the same names. */
static json_t *plain(const struct ast_obj *o, const char *const *names)
{
	json_t *j = named(o);

	for (; *names; names++)
		json_opt(j, o->opts, *names, *names);
	return j;
}

static json_t *counter(const struct ast_obj *o, const struct ast_print_opts *p)
{
	static const char *const names[] = { "packets", "bytes", NULL }, *const none[] = { NULL };

	return plain(o, p && p->stateless ? none : names);
}

static json_int_t bytes_of(const struct ast_opt *opts, const char *amount, const char *unit)
{
	const struct ast_opt *n = ast_opt_find(opts, amount), *u = ast_opt_find(opts, unit);
	uint64_t factor = 1;

	if (!n || !n->val)
		return 0;
	if (u && u->val && u->val->text)
		names_value(names_byte_unit, u->val->text, &factor);
	return (json_int_t)((uint64_t)n->val->num * factor);
}

static json_t *quota(const struct ast_obj *o, const struct ast_print_opts *p)
{
	json_t *j = named(o);

	json_object_set_new(j, "bytes", json_integer(bytes_of(o->opts, "amount", "unit")));
	if (!p || !p->stateless)
		json_object_set_new(j, "used", json_integer(bytes_of(o->opts, "used", "used-unit")));
	json_object_set_new(j, "inv", json_boolean(ast_opt_find(o->opts, "over")));
	return j;
}

static json_t *limit(const struct ast_obj *o, const struct ast_print_opts *p)
{
	enum { USUAL_BURST = 5 };
	const struct ast_opt *unit = ast_opt_find(o->opts, "unit");
	bool packets = !unit || !strcmp(unit->val->text, "packets");
	json_t *j = named(o);

	json_opt(j, o->opts, "rate", "rate");
	json_opt(j, o->opts, "per", "per");
	if (packets)
		json_object_set_new(j, "burst", json_integer(USUAL_BURST));
	else
		json_opt(j, o->opts, "unit", "rate_unit");
	json_opt(j, o->opts, "burst", "burst");
	if (!packets && json_object_get(j, "burst"))
		json_opt(j, o->opts, "burst-unit", "burst_unit");
	if (ast_opt_find(o->opts, "over"))
		json_object_set_new(j, "inv", json_true());
	return j;
}

static json_t *secmark(const struct ast_obj *o, const struct ast_print_opts *p)
{
	json_t *j = named(o);

	json_opt(j, o->opts, "secctx", "context");
	return j;
}

static json_t *synproxy(const struct ast_obj *o, const struct ast_print_opts *p)
{
	static const char *const names[] = { "mss", "wscale", NULL }, *const flags[] = { "timestamp", "sack-perm", NULL };
	json_t *j = plain(o, names), *words = json_words(o->opts, flags);

	if (words)
		json_object_set_new(j, "flags", words);
	return j;
}

static json_t *ct_helper(const struct ast_obj *o, const struct ast_print_opts *p)
{
	static const char *const names[] = { "type", "protocol", "l3proto", NULL };

	return plain(o, names);
}

static json_t *ct_timeout(const struct ast_obj *o, const struct ast_print_opts *p)
{
	static const char *const names[] = { "protocol", "l3proto", NULL };
	const struct ast_opt *policy = ast_opt_find(o->opts, "policy");
	json_t *j = plain(o, names), *states = json_object();

	for (const struct ast_expr *e = policy ? policy->val->items : NULL; e; e = e->next)
		json_object_set_new(states, e->a->text, json_expr(e->b));
	json_object_set_new(j, "policy", states);
	return j;
}

static json_t *ct_expectation(const struct ast_obj *o, const struct ast_print_opts *p)
{
	static const char *const names[] = { "protocol", "dport", "timeout", "size", "l3proto", NULL };

	return plain(o, names);
}

static json_t *tunnel(const struct ast_obj *o, const struct ast_print_opts *p)
{
	static const char *const names[] = { "id", "sport", "dport", "tos", "ttl", NULL };
	static const struct {
		const char *opt, *key;
	} addrs[] = {
		{ "ip saddr", "src-ipv4" }, { "ip daddr", "dst-ipv4" }, { "ip6 saddr", "src-ipv6" }, { "ip6 daddr", "dst-ipv6" }
	};
	json_t *j = plain(o, names);

	for (unsigned i = 0; i < ARRAY_SIZE(addrs); i++)
		json_opt(j, o->opts, addrs[i].opt, addrs[i].key);
	return j;
}

static json_t *flowtable(const struct ast_obj *o, const struct ast_print_opts *p)
{
	const struct ast_opt *prio = ast_opt_find(o->opts, "priority"), *offset = ast_opt_find(o->opts, "priority-offset");
	const struct ast_opt *devices = ast_opt_find(o->opts, "devices");
	json_t *j = named(o);
	int32_t n = 0;

	json_opt(j, o->opts, "hook", "hook");
	if (prio && prio->val->kind == AST_NUMBER)
		n = (int32_t)prio->val->num;
	else if (prio)
		priority_by_name(NFPROTO_INET, NF_INET_INGRESS, prio->val->text, &n);
	if (offset)
		n += (int32_t)offset->val->num;
	json_object_set_new(j, "prio", json_integer(n));
	if (devices)
		json_object_set_new(j, "dev", devices_of(devices->val));
	return j;
}

/* ---- by kind ------------------------------------------------------------------------------------------------------ */

static const struct {
	enum ast_obj_kind kind;
	const char *key;
	json_t *(*fn)(const struct ast_obj *o, const struct ast_print_opts *p);
} kinds[] = {
	{ AST_TABLE, "table", table },
	{ AST_CHAIN, "chain", chain },
	{ AST_RULE, "rule", rule },
	{ AST_SETOBJ, "set", set },
	{ AST_MAPOBJ, "map", set },
	{ AST_ELEMENT, "element", element },
	{ AST_FLOWTABLE, "flowtable", flowtable },
	{ AST_COUNTER, "counter", counter },
	{ AST_QUOTA, "quota", quota },
	{ AST_LIMIT, "limit", limit },
	{ AST_SECMARK, "secmark", secmark },
	{ AST_SYNPROXY, "synproxy", synproxy },
	{ AST_CT_HELPER, "ct helper", ct_helper },
	{ AST_CT_TIMEOUT, "ct timeout", ct_timeout },
	{ AST_CT_EXPECTATION, "ct expectation", ct_expectation },
	{ AST_TUNNEL, "tunnel", tunnel },
};

json_t *json_obj(const struct ast_obj *o, const struct ast_print_opts *p)
{
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == o->kind)
			return json_pack("{s:o}", kinds[i].key, kinds[i].fn(o, p));
	return json_null();
}

static void rules_of(json_t *list, const struct ast_obj *o, const struct ast_print_opts *p)
{
	for (const struct ast_rule *r = o->chain.rules; r; r = r->next)
		json_array_append_new(list, json_rule(&o->h, r, p));
}

/* Chains first, since maps and rules may refer to them; rules last, since they may refer to anything. */
static void contents(json_t *list, const struct ast_obj *t, const struct ast_print_opts *p)
{
	for (const struct ast_obj *o = t->table.objs; o; o = o->next)
		if (o->kind == AST_CHAIN)
			json_array_append_new(list, json_obj(o, p));
	for (const struct ast_obj *o = t->table.objs; o; o = o->next)
		if (o->kind != AST_CHAIN)
			json_array_append_new(list, json_obj(o, p));
	for (const struct ast_obj *o = t->table.objs; o; o = o->next)
		if (o->kind == AST_CHAIN)
			rules_of(list, o, p);
}

void json_objects(json_t *list, const struct ast_obj *o, const struct ast_print_opts *p)
{
	json_array_append_new(list, json_obj(o, p));
	if (o->kind == AST_TABLE)
		contents(list, o, p);
	else if (o->kind == AST_CHAIN)
		rules_of(list, o, p);
}

void json_contents(json_t *list, const struct ast_obj *t, const struct ast_print_opts *p)
{
	contents(list, t, p);
}

static const char *op_name(enum ast_cmd_op op)
{
	switch (op) {
	case AST_ADD:
		return "add";
	case AST_CREATE:
		return "create";
	case AST_INSERT:
		return "insert";
	case AST_REPLACE:
		return "replace";
	case AST_DELETE:
		return "delete";
	case AST_DESTROY:
		return "destroy";
	default:
		return NULL;
	}
}

static const char *key_of(enum ast_obj_kind kind)
{
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].key;
	return NULL;
}

/* What is deleted is named: the rest is gone. */
static json_t *deleted(const struct ast_obj *o)
{
	json_t *j;

	if (o->kind == AST_TABLE)
		j = json_pack("{s:s, s:o}", "family", family_of(&o->h), "name", json_text(o->h.table));
	else if (o->kind == AST_CHAIN)
		j = json_pack("{s:s, s:o, s:o}", "family", family_of(&o->h), "table", json_text(o->h.table), "name", json_text(o->h.chain));
	else
		j = named_in(&o->h);
	if (o->h.handle)
		handle(j, o->h.handle);
	return json_pack("{s:o}", key_of(o->kind), j);
}

static bool removes(enum ast_cmd_op op)
{
	return op == AST_DELETE || op == AST_DESTROY;
}

json_t *json_cmd(const struct ast_cmd *cmd, const struct ast_print_opts *p)
{
	const char *op = op_name(cmd->op);

	if (!op || !cmd->obj || !key_of(cmd->obj->kind))
		return NULL;
	if (removes(cmd->op) && cmd->obj->kind != AST_RULE && cmd->obj->kind != AST_ELEMENT)
		return json_pack("{s:o}", op, deleted(cmd->obj));
	return json_pack("{s:o}", op, json_obj(cmd->obj, p));
}
