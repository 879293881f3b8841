/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "flow_offload". See flow_offload.h; net/netfilter/nft_flow_offload.c. */
#include "bytecode/expr/flow_offload.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_flow_offload

static const struct bc_attr attrs[] = {
	A(NFTA_FLOW_TABLE_NAME, BC_STR, table, .max = NFT_NAME_MAXLEN - 1),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "flow_offload flowtable %s", e->table ? e->table : "");
}

BC_EXPR_TYPE(flow_offload, "flow_offload");
