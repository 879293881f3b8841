/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snat, dnat, masquerade, redirect, tproxy: where packets go instead. */
#include "parser/parse_priv.h"

static const char *const families[] = { "ip", "ip6", NULL };

static bool family_opt(struct parse *p, struct ast_opt ***tail)
{
	const char *w = accept_any_word(p, families);

	if (w)
		add_opt(p, tail, "family", ast_symbol(p->arena, w, p->last), p->last);
	return w;
}

/* random, persistent, fully-random: with commas or without */
static void nat_flags(struct parse *p, struct ast_opt ***tail)
{
	static const char *const flags[] = { "random", "fully-random", "persistent", NULL };

	if (!accept_flag_opt(p, tail, flags))
		return;
	for (;;) {
		if (accept(p, TOK_COMMA)) {
			if (!accept_flag_opt(p, tail, flags))
				unexpected_word(p, "random, fully-random or persistent", flags, 3);
		} else if (!accept_flag_opt(p, tail, flags)) {
			return;
		}
	}
}

/* address [: port] | : port */
static void target(struct parse *p, struct ast_stmt *s)
{
	if (!tok_is(p, TOK_COLON))
		s->a = parse_value(p);
	if (accept(p, TOK_COLON))
		s->b = parse_value(p);
}

/* A family's name here is one only if the words behind it belong to nat: `snat ip saddr map …` maps an address. */
static bool at_family(struct parse *p)
{
	static const char *const behind[] = { "to", "prefix", "interval", "addr", NULL };
	const struct token *next = tok_ahead(p, 1);

	if (!is_word(p, "ip") && !is_word(p, "ip6"))
		return false;
	for (const char *const *w = behind; *w; w++) {
		if (token_word_is(next, *w))
			return true;
	}
	return false;
}

void stmt_nat(struct parse *p, struct ast_stmt *s)
{
	static const char *const modes[] = { "prefix", "interval", NULL };
	struct ast_opt **tail = &s->opts;
	struct place at;

	if (at_family(p))
		family_opt(p, &tail);
	at = tok(p)->at;
	if (accept_word(p, "addr")) {
		expect(p, TOK_DOT);
		expect_word(p, "port");
		add_opt(p, &tail, "addr.port", NULL, place_span(at, p->last));
		expect_word(p, "to");
	} else if (accept_flag_opt(p, &tail, modes)) {
		expect_word(p, "to");
	} else {
		accept_word(p, "to");
	}
	target(p, s);
	nat_flags(p, &tail);
}

/* masquerade [to :port] [flags], redirect [to [:]port] [flags] */
void stmt_masquerade(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	if (accept_word(p, "to")) {
		if (!accept(p, TOK_COLON) && strcmp(s->name, "masquerade") == 0)
			unexpected(p, "':' and a port");
		s->b = parse_value(p);
	}
	nat_flags(p, &tail);
}

/* tproxy [ip|ip6] to address[:port] | :port */
void stmt_tproxy(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;

	family_opt(p, &tail);
	if (!expect_word(p, "to"))
		return;
	target(p, s);
}
