/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects with a state or a configuration: counter, quota, limit, secmark, synproxy, ct helper, ct timeout, ct expectation.
 * Most have a short form without braces: `add quota t q over 25 mbytes`.
 */
#include "parser/parse_priv.h"

struct opts_ctx;
typedef bool property_fn(struct parse *p, struct opts_ctx *c);

struct opts_ctx {
	struct ast_obj *obj;
	struct ast_opt **opts;
	property_fn *property; /* one line; false: it begins with nothing known */
	const char *what;
};

/* A comment may stand before or behind another property of its line. */
static void opts_line(struct parse *p, void *ctx)
{
	struct opts_ctx *c = ctx;
	bool comment;

	do {
		if (is_word(p, "comment"))
			only_once(p, c->obj->opts, "comment");
		comment = accept_comment(p, &c->opts);
		if (!comment && !c->property(p, c))
			unexpected(p, c->what);
	} while (!p->failed && !at_end(p) && !tok_is(p, TOK_RBRACE) && (comment || is_word(p, "comment")));
}

static void opts_block(struct parse *p, struct ast_obj *o, property_fn *property, const char *what)
{
	struct opts_ctx ctx = { o, &o->opts, property, what };

	parse_block(p, opts_line, &ctx);
}

/* A block, or the one property without braces, or nothing at all. */
static void opts_block_or_short(struct parse *p, struct ast_obj *o, property_fn *property, const char *what)
{
	struct opts_ctx ctx = { o, &o->opts, property, what };

	if (tok_is(p, TOK_LBRACE))
		parse_block(p, opts_line, &ctx);
	else if (!at_end(p) && !property(p, &ctx))
		unexpected(p, what);
}

/* ---- counter, quota, limit ---------------------------------------------------------------------------------- */

static bool counter_property(struct parse *p, struct opts_ctx *c)
{
	if (!is_word(p, "packets") && !is_word(p, "bytes"))
		return false;
	counter_config(p, &c->opts);
	return true;
}

void obj_counter(struct parse *p, struct ast_obj *o)
{
	opts_block_or_short(p, o, counter_property, "packets, bytes or comment");
}

static bool quota_property(struct parse *p, struct opts_ctx *c)
{
	if (!tok_is(p, TOK_NUMBER) && !is_word(p, "over") && !is_word(p, "until"))
		return false;
	quota_config(p, &c->opts);
	return true;
}

void obj_quota(struct parse *p, struct ast_obj *o)
{
	opts_block_or_short(p, o, quota_property, "a quota, like over 25 mbytes");
}

static bool limit_property(struct parse *p, struct opts_ctx *c)
{
	if (!is_word(p, "rate"))
		return false;
	limit_config(p, &c->opts);
	return true;
}

void obj_limit(struct parse *p, struct ast_obj *o)
{
	opts_block_or_short(p, o, limit_property, "a rate");
}

/* ---- secmark, synproxy -------------------------------------------------------------------------------------- */

/* The context is the option "secctx". */
static bool secmark_property(struct parse *p, struct opts_ctx *c)
{
	struct place at = tok(p)->at;

	if (!tok_is(p, TOK_STRING) && !tok_is(p, TOK_WORD))
		return false;
	add_opt(p, &c->opts, "secctx", parse_string_value(p, "a security context"), at);
	return true;
}

void obj_secmark(struct parse *p, struct ast_obj *o)
{
	opts_block_or_short(p, o, secmark_property, "a security context in quotes");
}

static bool synproxy_property(struct parse *p, struct opts_ctx *c)
{
	if (!synproxy_config(p, &c->opts))
		return false;
	while (synproxy_config(p, &c->opts))
		;
	return true;
}

void obj_synproxy(struct parse *p, struct ast_obj *o)
{
	opts_block_or_short(p, o, synproxy_property, "mss, wscale, timestamp or sack-perm");
}

/* ---- ct helper, timeout, expectation -------------------------------------------------------------------------- */

/* protocol P and l3proto F, which all three have */
static bool ct_property(struct parse *p, struct opts_ctx *c)
{
	if (accept_word(p, "protocol"))
		opt_value(p, &c->opts, "protocol", parse_symbol);
	else if (accept_word(p, "l3proto"))
		opt_value(p, &c->opts, "l3proto", parse_symbol);
	else
		return false;
	return true;
}

/* type "ftp" protocol tcp */
static bool helper_property(struct parse *p, struct opts_ctx *c)
{
	struct place at = tok(p)->at;

	if (!accept_word(p, "type"))
		return ct_property(p, c);
	if (!tok_is(p, TOK_STRING))
		unexpected(p, "a type of helper in quotes");
	add_opt(p, &c->opts, "type", parse_string_value(p, "a type of helper in quotes"), at);
	if (is_word(p, "protocol"))
		ct_property(p, c);
	return true;
}

void obj_ct_helper(struct parse *p, struct ast_obj *o)
{
	opts_block(p, o, helper_property, "type, protocol, l3proto or comment");
}

static bool timeout_property(struct parse *p, struct opts_ctx *c)
{
	struct place at = tok(p)->at;

	if (!accept_word(p, "policy"))
		return ct_property(p, c);
	expect(p, TOK_ASSIGN);
	add_opt(p, &c->opts, "policy", parse_set(p), at);
	return true;
}

void obj_ct_timeout(struct parse *p, struct ast_obj *o)
{
	opts_block(p, o, timeout_property, "protocol, l3proto, policy or comment");
}

static bool expectation_property(struct parse *p, struct opts_ctx *c)
{
	if (accept_word(p, "dport"))
		opt_value(p, &c->opts, "dport", parse_symbol);
	else if (accept_word(p, "timeout"))
		opt_value(p, &c->opts, "timeout", parse_time);
	else if (accept_word(p, "size"))
		opt_value(p, &c->opts, "size", parse_number);
	else
		return ct_property(p, c);
	return true;
}

void obj_ct_expectation(struct parse *p, struct ast_obj *o)
{
	opts_block(p, o, expectation_property, "protocol, dport, timeout, size, l3proto or comment");
}
