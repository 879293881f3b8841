/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of AST_FIELD kinds (eval_meta.c, eval_ct.c, …) share: one function each, listed in eval_field.c. */
#ifndef NFVM_TYPES_EVAL_FIELD_H
#define NFVM_TYPES_EVAL_FIELD_H

#include "src/types/keys.h"
#include "src/types/typed.h"

struct tx *eval_payload(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_tunnel_header(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_exthdr(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_ip6_header(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_tcp_option(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_ip_option(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_sctp_chunk(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_dccp_option(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_meta(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_ct(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_rt(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_socket(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_osf(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_fib(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_xfrm(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_numgen(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_hash(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_tunnel(struct eval *v, const struct ast_expr *e, struct expect x);

/* The words from number `from` on, joined by blanks. */
const char *field_words(struct eval *v, const struct ast_field *f, unsigned from);
/* Word i is this one. */
bool field_is(const struct ast_field *f, unsigned i, const char *word);
/* Word i as a number up to max; -1 with the diag saying why. */
int64_t field_number(struct eval *v, const struct ast_field *f, unsigned i, uint32_t max);
/* A new load of one of the families. */
struct tx *field_load(struct eval *v, const struct ast_expr *e, enum tx_load load, const struct datatype *type, enum byteorder bo, uint32_t bits);
/* The same of a key of src/types/keys.c. */
struct tx *field_load_key(struct eval *v, const struct ast_expr *e, enum tx_load load, const struct key *k);
/* Reports a word that is none of its family's; returns NULL. */
struct tx *field_unknown(struct eval *v, const struct ast_expr *e, unsigned i);

#endif
