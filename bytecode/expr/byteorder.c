/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "byteorder". See byteorder.h; net/netfilter/nft_byteorder.c. */
#include "bytecode/expr/byteorder.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_byteorder

static const struct bc_attr attrs[] = {
	A(NFTA_BYTEORDER_SREG, BC_BE32, sreg),
	A(NFTA_BYTEORDER_DREG, BC_BE32, dreg),
	A(NFTA_BYTEORDER_OP, BC_BE32, op, .max = 255),
	A(NFTA_BYTEORDER_LEN, BC_BE32, len, .max = 255),
	A(NFTA_BYTEORDER_SIZE, BC_BE32, size, .max = 255),
};

static const char *const ops[] = { "ntoh", "hton" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "byteorder reg %u = %s(reg %u, %u, %u)", e->dreg, BC_NAME(ops, e->op), e->sreg, e->size, e->len);
}

BC_EXPR_TYPE(byteorder, "byteorder");
