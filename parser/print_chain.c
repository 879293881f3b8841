/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains and flowtables as text: hooks, priorities, devices. */
#include "parser/print_priv.h"

static void pr_offset(struct pr *p, int64_t n)
{
	if (n)
		buf_printf(p->out, " %c %lld", n < 0 ? '-' : '+', (long long)(n < 0 ? -n : n));
}

/* { "lo", "eth*" } */
static void pr_devices(struct pr *p, const struct ast_expr *e)
{
	if (e->kind != AST_LIST) {
		pr_expr(p, e);
		return;
	}
	buf_puts(p->out, "{ ");
	for (e = e->items; e; e = e->next) {
		pr_quoted(p, e);
		if (e->next)
			buf_puts(p->out, ", ");
	}
	buf_puts(p->out, " }");
}

/* ---- chains ------------------------------------------------------------------------------------------------------ */

static void pr_hook(struct pr *p, const struct ast_chain *c)
{
	const struct ast_expr *devs = c->devices, *only = devs;

	buf_printf(p->out, "type %s hook %s", c->type, c->hook);
	if (devs && devs->kind == AST_LIST)
		only = ast_list_len(devs) == 1 ? devs->items : NULL;
	if (only) {
		buf_puts(p->out, " device ");
		pr_quoted(p, only);
	} else if (devs) {
		buf_puts(p->out, " devices = ");
		pr_devices(p, devs);
	}
	buf_puts(p->out, " priority ");
	if (c->prio_name) {
		buf_puts(p->out, c->prio_name);
		pr_offset(p, c->prio_num);
	} else {
		buf_printf(p->out, "%d", c->prio_num);
	}
	buf_putc(p->out, ';');
	if (c->policy)
		buf_printf(p->out, " policy %s;", c->policy);
	pr_nl(p);
}

void body_chain(struct pr *p, const struct ast_obj *o)
{
	const struct ast_chain *c = &o->chain;
	const struct ast_opt *flags = ast_opt_find(c->opts, "flags");

	if (!p->one_line)
		pr_comment(p, c->opts);
	if (c->is_base) {
		pr_tabs(p, 0);
		pr_hook(p, c);
	}
	if (flags) {
		pr_tabs(p, 0);
		buf_puts(p->out, "flags ");
		pr_expr(p, flags->val);
		buf_putc(p->out, ';');
		pr_nl(p);
	}
	for (const struct ast_rule *r = c->rules; r; r = r->next) {
		pr_tabs(p, 0);
		pr_rule(p, r);
		pr_end(p);
		pr_flush(p);
	}
	if (c->listed.len)
		pr_long(p, c->listed.p, c->listed.len);
}

/* ---- flowtables ------------------------------------------------------------------------------------------------ */

void body_flowtable(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *hook = ast_opt_find(o->opts, "hook"), *prio = ast_opt_find(o->opts, "priority");
	const struct ast_opt *offset = ast_opt_find(o->opts, "priority-offset"), *devices = ast_opt_find(o->opts, "devices");

	if (hook) {
		pr_tabs(p, 0);
		buf_puts(p->out, "hook ");
		pr_expr(p, hook->val);
		buf_puts(p->out, " priority ");
		if (prio && prio->val->kind == AST_NUMBER)
			buf_printf(p->out, "%lld", (long long)(int64_t)prio->val->num);
		else if (prio)
			pr_expr(p, prio->val);
		pr_offset(p, offset ? (int64_t)offset->val->num : 0);
		pr_end(p);
	}
	if (devices) {
		pr_tabs(p, 0);
		buf_puts(p->out, "devices = ");
		pr_devices(p, devices->val);
		pr_end(p);
	}
	pr_property(p, o->opts, "counter");
	pr_property(p, o->opts, "flags");
	pr_comment(p, o->opts);
}
