/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "cmp". See cmp.h; net/netfilter/nft_cmp.c. */
#include "bytecode/expr/cmp.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_cmp

static const struct bc_attr attrs[] = {
	A(NFTA_CMP_SREG, BC_BE32, sreg),
	A(NFTA_CMP_OP, BC_BE32, op),
	A(NFTA_CMP_DATA, BC_DATA, data, .max = BC_DATA_ANY),
};

static const char *const ops[] = { "eq", "neq", "lt", "lte", "gt", "gte" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "cmp %s reg %u", BC_NAME(ops, e->op), e->sreg);
	bc_text_value(out, &e->data);
}

BC_EXPR_TYPE(cmp, "cmp");
