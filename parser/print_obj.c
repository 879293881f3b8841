/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects and commands as text. Every kind has one function that prints its body, as a block of a listing or, for echo and
 * monitor, on one line; pr_tabs(), pr_nl() and pr_end() make the difference.
 */
#include "parser/print_priv.h"

/* ---- layout ---------------------------------------------------------------------------------------------------- */

struct pr pr_start(struct buf *out, const struct ast_print_opts *o)
{
	static const struct ast_print_opts none;

	o = o ? o : &none;
	return (struct pr){ .out = out, .o = o, .depth = o->indent, .stateless = o->stateless };
}

void pr_tabs(struct pr *p, unsigned more)
{
	if (p->one_line)
		return;
	for (unsigned i = p->depth + more; i > 0; i--)
		buf_putc(p->out, '\t');
}

void pr_nl(struct pr *p)
{
	buf_putc(p->out, p->one_line ? ' ' : '\n');
}

void pr_end(struct pr *p)
{
	buf_puts(p->out, p->one_line ? "; " : "\n");
}

void pr_handle(struct pr *p, uint64_t handle)
{
	if (p->o->handles && handle)
		buf_printf(p->out, " # handle %llu", (unsigned long long)handle);
}

static void pr_comment(struct pr *p, const struct ast_opt *opts)
{
	const struct ast_opt *c = ast_opt_find(opts, "comment");

	if (!c)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "comment ");
	pr_quoted(p, c->val);
	pr_end(p);
}

/* One property on its line: the word and its value, or the word alone. */
static void pr_property(struct pr *p, const struct ast_opt *opts, const char *name)
{
	const struct ast_opt *o = ast_opt_find(opts, name);

	if (!o)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, name);
	if (o->val) {
		buf_putc(p->out, ' ');
		pr_expr(p, o->val);
	}
	pr_end(p);
}

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

static void body_chain(struct pr *p, const struct ast_obj *o)
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
	}
}

/* ---- flowtables ------------------------------------------------------------------------------------------------ */

static void body_flowtable(struct pr *p, const struct ast_obj *o)
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

/* ---- sets and maps ----------------------------------------------------------------------------------------------- */

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

static void body_set(struct pr *p, const struct ast_obj *o)
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
	if (!s->elems || p->o->terse)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "elements = ");
	pr_elements(p, s->elems, p->one_line ? 255 : per_line(s));
	pr_end(p);
}

/* ---- stateful objects ------------------------------------------------------------------------------------------ */

static void body_counter(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *packets = ast_opt_find(o->opts, "packets"), *bytes = ast_opt_find(o->opts, "bytes");

	pr_comment(p, o->opts);
	if (p->stateless || !packets || !bytes)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "packets ");
	pr_expr(p, packets->val);
	buf_puts(p->out, " bytes ");
	pr_expr(p, bytes->val);
	pr_nl(p);
}

static void body_quota(struct pr *p, const struct ast_obj *o)
{
	pr_comment(p, o->opts);
	if (!ast_opt_find(o->opts, "amount"))
		return;
	pr_tabs(p, 0);
	pr_quota(p, o->opts);
	pr_nl(p);
}

static void body_limit(struct pr *p, const struct ast_obj *o)
{
	pr_comment(p, o->opts);
	if (!ast_opt_find(o->opts, "rate"))
		return;
	pr_tabs(p, 0);
	pr_rate(p, o->opts);
	pr_nl(p);
}

static void body_secmark(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *ctx = ast_opt_find(o->opts, "secctx");

	pr_comment(p, o->opts);
	if (!ctx)
		return;
	pr_tabs(p, 0);
	pr_quoted(p, ctx->val);
	pr_nl(p);
}

static void body_synproxy(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *mss = ast_opt_find(o->opts, "mss"), *wscale = ast_opt_find(o->opts, "wscale");
	bool timestamp = ast_opt_find(o->opts, "timestamp"), sack = ast_opt_find(o->opts, "sack-perm");

	pr_comment(p, o->opts);
	if (mss) {
		pr_tabs(p, 0);
		buf_puts(p->out, "mss ");
		pr_expr(p, mss->val);
		pr_nl(p);
	}
	if (wscale) {
		pr_tabs(p, 0);
		buf_puts(p->out, "wscale ");
		pr_expr(p, wscale->val);
		pr_nl(p);
	}
	if (timestamp || sack) {
		pr_tabs(p, 0);
		buf_printf(p->out, "%s%s%s", timestamp ? "timestamp" : "", timestamp && sack ? " " : "", sack ? "sack-perm" : "");
		pr_end(p);
	}
}

static void body_ct_helper(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *type = ast_opt_find(o->opts, "type"), *protocol = ast_opt_find(o->opts, "protocol");

	pr_comment(p, o->opts);
	if (type) {
		pr_tabs(p, 0);
		buf_puts(p->out, "type ");
		pr_quoted(p, type->val);
		if (protocol) {
			buf_puts(p->out, " protocol ");
			pr_expr(p, protocol->val);
		}
		pr_end(p);
	}
	pr_property(p, o->opts, "l3proto");
}

static void body_ct_timeout(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *policy = ast_opt_find(o->opts, "policy");

	pr_comment(p, o->opts);
	pr_property(p, o->opts, "protocol");
	pr_property(p, o->opts, "l3proto");
	if (!policy)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "policy = ");
	pr_expr(p, policy->val);
	pr_end(p);
}

static void body_ct_expectation(struct pr *p, const struct ast_obj *o)
{
	static const char *const words[] = { "protocol", "dport", "timeout", "size", "l3proto", NULL };

	pr_comment(p, o->opts);
	for (const char *const *w = words; *w; w++)
		pr_property(p, o->opts, *w);
}

/* Options named "geneve class" stand inside the braces of geneve; see obj_tunnel.c. */
static void body_tunnel(struct pr *p, const struct ast_obj *o)
{
	static const char *const blocks[] = { "vxlan", "erspan", "geneve", NULL };

	pr_comment(p, o->opts);
	for (const struct ast_opt *opt = o->opts; opt; opt = opt->next) {
		const char *const *b = blocks;
		size_t n;

		if (pr_is(opt->name, "comment"))
			continue;
		while (*b && !pr_is(opt->name, *b))
			b++;
		pr_tabs(p, 0);
		buf_puts(p->out, opt->name);
		if (!*b) {
			buf_putc(p->out, ' ');
			pr_expr(p, opt->val);
			pr_end(p);
			continue;
		}
		buf_puts(p->out, " {");
		pr_nl(p);
		n = strlen(*b);
		for (bool first = true; opt->next && strncmp(opt->next->name, *b, n) == 0 && opt->next->name[n] == ' '; first = false) {
			const char *word;

			opt = opt->next;
			word = opt->name + n + 1;
			if (first || !pr_is(*b, "geneve") || pr_is(word, "class"))
				pr_tabs(p, 1);
			buf_printf(p->out, "%s ", word);
			pr_expr(p, opt->val);
			if (pr_is(*b, "geneve") && !pr_is(word, "data"))
				buf_putc(p->out, ' ');
			else
				pr_end(p);
		}
		pr_tabs(p, 0);
		buf_putc(p->out, '}');
		pr_end(p);
	}
}

/* ---- kinds ------------------------------------------------------------------------------------------------------- */

static const struct printer {
	enum ast_obj_kind kind;
	const char *word, *plural;
	void (*body)(struct pr *p, const struct ast_obj *o);
} kinds[] = {
	{ AST_TABLE, "table", "tables", NULL },
	{ AST_CHAIN, "chain", "chains", body_chain },
	{ AST_RULE, "rule", "rules", NULL },
	{ AST_SETOBJ, "set", "sets", body_set },
	{ AST_MAPOBJ, "map", "maps", body_set },
	{ AST_ELEMENT, "element", NULL, NULL },
	{ AST_FLOWTABLE, "flowtable", "flowtables", body_flowtable },
	{ AST_METER, "meter", "meters", NULL },
	{ AST_COUNTER, "counter", "counters", body_counter },
	{ AST_QUOTA, "quota", "quotas", body_quota },
	{ AST_LIMIT, "limit", "limits", body_limit },
	{ AST_CT_HELPER, "ct helper", "ct helpers", body_ct_helper },
	{ AST_CT_TIMEOUT, "ct timeout", "ct timeouts", body_ct_timeout },
	{ AST_CT_EXPECTATION, "ct expectation", "ct expectations", body_ct_expectation },
	{ AST_SECMARK, "secmark", "secmarks", body_secmark },
	{ AST_SYNPROXY, "synproxy", "synproxys", body_synproxy },
	{ AST_TUNNEL, "tunnel", "tunnels", body_tunnel },
	{ AST_RULESET, "ruleset", NULL, NULL },
	{ AST_HOOKS, "hooks", NULL, NULL },
};

static const struct printer *printer_of(enum ast_obj_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].kind == kind)
			return &kinds[i];
	}
	return NULL;
}

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
		if (blank)
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
		}
	}
	if (c->expr) {
		buf_puts(out, o && o->kind == AST_HOOKS ? " device " : " ");
		pr_expr(&p, c->expr);
	}
	pr_opts(&p, c->opts);
	buf_putc(out, '\n');
}
