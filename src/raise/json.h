/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AST to the JSON of libnftables-json(5), as `nft -j` of 1.1.6 prints it. The AST must be one that src/raise made: its values are
 * canonical, a NUMBER is one in JSON, a SYMBOL or STRING a string.
 *
 * Every function returns a new reference.
 */
#ifndef NFVM_RAISE_JSON_H
#define NFVM_RAISE_JSON_H

#include <jansson.h>

#include "parser/ast.h"
#include "parser/print.h"

/* { "nftables": [ metainfo ] }; *list is its array (borrowed), to append objects to. */
json_t *json_ruleset(json_t **list);
/* { "nftables": [ ] }, as echo has it */
json_t *json_commands(json_t **list);
/* Appends an object in its wrapper ({ "chain": … }); of a table, also all that is in it: chains, objects, sets, and last the rules.
 */
void json_objects(json_t *list, const struct ast_obj *o, const struct ast_print_opts *p);
/* What is in a table, without the table. */
void json_contents(json_t *list, const struct ast_obj *t, const struct ast_print_opts *p);
/* One object in its wrapper, nothing of what is in it. p may be NULL. */
json_t *json_obj(const struct ast_obj *o, const struct ast_print_opts *p);
/* { "rule": … } of a chain. */
json_t *json_rule(const struct ast_handle *chain, const struct ast_rule *r, const struct ast_print_opts *p);
/* The statements of a rule, an array. */
json_t *json_rule_expr(const struct ast_rule *r, const struct ast_print_opts *p);
/* { "add": { "rule": … } }, for echo and monitor. NULL for commands that are not shown. */
json_t *json_cmd(const struct ast_cmd *cmd, const struct ast_print_opts *p);
/* An expression or a value. */
json_t *json_expr(const struct ast_expr *e);

#endif
