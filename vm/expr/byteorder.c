/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "byteorder": turns numbers of 2, 4 or 8 bytes between host and network order. Reference: net/netfilter/nft_byteorder.c. */
#include <errno.h>

#include "vm/expr/expr.h"

/* head: a source, b destination, c size of a number, len all bytes; both directions are the same */
struct ins_byteorder {
	struct vm_ins head;
	uint32_t op; /* NFT_BYTEORDER_* */
};

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	uint8_t *dst = (uint8_t *)&regs->w[ins->b];
	const uint8_t *src = (const uint8_t *)&regs->w[ins->a];

	for (unsigned at = 0; at + ins->c <= ins->len; at += ins->c)
		switch (ins->c) {
		case 2:
			be16_store(dst + at, *(const uint16_t *)(src + at));
			break;
		case 4:
			be32_store(dst + at, *(const uint32_t *)(src + at));
			break;
		case 8: {
			uint64_t v;

			memcpy(&v, src + at, 8);
			be64_store(dst + at, v);
			break;
		}
		}
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_byteorder *x = body;
	struct ins_byteorder *i;
	uint8_t sreg, dreg;
	int err;

	if (!BC_HAS(x, NFTA_BYTEORDER_SREG) || !BC_HAS(x, NFTA_BYTEORDER_DREG) || !BC_HAS(x, NFTA_BYTEORDER_LEN) ||
	    !BC_HAS(x, NFTA_BYTEORDER_SIZE) || !BC_HAS(x, NFTA_BYTEORDER_OP) || x->op > NFT_BYTEORDER_HTON)
		return -EINVAL;
	err = expr_u32_max(x->size, UINT8_MAX);
	if (err)
		return err;
	if (x->size != 2 && x->size != 4 && x->size != 8)
		return -EINVAL;
	err = expr_u32_max(x->len, UINT8_MAX);
	if (!err)
		err = expr_load(b, x->sreg, x->len, &sreg);
	if (!err)
		err = expr_store(b, x->dreg, x->len, &dreg);
	if (!err)
		err = expr_overlap(sreg, dreg, x->len);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = sreg;
	i->head.b = dreg;
	i->head.c = x->size;
	i->head.len = x->len;
	i->op = x->op;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_byteorder *x = body;

	BC_SET(x, NFTA_BYTEORDER_SREG, sreg, expr_reg(ins->a));
	BC_SET(x, NFTA_BYTEORDER_DREG, dreg, expr_reg(ins->b));
	BC_SET(x, NFTA_BYTEORDER_OP, op, ((const struct ins_byteorder *)ins)->op);
	BC_SET(x, NFTA_BYTEORDER_LEN, len, ins->len);
	BC_SET(x, NFTA_BYTEORDER_SIZE, size, ins->c);
}

const struct vm_expr vm_expr_byteorder = { .name = "byteorder", .kernel_size = 8, .build = build, .exec = exec, .dump = dump };
