/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "last": when a packet last came by. Reference: net/netfilter/nft_last.c.
 *
 * Concurrency: the time is one atomic word, stored by each packet; so is `set`, by the first.
 */
#include <errno.h>

#include "vm/expr/hot.h"

#define NS_PER_MS UINT64_C(1000000)

struct state {
	_Atomic int64_t at_ns; /* may lie before the clock's beginning */
	_Atomic uint32_t set;  /* 0: never; else told as it was given */
};

static void eval(void *state, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct state *s = state;

	atomic_store_explicit(&s->at_ns, (int64_t)pkt->w->now_ns, memory_order_relaxed);
	if (!atomic_load_explicit(&s->set, memory_order_relaxed))
		atomic_store_explicit(&s->set, 1, memory_order_relaxed);
}

static int init(struct expr_build *b, void *state, const void *body, bool element)
{
	const struct bc_last *x = body;
	struct state *s = state;

	s->set = x->set;
	if (!x->set || !BC_HAS(x, NFTA_LAST_MSECS))
		return 0;
	if (x->msecs >= UINT64_MAX / NS_PER_MS)
		return -ERANGE;
	s->at_ns = (int64_t)(vm_now(b->e) - x->msecs * NS_PER_MS);
	return 0;
}

static void clone(void *to, const void *from)
{
	const struct state *f = from;
	struct state *s = to;

	s->at_ns = f->at_ns;
	s->set = f->set;
}

static void dump(struct vm_engine *e, void *state, struct arena *a, void *body, bool reset)
{
	struct state *s = state;
	struct bc_last *x = body;
	int64_t at = s->at_ns, now = (int64_t)vm_now(e);

	if (at > now)
		s->set = 0;
	BC_SET(x, NFTA_LAST_SET, set, s->set);
	BC_SET(x, NFTA_LAST_MSECS, msecs, s->set ? (uint64_t)(now - at) / NS_PER_MS : 0);
}

static const struct vm_stateful_ops ops = {
	.size = sizeof(struct state), .init = init, .clone = clone, .eval = eval, .dump = dump,
};

const struct vm_expr vm_expr_last = {
	.name = "last", .kernel_size = 8, .build = expr_stateful_build, .exec = expr_stateful_exec, .dump = expr_stateful_dump,
	.destroy = expr_stateful_destroy, .stateful = &ops,
};
