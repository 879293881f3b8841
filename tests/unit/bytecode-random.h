/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random structs of any table, and what tests do with them. */
#ifndef NFVM_TESTS_BYTECODE_RANDOM_H
#define NFVM_TESTS_BYTECODE_RANDOM_H

#include "bytecode/msg.h"

/* $SEED, or of the clock; printed as a TAP comment, so that a failure can be repeated. */
void rnd_seed(void);
uint32_t rnd(uint32_t below);
struct rnd_opts {
	struct arena *arena;
	bool tame;                              /* only what libnftnl can hold */
	bool full;                              /* every attribute, with numbers that mostly mean something */
	bool (*skip)(const char *desc, const char *attr); /* attributes to leave out, or NULL */
};
/* A struct of d->size bytes in the arena. */
void *rnd_struct(const struct rnd_opts *o, const struct bc_desc *d);
/* One expression of a type. */
struct bc_expr *rnd_expr(const struct rnd_opts *o, const char *name);
extern const char *const rnd_expr_names[];
extern const size_t rnd_expr_count;

/* Whether two structs say the same; else where they first differ, in *where. */
bool same_struct(const struct bc_desc *d, const void *a, const void *b, const char **where);

#endif
