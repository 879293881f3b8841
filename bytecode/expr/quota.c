/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "quota". See quota.h; net/netfilter/nft_quota.c. */
#include "bytecode/expr/quota.h"
#include "bytecode/table.h"
#include "bytecode/text.h"
#include <inttypes.h>

#define T struct bc_quota

static const struct bc_attr attrs[] = {
	A(NFTA_QUOTA_BYTES, BC_BE64, bytes),
	A(NFTA_QUOTA_CONSUMED, BC_BE64, consumed),
	A(NFTA_QUOTA_FLAGS, BC_BE32, flags),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "quota bytes %" PRIu64 " consumed %" PRIu64 " flags %u", e->bytes, e->consumed, e->flags);
}

BC_EXPR_TYPE(quota, "quota");
