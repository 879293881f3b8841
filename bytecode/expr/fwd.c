/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "fwd". See fwd.h; net/netfilter/nft_fwd_netdev.c. */
#include "bytecode/expr/fwd.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_fwd

static const struct bc_attr attrs[] = {
	A(NFTA_FWD_SREG_DEV, BC_BE32, sreg_dev),
	A(NFTA_FWD_SREG_ADDR, BC_BE32, sreg_addr),
	A(NFTA_FWD_NFPROTO, BC_BE32, nfproto, .max = 255),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_puts(out, "fwd");
	bc_text_opt(out, BC_HAS(e, NFTA_FWD_SREG_DEV), " sreg_dev ", e->sreg_dev);
	bc_text_opt(out, BC_HAS(e, NFTA_FWD_SREG_ADDR), " sreg_addr ", e->sreg_addr);
	bc_text_opt(out, BC_HAS(e, NFTA_FWD_NFPROTO), " nfproto ", e->nfproto);
}

BC_EXPR_TYPE(fwd, "fwd");
