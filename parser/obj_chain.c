/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains and flowtables, and what they share: hooks, priorities, devices. */
#include "parser/parse_priv.h"

/* ---- priority ---------------------------------------------------------------------------------------------- */

/* + N or - N; digits may also follow the dash directly. */
static void priority_offset(struct parse *p, struct priority *out)
{
	bool minus = tok_is(p, TOK_DASH);
	uint64_t n;

	if (!accept(p, TOK_DASH) && !accept(p, TOK_PLUS))
		return;
	n = expect_number(p, "number");
	if (n > INT32_MAX)
		fail(p, p->last, "priority: a number of 32 bits, with sign");
	out->num += minus ? -(int32_t)n : (int32_t)n;
}

static void priority_number(struct parse *p, struct priority *out, unsigned __int128 v, struct place at)
{
	__int128 n = (__int128)v;

	if (n > INT32_MAX || n < INT32_MIN)
		fail(p, at, "priority: a number of 32 bits, with sign");
	else
		out->num = (int32_t)n;
}

/* priority [NAME] [+|- N] | N | -N | $variable [+|- N] */
void parse_priority(struct parse *p, struct priority *out)
{
	struct place at = tok(p)->at;
	struct ast_expr *e;

	*out = (struct priority){ .at = at };
	if (tok_is(p, TOK_DASH)) {
		priority_offset(p, out);
		out->written = ast_number(p->arena, (unsigned __int128)(__int128)out->num, place_span(at, p->last));
		out->written->text = arena_printf(p->arena, "%d", out->num);
	} else if (tok_is(p, TOK_NUMBER) || tok_is(p, TOK_WORD) || tok_is(p, TOK_DOLLAR) || tok_is(p, TOK_STRING)) {
		out->written = parse_symbol(p);
		e = resolve(out->written);
		if (e->kind == AST_NUMBER)
			priority_number(p, out, e->num, out->written->at);
		else if (e->kind == AST_SYMBOL)
			out->name = e->text;
		else
			fail(p, out->written->at, "a priority is a name or a number");
		priority_offset(p, out);
	} else {
		unexpected(p, "a priority");
	}
	out->at = place_span(at, p->last);
}

/* ---- devices ----------------------------------------------------------------------------------------------- */

static struct ast_expr *device_list(struct parse *p)
{
	struct ast_expr *set, *list, *next;

	if (tok_is(p, TOK_DOLLAR))
		return parse_variable(p);
	set = parse_set(p);
	list = ast_expr(p->arena, AST_LIST, set->at);
	for (struct ast_expr *e = set->items; e; e = next) {
		next = e->next;
		if (e->kind != AST_SYMBOL && e->kind != AST_VARIABLE)
			fail(p, e->at, "syntax error, expecting the name of a device");
		ast_list_add(list, e); /* unlinks it from the set */
	}
	return list;
}

struct ast_expr *parse_devices(struct parse *p)
{
	if (accept_word(p, "devices")) {
		expect(p, TOK_ASSIGN);
		return device_list(p);
	}
	expect_word(p, "device");
	offer_object(p, AST_HOOKS);
	return parse_symbol(p);
}

/* ---- chains ------------------------------------------------------------------------------------------------ */

static void hook_line(struct parse *p, struct ast_chain *c)
{
	static const char *const types[] = { "filter", "nat", "route" };
	char word[MAX_WORD + 1];
	struct priority prio;

	tok_take(p);
	if (c->is_base)
		fail(p, p->last, "type: may be given only once");
	c->is_base = true;
	c->type_at = tok(p)->at;
	word_peek(tok(p), word);
	offer_words(p, types, ARRAY_SIZE(types));
	c->type = identifier(p, "filter, nat or route");
	if (!p->failed && strcmp(c->type, "filter") != 0 && strcmp(c->type, "nat") != 0 && strcmp(c->type, "route") != 0) {
		fail(p, c->type_at, "unknown chain type");
		hint_near(p, word, types, ARRAY_SIZE(types));
	}
	if (!expect_word(p, "hook"))
		return;
	c->hook_at = tok(p)->at;
	offer_names(p, NAMES_HOOKS, NULL);
	c->hook = identifier(p, "a hook");
	if (is_word(p, "device") || is_word(p, "devices"))
		c->devices = parse_devices(p);
	if (!expect_word(p, "priority"))
		return;
	offer_names(p, NAMES_PRIORITIES, c->hook);
	parse_priority(p, &prio);
	c->prio = prio.written;
	c->prio_name = prio.name;
	c->prio_num = prio.num;
	c->prio_at = prio.at;
}

static void policy_line(struct parse *p, struct ast_chain *c)
{
	static const char *const policies[] = { "accept", "drop", NULL };
	struct ast_expr *e;

	tok_take(p);
	if (c->policy)
		fail(p, p->last, "policy: may be given only once");
	c->policy_at = tok(p)->at;
	if (!tok_is(p, TOK_DOLLAR)) {
		c->policy = accept_any_word(p, policies);
		if (!c->policy)
			unexpected_word(p, "accept or drop", policies, 2);
		return;
	}
	e = resolve(parse_variable(p));
	c->policy_at = p->last;
	c->policy = e->kind == AST_SYMBOL ? e->text : "";
	if (strcmp(c->policy, "accept") != 0 && strcmp(c->policy, "drop") != 0)
		fail(p, p->last, "invalid policy in variable, expecting accept or drop");
}

struct chain_ctx {
	struct ast_chain *chain;
	struct ast_opt **opts;
	struct ast_rule **rules;
};

static void chain_line(struct parse *p, void *ctx)
{
	struct chain_ctx *c = ctx;
	struct ast_rule *r;

	if (is_word(p, "type")) {
		hook_line(p, c->chain);
	} else if (is_word(p, "policy")) {
		policy_line(p, c->chain);
	} else if (is_word(p, "comment")) {
		only_once(p, c->chain->opts, "comment");
		accept_comment(p, &c->opts);
	} else if (is_word(p, "device") || is_word(p, "devices")) {
		c->chain->devices = parse_devices(p);
	} else if (is_word(p, "flags")) {
		static const char *const flags[] = { "offload", NULL };
		struct place at = tok(p)->at;

		tok_take(p);
		add_opt(p, &c->opts, "flags", parse_word_list(p, "offload", flags), at);
	} else {
		r = parse_line_rule(p);
		if (p->failed)
			return;
		*c->rules = r;
		c->rules = &r->next;
	}
}

void obj_chain(struct parse *p, struct ast_obj *o)
{
	struct chain_ctx ctx = { &o->chain, &o->chain.opts, &o->chain.rules };

	parse_block(p, chain_line, &ctx);
}

/* ---- flowtables ---------------------------------------------------------------------------------------------- */

struct opts_ctx {
	struct ast_obj *obj;
	struct ast_opt **opts;
};

/* hook H priority P: "priority" is the name or number, "priority-offset" what is added to a name */
static void flowtable_hook(struct parse *p, struct ast_opt ***opts)
{
	struct priority prio;

	offer_names(p, NAMES_HOOKS, NULL);
	opt_value(p, opts, "hook", parse_symbol);
	if (!expect_word(p, "priority"))
		return;
	offer_names(p, NAMES_PRIORITIES, "ingress");
	parse_priority(p, &prio);
	if (p->failed)
		return;
	if (prio.name) {
		add_opt(p, opts, "priority", ast_symbol(p->arena, prio.name, prio.at), prio.at);
		add_opt(p, opts, "priority-offset", ast_number(p->arena, (unsigned __int128)(__int128)prio.num, prio.at), prio.at);
	} else {
		add_opt(p, opts, "priority", ast_number(p->arena, (unsigned __int128)(__int128)prio.num, prio.at), prio.at);
	}
}

static void flowtable_line(struct parse *p, void *ctx)
{
	static const char *const words[] = { "hook", "devices", "counter", "flags", "comment", NULL };
	static const char *const flags[] = { "offload", "counter", NULL };
	struct opts_ctx *c = ctx;
	struct place at = tok(p)->at;

	if (accept_word(p, "hook")) {
		flowtable_hook(p, &c->opts);
	} else if (is_word(p, "device") || is_word(p, "devices")) {
		struct ast_expr *devices = parse_devices(p);

		add_opt(p, &c->opts, "devices", devices, at);
	} else if (accept_word(p, "counter")) {
		add_opt(p, &c->opts, "counter", NULL, at);
	} else if (accept_word(p, "flags")) {
		struct ast_expr *list = parse_word_list(p, "offload or counter", flags);

		add_opt(p, &c->opts, "flags", list, at);
	} else if (!accept_comment(p, &c->opts)) {
		unknown_line(p, "hook, devices, counter, flags or comment", words);
	}
}

void obj_flowtable(struct parse *p, struct ast_obj *o)
{
	struct opts_ctx ctx = { o, &o->opts };

	parse_block(p, flowtable_line, &ctx);
}
