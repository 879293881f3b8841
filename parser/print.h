/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AST to text, laid out as `nft list ruleset` of 1.1.6 does it: what is written here parses back to the same AST.
 *
 * The printer knows layout, quoting and the order of words, and no types: values are printed as their SYMBOL, NUMBER or STRING
 * node says them (a NUMBER by its text where it has one, else in decimal). Who builds an AST for listing (src/raise)
 * makes them canonical. Quotes: STRING and SYMBOLs with `quoted` get them.
 *
 * Objects are printed as blocks with tabs; commands (echo, monitor) on one line.
 */
#ifndef NFVM_PARSER_PRINT_H
#define NFVM_PARSER_PRINT_H

#include "base/buf.h"
#include "parser/ast.h"

struct ast_print_opts {
	bool stateless;  /* -s: no counter values, no quota `used`, no limit state, no `expires` */
	bool terse;      /* -t: no set elements */
	bool handles;    /* -a: "# handle N" behind objects and rules, where their handle is not 0 */
	bool dense;      /* no empty lines between the objects of a table */
	unsigned indent; /* tabs before each line */
	/* Where not NULL: what a long listing has so far is written there and taken out of the buffer. */
	void (*write)(void *ctx, const char *text, size_t len);
	void *write_ctx;
};

void ast_print_expr(struct buf *out, const struct ast_expr *e, const struct ast_print_opts *o);
/* One statement, without blanks around it. */
void ast_print_stmt(struct buf *out, const struct ast_stmt *s, const struct ast_print_opts *o);
/* Statements, comment and handle of a rule, without indent or newline. */
void ast_print_rule(struct buf *out, const struct ast_rule *r, const struct ast_print_opts *o);
/*
 * An object as a block with its newline: a table with all its objects in the order given (nothing is sorted), a chain, a set…;
 * alone they print without the table around them. AST_RULE prints its line.
 */
void ast_print_obj(struct buf *out, const struct ast_obj *obj, const struct ast_print_opts *o);
/*
 * A command on one line, with its newline, as echo and monitor show it: "add rule ip t c tcp dport 22 accept",
 * "add chain ip t c { type filter hook input priority filter; policy accept; }".
 */
void ast_print_cmd(struct buf *out, const struct ast_cmd *cmd, const struct ast_print_opts *o);

#endif
