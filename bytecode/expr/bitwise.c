/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "bitwise". See bitwise.h; net/netfilter/nft_bitwise.c. */
#include "bytecode/expr/bitwise.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_bitwise

static const struct bc_attr attrs[] = {
	A(NFTA_BITWISE_SREG, BC_BE32, sreg),
	A(NFTA_BITWISE_SREG2, BC_BE32, sreg2),
	A(NFTA_BITWISE_DREG, BC_BE32, dreg),
	A(NFTA_BITWISE_OP, BC_BE32, op, .max = 255),
	A(NFTA_BITWISE_LEN, BC_BE32, len),
	A(NFTA_BITWISE_MASK, BC_DATA, mask, .max = BC_DATA_ANY),
	A(NFTA_BITWISE_XOR, BC_DATA, xor, .max = BC_DATA_ANY),
	A(NFTA_BITWISE_DATA, BC_DATA, data, .max = BC_DATA_ANY),
};

static const char *const ops[] = { "&", "<<", ">>", "&", "|", "^" };

/* A shift's count is a number in host order, whatever the value's own order. */
static void dump_count(struct buf *out, const struct bc_data *v)
{
	struct bc_data count = *v;

	count.host_order = 1;
	bc_text_value(out, &count);
}

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "bitwise reg %u = ( reg %u %s", e->dreg, e->sreg, BC_NAME(ops, e->op));
	if (e->op == NFT_BITWISE_MASK_XOR) {
		bc_text_value(out, &e->mask);
		buf_puts(out, " ) ^");
		bc_text_value(out, &e->xor);
		return;
	}
	if (BC_HAS(e, NFTA_BITWISE_SREG2))
		buf_printf(out, " reg %u", e->sreg2);
	else if (e->op == NFT_BITWISE_LSHIFT || e->op == NFT_BITWISE_RSHIFT)
		dump_count(out, &e->data);
	else
		bc_text_value(out, &e->data);
	buf_puts(out, " )");
}

BC_EXPR_TYPE(bitwise, "bitwise");
