/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list and reset: a snapshot of what the command names, raised to AST table by table and printed.
 *
 * What a command lists is a row of `kinds`: which parts to read, and which objects of a table to show, whole or as declarations.
 */
#include "src/client/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/client/get.h"
#include "src/client/monitor.h"
#include "src/client/near.h"
#include "src/client/snapshot.h"
#include "src/raise/json.h"
#include "src/raise/raise.h"
#include "src/types/describe.h"

/* How a kind of object is shown. */
enum show { SHOW_NOT, SHOW_DECLARATION, SHOW_WHOLE };

struct kind {
	enum ast_obj_kind obj;
	unsigned what;              /* SNAP_… */
	uint32_t obj_type;          /* NFT_OBJECT_…, 0: any */
	uint8_t chains, sets, maps, meters, objs, flowtables; /* enum show */
	bool named;                 /* only the one of handle.name (or .chain) */
};

enum { LIST_FAMILIES = 16 };
enum { NO = SHOW_NOT, DECL = SHOW_DECLARATION, ALL = SHOW_WHOLE };

static const struct kind kinds[] = {
	/*                    what                      type  chains sets maps meters objs ft */
	{ AST_RULESET, SNAP_ALL, 0, ALL, ALL, ALL, ALL, ALL, ALL, false },
	{ AST_TABLE, SNAP_ALL, 0, ALL, ALL, ALL, ALL, ALL, ALL, false },
	{ AST_CHAINS, SNAP_CHAINS, 0, DECL, NO, NO, NO, NO, NO, false },
	{ AST_CHAIN, SNAP_CHAINS | SNAP_RULES | SNAP_SETS | SNAP_ELEMS, 0, ALL, NO, NO, NO, NO, NO, true },
	{ AST_RULES, SNAP_CHAINS | SNAP_RULES | SNAP_SETS | SNAP_ELEMS, 0, ALL, NO, NO, NO, NO, NO, false },
	{ AST_RULE, SNAP_CHAINS | SNAP_RULES | SNAP_SETS | SNAP_ELEMS, 0, ALL, NO, NO, NO, NO, NO, true },
	{ AST_SETS, SNAP_SETS | SNAP_ELEMS, 0, NO, ALL, NO, NO, NO, NO, false },
	{ AST_MAPS, SNAP_SETS | SNAP_ELEMS, 0, NO, NO, ALL, NO, NO, NO, false },
	{ AST_METERS, SNAP_SETS | SNAP_ELEMS, 0, NO, NO, NO, ALL, NO, NO, false },
	{ AST_SETOBJ, SNAP_SETS | SNAP_ELEMS, 0, NO, ALL, NO, ALL, NO, NO, true },
	{ AST_MAPOBJ, SNAP_SETS | SNAP_ELEMS, 0, NO, NO, ALL, ALL, NO, NO, true },
	{ AST_METER, SNAP_SETS | SNAP_ELEMS, 0, NO, ALL, ALL, ALL, NO, NO, true },
	{ AST_FLOWTABLES, SNAP_FLOWTABLES, 0, NO, NO, NO, NO, NO, ALL, false },
	{ AST_FLOWTABLE, SNAP_FLOWTABLES, 0, NO, NO, NO, NO, NO, ALL, true },
	{ AST_COUNTERS, SNAP_OBJS, NFT_OBJECT_COUNTER, NO, NO, NO, NO, ALL, NO, false },
	{ AST_COUNTER, SNAP_OBJS, NFT_OBJECT_COUNTER, NO, NO, NO, NO, ALL, NO, true },
	{ AST_QUOTAS, SNAP_OBJS, NFT_OBJECT_QUOTA, NO, NO, NO, NO, ALL, NO, false },
	{ AST_QUOTA, SNAP_OBJS, NFT_OBJECT_QUOTA, NO, NO, NO, NO, ALL, NO, true },
	{ AST_LIMITS, SNAP_OBJS, NFT_OBJECT_LIMIT, NO, NO, NO, NO, ALL, NO, false },
	{ AST_LIMIT, SNAP_OBJS, NFT_OBJECT_LIMIT, NO, NO, NO, NO, ALL, NO, true },
	{ AST_CT_HELPERS, SNAP_OBJS, NFT_OBJECT_CT_HELPER, NO, NO, NO, NO, ALL, NO, false },
	{ AST_CT_HELPER, SNAP_OBJS, NFT_OBJECT_CT_HELPER, NO, NO, NO, NO, ALL, NO, true },
	{ AST_CT_TIMEOUTS, SNAP_OBJS, NFT_OBJECT_CT_TIMEOUT, NO, NO, NO, NO, ALL, NO, false },
	{ AST_CT_TIMEOUT, SNAP_OBJS, NFT_OBJECT_CT_TIMEOUT, NO, NO, NO, NO, ALL, NO, true },
	{ AST_CT_EXPECTATIONS, SNAP_OBJS, NFT_OBJECT_CT_EXPECT, NO, NO, NO, NO, ALL, NO, false },
	{ AST_CT_EXPECTATION, SNAP_OBJS, NFT_OBJECT_CT_EXPECT, NO, NO, NO, NO, ALL, NO, true },
	{ AST_SECMARKS, SNAP_OBJS, NFT_OBJECT_SECMARK, NO, NO, NO, NO, ALL, NO, false },
	{ AST_SECMARK, SNAP_OBJS, NFT_OBJECT_SECMARK, NO, NO, NO, NO, ALL, NO, true },
	{ AST_SYNPROXYS, SNAP_OBJS, NFT_OBJECT_SYNPROXY, NO, NO, NO, NO, ALL, NO, false },
	{ AST_SYNPROXY, SNAP_OBJS, NFT_OBJECT_SYNPROXY, NO, NO, NO, NO, ALL, NO, true },
	{ AST_TUNNELS, SNAP_OBJS, NFT_OBJECT_TUNNEL, NO, NO, NO, NO, ALL, NO, false },
	{ AST_TUNNEL, SNAP_OBJS, NFT_OBJECT_TUNNEL, NO, NO, NO, NO, ALL, NO, true },
};

struct listing {
	const struct list_ctx *c;
	const struct ast_cmd *cmd;
	const struct kind *k;
	const struct snapshot *s;
	struct raise_ctx raise;
	struct ast_print_opts print;
	const struct snap_table *table;
	struct arena *rule;           /* of one rule on its way to text */
	struct ast_obj **tail;        /* of the table's objects */
	unsigned shown;
	json_t *json;                 /* array, with -j */
};

static const struct kind *kind_of(enum ast_obj_kind obj)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].obj == obj)
			return &kinds[i];
	return NULL;
}

/* ---- what raising asks ---------------------------------------------------------------------------- */

static const struct bc_set *raise_ask_set(const struct snapshot *s, uint8_t family, const char *table, const char *name,
					  const struct bc_node **elems)
{
	struct snap_table *t = snap_table(s, family, table);
	struct snap_set *set = t ? snap_set(t, name) : NULL;

	if (elems)
		*elems = set ? set->elems : NULL;
	return set ? set->s : NULL;
}

static struct ast_rule *raise_rules(struct listing *l, const struct snap_chain *c)
{
	struct ast_rule *first = NULL, **tail = &first;

	for (const struct snap_rule *r = c->rules; r; r = r->next) {
		*tail = raise_rule(&l->raise, l->table->family, r->r);
		if (*tail)
			tail = &(*tail)->next;
	}
	return first;
}

static const struct ast_rule *raise_ask_anon(void *ctx, uint8_t family, const char *table, const char *chain)
{
	struct listing *l = ctx;
	struct snap_chain *c = snap_chain(l->table, chain);

	return c && c->c->flags & NFT_CHAIN_BINDING ? raise_rules(l, c) : NULL;
}

static const struct bc_set *ask_set(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems)
{
	return raise_ask_set(((struct listing *)ctx)->s, family, table, name, elems);
}

/* A rule comes and goes: its text stays. */
static void print_rule(void *ctx, const struct snapshot *s, const struct snap_table *t, struct snap_chain *c, const struct bc_rule *r)
{
	enum { DEPTH = 2 };
	struct listing *l = ctx;
	struct ast_print_opts print = l->print;

	l->s = s;
	l->table = t;
	l->raise.a = l->rule;
	print.indent += DEPTH;
	ast_print_obj(&c->listed, &(struct ast_obj){ .kind = AST_RULE, .rule = raise_rule(&l->raise, t->family, r) }, &print);
	arena_reset(l->rule);
}

/* ---- one table ------------------------------------------------------------------------------------- */

static bool is_named(const struct listing *l, const char *name, const char *want)
{
	return !l->k->named || (want && !strcmp(name, want));
}

static void show(struct listing *l, struct ast_obj *o)
{
	if (!o)
		return;
	*l->tail = o;
	l->tail = &o->next;
	l->shown++;
}

static void add_objs(struct listing *l)
{
	for (const struct snap_obj *o = l->table->objs; o; o = o->next)
		if ((!l->k->obj_type || o->o->type == l->k->obj_type) && is_named(l, o->o->name, l->cmd->obj->h.name))
			show(l, raise_obj(&l->raise, l->table->family, o->o));
}

static enum show show_set(const struct kind *k, const struct bc_set *s)
{
	if (s->flags & NFT_SET_ANONYMOUS)
		return SHOW_NOT;
	if (s->flags & NFT_SET_EVAL && k->meters > k->sets && !(s->flags & (NFT_SET_MAP | NFT_SET_OBJECT)))
		return k->meters;
	return s->flags & (NFT_SET_MAP | NFT_SET_OBJECT) ? k->maps : k->sets;
}

static struct ast_obj *raise_whole_set(struct listing *l, const struct snap_set *s, enum show how)
{
	struct ast_obj *o = raise_set(&l->raise, l->table->family, s->s, NULL);
	struct bc_bytes packed = { (const uint8_t *)s->packed.p, (uint32_t)s->packed.len };

	if (how == SHOW_WHOLE && packed.len)
		o->set.source = raise_stream(&l->raise, l->table->family, s->s, packed);
	return o;
}

static void add_sets(struct listing *l)
{
	for (const struct snap_set *s = l->table->sets; s; s = s->next) {
		enum show how = show_set(l->k, s->s);

		if (how && is_named(l, s->s->name, l->cmd->obj->h.name))
			show(l, raise_whole_set(l, s, how));
	}
}

static void add_flowtables(struct listing *l)
{
	for (const struct snap_flowtable *f = l->table->flowtables; f; f = f->next)
		if (is_named(l, f->f->name, l->cmd->obj->h.name))
			show(l, raise_flowtable(&l->raise, l->table->family, f->f));
}

static void add_chains(struct listing *l)
{
	for (const struct snap_chain *c = l->table->chains; c; c = c->next) {
		struct ast_obj *o;

		if (c->c->flags & NFT_CHAIN_BINDING || !is_named(l, c->c->name, l->cmd->obj->h.chain))
			continue;
		o = raise_chain(&l->raise, l->table->family, c->c);
		if (o && l->k->chains == SHOW_WHOLE && l->json)
			o->chain.rules = raise_rules(l, c);
		else if (o && l->k->chains == SHOW_WHOLE)
			o->chain.listed = (struct ast_text){ c->listed.p, c->listed.len };
		show(l, o);
	}
}

static void write_text(void *ctx, const char *text, size_t len)
{
	fwrite(text, 1, len, ctx);
}

static void print_table(struct listing *l, struct ast_obj *t)
{
	buf_auto text = { 0 };

	if (l->json) {
		/* of a kind: only these objects, which name their tables */
		if (l->cmd->obj->kind == AST_RULESET || l->cmd->obj->kind == AST_TABLE || l->cmd->obj->kind == AST_RULES)
			json_objects(l->json, t, &l->print);
		else
			json_contents(l->json, t, &l->print);
		return;
	}
	ast_print_obj(&text, t, &l->print);
	write_text(l->c->o->out, buf_str(&text), text.len);
}

static void list_table(struct listing *l, const struct snap_table *t)
{
	struct ast_obj *o;
	bool whole = l->cmd->obj->kind == AST_RULESET || l->cmd->obj->kind == AST_TABLE;

	l->table = t;
	l->raise.a = l->s->a;
	o = raise_table(&l->raise, t->family, t->t);
	if (!o)
		return;
	if (!whole)
		o->table.opts = NULL;
	l->tail = &o->table.objs;
	l->print.dense = !whole && l->cmd->obj->kind != AST_RULES;
	if (l->k->objs)
		add_objs(l);
	add_sets(l);
	if (l->k->flowtables)
		add_flowtables(l);
	if (l->k->chains)
		add_chains(l);
	if (whole || o->table.objs || !l->k->named)
		print_table(l, o);
}

/* ---- commands ---------------------------------------------------------------------------------------- */

static int missing(const struct listing *l, struct place at)
{
	if (near_report(l->c->t, l->c->diag, l->cmd->obj->kind, &l->cmd->obj->h, at))
		return -1;
	return diag_error(l->c->diag, at.len ? at : l->cmd->at, "%s", strerror(ENOENT));
}

static void list_names(struct listing *l)
{
	static const char *const families[LIST_FAMILIES] = { [NFPROTO_INET] = "inet", [NFPROTO_IPV4] = "ip", [NFPROTO_ARP] = "arp",
		[NFPROTO_NETDEV] = "netdev", [NFPROTO_BRIDGE] = "bridge", [NFPROTO_IPV6] = "ip6" };

	for (const struct snap_table *t = l->s->tables; t; t = t->next) {
		struct ast_obj *o = l->json ? raise_table(&l->raise, t->family, t->t) : NULL;

		if (l->json)
			json_objects(l->json, o, &l->print);
		else
			fprintf(l->c->o->out, "table %s %s\n", t->family < LIST_FAMILIES ? families[t->family] : "?", t->t->name);
	}
}

static void list_all(struct listing *l)
{
	if (l->cmd->obj->kind == AST_TABLES)
		list_names(l);
	else
		for (const struct snap_table *t = l->s->tables; t; t = t->next)
			list_table(l, t);
}

static void print_json(struct listing *l)
{
	char *text = json_dumps(l->json, 0);

	fprintf(l->c->o->out, "%s\n", text);
	free(text);
}

static int print_listing(struct listing *l)
{
	const struct ast_handle *h = &l->cmd->obj->h;
	json_t *root = NULL;

	if (h->table && !l->s->tables)
		return missing(l, h->table_at);
	if (l->c->o->json)
		root = json_ruleset(&l->json);
	list_all(l);
	if (l->k && l->k->named && !l->shown)
		return json_decref(root), missing(l, h->chain ? h->chain_at : h->name_at);
	if (root) {
		l->json = root;
		print_json(l);
		json_decref(root);
	}
	return 0;
}

static int list_objects(const struct list_ctx *c, const struct ast_cmd *cmd, const struct kind *k)
{
	const struct ast_handle *h = &cmd->obj->h;
	struct listing l = { .c = c, .cmd = cmd, .k = k, .print = c->o->print };
	struct snap_scope scope = { .what = k ? k->what : SNAP_TABLES, .family = h->family ? h->family : h->table ? NFPROTO_IPV4 : 0,
				    .table = h->table, .obj_type = k ? k->obj_type : 0,
				    .anonymous_only = c->o->print.terse || (k && !k->sets && !k->maps && !k->meters), .pack = true, .rule = c->o->json ? NULL : print_rule, .ctx = &l };
	struct snapshot *s = NULL;
	int err, ret;

	if (k && cmd->op == AST_RESET)
		scope.reset = k->chains ? SNAP_RULES : k->sets || k->maps ? SNAP_ELEMS : SNAP_OBJS;
	if (h->has_handle && h->chain)
		scope.rule_handle = h->handle;
	if (k && k->named)
		scope.name = k->chains ? h->chain : h->name;
	if (ast_opt_find(cmd->opts, "terse"))
		l.print.terse = scope.anonymous_only = true;
	l.print.write = write_text;
	l.print.write_ctx = c->o->out;
	l.raise = (struct raise_ctx){ .types = &c->o->types, .set = ask_set, .anon_chain = raise_ask_anon, .ctx = &l };
	l.rule = arena_new();
	err = snapshot_read(c->t, &scope, &s);
	l.s = s;
	l.raise.a = s ? s->a : NULL;
	ret = err ? diag_error(c->diag, cmd->at, "%s", strerror(-err)) : print_listing(&l);
	snapshot_free(&s);
	arena_free(&l.rule);
	return ret;
}

static int describe_expr(const struct list_ctx *c, const struct ast_cmd *cmd)
{
	buf_auto text = { 0 };
	const char *why = NULL;

	if (describe(cmd->expr, &text, &why))
		return diag_error(c->diag, cmd->expr->at, "%s", why ? why : "this cannot be described");
	fputs(buf_str(&text), c->o->out);
	return 0;
}

int list_cmd(const struct list_ctx *c, const struct ast_cmd *cmd)
{
	const struct kind *k = cmd->obj ? kind_of(cmd->obj->kind) : NULL;

	if (cmd->op == AST_MONITOR && c->t)
		return monitor_cmd(c, cmd);
	if (cmd->obj && cmd->obj->kind == AST_ELEMENT && c->t)
		return get_cmd(c, cmd);
	if (cmd->op == AST_DESCRIBE && cmd->expr)
		return describe_expr(c, cmd);
	if ((cmd->op != AST_LIST_CMD && cmd->op != AST_RESET) || (!k && (!cmd->obj || cmd->obj->kind != AST_TABLES)))
		return diag_error(c->diag, cmd->at, "This command is not supported yet");
	if (!c->t)
		return diag_error(c->diag, cmd->at, "There is no target to ask");
	return list_objects(c, cmd, k);
}
