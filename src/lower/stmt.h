/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements: one stmt_NAME.c each, with its evaluation (AST to its own struct) and its lowering, listed in stmt.c. What a
 * statement needs of the packet it asks of the evaluation, which puts matches before it.
 */
#ifndef NFVM_LOWER_STMT_H
#define NFVM_LOWER_STMT_H

#include "src/lower/gen.h"

/* By the name of its AST node, or NULL. */
const struct tstmt_type *stmt_by_name(const char *name);

/* Helpers for evaluation. Options are those of struct ast_stmt. */
/* A number up to max; *out is left where the option is missing. */
int opt_number(struct eval *v, const struct ast_opt *opts, const char *name, uint64_t max, uint64_t *out);
/* The text of a word or string; NULL where it is missing. */
const char *opt_text(const struct ast_opt *opts, const char *name);
bool opt_has(const struct ast_opt *opts, const char *name);
/* The OR of all options that are names of the table's bits. */
uint32_t opt_flags(const struct ast_opt *opts, const struct symbol *names);
/* amount × unit, as bytes; -1 with the diag saying why. */
int opt_bytes(struct eval *v, const struct ast_opt *opts, const char *amount, const char *unit, uint64_t *out);
/* The name of an object in s->a, or the map that says it. Sets *name or *map. */
int stmt_object(struct eval *v, const struct ast_stmt *s, const struct ast_expr *e, uint32_t type, struct tstmt *out);

/* The expressions of counter, limit, … which objects and set elements have too. */
struct bc_limit;
struct bc_quota;
struct bc_counter;
struct bc_synproxy;
int lower_limit_config(struct eval *v, const struct ast_opt *opts, struct place at, struct bc_limit *out);
int lower_quota_config(struct eval *v, const struct ast_opt *opts, struct place at, struct bc_quota *out);
int lower_counter_config(struct eval *v, const struct ast_opt *opts, struct bc_counter *out);
int lower_synproxy_config(struct eval *v, const struct ast_opt *opts, struct bc_synproxy *out);

/* A copy of a body that was filled in evaluation, as the next expression. */
void gen_put(struct gen *g, const char *name, const void *body, size_t size);

extern const struct tstmt_type tstmt_verdict, tstmt_vmap, tstmt_set, tstmt_reset, tstmt_counter, tstmt_limit, tstmt_quota, tstmt_last, tstmt_connlimit,
	tstmt_log, tstmt_reject, tstmt_snat, tstmt_dnat, tstmt_masquerade, tstmt_redirect, tstmt_queue, tstmt_dup, tstmt_fwd, tstmt_tproxy, tstmt_synproxy,
	tstmt_notrack, tstmt_flow, tstmt_add, tstmt_update, tstmt_delete, tstmt_meter, tstmt_xt, tstmt_objref, tstmt_continue;

#endif
