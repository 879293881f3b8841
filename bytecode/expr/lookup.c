/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "lookup". See lookup.h; net/netfilter/nft_lookup.c. */
#include "bytecode/expr/lookup.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_lookup

static const struct bc_attr attrs[] = {
	A(NFTA_LOOKUP_SREG, BC_BE32, sreg),
	A(NFTA_LOOKUP_DREG, BC_BE32, dreg),
	A(NFTA_LOOKUP_SET, BC_STR, set, .max = NFT_SET_MAXNAMELEN - 1),
	A(NFTA_LOOKUP_SET_ID, BC_BE32, set_id),
	A(NFTA_LOOKUP_FLAGS, BC_BE32, flags, .flags = BC_A_MASK, .max = NFT_LOOKUP_F_INV),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "lookup reg %u set %s", e->sreg, e->set ? e->set : "");
	bc_text_opt(out, BC_HAS(e, NFTA_LOOKUP_DREG), " dreg ", e->dreg);
	if (BC_HAS(e, NFTA_LOOKUP_FLAGS))
		buf_printf(out, " 0x%x", e->flags);
}

BC_EXPR_TYPE(lookup, "lookup");
