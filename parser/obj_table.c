/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, and the table of all kinds of objects: their words, and what parses their bodies. */
#include "parser/parse_priv.h"

const struct obj_kind obj_kinds[] = {
	{ "table", NULL, "tables", AST_TABLE, AST_TABLES, obj_table },
	{ "chain", NULL, "chains", AST_CHAIN, AST_CHAINS, obj_chain },
	{ "rule", NULL, "rules", AST_RULE, AST_RULES, NULL },
	{ "set", NULL, "sets", AST_SETOBJ, AST_SETS, obj_set },
	{ "map", NULL, "maps", AST_MAPOBJ, AST_MAPS, obj_set },
	{ "element", NULL, NULL, AST_ELEMENT, AST_ELEMENT, obj_elements },
	{ "flowtable", NULL, "flowtables", AST_FLOWTABLE, AST_FLOWTABLES, obj_flowtable },
	{ "meter", NULL, "meters", AST_METER, AST_METERS, NULL },
	{ "counter", NULL, "counters", AST_COUNTER, AST_COUNTERS, obj_counter },
	{ "quota", NULL, "quotas", AST_QUOTA, AST_QUOTAS, obj_quota },
	{ "limit", NULL, "limits", AST_LIMIT, AST_LIMITS, obj_limit },
	{ "secmark", NULL, "secmarks", AST_SECMARK, AST_SECMARKS, obj_secmark },
	{ "synproxy", NULL, "synproxys", AST_SYNPROXY, AST_SYNPROXYS, obj_synproxy },
	{ "tunnel", NULL, "tunnels", AST_TUNNEL, AST_TUNNELS, obj_tunnel },
	{ "ct", "helper", "helpers", AST_CT_HELPER, AST_CT_HELPERS, obj_ct_helper },
	{ "ct", "timeout", "timeouts", AST_CT_TIMEOUT, AST_CT_TIMEOUTS, obj_ct_timeout },
	{ "ct", "expectation", "expectations", AST_CT_EXPECTATION, AST_CT_EXPECTATIONS, obj_ct_expectation },
	{ "flow", "table", "tables", AST_FLOWTABLE, AST_FLOWTABLES, obj_flowtable }, /* the old name */
	{ 0 },
};

const struct obj_kind *accept_obj_kind(struct parse *p)
{
	const struct token *t = tok(p);

	if (t->type != TOK_WORD)
		return NULL;
	for (const struct obj_kind *k = obj_kinds; k->word; k++) {
		if (!token_word_is(t, k->word) || (k->word2 && !token_word_is(tok_ahead(p, 1), k->word2)))
			continue;
		tok_take(p);
		if (k->word2)
			tok_take(p);
		return k;
	}
	return NULL;
}

struct table_ctx {
	struct ast_obj *table;
	struct ast_opt **opts;
	struct ast_obj **objs;
};

static void table_flags(struct parse *p, struct table_ctx *c)
{
	static const char *const flags[] = { "dormant", "owner", "persist", NULL };
	struct place at = p->last;
	struct ast_expr *list = parse_word_list(p, "dormant, owner or persist", flags);

	add_opt(p, &c->opts, "flags", list, at);
}

static struct ast_obj *inner_object(struct parse *p, const struct ast_obj *table, const struct obj_kind *k, struct place at)
{
	struct ast_obj *o = arena_new_of(p->arena, struct ast_obj);
	const char *name = identifier(p, "a name");

	o->kind = k->kind;
	o->h = table->h;
	if (k->kind == AST_CHAIN) {
		o->h.chain = name;
		o->h.chain_at = p->last;
	} else {
		o->h.name = name;
		o->h.name_at = p->last;
	}
	k->body(p, o);
	o->at = place_span(at, p->last);
	return o;
}

/* Kinds that commands name, and no table's block holds. */
static bool is_foreign(struct parse *p)
{
	return is_word(p, "table") || is_word(p, "rule") || is_word(p, "element") || is_word(p, "meter");
}

static void table_line(struct parse *p, void *ctx)
{
	static const char *const words[] = { "chain",  "set",   "map",     "flowtable", "counter", "quota", "limit",
					     "secmark", "synproxy", "tunnel", "ct",     "flags",   "comment", NULL };
	struct table_ctx *c = ctx;
	struct place at = tok(p)->at;
	const struct obj_kind *k;
	struct ast_obj *o;

	if (accept_word(p, "flags")) {
		table_flags(p, c);
	} else if (is_word(p, "comment")) {
		only_once(p, c->table->table.opts, "comment");
		accept_comment(p, &c->opts);
	} else if (is_cursor(tok(p)) || is_foreign(p) || !(k = accept_obj_kind(p))) {
		unknown_line(p, "chain, set, map or another object", words);
	} else {
		o = inner_object(p, c->table, k, at);
		*c->objs = o;
		c->objs = &o->next;
	}
}

void obj_table(struct parse *p, struct ast_obj *o)
{
	struct table_ctx ctx = { o, &o->table.opts, &o->table.objs };

	if (tok_is(p, TOK_LBRACE))
		parse_block(p, table_line, &ctx);
}
