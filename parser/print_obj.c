/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects as text. Every kind has one function that prints its body, as a block of a listing or, for echo and monitor, on one
 * line; pr_tabs(), pr_nl() and pr_end() make the difference.
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

void pr_comment(struct pr *p, const struct ast_opt *opts)
{
	const struct ast_opt *c = ast_opt_find(opts, "comment");

	if (!c)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "comment ");
	pr_quoted(p, c->val);
	pr_end(p);
}

/* In objects with a state, it is not ended by a semicolon. */
static void pr_object_comment(struct pr *p, const struct ast_opt *opts)
{
	const struct ast_opt *c = ast_opt_find(opts, "comment");

	if (!c)
		return;
	pr_tabs(p, 0);
	buf_puts(p->out, "comment ");
	pr_quoted(p, c->val);
	pr_nl(p);
}

/* One property on its line: the word and its value, or the word alone. */
void pr_property(struct pr *p, const struct ast_opt *opts, const char *name)
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

static void write_out(struct pr *p)
{
	p->o->write(p->o->write_ctx, p->out->p, p->out->len);
	buf_cut(p->out, 0);
}

void pr_flush(struct pr *p)
{
	enum { PIECE = 60 * 1024 };

	if (p->o->write && p->out->len > PIECE)
		write_out(p);
}

void pr_long(struct pr *p, const char *text, size_t len)
{
	if (!p->o->write) {
		buf_put(p->out, text, len);
		return;
	}
	write_out(p);
	p->o->write(p->o->write_ctx, text, len);
}

/* ---- stateful objects ------------------------------------------------------------------------------------------ */

static void body_counter(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *packets = ast_opt_find(o->opts, "packets"), *bytes = ast_opt_find(o->opts, "bytes");

	pr_object_comment(p, o->opts);
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
	pr_object_comment(p, o->opts);
	if (!ast_opt_find(o->opts, "amount"))
		return;
	pr_tabs(p, 0);
	pr_quota(p, o->opts);
	pr_nl(p);
}

static void body_limit(struct pr *p, const struct ast_obj *o)
{
	pr_object_comment(p, o->opts);
	if (!ast_opt_find(o->opts, "rate"))
		return;
	pr_tabs(p, 0);
	pr_rate(p, o->opts);
	pr_nl(p);
}

static void body_secmark(struct pr *p, const struct ast_obj *o)
{
	const struct ast_opt *ctx = ast_opt_find(o->opts, "secctx");

	pr_object_comment(p, o->opts);
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

	pr_object_comment(p, o->opts);
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

	pr_object_comment(p, o->opts);
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

	pr_object_comment(p, o->opts);
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

	pr_object_comment(p, o->opts);
	for (const char *const *w = words; *w; w++)
		pr_property(p, o->opts, *w);
}

/* Whether an option is of this block: "geneve class" of "geneve". Returns its word behind the block's, or NULL. */
static const char *word_in_block(const struct ast_opt *o, const char *block)
{
	size_t n = strlen(block);

	return o && strncmp(o->name, block, n) == 0 && o->name[n] == ' ' ? o->name + n + 1 : NULL;
}

/* Of geneve a line holds class, opt-type and data; of the others one word. Returns the block's last option. */
static const struct ast_opt *pr_tunnel_block(struct pr *p, const struct ast_opt *o)
{
	const char *block = o->name, *word;
	bool inside = false, geneve = pr_is(block, "geneve");

	buf_puts(p->out, " {");
	pr_nl(p);
	for (; (word = word_in_block(o->next, block)); o = o->next) {
		if (!inside)
			pr_tabs(p, 1);
		buf_printf(p->out, "%s%s ", inside ? " " : "", word);
		pr_expr(p, o->next->val);
		inside = geneve && !pr_is(word, "data") && word_in_block(o->next->next, block);
		if (!inside)
			pr_end(p);
	}
	pr_tabs(p, 0);
	buf_putc(p->out, '}');
	return o;
}

static void body_tunnel(struct pr *p, const struct ast_obj *obj)
{
	static const char *const blocks[] = { "vxlan", "erspan", "geneve" };

	pr_object_comment(p, obj->opts);
	for (const struct ast_opt *o = obj->opts; o; o = o->next) {
		bool block = false;

		if (pr_is(o->name, "comment"))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
			block |= pr_is(o->name, blocks[i]);
		pr_tabs(p, 0);
		buf_puts(p->out, o->name);
		if (block) {
			o = pr_tunnel_block(p, o);
		} else {
			buf_putc(p->out, ' ');
			pr_expr(p, o->val);
		}
		pr_end(p);
	}
}

/* ---- kinds ------------------------------------------------------------------------------------------------------- */

static const struct printer kinds[] = {
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

const struct printer *printer_of(enum ast_obj_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].kind == kind)
			return &kinds[i];
	}
	return NULL;
}
