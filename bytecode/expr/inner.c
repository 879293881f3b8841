/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "inner". See inner.h; net/netfilter/nft_inner.c. */
#include "bytecode/expr/inner.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_inner

static const struct bc_attr attrs[] = {
	A(NFTA_INNER_NUM, BC_BE32, num),
	A(NFTA_INNER_TYPE, BC_BE32, type),
	A(NFTA_INNER_FLAGS, BC_BE32, flags),
	A(NFTA_INNER_HDRSIZE, BC_BE32, hdrsize),
	A(NFTA_INNER_EXPR, BC_EXPR, expr),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "inner type %u hdrsize %u flags %x [", e->type, e->hdrsize, e->flags);
	if (e->expr) {
		buf_putc(out, ' ');
		e->expr->type->dump(out, e->expr->body);
	}
	buf_puts(out, " ]");
}

BC_EXPR_TYPE(inner, "inner");
