/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts, as statements and as data of maps: accept, jump chain, jump { rules }. */
#include "parser/parse_priv.h"

static const char *const verdicts[] = { "accept", "drop", "continue", "return", "jump", "goto", NULL };

bool at_verdict(struct parse *p)
{
	const struct token *t = tok(p);

	if (t->type != TOK_WORD || t->len > 8)
		return false;
	for (const char *const *v = verdicts; *v; v++) {
		if (token_word_is(t, *v))
			return true;
	}
	return false;
}

struct anonymous {
	struct ast_rule **tail;
};

static void rule_line(struct parse *p, void *ctx)
{
	struct anonymous *chain = ctx;
	struct ast_rule *r = parse_rule(p);

	if (p->failed)
		return;
	*chain->tail = r;
	chain->tail = &r->next;
}

static void parse_target(struct parse *p, struct ast_expr *e)
{
	struct anonymous chain = { &e->rules };

	if (tok_is(p, TOK_DOLLAR)) {
		e->a = parse_variable(p);
	} else if (tok_is(p, TOK_LBRACE)) {
		p->unfoldable = true;
		if (nest_enter(p)) {
			parse_block(p, rule_line, &chain);
			nest_leave(p);
		}
	} else {
		bool quoted = tok_is(p, TOK_STRING);

		offer_object(p, AST_CHAIN);
		const char *name = identifier(p, "name of a chain");

		e->a = ast_symbol(p->arena, name, p->last);
		e->a->quoted = quoted;
	}
}

struct ast_expr *parse_verdict(struct parse *p)
{
	struct ast_expr *e = ast_expr(p->arena, AST_VERDICT, tok(p)->at);

	e->text = accept_any_word(p, verdicts);
	if (!e->text) {
		e->text = "";
		unexpected(p, "a verdict");
	} else if (strcmp(e->text, "jump") == 0 || strcmp(e->text, "goto") == 0) {
		parse_target(p, e);
	}
	return done(p, e);
}
