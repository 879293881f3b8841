/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "queue". See queue.h; net/netfilter/nft_queue.c. */
#include "bytecode/expr/queue.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_queue

static const struct bc_attr attrs[] = {
	A(NFTA_QUEUE_NUM, BC_BE16, num),
	A(NFTA_QUEUE_TOTAL, BC_BE16, total),
	A(NFTA_QUEUE_FLAGS, BC_BE16, flags),
	A(NFTA_QUEUE_SREG_QNUM, BC_BE32, sreg_qnum),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_puts(out, "queue");
	if (BC_HAS(e, NFTA_QUEUE_NUM)) {
		buf_printf(out, " num %u", e->num);
		if (e->total > 1)
			buf_printf(out, "-%u", (unsigned)e->num + e->total - 1);
	}
	bc_text_opt(out, BC_HAS(e, NFTA_QUEUE_SREG_QNUM), " sreg_qnum ", e->sreg_qnum);
	if (e->flags & NFT_QUEUE_FLAG_BYPASS)
		buf_puts(out, " bypass");
	if (e->flags & NFT_QUEUE_FLAG_CPU_FANOUT)
		buf_puts(out, " fanout");
}

BC_EXPR_TYPE(queue, "queue");
