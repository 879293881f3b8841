/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back: what a target holds (bc structs) to AST, which prints as text (parser/print.h) or JSON (src/raise/json.c).
 * Implicit dependencies are removed, payloads named or split into fields, sets typed from userdata. What cannot
 * be named becomes raw form that loads again to the same bytes.
 */
#ifndef NFVM_RAISE_RAISE_H
#define NFVM_RAISE_RAISE_H

#include "bytecode/bc.h"
#include "bytecode/expr.h"
#include "bytecode/msg.h"
#include "parser/ast.h"
#include "src/types/datatype.h"

/* What raising asks of the world. Both functions may be NULL, and return NULL for what is not known. */
struct raise_ctx {
	struct arena *a;       /* what is returned lives here; nothing in it points into the bc structs */
	struct arena *scratch; /* for what is needed only during a call, to be reset by the caller between calls; NULL: a */
	const struct type_ctx *types;
	/* A set of the rule's table, and the list of its elements (struct bc_elem nodes), which only anonymous sets need. */
	const struct bc_set *(*set)(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems);
	/* The raised rules of an anonymous chain (NFT_CHAIN_BINDING), for `jump { … }`; NULL: a chain with a name. */
	const struct ast_rule *(*anon_chain)(void *ctx, uint8_t family, const char *table, const char *chain);
	void *ctx;
};

/*
 * One thing each, without what is in it: a table has no objects, a chain no rules. family: NFPROTO_* of the table. raise_obj: NULL
 * for a type of object that is not known.
 */
struct ast_rule *raise_rule(const struct raise_ctx *c, uint8_t family, const struct bc_rule *r);
struct ast_obj *raise_table(const struct raise_ctx *c, uint8_t family, const struct bc_table *t);
struct ast_obj *raise_chain(const struct raise_ctx *c, uint8_t family, const struct bc_chain *ch);
/* elems: list of struct bc_elem nodes in any order, or NULL: a declaration. */
struct ast_obj *raise_set(const struct raise_ctx *c, uint8_t family, const struct bc_set *s, const struct bc_node *elems);
/*
 * Elements of a set one by one, in order, for ast_setobj.source. packed: what is in NFTA_SET_ELEM_LIST_ELEMENTS attributes of any number of
 * messages; borrowed, as s is, until the source has been read to its end (which frees what it holds).
 */
struct ast_source *raise_stream(const struct raise_ctx *c, uint8_t family, const struct bc_set *s, struct bc_bytes packed);
/* Elements by themselves, an AST_ELEMENT: `add element`. */
struct ast_obj *raise_elements(const struct raise_ctx *c, uint8_t family, const struct bc_set *s, const struct bc_node *elems);
struct ast_obj *raise_obj(const struct raise_ctx *c, uint8_t family, const struct bc_obj *o);
struct ast_obj *raise_flowtable(const struct raise_ctx *c, uint8_t family, const struct bc_flowtable *f);

#endif
