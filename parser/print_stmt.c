/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements and rules as text: one row and one function per statement whose form is not simply its words. */
#include "parser/print_priv.h"

static const struct ast_opt *opt(const struct ast_opt *opts, const char *name)
{
	return ast_opt_find(opts, name);
}

static void pr_opt_value(struct pr *p, const struct ast_opt *opts, const char *name, const char *before)
{
	const struct ast_opt *o = opt(opts, name);

	if (!o || !o->val)
		return;
	buf_puts(p->out, before);
	pr_expr(p, o->val);
}

/* word value word value… */
void pr_opts(struct pr *p, const struct ast_opt *o)
{
	for (; o; o = o->next) {
		buf_printf(p->out, " %s", o->name);
		if (o->val) {
			buf_putc(p->out, ' ');
			pr_expr(p, o->val);
		}
	}
}

/* Bare options, joined by commas; nothing where there are none. */
static void pr_flags(struct pr *p, const struct ast_opt *o, const char *const *words, const char *before)
{
	bool first = true;

	for (const char *const *w = words; *w; w++) {
		if (!opt(o, *w))
			continue;
		buf_printf(p->out, "%s%s", first ? before : ",", *w);
		first = false;
	}
}

/* counter name "x" */
static bool pr_named(struct pr *p, const struct ast_stmt *s)
{
	if (!s->a)
		return false;
	buf_printf(p->out, "%s name ", s->name);
	pr_expr(p, s->a);
	return true;
}

/* ---- stateful ------------------------------------------------------------------------------------------------ */

static void stmt_counter(struct pr *p, const struct ast_stmt *s)
{
	if (pr_named(p, s))
		return;
	buf_puts(p->out, s->name);
	if (!p->stateless)
		pr_opts(p, s->opts);
}

void pr_rate(struct pr *p, const struct ast_opt *opts)
{
	const struct ast_opt *unit = opt(opts, "unit");
	bool packets = !unit || pr_is(unit->val->text, "packets");

	buf_puts(p->out, "rate ");
	if (opt(opts, "over"))
		buf_puts(p->out, "over ");
	pr_opt_value(p, opts, "rate", "");
	if (!packets)
		pr_opt_value(p, opts, "unit", " ");
	pr_opt_value(p, opts, "per", "/");
	pr_opt_value(p, opts, "burst", " burst ");
	if (opt(opts, "burst"))
		pr_opt_value(p, opts, "burst-unit", " ");
}

static void stmt_limit(struct pr *p, const struct ast_stmt *s)
{
	if (pr_named(p, s))
		return;
	buf_puts(p->out, "limit ");
	pr_rate(p, s->opts);
}

void pr_quota(struct pr *p, const struct ast_opt *opts)
{
	if (opt(opts, "over"))
		buf_puts(p->out, "over ");
	pr_opt_value(p, opts, "amount", "");
	pr_opt_value(p, opts, "unit", " ");
	if (p->stateless || !opt(opts, "used"))
		return;
	pr_opt_value(p, opts, "used", " used ");
	pr_opt_value(p, opts, "used-unit", " ");
}

static void stmt_quota(struct pr *p, const struct ast_stmt *s)
{
	if (pr_named(p, s))
		return;
	buf_puts(p->out, "quota ");
	pr_quota(p, s->opts);
}

static void stmt_last(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "last");
	if (!p->stateless)
		pr_opts(p, s->opts);
}

static void stmt_connlimit(struct pr *p, const struct ast_stmt *s)
{
	buf_printf(p->out, "ct count %s", opt(s->opts, "over") ? "over " : "");
	pr_opt_value(p, s->opts, "count", "");
}

/* ---- log ------------------------------------------------------------------------------------------------------- */

/* Both flags of tcp share their word: flags tcp sequence,options */
static void pr_log_flags(struct pr *p, const struct ast_expr *list)
{
	const struct ast_expr *e = list->kind == AST_LIST ? list->items : list;

	for (; e; e = list->kind == AST_LIST ? e->next : NULL) {
		if (pr_is(e->text, "tcp sequence") && e->next && pr_is(e->next->text, "tcp options")) {
			buf_puts(p->out, " flags tcp sequence,options");
			e = e->next;
			continue;
		}
		buf_printf(p->out, " flags %s", e->text);
	}
}

static void stmt_log(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "log");
	for (const struct ast_opt *o = s->opts; o; o = o->next) {
		if (pr_is(o->name, "flags")) {
			pr_log_flags(p, o->val);
			continue;
		}
		buf_printf(p->out, " %s ", o->name);
		if (pr_is(o->name, "prefix"))
			pr_quoted(p, o->val);
		else
			pr_expr(p, o->val);
	}
}

/* ---- elsewhere with the packet ----------------------------------------------------------------------------- */

static void stmt_reject(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "reject");
	if (opt(s->opts, "implied"))
		return;
	pr_opt_value(p, s->opts, "with", " with ");
	pr_opt_value(p, s->opts, "code", " ");
}

static void pr_target(struct pr *p, const struct ast_stmt *s, bool brackets)
{
	if (s->a) {
		buf_putc(p->out, ' ');
		pr_address(p, s->a, brackets || s->b);
	}
	if (s->b) {
		buf_puts(p->out, s->a ? ":" : " :");
		pr_expr(p, s->b);
	}
}

static const char *const nat_flags[] = { "random", "fully-random", "persistent", NULL };

static void stmt_nat(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, s->name);
	pr_opt_value(p, s->opts, "family", " ");
	if (opt(s->opts, "prefix"))
		buf_puts(p->out, " prefix");
	if (opt(s->opts, "interval"))
		buf_puts(p->out, " interval");
	if (opt(s->opts, "addr.port"))
		buf_puts(p->out, " addr . port");
	buf_puts(p->out, " to");
	pr_target(p, s, false);
	pr_flags(p, s->opts, nat_flags, " ");
}

static void stmt_masquerade(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, s->name);
	if (s->b) {
		buf_puts(p->out, " to :");
		pr_expr(p, s->b);
	}
	pr_flags(p, s->opts, nat_flags, " ");
}

static void stmt_tproxy(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "tproxy");
	pr_opt_value(p, s->opts, "family", " ");
	buf_puts(p->out, " to");
	pr_target(p, s, true);
}

static void stmt_queue(struct pr *p, const struct ast_stmt *s)
{
	static const char *const flags[] = { "bypass", "fanout", NULL };

	buf_puts(p->out, "queue");
	pr_flags(p, s->opts, flags, " flags ");
	if (s->a) {
		buf_puts(p->out, " to ");
		pr_expr(p, s->a);
	}
}

/* dup and fwd */
static void stmt_dup(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, s->name);
	pr_opt_value(p, s->opts, "family", " ");
	if (s->a) {
		buf_puts(p->out, " to ");
		pr_expr(p, s->a);
	}
	if (s->b) {
		buf_puts(p->out, " device ");
		pr_expr(p, s->b);
	}
}

static void stmt_synproxy(struct pr *p, const struct ast_stmt *s)
{
	if (pr_named(p, s))
		return;
	buf_puts(p->out, "synproxy");
	pr_opts(p, s->opts);
}

static void stmt_tunnel(struct pr *p, const struct ast_stmt *s)
{
	pr_named(p, s);
}

static void stmt_flow(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "flow add ");
	pr_expr(p, s->a);
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

/* The state of what is added is the set's, not the rule's: shown without numbers. */
static void pr_dynamic(struct pr *p, const struct ast_expr *element)
{
	struct pr inner = *p;

	inner.in_stmt = inner.stateless = true;
	buf_puts(p->out, "{ ");
	pr_expr(&inner, element);
	buf_puts(p->out, " }");
}

/* add, update, delete */
static void stmt_dynset(struct pr *p, const struct ast_stmt *s)
{
	buf_printf(p->out, "%s ", s->name);
	pr_expr(p, s->a);
	buf_putc(p->out, ' ');
	pr_dynamic(p, s->b);
}

static void stmt_meter(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "meter ");
	pr_expr(p, s->a);
	pr_opt_value(p, s->opts, "size", " size ");
	buf_putc(p->out, ' ');
	pr_dynamic(p, s->b);
}

/* ---- others ------------------------------------------------------------------------------------------------------ */

static void stmt_expr(struct pr *p, const struct ast_stmt *s)
{
	pr_expr(p, s->a);
}

static void stmt_vmap(struct pr *p, const struct ast_stmt *s)
{
	pr_left(p, s->a);
	buf_puts(p->out, " vmap ");
	pr_expr(p, s->b);
}

static void stmt_set(struct pr *p, const struct ast_stmt *s)
{
	pr_left(p, s->a);
	buf_puts(p->out, " set ");
	pr_expr(p, s->b);
}

static void stmt_reset(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "reset ");
	pr_expr(p, s->a);
}

static void stmt_xt(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, "xt ");
	pr_expr(p, s->a);
	if (s->b) {
		buf_putc(p->out, ' ');
		pr_quoted(p, s->b);
	}
}

static void stmt_word(struct pr *p, const struct ast_stmt *s)
{
	buf_puts(p->out, s->name);
}

static const struct {
	const char *name;
	void (*print)(struct pr *p, const struct ast_stmt *s);
} printers[] = {
	{ "match", stmt_expr },
	{ "verdict", stmt_expr },
	{ "counter", stmt_counter },
	{ "vmap", stmt_vmap },
	{ "set", stmt_set },
	{ "log", stmt_log },
	{ "limit", stmt_limit },
	{ "quota", stmt_quota },
	{ "last", stmt_last },
	{ "connlimit", stmt_connlimit },
	{ "reject", stmt_reject },
	{ "snat", stmt_nat },
	{ "dnat", stmt_nat },
	{ "masquerade", stmt_masquerade },
	{ "redirect", stmt_masquerade },
	{ "tproxy", stmt_tproxy },
	{ "queue", stmt_queue },
	{ "dup", stmt_dup },
	{ "fwd", stmt_dup },
	{ "synproxy", stmt_synproxy },
	{ "tunnel", stmt_tunnel },
	{ "notrack", stmt_word },
	{ "flow", stmt_flow },
	{ "add", stmt_dynset },
	{ "update", stmt_dynset },
	{ "delete", stmt_dynset },
	{ "meter", stmt_meter },
	{ "reset", stmt_reset },
	{ "xt", stmt_xt },
};

void pr_stmt(struct pr *p, const struct ast_stmt *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(printers); i++) {
		if (pr_is(s->name, printers[i].name)) {
			printers[i].print(p, s);
			return;
		}
	}
	buf_puts(p->out, s->name);
	pr_opts(p, s->opts);
}

void pr_stmts(struct pr *p, const struct ast_stmt *s)
{
	for (; s; s = s->next) {
		pr_stmt(p, s);
		if (s->next)
			buf_putc(p->out, ' ');
	}
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

void pr_rule(struct pr *p, const struct ast_rule *r)
{
	pr_stmts(p, r->stmts);
	if (r->comment)
		buf_printf(p->out, " comment \"%s\"", r->comment);
	pr_handle(p, r->handle);
}

void pr_rules(struct pr *p, const struct ast_rule *r)
{
	buf_puts(p->out, " {");
	pr_nl(p);
	for (; r; r = r->next) {
		pr_tabs(p, 1);
		p->depth++;
		pr_rule(p, r);
		p->depth--;
		pr_end(p);
	}
	pr_tabs(p, 0);
	buf_putc(p->out, '}');
}

void ast_print_stmt(struct buf *out, const struct ast_stmt *s, const struct ast_print_opts *o)
{
	struct pr p = pr_start(out, o);

	pr_stmt(&p, s);
}

void ast_print_rule(struct buf *out, const struct ast_rule *r, const struct ast_print_opts *o)
{
	struct pr p = pr_start(out, o);

	pr_rule(&p, r);
}

void ast_print_expr(struct buf *out, const struct ast_expr *e, const struct ast_print_opts *o)
{
	struct pr p = pr_start(out, o);

	pr_expr(&p, e);
}
