/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "numgen". See numgen.h; net/netfilter/nft_numgen.c. */
#include "bytecode/expr/numgen.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_numgen

static const struct bc_attr attrs[] = {
	A(NFTA_NG_DREG, BC_BE32, dreg),
	A(NFTA_NG_MODULUS, BC_BE32, modulus),
	A(NFTA_NG_TYPE, BC_BE32, type),
	A(NFTA_NG_OFFSET, BC_BE32, offset),
};

static const char *const types[] = { "inc", "random" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "numgen reg %u = %s mod %u", e->dreg, BC_NAME(types, e->type), e->modulus);
	bc_text_opt(out, e->offset, " offset ", e->offset);
}

BC_EXPR_TYPE(numgen, "numgen");
