/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to AST: `struct parse` is one input session (defines live on from one text to the next, as in nft -i). */
#ifndef NFVM_PARSER_PARSE_H
#define NFVM_PARSER_PARSE_H

#include "parser/ast.h"

/* What the parser must know of names to find where an expression ends; src/types answers from its tables. */
struct parse_words {
	bool (*is_header)(const char *word);                     /* "tcp", "ether", "frag": heads of header fields */
	bool (*is_field)(const char *header, const char *word);  /* "tcp", "dport"; "arp", "saddr ip" */
	bool (*is_meta_key)(const char *word, bool unqualified); /* unqualified: may stand without "meta" before it */
	bool (*is_ct_key)(const char *word);
	/*
	 * A name near to word, for a hint, or NULL: a field of head ("tcp", "meta", "ct"), where head is NULL a head. May be NULL.
	 */
	const char *(*near)(const char *head, const char *word);
};

struct parse;

struct parse *parse_new(struct arena *a, struct texts *t, struct diag *d, const struct parse_words *w);
void parse_free(struct parse **p);
void parse_include_path(struct parse *p, const char *dir); /* -I, in order */
/* -D name=value */
int parse_define(struct parse *p, const char *name, const char *value);

/*
 * Commands of a text, in order. Returns 0, or -1 when the diag has errors (commands before and after
 * the faulty ones are still parsed, so that several errors are found in a run; none may be run).
 */
int parse_file(struct parse *p, const char *path, struct ast_cmd **cmds);     /* "-": standard input */
int parse_string(struct parse *p, const char *name, const char *text, struct ast_cmd **cmds);

#endif
