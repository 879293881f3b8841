/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "last": when a packet last came by. Reference: net/netfilter/nft_last.c.
 *
 * Concurrency: the time is one atomic word, stored by each packet.
 */
#include <errno.h>

#include "vm/expr/hot.h"

#define NS_PER_MS UINT64_C(1000000)
#define NEVER     INT64_MIN

struct state {
	_Atomic int64_t at_ns; /* may lie before the clock's beginning */
};

static void eval(void *state, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct state *s = state;

	atomic_store_explicit(&s->at_ns, (int64_t)pkt->w->now_ns, memory_order_relaxed);
}

static int init(struct expr_build *b, void *state, const void *body, bool element)
{
	const struct bc_last *x = body;
	struct state *s = state;

	s->at_ns = NEVER;
	if (!x->set || !BC_HAS(x, NFTA_LAST_MSECS))
		return 0;
	if (x->msecs >= UINT64_MAX / NS_PER_MS)
		return -ERANGE;
	if (x->msecs < INT64_MAX / NS_PER_MS)
		s->at_ns = (int64_t)vm_now(b->e) - (int64_t)(x->msecs * NS_PER_MS);
	return 0;
}

static void clone(void *to, const void *from)
{
	((struct state *)to)->at_ns = ((const struct state *)from)->at_ns;
}

static void dump(struct vm_engine *e, void *state, struct arena *a, void *body, bool reset)
{
	struct state *s = state;
	struct bc_last *x = body;
	int64_t at = s->at_ns, now = (int64_t)vm_now(e);
	bool set = at != NEVER && at <= now;

	BC_SET(x, NFTA_LAST_SET, set, set);
	BC_SET(x, NFTA_LAST_MSECS, msecs, set ? (uint64_t)(now - at) / NS_PER_MS : 0);
}

static const struct vm_stateful_ops ops = {
	.size = sizeof(struct state), .init = init, .clone = clone, .eval = eval, .dump = dump,
};

const struct vm_expr vm_expr_last = {
	.name = "last", .kernel_size = 8, .build = expr_stateful_build, .exec = expr_stateful_exec, .dump = expr_stateful_dump,
	.destroy = expr_stateful_destroy, .stateful = &ops,
};
