/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "last": when a packet came here last. Reference: net/netfilter/nft_last.c. Times are whole milliseconds. */
#include "vm/engine.h"
#include "vm/expr/expr.h"
#include "vm/worker.h"

enum { NS_PER_MS = 1000000 };

struct state {
	_Atomic uint64_t at_ns; /* 0: never */
};

static void eval(void *state, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct state *s = state;

	atomic_store_explicit(&s->at_ns, pkt->w->now_ns ? pkt->w->now_ns : 1, memory_order_relaxed);
}

static int init(struct expr_build *b, void *state, const void *body, bool element)
{
	const struct bc_last *x = body;
	struct state *s = state;
	uint64_t now = vm_now(b->e), ago;

	if (!x->set)
		return 0;
	if (__builtin_mul_overflow(x->msecs, (uint64_t)NS_PER_MS, &ago) || ago >= now)
		s->at_ns = 1;
	else
		s->at_ns = now - ago;
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
	uint64_t at = s->at_ns, now = vm_now(e);

	BC_SET(x, NFTA_LAST_SET, set, at && at <= now);
	BC_SET(x, NFTA_LAST_MSECS, msecs, at && at <= now ? (now - at) / NS_PER_MS : 0);
}

static const struct vm_stateful_ops ops = { .size = sizeof(struct state), .init = init, .clone = clone, .eval = eval, .dump = dump };

const struct vm_expr vm_expr_last = {
	.name = "last", .kernel_size = 8, .build = expr_stateful_build, .exec = expr_stateful_exec, .dump = expr_stateful_dump,
	.destroy = expr_stateful_destroy, .stateful = &ops,
};
