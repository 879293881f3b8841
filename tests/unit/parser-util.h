/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One parser session for a test. */
#ifndef NFVM_TESTS_PARSER_UTIL_H
#define NFVM_TESTS_PARSER_UTIL_H

#include "parser/parse.h"
#include "parser/print.h"
#include "tests/unit/parser-words.h"

struct session {
	struct arena *arena;
	struct texts *texts;
	struct diag diag;
	struct parse *parse;
	struct ast_cmd *cmds;
	struct buf out;
};

static inline void session_begin(struct session *s)
{
	*s = (struct session){ .arena = arena_new(), .texts = texts_new() };
	diag_init(&s->diag, s->texts, s->arena);
	s->parse = parse_new(s->arena, s->texts, &s->diag, &test_words);
}

static inline void session_end(struct session *s)
{
	parse_free(&s->parse);
	texts_free(&s->texts);
	arena_free(&s->arena);
	buf_free(&s->out);
}

/* All commands as text; where the text was refused, the diagnostics. */
static inline const char *session_text(struct session *s, int rc)
{
	static const struct ast_print_opts opts;

	buf_cut(&s->out, 0);
	if (rc != 0)
		diag_print(&s->diag, &s->out);
	for (const struct ast_cmd *c = rc == 0 ? s->cmds : NULL; c; c = c->next)
		ast_print_cmd(&s->out, c, &opts);
	return buf_str(&s->out);
}

static inline const char *session_parse(struct session *s, const char *text)
{
	return session_text(s, parse_string(s->parse, "t.nft", text, &s->cmds));
}

#endif
