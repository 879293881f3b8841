/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "range": registers inside or outside of two constants, as bytes. Reference: net/netfilter/nft_range.c. */
#include <errno.h>

#include "vm/expr/expr.h"

struct ins_range {
	struct vm_ins head; /* a: register, c: NFT_RANGE_*, len: bytes */
	uint32_t from[4], to[4];
};

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_range *i = (const struct ins_range *)ins;
	const uint32_t *v = &regs->w[ins->a];
	bool inside = memcmp(v, i->from, ins->len) >= 0 && memcmp(v, i->to, ins->len) <= 0;

	if (inside != (ins->c == NFT_RANGE_EQ))
		vm_break(regs);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_range *x = body;
	struct ins_range *i;
	uint8_t sreg;
	int err;

	if (!BC_HAS(x, NFTA_RANGE_SREG) || !BC_HAS(x, NFTA_RANGE_OP) || !BC_HAS(x, NFTA_RANGE_FROM_DATA) || !BC_HAS(x, NFTA_RANGE_TO_DATA))
		return -EINVAL;
	err = expr_value(&x->from, EXPR_DATA_MAX, 0);
	if (!err)
		err = expr_value(&x->to, EXPR_DATA_MAX, x->from.len);
	if (!err)
		err = expr_load(b, x->sreg, x->from.len, &sreg);
	if (!err)
		err = expr_u32_max(x->op, UINT8_MAX);
	if (err)
		return err;
	if (x->op > NFT_RANGE_NEQ)
		return -EINVAL;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = sreg;
	i->head.c = x->op;
	i->head.len = x->from.len;
	memcpy(i->from, x->from.value, x->from.len);
	memcpy(i->to, x->to.value, x->to.len);
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_range *i = (const struct ins_range *)ins;
	struct bc_range *x = body;

	BC_SET(x, NFTA_RANGE_SREG, sreg, expr_reg(ins->a));
	BC_SET(x, NFTA_RANGE_OP, op, ins->c);
	BC_SET(x, NFTA_RANGE_FROM_DATA, from, expr_dump_value(a, i->from, ins->len));
	BC_SET(x, NFTA_RANGE_TO_DATA, to, expr_dump_value(a, i->to, ins->len));
}

const struct vm_expr vm_expr_range = { .name = "range", .kernel_size = 40, .build = build, .exec = exec, .dump = dump };
