/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the parser: JSON to AST, the language of libnftables-json(5).
 *
 *   json_text.c    the text: its commands one by one, and where each of their values stands in it
 *   json_path.c    a place as a path, for errors: nftables[3].rule.expr[1]
 *   json_value.c   members of objects by name and kind, errors
 *   json_cmd.c     commands, and which thing they name
 *   json_obj.c     tables, chains, rules, flowtables, sets         json_stateful.c   counters, quotas, ct helpers, tunnels …
 *   json_expr.c    expressions                                     json_field.c      payload, meta, ct, fib …
 *   json_stmt.c    statements                                      json_stmt_nat.c   those that send packets elsewhere
 *
 * jansson reads each command by itself, so that only one command's tree is in memory at a time. Here as in the text's grammar no
 * function returns NULL or checks for errors of its callees: what is wrong is reported, a stand-in takes its place, and the command
 * is left out.
 */
#ifndef NFVM_PARSER_JSON_H
#define NFVM_PARSER_JSON_H

#include <jansson.h>

#include "parser/parse_priv.h"

/* Where a value stands in the text. */
struct jp_node {
	const json_t *v;
	uint32_t off, len;
};

struct jp {
	struct parse *p;
	struct arena *a;
	uint32_t text;
	const char *bytes;
	size_t len;
	struct jp_node *nodes; /* of the current command's values: open addressing by their pointers */
	uint32_t n_nodes, cap_nodes;
	struct place at; /* the nearest value around that has a place */
	unsigned nest;
	bool bare; /* the object stands without a command */
};

/* ---- json_text.c ---- */
/* Commands of a text that begins with a brace, appended to *tail. Errors go to the diag. */
void jp_text(struct parse *p, uint32_t text, struct ast_cmd **tail);
/* True if a text is JSON: no command of nft's begins like it. */
bool jp_begins(const char *bytes, size_t len);
/* true, false and null are the same value everywhere: their place is that of what is around them. */
struct place jp_place(const struct jp *j, const json_t *v);

/* ---- json_path.c ---- */
void jp_path(const char *bytes, size_t len, size_t off, struct buf *out);

/* ---- json_value.c ---- */
void jp_fail(struct jp *j, const json_t *v, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool jp_stopped(const struct jp *j);
/* "a string", "an object" … for messages */
const char *jp_kind(const json_t *v);
/* Depth of values within values. False: too deep, and it is said. */
bool jp_enter(struct jp *j, const json_t *v);
void jp_leave(struct jp *j);
/* The only member of an object: its name and value. NULL: it is something else, and it is said. */
const char *jp_only(struct jp *j, const json_t *v, const char *what, json_t **value);
/* A member that must be there. NULL: it is not, and it is said. */
json_t *jp_need(struct jp *j, const json_t *o, const char *key);
/* Strings are the arena's. NULL where it is missing or no string; said where it must be there, or is of another kind. */
const char *jp_string(struct jp *j, const json_t *o, const char *key);
const char *jp_need_string(struct jp *j, const json_t *o, const char *key);
/* A number that fits, not negative. False: it is not there, or wrong (said). */
bool jp_number(struct jp *j, const json_t *o, const char *key, uint64_t max, uint64_t *out);
bool jp_true(struct jp *j, const json_t *o, const char *key);
const char *jp_text_of(struct jp *j, const json_t *v);
/* One of the words, as the table has it; NULL with an error and a hint. */
const char *jp_word(struct jp *j, const json_t *v, const char *what, const char *const *words);
/* A word or an array of them: fn for each. */
void jp_each_word(struct jp *j, const json_t *v, const char *what, const char *const *words,
		  void (*fn)(void *ctx, const char *w, struct place at), void *ctx);
void jp_hint(struct jp *j, const char *word, const char *const *words);
/* A member as an option of another name or its own, if it is there: as an expression, which must be a string or number. */
void jp_opt(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *name);
void jp_opt_word(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *name, const char *what,
		 const char *const *words);
/* An array of flags as options without values. */
void jp_opt_flags(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *what,
		  const char *const *words);
/* Words as the option of a LIST. */
void jp_opt_list(struct jp *j, struct ast_opt ***tail, const json_t *o, const char *key, const char *what,
		 const char *const *words);
void jp_add_opt(struct jp *j, struct ast_opt ***tail, const char *name, struct ast_expr *val, struct place at);

/* ---- json_expr.c ---- */
struct ast_expr *jp_expr(struct jp *j, json_t *v);
/* A string, number or boolean. */
struct ast_expr *jp_scalar(struct jp *j, const json_t *v);
/* Elements: one, or an array of them, of which [ key, data ] is a mapping. */
struct ast_expr *jp_set(struct jp *j, json_t *v);
struct ast_expr *jp_setref(struct jp *j, const json_t *v);
struct ast_expr *jp_verdict(struct jp *j, const char *word, json_t *v);
bool jp_is_verdict(const char *word);
/* { "concat": … } or an array of words as types are written */
struct ast_expr *jp_concat(struct jp *j, json_t *v);

/* ---- json_field.c ---- */
/* A field of this name; NULL: there is none. */
struct ast_expr *jp_field(struct jp *j, const char *name, json_t *v, struct place at);
struct ast_expr *jp_field_of(struct jp *j, const char *head, const char *word, struct place at);

/* ---- json_stmt.c ---- */
struct ast_stmt *jp_stmts(struct jp *j, json_t *v);
/* Those with a state, which elements may have. */
bool jp_is_stateful(const char *name);
struct ast_stmt *jp_stmt_of(struct jp *j, const char *name, json_t *v, struct place at);
void jp_limit_opts(struct jp *j, struct ast_opt ***tail, const json_t *v);
void jp_synproxy_opts(struct jp *j, struct ast_opt ***tail, const json_t *v);

/* ---- json_stmt_nat.c ---- */
void jp_nat(struct jp *j, struct ast_stmt *s, json_t *v);
void jp_tproxy(struct jp *j, struct ast_stmt *s, json_t *v);
void jp_dup(struct jp *j, struct ast_stmt *s, json_t *v);
void jp_fwd(struct jp *j, struct ast_stmt *s, json_t *v);

/* ---- json_obj.c, json_stateful.c ---- */
/* What an object has beside its name: of add and create. */
void jp_obj_table(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_chain(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_rule(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_set(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_element(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_flowtable(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_counter(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_quota(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_limit(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_secmark(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_synproxy(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_ct_helper(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_ct_timeout(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_ct_expectation(struct jp *j, struct ast_obj *o, json_t *v);
void jp_obj_tunnel(struct jp *j, struct ast_obj *o, json_t *v);
struct ast_expr *jp_devices(struct jp *j, json_t *v);

/* ---- json_cmd.c ---- */
/* A command, or an object to add. NULL: metainfo, or wrong (said). */
struct ast_cmd *jp_command(struct jp *j, json_t *v);

#endif
