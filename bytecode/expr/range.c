/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "range". See range.h; net/netfilter/nft_range.c. */
#include "bytecode/expr/range.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_range

static const struct bc_attr attrs[] = {
	A(NFTA_RANGE_SREG, BC_BE32, sreg),
	A(NFTA_RANGE_OP, BC_BE32, op, .max = 255),
	A(NFTA_RANGE_FROM_DATA, BC_DATA, from, .max = BC_DATA_ANY),
	A(NFTA_RANGE_TO_DATA, BC_DATA, to, .max = BC_DATA_ANY),
};

static const char *const ops[] = { "eq", "neq" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "range %s reg %u", BC_NAME(ops, e->op), e->sreg);
	bc_text_value(out, &e->from);
	bc_text_value(out, &e->to);
}

BC_EXPR_TYPE(range, "range");
