/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compiler's middle: commands of the AST, evaluated (names to types, values, implicit dependencies) and lowered
 * to messages in a batch. Diagnostics go to the diag; nothing is emitted for a command with an error.
 *
 *   AST ──eval (src/types/eval_*.c)──► typed AST (src/types/typed.h) ──lower (src/lower/NAME.c)──► bc structs ──codec──► batch
 */
#ifndef NFVM_LOWER_LOWER_H
#define NFVM_LOWER_LOWER_H

#include "bytecode/bc.h"
#include "bytecode/msg.h"
#include "parser/ast.h"
#include "src/types/datatype.h"

/*
 * What lowering asks of the world; src/client answers from its cache. Each may return NULL: not there. A function may be NULL.
 */
struct lower_env {
	const struct bc_set *(*set)(void *ctx, uint8_t family, const char *table, const char *name);
	const struct bc_obj *(*obj)(void *ctx, uint8_t family, const char *table, const char *name, uint32_t type);
	const struct bc_chain *(*chain)(void *ctx, uint8_t family, const char *table, const char *name);
	/* handle of the rule at an index (from 0) of a chain, for `add rule … index N`; 0: none */
	uint64_t (*rule_at)(void *ctx, uint8_t family, const char *table, const char *chain, uint64_t index);
	/* The number of a set among all that the target lists, from 1: stock nft puts it into lookups beside the name. 0: unknown */
	uint32_t (*set_number)(void *ctx, uint8_t family, const char *table, const char *name);
	/* The name of a set like this one, where there is none of that name: for a hint. NULL function or result: no idea */
	const char *(*near_set)(void *ctx, uint8_t family, const char *name, uint8_t *in_family, const char **in_table);
	/* Each element of a set of intervals that the target has, in any order. 0, or -1: not known */
	int (*elements)(void *ctx, uint8_t family, const char *table, const char *name, void (*fn)(void *arg, const struct bc_elem *e), void *arg);
	/* The element that a key leads to (lower_keys() says how keys of intervals are asked for), or NULL. Not remembered. */
	const struct bc_elem *(*element)(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_elem *key);
	void *ctx;
};

/* Message number seq of the batch came from this place of the text, so that an error can point at it. */
struct lower_mark {
	uint32_t seq;
	struct place at;          /* the command or object */
	const struct ast_cmd *cmd;
	const struct ast_obj *obj;
	const struct ast_rule *rule; /* of a rule message; else NULL */
};

struct lower;
struct parse;

/* Borrowed: everything. The batch is begun; the caller ends it. */
struct lower *lower_new(struct arena *a, struct texts *t, struct diag *d, const struct type_ctx *types, const struct lower_env *env, struct bc_batch *out);
void lower_free(struct lower **l);
/* How folded rules are read (parse_unfold); NULL: there are none. */
void lower_parse(struct lower *l, struct parse *p);
/* Flags to add to every message that adds something: NLM_F_ECHO for -e. */
void lower_flags(struct lower *l, uint16_t flags);
/*
 * Of a set that merges, a few elements are put in their place by asking for those around them, not for all. What lies within an added range is then
 * not known: the target refuses it as an overlap. lower_guessed() says whether that may be, lower_whole() that all are to be read instead.
 */
bool lower_guessed(const struct lower *l);
void lower_whole(struct lower *l);
/* Text of what is emitted, in the form of nft's --debug=netlink, appended to out; NULL: not wanted. */
void lower_debug(struct lower *l, struct buf *out);
/* add, create, insert, replace, delete, destroy, flush, rename, reset of objects: appended to the batch. 0, or -1 with the diag saying why. */
int lower_cmd(struct lower *l, const struct ast_cmd *cmd);
/*
 * The keys of `get element` and `reset element` as the target knows them, one by one: of an interval its first key, then (flag
 * NFT_SET_ELEM_INTERVAL_END) the one behind its last, which the last interval of all does not have. Nothing is emitted. 0, or -1 with the
 * diag saying why. e: valid during the call.
 */
typedef void lower_key_fn(void *ctx, const struct bc_elem *e, struct place at);
int lower_keys(struct lower *l, const struct ast_obj *o, lower_key_fn *fn, void *ctx);
/* The mark of a sequence number, or NULL. */
const struct lower_mark *lower_mark_of(const struct lower *l, uint32_t seq);

/*
 * The place in the text of what lies `off` bytes behind the start of message seq in the batch (NLMSGERR_ATTR_OFFS): a name, a statement, an
 * element; where nothing better is known, the command's. off 0: the command's.
 */
struct place lower_place(const struct lower *l, const struct bc_batch *b, uint32_t seq, uint32_t off);

/*
 * Lowers one rule of a table by itself (tests, expressions by the way back's round-trip check).
 */
struct bc_expr *lower_rule(struct lower *l, uint8_t family, const char *table, const struct ast_rule *r);

#endif
