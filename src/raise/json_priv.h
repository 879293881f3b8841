/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of AST to JSON. See json.h. */
#ifndef NFVM_RAISE_JSON_PRIV_H
#define NFVM_RAISE_JSON_PRIV_H

#include "base/buf.h"
#include "src/raise/json.h"

/* A name or comment: it may not be valid UTF-8, as JSON must. */
json_t *json_text(const char *s);
/* The items of a CONCAT, LIST or SET. */
json_t *json_items(const struct ast_expr *list);
json_t *json_field(const struct ast_expr *e);
/* @base,offset,length; tunnel: of its inner header, or NULL. */
json_t *json_raw(const struct ast_expr *e, const char *tunnel);
json_t *json_match_left(const struct ast_expr *e);
/* An option of TCP, for `reset`. */
json_t *json_reset(const struct ast_expr *e);
json_t *json_verdict(const struct ast_expr *e);
/* One statement in its wrapper: { "counter": … }. p NULL: with its state. */
json_t *json_stmt(const struct ast_stmt *s, const struct ast_print_opts *p);
/* Options by name: a value, bare words; left out where they are not there. */
void json_opt(json_t *o, const struct ast_opt *opts, const char *name, const char *key);
json_t *json_words(const struct ast_opt *opts, const char *const *names);

#endif
