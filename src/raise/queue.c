/* SPDX-License-Identifier: GPL-2.0-or-later */
/* queue: to user space, a number, a range of them, or a computed one. */
#include "src/raise/rx.h"

static struct ast_expr *numbers(struct raise *r, const struct bc_queue *q)
{
	static const struct rtype num = { &type_integer, 16, BO_HOST, 0 };
	uint32_t total = q->total > 1 ? q->total : 1;

	if (BC_HAS(q, NFTA_QUEUE_SREG_QNUM))
		return raise_reg_use(r, q->sreg_qnum, &num);
	return raise_span(r, &num, q->num, q->num + total - 1);
}

static void raise_queue(struct raise *r, const void *body)
{
	const struct bc_queue *q = body;
	struct ast_expr *a = numbers(r, q);
	struct ast_stmt *s = raise_emit(r, "queue");

	s->a = a;
	if (q->flags & NFT_QUEUE_FLAG_BYPASS)
		raise_opt(r, s, "bypass", NULL);
	if (q->flags & NFT_QUEUE_FLAG_CPU_FANOUT)
		raise_opt(r, s, "fanout", NULL);
}

const struct raise_type raise_queue_type = { "queue", raise_queue };
