/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "reject". See reject.h; net/netfilter/nft_reject.c. */
#include "bytecode/expr/reject.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_reject

static const struct bc_attr attrs[] = {
	A(NFTA_REJECT_TYPE, BC_BE32, type, .max = 255),
	A(NFTA_REJECT_ICMP_CODE, BC_U8, icmp_code),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "reject type %u code %u", e->type, e->icmp_code);
}

BC_EXPR_TYPE(reject, "reject");
