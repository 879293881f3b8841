/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "quota": bytes until a bound, or beyond it. One atomic addition a packet. Reference: net/netfilter/nft_quota.c. */
#include <errno.h>

#include "vm/expr/expr.h"

enum { DEPLETED = 2 /* NFT_QUOTA_F_DEPLETED */ };

struct state {
	_Atomic uint64_t bytes, consumed;
	_Atomic bool invert;
};

static void eval(void *state, struct vm_regs *regs, struct vm_pkt *pkt)
{
	struct state *s = state;
	uint32_t len = vm_pkt_len(pkt);
	uint64_t used = atomic_fetch_add_explicit(&s->consumed, len, memory_order_relaxed) + len;
	bool over = used > atomic_load_explicit(&s->bytes, memory_order_relaxed);

	if (over != atomic_load_explicit(&s->invert, memory_order_relaxed))
		vm_break(regs);
}

static int init(struct expr_build *b, void *state, const void *body, bool element)
{
	const struct bc_quota *x = body;
	struct state *s = state;

	if (!BC_HAS(x, NFTA_QUOTA_BYTES))
		return -EINVAL;
	if (x->bytes > INT64_MAX)
		return -EOVERFLOW;
	if (x->consumed > x->bytes || x->flags & ~(uint32_t)NFT_QUOTA_F_INV)
		return -EINVAL;
	s->bytes = x->bytes;
	s->consumed = x->consumed;
	s->invert = x->flags & NFT_QUOTA_F_INV;
	return 0;
}

static void clone(void *to, const void *from)
{
	const struct state *f = from;
	struct state *s = to;

	s->bytes = f->bytes;
	s->consumed = f->consumed;
	s->invert = f->invert;
}

static void update(void *state, const void *from)
{
	const struct state *f = from;
	struct state *s = state;

	s->bytes = f->bytes;
	s->invert = f->invert;
}

/* What went beyond the bound is not told. */
static void dump(struct vm_engine *e, void *state, struct arena *a, void *body, bool reset)
{
	struct state *s = state;
	struct bc_quota *x = body;
	uint64_t used = reset ? atomic_exchange(&s->consumed, 0) : atomic_load(&s->consumed), bytes = s->bytes;

	BC_SET(x, NFTA_QUOTA_BYTES, bytes, bytes);
	BC_SET(x, NFTA_QUOTA_CONSUMED, consumed, used < bytes ? used : bytes);
	BC_SET(x, NFTA_QUOTA_FLAGS, flags, (s->invert ? NFT_QUOTA_F_INV : 0) | (used >= bytes ? DEPLETED : 0));
}

static const struct vm_stateful_ops ops = {
	.size = sizeof(struct state), .object = NFT_OBJECT_QUOTA, .init = init, .clone = clone, .eval = eval, .dump = dump, .update = update,
};

const struct vm_expr vm_expr_quota = {
	.name = "quota", .kernel_size = 24, .build = expr_stateful_build, .exec = expr_stateful_exec, .dump = expr_stateful_dump,
	.destroy = expr_stateful_destroy, .stateful = &ops,
};
