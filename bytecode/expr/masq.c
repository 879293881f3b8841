/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "masq". See masq.h; net/netfilter/nft_masq.c. */
#include "bytecode/expr/masq.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_masq

static const struct bc_attr attrs[] = {
	A(NFTA_MASQ_FLAGS, BC_BE32, flags, .flags = BC_A_MASK, .max = NF_NAT_RANGE_ALL),
	A(NFTA_MASQ_REG_PROTO_MIN, BC_BE32, reg_proto_min),
	A(NFTA_MASQ_REG_PROTO_MAX, BC_BE32, reg_proto_max),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_puts(out, "masq");
	bc_text_opt(out, BC_HAS(e, NFTA_MASQ_REG_PROTO_MIN), " proto_min reg ", e->reg_proto_min);
	bc_text_opt(out, BC_HAS(e, NFTA_MASQ_REG_PROTO_MAX), " proto_max reg ", e->reg_proto_max);
	if (BC_HAS(e, NFTA_MASQ_FLAGS))
		buf_printf(out, " flags 0x%x", e->flags);
}

BC_EXPR_TYPE(masq, "masq");
