/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "connlimit". See connlimit.h; net/netfilter/nft_connlimit.c. */
#include "bytecode/expr/connlimit.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_connlimit

static const struct bc_attr attrs[] = {
	A(NFTA_CONNLIMIT_COUNT, BC_BE32, count),
	A(NFTA_CONNLIMIT_FLAGS, BC_BE32, flags),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "connlimit count %u flags %x", e->count, e->flags);
}

BC_EXPR_TYPE(connlimit, "connlimit");
