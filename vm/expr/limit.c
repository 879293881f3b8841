/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "limit": a token bucket. Reference: net/netfilter/nft_limit.c.
 *
 * The kernel keeps tokens (nanoseconds saved up) and the time of the last packet, under a lock. Here both are one word, the time at
 * which the bucket is full again: full = last + (max - tokens). At `now` there are max - (full - now) tokens, or max where full has
 * passed; a packet that may pass moves full by its cost:
 *
 *     10/second burst 5: cost 100 ms, max 500 ms.   full = 0; at 1000 ms: → 1100, 1200, … 1500; the sixth would leave -100 tokens:
 * over.
 */
#include <errno.h>

#include "vm/expr/expr.h"
#include "vm/worker.h"

enum { NS_PER_S = 1000000000, BURST_DEFAULT = 5 };

struct state {
	uint64_t rate, nsecs, max;
	uint64_t cost; /* of a packet; bytes: 0 */
	uint32_t burst;
	bool bytes, invert;
	_Atomic uint64_t full; /* ns, the packets' clock */
};

/* Takes the cost, or leaves everything as it is and returns false. */
static bool spend(struct state *s, uint64_t now, uint64_t cost)
{
	uint64_t full = atomic_load_explicit(&s->full, memory_order_relaxed), from;

	do {
		from = full > now ? full : now;
		if ((int64_t)(s->max - (from - now) - cost) < 0)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(&s->full, &full, from + cost, memory_order_relaxed, memory_order_relaxed));
	return true;
}

static void eval(void *state, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct state *s = state;
	uint64_t cost = s->bytes ? s->nsecs * vm_pkt_len(pkt) / s->rate : s->cost;

	if (spend(s, pkt->w->now_ns, cost) == s->invert)
		vm_break(regs);
}

static int set_rate(struct state *s, const struct bc_limit *x)
{
	uint64_t sum;

	s->rate = x->rate;
	if (!s->rate)
		return -EINVAL;
	if (__builtin_mul_overflow(x->unit, (uint64_t)NS_PER_S, &s->nsecs))
		return -EOVERFLOW;
	s->burst = x->burst;
	if (!s->bytes && !s->burst)
		s->burst = BURST_DEFAULT;
	if (__builtin_add_overflow(s->rate, (uint64_t)s->burst, &sum))
		return -EOVERFLOW;
	if (!s->bytes) {
		s->cost = s->nsecs / s->rate;
		return __builtin_mul_overflow(s->cost, (uint64_t)s->burst, &s->max) ? -EOVERFLOW : 0;
	}
	if (__builtin_mul_overflow(s->nsecs, sum, &s->max))
		return -EOVERFLOW;
	s->max /= s->rate;
	return 0;
}

static int precheck(struct expr_build *b, const void *body)
{
	return ((const struct bc_limit *)body)->type > NFT_LIMIT_PKT_BYTES ? -EOPNOTSUPP : 0;
}

static int init(struct expr_build *b, void *state, const void *body, bool element)
{
	const struct bc_limit *x = body;
	struct state *s = state;
	int err = precheck(b, body);

	if (err)
		return err;
	if (!BC_HAS(x, NFTA_LIMIT_RATE) || !BC_HAS(x, NFTA_LIMIT_UNIT))
		return -EINVAL;
	s->bytes = x->type == NFT_LIMIT_PKT_BYTES;
	err = set_rate(s, x);
	if (err)
		return err;
	if (x->flags & ~(uint32_t)NFT_LIMIT_F_INV)
		return -EOPNOTSUPP;
	s->invert = x->flags & NFT_LIMIT_F_INV;
	return 0;
}

static void clone(void *to, const void *from)
{
	struct state *s = to;

	memcpy(s, from, sizeof(*s));
	atomic_store_explicit(&s->full, 0, memory_order_relaxed);
}

static void dump(struct vm_engine *e, void *state, struct arena *a, void *body, bool reset)
{
	const struct state *s = state;
	struct bc_limit *x = body;

	BC_SET(x, NFTA_LIMIT_RATE, rate, s->rate);
	BC_SET(x, NFTA_LIMIT_UNIT, unit, s->nsecs / NS_PER_S);
	BC_SET(x, NFTA_LIMIT_BURST, burst, s->burst);
	BC_SET(x, NFTA_LIMIT_TYPE, type, s->bytes ? NFT_LIMIT_PKT_BYTES : NFT_LIMIT_PKTS);
	BC_SET(x, NFTA_LIMIT_FLAGS, flags, s->invert ? NFT_LIMIT_F_INV : 0);
}

static bool same(const void *a, const void *b)
{
	return ((const struct state *)a)->bytes == ((const struct state *)b)->bytes;
}

static const struct vm_stateful_ops ops = {
	.size = sizeof(struct state),
	.object = NFT_OBJECT_LIMIT,
	.init = init,
	.clone = clone,
	.eval = eval,
	.dump = dump,
	.same = same,
};

const struct vm_expr vm_expr_limit = {
	.name = "limit",
	.kernel_size = 56,
	.precheck = precheck,
	.build = expr_stateful_build,
	.exec = expr_stateful_exec,
	.dump = expr_stateful_dump,
	.destroy = expr_stateful_destroy,
	.stateful = &ops,
};
