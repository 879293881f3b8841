/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Typed expressions to expressions of the bytecode. A `struct gen` writes one rule's list (or a set element's); each expression family has
 * its load_NAME.c, each statement its stmt_NAME.c.
 *
 * Registers are counted in words of four bytes and handed out as a stack: gen_reg() takes, gen_free() gives back. A value takes four
 * words, a concatenation as many as its parts have.
 */
#ifndef NFVM_LOWER_GEN_H
#define NFVM_LOWER_GEN_H

#include "bytecode/expr.h"
#include "bytecode/nf.h"
#include "src/types/typed.h"

typedef void gen_placed_fn(void *ctx, const struct bc_expr *e, struct place at);

struct gen {
	struct arena *a;
	uint8_t family;
	const char *table;
	struct bc_expr *first, **tail;
	uint32_t reg;                 /* first free word */
	/* The place of each expression, for errors from the target; NULL: not wanted. */
	gen_placed_fn *placed;
	void *ctx;
	struct place at;              /* of what is being written */
};

enum { GEN_VERDICT = UINT32_MAX };    /* instead of a word: the verdict register */

void gen_init(struct gen *g, struct arena *a, uint8_t family, const char *table);
/* A new expression; returns its body. */
void *gen_add(struct gen *g, const char *name);

/* Words for e (NULL: for one value). */
uint32_t gen_reg(struct gen *g, const struct tx *e);
void gen_free(struct gen *g, uint32_t word);
/* The register's number on the wire. */
uint32_t gen_wire(uint32_t word);
/* Words that e takes. */
uint32_t gen_words(const struct tx *e);

/* Loads, computes or looks up e into a register. */
void gen_expr(struct gen *g, const struct tx *e, uint32_t word);
/* Ends the rule unless the relation holds. */
void gen_rel(struct gen *g, const struct trel *r);
/* The key, and the lookup that ends in the verdict register. */
void gen_vmap(struct gen *g, const struct tx *map);
void gen_lookup(struct gen *g, const struct tset *s, uint32_t sreg, const uint32_t *dreg, bool invert);
void gen_immediate(struct gen *g, const struct tx *value, uint32_t word);
void gen_verdict(struct gen *g, const struct tx *verdict);
/* Loads e as an argument of a statement; returns its register on the wire. */
uint32_t gen_arg(struct gen *g, const struct tx *e);

/* Bytes of a constant as they lie in a register; upper: of a range or prefix its last. */
struct bc_data gen_data(struct gen *g, const struct tx *e, bool upper);
struct bc_data gen_bytes(struct gen *g, u128 v, uint32_t bytes, enum byteorder bo, bool text_host);
/* (register & mask) ^ xor; NFTA_BITWISE_OP is left to the caller, since nft sends it for some only. */
struct bc_bitwise *gen_bitwise(struct gen *g, uint32_t word, uint32_t bytes, enum byteorder bo, u128 mask, u128 xor);

/* What a family loads: load_NAME.c. sreg of store: what to write. */
struct load_type {
	void (*load)(struct gen *g, const struct tx *e, uint32_t word);
};
extern const struct load_type load_payload, load_exthdr, load_meta, load_ct, load_rt, load_socket, load_osf, load_fib, load_xfrm, load_numgen,
	load_hash, load_tunnel;

#endif
