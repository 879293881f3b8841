/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "last". See last.h; net/netfilter/nft_last.c. */
#include "bytecode/expr/last.h"
#include "bytecode/table.h"
#include "bytecode/text.h"
#include <inttypes.h>

#define T struct bc_last

static const struct bc_attr attrs[] = {
	A(NFTA_LAST_SET, BC_BE32, set),
	A(NFTA_LAST_MSECS, BC_BE64, msecs),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	if (!e->set)
		buf_puts(out, "last never");
	else
		buf_printf(out, "last %" PRIu64, e->msecs);
}

BC_EXPR_TYPE(last, "last");
