/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "rt". See rt.h; net/netfilter/nft_rt.c. */
#include "bytecode/expr/rt.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_rt

static const struct bc_attr attrs[] = {
	A(NFTA_RT_KEY, BC_BE32, key, .max = 255),
	A(NFTA_RT_DREG, BC_BE32, dreg),
};

static const char *const keys[] = { "classid", "nexthop4", "nexthop6", "tcpmss", "ipsec" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "rt load %s => reg %u", BC_NAME(keys, e->key), e->dreg);
}

BC_EXPR_TYPE(rt, "rt");
