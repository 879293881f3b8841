/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "hash". See hash.h; net/netfilter/nft_hash.c. */
#include "bytecode/expr/hash.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_hash

static const struct bc_attr attrs[] = {
	A(NFTA_HASH_SREG, BC_BE32, sreg),
	A(NFTA_HASH_DREG, BC_BE32, dreg),
	A(NFTA_HASH_LEN, BC_BE32, len, .max = 255),
	A(NFTA_HASH_MODULUS, BC_BE32, modulus),
	A(NFTA_HASH_SEED, BC_BE32, seed),
	A(NFTA_HASH_OFFSET, BC_BE32, offset),
	A(NFTA_HASH_TYPE, BC_BE32, type),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	if (e->type == NFT_HASH_SYM)
		buf_printf(out, "hash reg %u = symhash() %% mod %u", e->dreg, e->modulus);
	else
		buf_printf(out, "hash reg %u = jhash(reg %u, %u, 0x%x) %% mod %u", e->dreg, e->sreg, e->len, e->seed, e->modulus);
	bc_text_opt(out, e->offset, " offset ", e->offset);
}

BC_EXPR_TYPE(hash, "hash");
