/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "notrack". See notrack.h; net/netfilter/nft_ct.c, nft_notrack_ops. */
#include "bytecode/expr/notrack.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_notrack

static const struct bc_attr attrs[] = {
};

static void dump(struct buf *out, const void *body)
{
	buf_puts(out, "notrack");
}

BC_EXPR_TYPE(notrack, "notrack");
