/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "exthdr". See exthdr.h; net/netfilter/nft_exthdr.c. */
#include "bytecode/expr/exthdr.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_exthdr

static const struct bc_attr attrs[] = {
	A(NFTA_EXTHDR_DREG, BC_BE32, dreg),
	A(NFTA_EXTHDR_SREG, BC_BE32, sreg),
	A(NFTA_EXTHDR_TYPE, BC_U8, type),
	A(NFTA_EXTHDR_OFFSET, BC_BE32, offset),
	A(NFTA_EXTHDR_LEN, BC_BE32, len, .max = 255),
	A(NFTA_EXTHDR_OP, BC_BE32, op, .max = 255),
	A(NFTA_EXTHDR_FLAGS, BC_BE32, flags),
};

static const char *const names[] = { " ipv6", " tcpopt", " ipv4" };

/* Chunks of SCTP and options of DCCP have no name. */
static const char *op_name(uint32_t op)
{
	return op < ARRAY_SIZE(names) ? names[op] : "";
}

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	if (BC_HAS(e, NFTA_EXTHDR_DREG))
		buf_printf(out, "exthdr load%s %ub @ %u + %u%s => reg %u", op_name(e->op), e->len, e->type, e->offset,
			   e->flags & NFT_EXTHDR_F_PRESENT ? " present" : "", e->dreg);
	else if (BC_HAS(e, NFTA_EXTHDR_SREG))
		buf_printf(out, "exthdr write%s reg %u => %ub @ %u + %u", op_name(e->op), e->sreg, e->len, e->type, e->offset);
	else if (e->op == NFT_EXTHDR_OP_TCPOPT && e->len == 0)
		buf_printf(out, "exthdr reset tcpopt %u", e->type);
	else
		buf_printf(out, "exthdr op %u len %u type %u offset %u", e->op, e->len, e->type, e->offset);
}

BC_EXPR_TYPE(exthdr, "exthdr");
