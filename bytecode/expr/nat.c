/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "nat". See nat.h; net/netfilter/nft_nat.c. */
#include "bytecode/expr/nat.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_nat

static const struct bc_attr attrs[] = {
	A(NFTA_NAT_TYPE, BC_BE32, type),
	A(NFTA_NAT_FAMILY, BC_BE32, family),
	A(NFTA_NAT_REG_ADDR_MIN, BC_BE32, reg_addr_min),
	A(NFTA_NAT_REG_ADDR_MAX, BC_BE32, reg_addr_max),
	A(NFTA_NAT_REG_PROTO_MIN, BC_BE32, reg_proto_min),
	A(NFTA_NAT_REG_PROTO_MAX, BC_BE32, reg_proto_max),
	A(NFTA_NAT_FLAGS, BC_BE32, flags, .flags = BC_A_MASK, .max = NF_NAT_RANGE_ALL),
};

static const char *const types[] = { "snat", "dnat" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "nat %s %s", BC_NAME(types, e->type), bc_text_family(e->family));
	bc_text_opt(out, BC_HAS(e, NFTA_NAT_REG_ADDR_MIN), " addr_min reg ", e->reg_addr_min);
	bc_text_opt(out, BC_HAS(e, NFTA_NAT_REG_ADDR_MAX), " addr_max reg ", e->reg_addr_max);
	bc_text_opt(out, BC_HAS(e, NFTA_NAT_REG_PROTO_MIN), " proto_min reg ", e->reg_proto_min);
	bc_text_opt(out, BC_HAS(e, NFTA_NAT_REG_PROTO_MAX), " proto_max reg ", e->reg_proto_max);
	if (BC_HAS(e, NFTA_NAT_FLAGS))
		buf_printf(out, " flags 0x%x", e->flags);
}

BC_EXPR_TYPE(nat, "nat");
