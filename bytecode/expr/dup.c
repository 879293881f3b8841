/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "dup". See dup.h; net/ipv4/netfilter/nft_dup_ipv4.c, net/netfilter/nft_dup_netdev.c. */
#include "bytecode/expr/dup.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_dup

static const struct bc_attr attrs[] = {
	A(NFTA_DUP_SREG_ADDR, BC_BE32, sreg_addr),
	A(NFTA_DUP_SREG_DEV, BC_BE32, sreg_dev),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_puts(out, "dup");
	bc_text_opt(out, BC_HAS(e, NFTA_DUP_SREG_ADDR), " sreg_addr ", e->sreg_addr);
	bc_text_opt(out, BC_HAS(e, NFTA_DUP_SREG_DEV), " sreg_dev ", e->sreg_dev);
}

BC_EXPR_TYPE(dup, "dup");
