/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "counter". See counter.h; net/netfilter/nft_counter.c. */
#include "bytecode/expr/counter.h"
#include "bytecode/table.h"
#include "bytecode/text.h"
#include <inttypes.h>

#define T struct bc_counter

static const struct bc_attr attrs[] = {
	A(NFTA_COUNTER_BYTES, BC_BE64, bytes),
	A(NFTA_COUNTER_PACKETS, BC_BE64, packets),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "counter pkts %" PRIu64 " bytes %" PRIu64, e->packets, e->bytes);
}

BC_EXPR_TYPE(counter, "counter");
