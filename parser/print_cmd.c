/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings and commands: whole tables as blocks, and what echo and monitor print, on one line. */
#include "parser/print_priv.h"

/* "counters" of AST_COUNTERS: the plural of the kind with the same words. */
static const char *plural_of(enum ast_obj_kind kind)
{
	static const struct {
		enum ast_obj_kind all, one;
	} plurals[] = {
		{ AST_TABLES, AST_TABLE },           { AST_CHAINS, AST_CHAIN },           { AST_SETS, AST_SETOBJ },
		{ AST_MAPS, AST_MAPOBJ },            { AST_METERS, AST_METER },           { AST_FLOWTABLES, AST_FLOWTABLE },
		{ AST_COUNTERS, AST_COUNTER },       { AST_QUOTAS, AST_QUOTA },           { AST_LIMITS, AST_LIMIT },
		{ AST_CT_HELPERS, AST_CT_HELPER },   { AST_CT_TIMEOUTS, AST_CT_TIMEOUT }, { AST_CT_EXPECTATIONS, AST_CT_EXPECTATION },
		{ AST_SECMARKS, AST_SECMARK },       { AST_SYNPROXYS, AST_SYNPROXY },     { AST_TUNNELS, AST_TUNNEL },
		{ AST_RULES, AST_RULE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(plurals); i++) {
		if (plurals[i].all == kind)
			return printer_of(plurals[i].one)->plural;
	}
	return "";
}

static const char *family_name(uint8_t family)
{
	static const char *const names[] = { [1] = "inet", [2] = "ip", [3] = "arp", [5] = "netdev", [7] = "bridge", [10] = "ip6" };

	return family < ARRAY_SIZE(names) && names[family] ? names[family] : "ip";
}

/* ---- listing ------------------------------------------------------------------------------------------------------- */

/* An object alone or in a table's block, without the blank line between objects. */
static void pr_block(struct pr *p, const struct ast_obj *o)
{
	const struct printer *k = printer_of(o->kind);
	const char *name = o->kind == AST_CHAIN ? o->h.chain : o->h.name;

	if (!k || !k->body)
		return;
	pr_tabs(p, 0);
	buf_printf(p->out, "%s ", k->word);
	pr_name(p, name ? name : "");
	buf_puts(p->out, " {");
	pr_handle(p, o->h.handle);
	pr_nl(p);
	p->depth++;
	k->body(p, o);
	p->depth--;
	pr_tabs(p, 0);
	buf_puts(p->out, "}\n");
}

static void pr_table(struct pr *p, const struct ast_obj *t)
{
	bool blank = t->table.opts;

	pr_tabs(p, 0);
	buf_printf(p->out, "table %s ", family_name(t->h.family));
	pr_name(p, t->h.table);
	buf_puts(p->out, " {");
	pr_handle(p, t->h.handle);
	buf_putc(p->out, '\n');
	p->depth++;
	pr_property(p, t->table.opts, "flags");
	pr_comment(p, t->table.opts);
	for (const struct ast_obj *o = t->table.objs; o; o = o->next) {
		if (blank && !p->o->dense)
			buf_putc(p->out, '\n');
		blank = true;
		pr_block(p, o);
	}
	p->depth--;
	pr_tabs(p, 0);
	buf_puts(p->out, "}\n");
}

void ast_print_obj(struct buf *out, const struct ast_obj *o, const struct ast_print_opts *opts)
{
	struct pr p = pr_start(out, opts);

	if (o->kind == AST_TABLE) {
		pr_table(&p, o);
	} else if (o->kind == AST_RULE) {
		pr_tabs(&p, 0);
		if (o->rule)
			pr_rule(&p, o->rule);
		buf_putc(out, '\n');
	} else {
		pr_block(&p, o);
	}
}

/* ---- commands -------------------------------------------------------------------------------------------------------- */

static void pr_spec(struct pr *p, const struct ast_obj *o)
{
	const struct ast_handle *h = &o->h;
	const char *const names[] = { h->table, h->chain, h->name };

	if (h->table || h->family)
		buf_printf(p->out, " %s", family_name(h->family));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!names[i])
			continue;
		buf_putc(p->out, ' ');
		pr_name(p, names[i]);
	}
	if (h->has_handle)
		buf_printf(p->out, " handle %llu", (unsigned long long)h->handle);
	if (h->has_position)
		buf_printf(p->out, " handle %llu", (unsigned long long)h->position);
	if (h->has_index)
		buf_printf(p->out, " index %llu", (unsigned long long)h->index);
}

static void pr_table_line(struct pr *p, const struct ast_obj *o)
{
	if (!o->table.opts)
		return;
	buf_puts(p->out, " { ");
	pr_property(p, o->table.opts, "flags");
	pr_comment(p, o->table.opts);
	buf_putc(p->out, '}');
}

/* What add, create, insert and replace say behind the name. */
static void pr_body_line(struct pr *p, const struct ast_obj *o)
{
	const struct printer *k = printer_of(o->kind);

	if (o->kind == AST_TABLE) {
		pr_table_line(p, o);
		pr_handle(p, o->h.has_handle ? 0 : o->h.handle);
	} else if (o->kind == AST_RULE && o->rule) {
		buf_putc(p->out, ' ');
		pr_rule(p, o->rule);
	} else if (o->kind == AST_CHAIN) {
		if (o->chain.is_base || o->chain.rules) {
			buf_puts(p->out, " { ");
			k->body(p, o);
			buf_putc(p->out, '}');
		}
		pr_handle(p, o->h.has_handle ? 0 : o->h.handle);
	} else if (k && k->body) {
		buf_puts(p->out, " {");
		pr_handle(p, o->h.has_handle ? 0 : o->h.handle);
		buf_putc(p->out, ' ');
		k->body(p, o);
		buf_puts(p->out, "} ");
	}
}

static const char *const ops[] = {
	[AST_ADD] = "add",     [AST_CREATE] = "create",     [AST_INSERT] = "insert", [AST_REPLACE] = "replace", [AST_DELETE] = "delete",
	[AST_DESTROY] = "destroy", [AST_GET] = "get",       [AST_LIST_CMD] = "list", [AST_FLUSH] = "flush",     [AST_RENAME] = "rename",
	[AST_RESET] = "reset", [AST_MONITOR] = "monitor",   [AST_DESCRIBE] = "describe", [AST_EXPORT] = "export", [AST_IMPORT] = "import",
};

/* add table … { objects } is what a listing shows */
static bool is_table_block(const struct ast_cmd *c)
{
	return c->obj && c->op == AST_ADD && c->obj->kind == AST_TABLE && c->obj->table.objs;
}

void ast_print_cmd(struct buf *out, const struct ast_cmd *c, const struct ast_print_opts *opts)
{
	struct pr p = pr_start(out, opts);
	const struct ast_obj *o = c->obj;
	const struct printer *k;

	if (is_table_block(c)) {
		ast_print_obj(out, o, opts);
		return;
	}
	p.one_line = true;
	buf_puts(out, ops[c->op]);
	if (o) {
		k = printer_of(o->kind);
		buf_printf(out, " %s", k ? k->word : plural_of(o->kind));
		pr_spec(&p, o);
		if (o->kind == AST_ELEMENT && o->elems) {
			buf_putc(out, ' ');
			pr_expr(&p, o->elems);
		} else if (c->op == AST_ADD || c->op == AST_CREATE || c->op == AST_INSERT || c->op == AST_REPLACE) {
			pr_body_line(&p, o);
		} else if (o->kind == AST_TABLE) {
			pr_handle(&p, o->h.has_handle ? 0 : o->h.handle);
		}
	}
	if (c->expr) {
		buf_puts(out, o && o->kind == AST_HOOKS ? " device " : " ");
		pr_expr(&p, c->expr);
	}
	pr_opts(&p, c->opts);
	buf_putc(out, '\n');
}
