/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks: lines between braces, each ended by a newline or semicolon. Definitions and includes may stand in every block.
 *
 * Here a failed line is left behind: the rest of it is skipped, with all braces it opened, and the next line is parsed.
 */
#include "parser/parse_priv.h"

static void one_line(struct parse *p, void (*line)(struct parse *p, void *ctx), void *ctx)
{
	unsigned nest = p->nest, braces = p->braces;

	p->operators = 0;
	if (!parse_define_line(p) && !parse_include_line(p)) {
		line(p, ctx);
		expect_end(p);
	}
	if (!p->failed)
		return;
	recover(p, braces);
	p->nest = nest;
}

void parse_block(struct parse *p, void (*line)(struct parse *p, void *ctx), void *ctx)
{
	unsigned in_set = p->in_set;
	struct place open = tok(p)->at;
	struct scope scope;

	p->in_set = 0;
	if (!expect(p, TOK_LBRACE)) {
		p->in_set = in_set;
		return;
	}
	scope_open(p, &scope);
	for (skip_ends(p); !tok_is(p, TOK_RBRACE) && !tok_is(p, TOK_EOF) && !p->stopped; skip_ends(p))
		one_line(p, line, ctx);
	scope_close(p);
	p->in_set = in_set;
	if (accept(p, TOK_RBRACE))
		return;
	if (!p->failed && !p->stopped) {
		uint32_t line, col, col_last;

		texts_resolve(p->texts, open, &line, &col, &col_last);
		unexpected(p, "'}'");
		diag_hint(p->diag, "the '{' at %s:%u:%u is not closed", texts_name(p->texts, open.text), line, col);
		p->stopped = true;
	}
}

bool accept_comment(struct parse *p, struct ast_opt ***tail)
{
	struct place at = tok(p)->at;
	struct ast_expr *text;

	if (!accept_word(p, "comment"))
		return false;
	text = parse_string_value(p, "a comment in quotes");
	add_opt(p, tail, "comment", text, at);
	return true;
}

bool only_once(struct parse *p, const struct ast_opt *opts, const char *name)
{
	const struct ast_opt *o = ast_opt_find(opts, name);

	if (!o || p->failed)
		return true;
	fail(p, tok(p)->at, "%s: may be given only once", name);
	diag_also(p->diag, o->at);
	return false;
}

void unknown_line(struct parse *p, const char *what, const char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	unexpected_word(p, what, words, n);
}
