/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets and maps as text. */
#include "parser/print_priv.h"

/* How many short elements stand on a line, by the type of the key. */
static unsigned per_line(const struct ast_setobj *s)
{
	static const char *const five[] = { "nf_proto", "integer",     "arp_op", "inet_proto", "inet_service", "tcp_flag", "dccp_pkttype",
					    "mark",     "iface_index", "classid", "uid",       "gid",          "ct_dir",   NULL };
	static const char *const two[] = { "ipv4_addr", "ct_state", "ct_status", "pkt_type", NULL };

	if (s->per_line || s->is_typeof || !s->key_type || s->key_type->kind != AST_SYMBOL)
		return s->per_line;
	for (const char *const *t = five; *t; t++) {
		if (pr_is(s->key_type->text, *t))
			return 5;
	}
	for (const char *const *t = two; *t; t++) {
		if (pr_is(s->key_type->text, *t))
			return 2;
	}
	return 1;
}

static void pr_type(struct pr *p, const struct ast_setobj *s)
{
	if (!s->key_type)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, s->is_typeof ? "typeof " : "type ");
	pr_expr(p, s->key_type);
	if (s->is_map) {
		buf_puts(p->out, " : ");
		if (s->data_interval)
			buf_puts(p->out, "interval ");
		if (s->obj_type)
			buf_puts(p->out, s->obj_type);
		else if (s->data_type)
			pr_expr(p, s->data_type);
	}
	pr_end(p);
}

/* The count is no property: it says how full the set is. */
static void pr_size(struct pr *p, const struct ast_opt *opts)
{
	const struct ast_opt *size = ast_opt_find(opts, "size"), *count = ast_opt_find(opts, "count");

	if (!size)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "size ");
	pr_expr(p, size->val);
	if (count && !p->one_line) {
		buf_puts(p->out, "\t# count ");
		pr_expr(p, count->val);
	}
	pr_end(p);
}

static void pr_set_state(struct pr *p, const struct ast_stmt *stmts)
{
	struct pr inner = *p;

	if (!stmts)
		return;
	inner.stateless = true;
	pr_tabs(p, 0);
	pr_stmts(&inner, stmts);
	pr_end(p);
}

void body_set(struct pr *p, const struct ast_obj *o)
{
	static const char *const behind[] = { "auto-merge", "timeout", "gc-interval", NULL };
	const struct ast_setobj *s = &o->set;

	pr_type(p, s);
	pr_property(p, s->opts, "policy");
	pr_size(p, s->opts);
	pr_property(p, s->opts, "flags");
	pr_set_state(p, s->stmts);
	for (const char *const *w = behind; *w; w++)
		pr_property(p, s->opts, *w);
	pr_comment(p, s->opts);
	if ((!s->elems && !s->source) || p->o->terse)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "elements = ");
	if (s->source)
		pr_source(p, s->source, p->one_line ? 255 : per_line(s));
	else
		pr_elements(p, s->elems, p->one_line ? 255 : per_line(s));
	pr_end(p);
}
