/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text or JSON to AST: `struct parse` is one input session (defines live on from one text to the next, as in nft -i). */
#ifndef NFVM_PARSER_PARSE_H
#define NFVM_PARSER_PARSE_H

#include "parser/ast.h"

/*
 * NAMES_FIELDS: of the head `of`; where it is "tcp option", of such options, where it is "tcp option maxseg", of that one; NULL: heads.
 * NAMES_PRIORITIES: of the hook `of`.
 */
enum parse_names { NAMES_FIELDS, NAMES_TYPES, NAMES_HOOKS, NAMES_PRIORITIES };

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
	/* Names of a kind, in a family (hooks and priorities), for completion. May be NULL. */
	void (*each)(enum parse_names what, const char *of, uint8_t family, void (*fn)(void *ctx, const char *word), void *ctx);
	/* Names of the values that a field may have. May be NULL. */
	void (*each_value)(const struct ast_expr *field, void (*fn)(void *ctx, const char *word), void *ctx);
};

struct parse;

struct parse *parse_new(struct arena *a, struct texts *t, struct diag *d, const struct parse_words *w);
void parse_free(struct parse **p);
/* From now on a text that begins with a brace is JSON. keep: its commands' objects are kept too, see parse_json_kept(). */
void parse_accept_json(struct parse *p, bool keep);
/* The objects that commands of the last text were read from (struct ast_cmd json), an array; NULL: it was no JSON. The parser's. */
struct json_t *parse_json_kept(struct parse *p);
/* Was the last text JSON? */
bool parse_was_json(const struct parse *p);
void parse_include_path(struct parse *p, const char *dir); /* -I, in order */
/*
 * Folding, for who reads each thing once: a rule in the text that stands for itself (no variables, no chain within) is checked and forgotten
 * but for its place, and runs of plain elements of named sets are kept as their places, so that large texts take little more memory than
 * the text. Off at first.
 */
void parse_fold(struct parse *p, bool on);
/* A folded rule as it was, in this arena; not while a text is being parsed. Any other rule is itself. */
const struct ast_rule *parse_unfold(struct parse *p, const struct ast_rule *r, struct arena *a);
/* Element i of an AST_PLAIN, in room. */
struct ast_plain_room {
	struct ast_expr e[3];
	char text[2][16];
};
const struct ast_expr *ast_plain_item(const struct texts *t, const struct ast_expr *plain, uint32_t i, struct ast_plain_room *room);
/* -D name=value */
int parse_define(struct parse *p, const char *name, const char *value);

/*
 * Commands of a text, in order. Returns 0, or -1 when the diag has errors (commands before and after
 * the faulty ones are still parsed, so that several errors are found in a run; none may be run).
 */
int parse_file(struct parse *p, const char *path, struct ast_cmd **cmds);     /* "-": standard input */
int parse_string(struct parse *p, const char *name, const char *text, struct ast_cmd **cmds);

/* What may stand at the end of a text. Any function may be NULL. */
struct parse_offers {
	/* A word of the language, or the name of a variable; it begins with what is there. */
	void (*word)(void *ctx, const char *word);
	/* The name of an object of this kind (AST_TABLE, AST_CHAIN, …; AST_HOOKS: of a device), in h's family and table. */
	void (*name)(void *ctx, enum ast_obj_kind kind, const struct ast_handle *h);
	void *ctx;
};

/*
 * Parses a text as far as it goes and tells what may stand where it ends, with the session's variables; the session stays as it is.
 * Returns where the word begins that the text ends with (its length, if it ends with none).
 */
size_t parse_complete(struct parse *p, const char *text, const struct parse_offers *offers);
/* True for a text that goes on: braces or parentheses are open, or its last line ends in a backslash. */
bool parse_is_open(const char *text);

#endif
