/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of src/lower share: the state of a run, and a function for each kind of object. */
#ifndef NFVM_LOWER_LOWER_PRIV_H
#define NFVM_LOWER_LOWER_PRIV_H

#include <linux/netlink.h>

#include "src/lower/lower.h"
#include "src/lower/stmt.h"

enum { SET_BUCKETS = 1024 };

/* All sets of a family (NFPROTO_UNSPEC: of all), of a table, or one, have been emptied or deleted. */
struct wiped {
	struct wiped *next;
	uint8_t family;
	const char *table, *name;    /* NULL: all */
};

struct lower {
	struct arena *a;             /* what lives as long as the run: named sets */
	struct arena *scratch;       /* of one rule or list of elements: emptied when it has been emitted */
	unsigned depth;              /* rules being lowered, one within the other */
	struct texts *texts;
	struct diag *d;
	const struct type_ctx *types;
	const struct lower_env *env;
	struct bc_batch *out;
	struct buf *debug;           /* text of what is emitted; NULL: not wanted */
	uint16_t flags;              /* NLM_F_* of every message */
	struct parse *parse;         /* for folded rules */
	uint32_t set_id, chain_id;   /* last given */
	struct tset *sets[SET_BUCKETS];
	struct tset *first_set, *last_set; /* all of them, in order */
	struct lower_mark *marks;    /* of messages, in order of sequence numbers */
	uint32_t n_marks, cap_marks, first_seq;
	bool whole, guessed;         /* lower_whole(), lower_guessed() */
	struct wiped *wiped;         /* what this run has emptied or deleted */
	/* of the command being lowered, for marks */
	const struct ast_cmd *cmd;
	const struct ast_obj *obj;
	const struct ast_rule *rule;
	const struct ast_cmd *first_of_row; /* commands about the same set's elements are held back until their last; NULL: none is */
	/* of the rule being evaluated */
	struct eval *eval;
};

/* The family a handle means. */
static inline uint8_t family_of(const struct ast_handle *h)
{
	return h->family ? h->family : NFPROTO_IPV4;
}

/* Emits a message and marks where it came from. at: what errors point to where no attribute says better. */
uint32_t emit(struct lower *l, uint16_t type, uint8_t family, uint16_t flags, const struct bc_desc *d, const void *s, struct place at);
/* NLM_F_* that lower_flags() asks for, where the command adds something. */
uint16_t echo_flags(const struct lower *l);
/* A message that other code has written under this sequence number. */
void mark(struct lower *l, uint32_t seq, struct place at);

/* NLM_F_* of add, create, … */
uint16_t op_flags(enum ast_cmd_op op);
/* The NEW, DEL or DESTROY message of a kind for add, create, …, delete, destroy. */
uint16_t op_type(enum ast_cmd_op op, uint16_t new_type, uint16_t del_type, uint16_t destroy_type);

/* Userdata with a comment, of at most 128 characters; -1 with the diag saying why. Nothing where there is none. */
int comment_data(struct lower *l, const struct ast_opt *opts, uint8_t type, struct buf *out);
int put_comment(struct lower *l, const struct ast_opt *opts, uint8_t type, struct bc_bytes *out, bool *has);
/* Names of devices into a list of struct bc_device. */
int device_list(struct lower *l, const struct ast_expr *e, struct bc_node **out);
int priority_of(struct lower *l, uint8_t family, uint32_t hook, const char *name, int32_t num, struct place at, int32_t *out);

/* add, create, delete, destroy, … of one kind of object. */
int lower_table(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o);
int lower_chain(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o);
int lower_chain_rules(struct lower *l, const struct ast_obj *o);
int lower_rename_chain(struct lower *l, const struct ast_obj *o, const struct ast_expr *name);
int lower_rules(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o);
int lower_set(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o);
int lower_set_elements(struct lower *l, const struct ast_obj *o);
int lower_elements(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o);
int lower_flowtable(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o);
int lower_object(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o);
int lower_flush(struct lower *l, const struct ast_obj *o);

/* One rule into a chain (chain NULL: the one of chain_id). */
int lower_one_rule(struct lower *l, enum ast_cmd_op op, const struct ast_handle *h, const char *chain, uint32_t chain_id,
		   const struct ast_rule *r);
/* Where the n-th expression of a rule comes from. */
struct place rule_expr_place(struct lower *l, uint8_t family, const char *table, const struct ast_rule *r, uint32_t n);
/* Where the n-th element comes from that adding or deleting these sends. */
struct place element_place(struct lower *l, const struct ast_obj *o, const struct ast_cmd *cmd, uint32_t n);
/* Statements that the rule can do without, and matches that are one, after evaluation. */
void rule_reduce(struct eval *v);

/* ---- sets --------------------------------------------------------------------------------------- */

/* A named set, from this run or the target; NULL where there is none. */
struct tset *set_find(struct lower *l, uint8_t family, const char *table, const char *name);
/* Reports that there is none. */
void set_missing(struct lower *l, uint8_t family, const char *table, const char *name, struct place at);
void set_add(struct lower *l, struct tset *s);
/* Whatever elements these sets had are gone: table, name NULL: of all. */
void sets_wipe(struct lower *l, uint8_t family, const char *table, const char *name);
bool set_wiped(const struct lower *l, uint8_t family, const char *table, const char *name);
/* What the target says of a set, as a typed one. NULL: not understood. */
struct tset *set_from_target(struct lower *l, uint8_t family, const struct bc_set *b);
/* NEWSET of a set, and its elements where it is anonymous. */
int set_emit_anonymous(struct lower *l, struct tset *s);
struct tset *set_meter(struct lower *l, uint8_t family, const char *table, const struct ast_expr *name, const struct tx *key, uint32_t size,
		       bool timeout);
/* Fills the message of a set: its types, flags and userdata. extra: TLVs to add at the end. */
void set_message(struct lower *l, const struct tset *s, const char *comment, struct bc_set *b);

/* ---- elements: interval.c, merge.c, elements.c -------------------------------------------------------------- */

/*
 * Elements of a set of intervals in order, each with its end: in place. merge: those that touch or overlap become one.
 * first: the set has no elements before these. -1 with the diag saying where two are in conflict.
 */
int intervals_prepare(struct lower *l, const struct tset *s, struct telems *e, bool merge);
/*
 * Elements of a set that merges, in order, joined with those it has; purge: those to delete first. With create, what is there already stays in the
 * list.
 */
void merge_add(struct lower *l, struct tset *s, struct telems *list, bool create, struct telems *purge);
/* Elements to delete, made those that hold them; add: what is left of these, to add then. -1: one is not there, and the diag says so. */
int merge_delete(struct lower *l, struct tset *s, struct telems *list, bool destroy, struct telems *add);
void have_free(struct have *h);
/* Writes elements as messages: type NFT_MSG_NEWSETELEM, … */
int elems_emit(struct lower *l, const struct tset *s, const struct telems *e, uint16_t type, uint16_t flags, bool fresh, struct place at);

#endif
