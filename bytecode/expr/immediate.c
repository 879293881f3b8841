/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "immediate". See immediate.h; net/netfilter/nft_immediate.c. */
#include "bytecode/expr/immediate.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_immediate

static const struct bc_attr attrs[] = {
	A(NFTA_IMMEDIATE_DREG, BC_BE32, dreg),
	A(NFTA_IMMEDIATE_DATA, BC_DATA, data, .max = BC_DATA_ANY),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "immediate reg %u", e->dreg);
	bc_text_value(out, &e->data);
}

BC_EXPR_TYPE(immediate, "immediate");
