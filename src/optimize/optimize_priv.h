/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the optimizer: rules as columns of constants, and groups of them. See optimize.h. */
#ifndef NFVM_OPTIMIZE_OPTIMIZE_PRIV_H
#define NFVM_OPTIMIZE_OPTIMIZE_PRIV_H

#include "src/lower/lower.h"
#include "src/optimize/optimize.h"
#include "src/types/typed.h"

enum {
	MAX_COLUMNS = 8,     /* fields that a rule compares */
	MAX_SELECTORS = 256, /* fields that a chain compares */
	MAX_PRODUCT = 256,   /* elements that a rule becomes */
};

/* What rules of the text may change while a packet is in a chain. */
enum { CHANGES_PACKET = 1, CHANGES_META = 2, CHANGES_CT = 4, CHANGES_ALL = 7 };

struct optimizer {
	struct arena *a;
	struct texts *texts;
	const struct type_ctx *types;
	struct buf *said;
	unsigned changes; /* CHANGES_*: of what can be reached by a jump */
	uint8_t family;   /* of the table at hand */
	const char *table;
	const struct ast_expr *selectors[MAX_SELECTORS]; /* fields of the chain at hand, in the order of their first use */
	unsigned n_selectors;
};

/* A constant, and the numbers it stands for, both ends included. */
struct value {
	const struct ast_expr *e;
	u128 lo, hi;
};

/* A field and the constants of which one must be its value. */
struct column {
	unsigned selector; /* in optimizer.selectors */
	const struct ast_expr *field;
	struct value *v;
	unsigned n;
};

/* A rule that compares fields with constants, then does something: */
struct shape {
	struct ast_rule *rule;
	struct column col[MAX_COLUMNS]; /* by selector */
	unsigned n_cols;
	bool counts;                    /* a counter stands directly behind the matches */
	const struct ast_stmt *tail;    /* what stands behind that, up to the verdict */
	const struct ast_expr *verdict; /* or NULL */
	const struct ast_expr **data;   /* a verdict map of one field: the elements themselves; else NULL */
};

/* False: a rule that cannot be merged with any. */
bool shape_of(struct optimizer *o, struct ast_rule *r, struct shape *out);
/* Statements that are the same, names and constants and all. */
bool same_tail(const struct ast_stmt *a, const struct ast_stmt *b);
bool same_verdict(const struct ast_expr *a, const struct ast_expr *b);
/* The rule ends the packet's way through the chain, once it holds. */
bool ends_chain(const struct shape *s);

/* fields.c */
/* The number of a field among those of the chain; -1: it cannot be merged, since it is not only read or its value is not the same
 * twice. */
int selector_of(struct optimizer *o, const struct ast_expr *field);
/* The constants on the right side of a relation. False where they are none, or are compared by other means than equality. */
bool values_of(struct optimizer *o, const struct ast_expr *field, const struct ast_expr *rel, struct column *out);
bool key_of(struct optimizer *o, const struct ast_expr *field, const struct ast_expr *key, struct value *out);
/* The same value also behind a jump. */
bool is_steady(const struct optimizer *o, const struct ast_expr *field);
bool same_expr(const struct ast_expr *a, const struct ast_expr *b);

/* Rules that become one. */
struct group {
	struct shape *s;
	unsigned n;
	bool uniform;  /* all have the same verdict */
	bool ranged;   /* some constant of the first column is a range */
	bool touching; /* some constants of it lie side by side */
};

/* s has room. */
void group_add(struct group *g, const struct shape *s);

/* True if the rule behind the group may join it. */
bool group_takes(struct optimizer *o, const struct group *g, const struct shape *s);
/* True if no packet holds for both. */
bool are_disjoint(const struct shape *a, const struct shape *b);
/* True if both ask for the same. */
bool are_equal(const struct shape *a, const struct shape *b);

/* A kind of merge: the statements that replace the matches and verdict of a group. NULL: not this kind. */
struct merge {
	const char *name;
	struct ast_stmt *(*build)(struct optimizer *o, const struct group *g);
};
extern const struct merge merge_set, merge_vmap, merge_maps;

/* elements.c: the elements of a group, one for each combination of constants of each rule; data: with their verdicts. */
struct ast_expr *group_key(struct optimizer *o, const struct group *g);
struct ast_expr *group_elements(struct optimizer *o, const struct group *g, bool data);

#endif
