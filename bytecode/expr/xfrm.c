/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "xfrm". See xfrm.h; net/netfilter/nft_xfrm.c. */
#include "bytecode/expr/xfrm.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_xfrm

static const struct bc_attr attrs[] = {
	A(NFTA_XFRM_KEY, BC_BE32, key, .max = 255),
	A(NFTA_XFRM_DIR, BC_U8, dir),
	A(NFTA_XFRM_SPNUM, BC_BE32, spnum, .max = 255),
	A(NFTA_XFRM_DREG, BC_BE32, dreg),
};

static const char *const dirs[] = { "in", "out" };
static const char *const keys[] = { NULL, "daddr4", "daddr6", "saddr4", "saddr6", "reqid", "spi" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "xfrm load %s %u %s => reg %u", BC_NAME(dirs, e->dir), e->spnum, BC_NAME(keys, e->key), e->dreg);
}

BC_EXPR_TYPE(xfrm, "xfrm");
