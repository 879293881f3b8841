/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the printer: print_expr.c, print_stmt.c, print_obj.c, print_chain.c, print_set.c, print_cmd.c. */
#ifndef NFVM_PARSER_PRINT_PRIV_H
#define NFVM_PARSER_PRINT_PRIV_H

#include <string.h>

#include "base/bytes.h"
#include "parser/print.h"

struct pr {
	struct buf *out;
	const struct ast_print_opts *o;
	unsigned depth;  /* tabs before the current line */
	bool one_line;   /* a command: blanks and semicolons where a block has tabs and newlines */
	bool stateless;
	bool in_stmt;    /* inside add @set { … } */
};

struct pr pr_start(struct buf *out, const struct ast_print_opts *o);
static inline bool pr_is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

void pr_tabs(struct pr *p, unsigned more);
/* A newline; on one line a blank. */
void pr_nl(struct pr *p);
/* What ends a property: a newline; on one line a semicolon. */
void pr_end(struct pr *p);
void pr_handle(struct pr *p, uint64_t handle);

/* A name as it is, in quotes where it would not be read as one. */
void pr_name(struct pr *p, const char *name);
void pr_expr(struct pr *p, const struct ast_expr *e);
void pr_left(struct pr *p, const struct ast_expr *e);
void pr_number(struct pr *p, unsigned __int128 n);
/* "x", whatever kind of node holds the text */
void pr_quoted(struct pr *p, const struct ast_expr *e);
void pr_items(struct pr *p, const struct ast_expr *list, const char *between);
/* Elements of a named set over several lines; per_line 0: one, 255: all on one line. */
void pr_elements(struct pr *p, const struct ast_expr *set, unsigned per_line);
void pr_source(struct pr *p, struct ast_source *source, unsigned per_line);
/* A place where a piece of a long text may end. */
void pr_flush(struct pr *p);
/* A long text, as it is. */
void pr_long(struct pr *p, const char *text, size_t len);
/* Brackets around an IPv6 address where a port follows. */
void pr_address(struct pr *p, const struct ast_expr *e, bool brackets);

void pr_stmt(struct pr *p, const struct ast_stmt *s);
void pr_stmts(struct pr *p, const struct ast_stmt *s);
void pr_opts(struct pr *p, const struct ast_opt *o);
void pr_rule(struct pr *p, const struct ast_rule *r);
/* { rules } of an anonymous chain */
void pr_rules(struct pr *p, const struct ast_rule *r);
/* 10/second burst 5 packets; over 25 mbytes used 1 bytes */
void pr_rate(struct pr *p, const struct ast_opt *opts);
void pr_quota(struct pr *p, const struct ast_opt *opts);

/* comment "x", on its line */
void pr_comment(struct pr *p, const struct ast_opt *opts);
/* One property on its line: the word and its value, or the word alone. Nothing where there is none. */
void pr_property(struct pr *p, const struct ast_opt *opts, const char *name);

struct printer {
	enum ast_obj_kind kind;
	const char *word, *plural;
	void (*body)(struct pr *p, const struct ast_obj *o); /* what stands between the braces */
};
const struct printer *printer_of(enum ast_obj_kind kind);
void body_chain(struct pr *p, const struct ast_obj *o);
void body_flowtable(struct pr *p, const struct ast_obj *o);
void body_set(struct pr *p, const struct ast_obj *o);

#endif
