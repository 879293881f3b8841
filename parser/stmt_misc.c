/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements of a few words each: reject, queue, dup, fwd, synproxy, flow, reset, xt. */
#include "parser/parse_priv.h"

/* ---- reject ------------------------------------------------------------------------------------------------ */

/* reject [with icmp|icmpv6|icmpx [type] CODE | with tcp reset] */
void stmt_reject(struct parse *p, struct ast_stmt *s)
{
	static const char *const kinds[] = { "icmp", "icmpv6", "icmpx", "tcp", NULL };
	struct ast_opt **tail = &s->opts;
	const char *kind;
	struct place at;

	if (!accept_word(p, "with"))
		return;
	at = tok(p)->at;
	kind = accept_any_word(p, kinds);
	if (!kind) {
		unexpected_word(p, "icmp, icmpv6, icmpx or tcp", kinds, 4);
		return;
	}
	if (strcmp(kind, "tcp") == 0) {
		if (expect_word(p, "reset"))
			add_opt(p, &tail, "with", ast_symbol(p->arena, "tcp reset", place_span(at, p->last)), at);
		return;
	}
	add_opt(p, &tail, "with", ast_symbol(p->arena, kind, at), at);
	accept_word(p, "type");
	add_opt(p, &tail, "code", parse_operand(p, CONSTANTS), tok(p)->at);
}

/* ---- queue ------------------------------------------------------------------------------------------------- */

static void queue_flags(struct parse *p, struct ast_opt ***tail)
{
	static const char *const flags[] = { "bypass", "fanout", NULL };

	while (accept_flag_opt(p, tail, flags))
		accept(p, TOK_COMMA);
}

/* queue [num N|N-M|expression] [flags] | queue [flags F] [to N|N-M|expression] */
void stmt_queue(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	if (accept_word(p, "flags")) {
		struct ast_opt *before = s->opts;

		queue_flags(p, &tail);
		if (s->opts == before)
			unexpected(p, "bypass or fanout");
	}
	if (accept_word(p, "to") || accept_word(p, "num"))
		s->a = parse_value_one(p);
	queue_flags(p, &tail);
}

/* ---- dup, fwd ---------------------------------------------------------------------------------------------- */

/* dup to ADDRESS|DEVICE [device DEVICE] */
void stmt_dup(struct parse *p, struct ast_stmt *s)
{
	if (!expect_word(p, "to"))
		return;
	s->a = parse_value(p);
	if (accept_word(p, "device"))
		s->b = parse_value(p);
}

/* fwd [ip|ip6] to ADDRESS|DEVICE [device DEVICE] */
void stmt_fwd(struct parse *p, struct ast_stmt *s)
{
	static const char *const families[] = { "ip", "ip6", NULL };
	struct ast_opt **tail = &s->opts;
	const char *w = accept_any_word(p, families);

	if (w)
		add_opt(p, &tail, "family", ast_symbol(p->arena, w, p->last), p->last);
	stmt_dup(p, s);
}

/* ---- synproxy ---------------------------------------------------------------------------------------------- */

/* One of mss N, wscale N, timestamp, sack-perm. */
bool synproxy_config(struct parse *p, struct ast_opt ***tail)
{
	static const char *const numbers[] = { "mss", "wscale", NULL }, *const flags[] = { "timestamp", "sack-perm", NULL };
	const char *w = accept_any_word(p, numbers);

	if (!w)
		return accept_flag_opt(p, tail, flags);
	opt_value(p, tail, w, parse_number);
	return true;
}

void stmt_synproxy(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	if (accept_word(p, "name")) {
		offer_object(p, AST_SYNPROXY);
		s->a = parse_value_one(p);
		return;
	}
	while (synproxy_config(p, &tail))
		;
}

/* ---- flow, reset, xt --------------------------------------------------------------------------------------- */

/* flow add @ft; "offload" is the old word */
void stmt_flow(struct parse *p, struct ast_stmt *s)
{
	if (!accept_word(p, "offload") && !expect_word(p, "add"))
		return;
	if (tok_is(p, TOK_AT))
		s->a = parse_setref(p);
	else
		unexpected(p, "'@' and the name of a flowtable");
}

/* reset tcp option X: is "set" of nothing */
void stmt_reset(struct parse *p, struct ast_stmt *s)
{
	struct ast_expr *e = ast_field(p->arena, "tcp option", tok(p)->at);
	const struct token *t;

	if (!expect_word(p, "tcp") || !expect_word(p, "option"))
		return;
	e->field->head_at = done(p, e)->at;
	t = tok(p);
	if (t->type != TOK_WORD && t->type != TOK_NUMBER) {
		unexpected(p, "an option");
		return;
	}
	tok_take(p);
	ast_field_word(p->arena, e, name_of(p, t->text, t->len)->text, p->last);
	s->a = e;
}

/* xt match|target|watcher "name" */
void stmt_xt(struct parse *p, struct ast_stmt *s)
{
	static const char *const types[] = { "match", "target", "watcher", NULL };
	const char *w = accept_any_word(p, types);

	if (!w) {
		unexpected_word(p, "match, target or watcher", types, 3);
		return;
	}
	s->a = ast_symbol(p->arena, w, p->last);
	s->b = parse_string_value(p, "name of an extension");
}
