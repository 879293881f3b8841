/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log [prefix "x"] [group N] [snaplen N] [queue-threshold N] [level L] [flags F], in any order. */
#include "parser/parse_priv.h"

static const char *const levels[] = { "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit", NULL };

static void add_flag(struct parse *p, struct ast_expr *list, const char *name)
{
	ast_list_add(list, ast_symbol(p->arena, name, p->last));
}

/* flags all | skuid | ether | ip options | tcp sequence[,options] */
static struct ast_expr *log_flags(struct parse *p)
{
	static const char *const words[] = { "all", "skuid", "ether", "tcp", "ip", NULL };
	struct ast_expr *list = ast_expr(p->arena, AST_LIST, tok(p)->at);
	const char *w = accept_any_word(p, words);

	if (!w) {
		unexpected_word(p, "all, skuid, ether, tcp or ip", words, 5);
	} else if (strcmp(w, "ip") == 0) {
		if (expect_word(p, "options"))
			add_flag(p, list, "ip options");
	} else if (strcmp(w, "tcp") == 0) {
		do {
			if (accept_word(p, "sequence"))
				add_flag(p, list, "tcp sequence");
			else if (expect_word(p, "options"))
				add_flag(p, list, "tcp options");
		} while (accept(p, TOK_COMMA));
	} else {
		add_flag(p, list, w);
	}
	return list;
}

static struct ast_expr *log_level(struct parse *p)
{
	struct place at = tok(p)->at;
	const char *w;

	if (tok_is(p, TOK_DOLLAR))
		return parse_variable(p);
	w = accept_any_word(p, levels);
	if (!w)
		unexpected_word(p, "a level of syslog", levels, ARRAY_SIZE(levels) - 1);
	return ast_symbol(p->arena, w ? w : "", at);
}

static struct ast_expr *log_prefix(struct parse *p)
{
	struct ast_expr *e = parse_string_value(p, "a prefix in quotes");

	if (e->kind == AST_STRING)
		e->text = expand(p, e->text, e->at);
	return e;
}

void stmt_log(struct parse *p, struct ast_stmt *s)
{
	static const char *const numbers[] = { "group", "snaplen", "queue-threshold", NULL };
	struct ast_opt **tail = &s->opts;
	const char *w;

	for (;;) {
		struct place at = tok(p)->at;

		if ((w = accept_any_word(p, numbers)))
			add_opt(p, &tail, w, parse_number(p), at);
		else if (accept_word(p, "prefix"))
			add_opt(p, &tail, "prefix", log_prefix(p), at);
		else if (accept_word(p, "level"))
			add_opt(p, &tail, "level", log_level(p), at);
		else if (accept_word(p, "flags"))
			add_opt(p, &tail, "flags", log_flags(p), at);
		else
			break;
	}
}
