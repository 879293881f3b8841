/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "numgen": the next number, or a random one, below a modulus. Reference: net/netfilter/nft_numgen.c. */
#include <errno.h>
#include <stdlib.h>

#include "vm/expr/expr.h"
#include "vm/worker.h"

struct ins_numgen {
	struct vm_ins head;       /* a: destination, b: NFT_NG_* */
	uint32_t modulus, offset;
	_Atomic uint32_t *last;   /* owned; NULL: random */
};

static uint32_t next_of(const struct ins_numgen *i)
{
	uint32_t old = atomic_load_explicit(i->last, memory_order_relaxed), now;

	do
		now = old + 1 < i->modulus ? old + 1 : 0;
	while (!atomic_compare_exchange_weak_explicit(i->last, &old, now, memory_order_relaxed, memory_order_relaxed));
	return now;
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_numgen *i = (const struct ins_numgen *)ins;

	regs->w[ins->a] = (i->last ? next_of(i) : (uint64_t)vm_random(pkt->w) * i->modulus >> 32) + i->offset;
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_numgen *x = body;

	if (!BC_HAS(x, NFTA_NG_DREG) || !BC_HAS(x, NFTA_NG_MODULUS) || !BC_HAS(x, NFTA_NG_TYPE) || x->type > NFT_NG_RANDOM)
		return -EINVAL;
	return 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_numgen *x = body;
	_Atomic uint32_t *last = NULL;
	struct ins_numgen *i;
	uint8_t dreg;
	int err;

	if (!x->modulus)
		return -ERANGE;
	if (x->offset + x->modulus - 1 < x->offset)
		return -EOVERFLOW;
	err = expr_store(b, x->dreg, sizeof(uint32_t), &dreg);
	if (err)
		return err;
	if (x->type == NFT_NG_INCREMENTAL) {
		last = aligned_alloc(64, 64);
		if (!last)
			return -ENOMEM;
		*last = x->modulus - 1;
	}
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = dreg;
	i->head.b = x->type;
	i->modulus = x->modulus;
	i->offset = x->offset;
	i->last = last;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_numgen *i = (const struct ins_numgen *)ins;
	struct bc_numgen *x = body;

	BC_SET(x, NFTA_NG_DREG, dreg, expr_reg(ins->a));
	BC_SET(x, NFTA_NG_MODULUS, modulus, i->modulus);
	BC_SET(x, NFTA_NG_TYPE, type, ins->b);
	BC_SET(x, NFTA_NG_OFFSET, offset, i->offset);
}

static void destroy(struct vm_engine *e, struct vm_ins *ins)
{
	free((void *)((struct ins_numgen *)ins)->last);
}

const struct vm_expr vm_expr_numgen = {
	.name = "numgen", .kernel_size = 24, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .destroy = destroy,
};
