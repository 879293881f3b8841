/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "cmp": compares registers with a constant, as bytes. Reference: net/netfilter/nft_cmp.c. */
#include <errno.h>

#include "vm/expr/hot.h"

/* Orders, and lengths above four bytes. */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	int d = memcmp(&regs->w[ins->a], ((const struct ins_cmp *)ins)->word, ins->len);
	bool holds = false;

	switch (ins->c) {
	case NFT_CMP_EQ:
		holds = d == 0;
		break;
	case NFT_CMP_NEQ:
		holds = d != 0;
		break;
	case NFT_CMP_LT:
		holds = d < 0;
		break;
	case NFT_CMP_LTE:
		holds = d <= 0;
		break;
	case NFT_CMP_GT:
		holds = d > 0;
		break;
	case NFT_CMP_GTE:
		holds = d >= 0;
		break;
	}
	if (!holds)
		vm_break(regs);
}

static void emit_word(struct expr_build *b, const struct bc_cmp *x, uint8_t sreg)
{
	struct ins_cmp1 *i = expr_emit(b, OP_CMP1, sizeof(*i));

	i->head.a = sreg;
	i->head.b = x->op == NFT_CMP_NEQ;
	i->head.len = x->data.len;
	memcpy(&i->value, x->data.value, x->data.len);
	memset(&i->mask, 0xff, x->data.len);
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_cmp *x = body;

	if (!BC_HAS(x, NFTA_CMP_SREG) || !BC_HAS(x, NFTA_CMP_OP) || !BC_HAS(x, NFTA_CMP_DATA) || x->op > NFT_CMP_GTE)
		return -EINVAL;
	return expr_value(&x->data, EXPR_DATA_MAX, 0);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_cmp *x = body;
	bool equality = x->op == NFT_CMP_EQ || x->op == NFT_CMP_NEQ;
	struct ins_cmp *i;
	uint8_t sreg;
	int err;

	err = expr_load(b, x->sreg, x->data.len, &sreg);
	if (err)
		return err;
	if (equality && x->data.len <= 4) {
		emit_word(b, x, sreg);
		return 0;
	}
	i = expr_emit(b, equality ? OP_CMP2 : OP_CALL, sizeof(*i));
	i->head.a = sreg;
	i->head.b = x->op == NFT_CMP_NEQ;
	i->head.c = x->op;
	i->head.len = x->data.len;
	memcpy(i->word, x->data.value, x->data.len);
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_cmp *x = body;
	bool word = ins->op == OP_CMP1;

	BC_SET(x, NFTA_CMP_SREG, sreg, expr_reg(ins->a));
	BC_SET(x, NFTA_CMP_OP, op, word ? ins->b : ins->c);
	BC_MARK(x, NFTA_CMP_DATA);
	x->data = expr_dump_value(a, word ? &((const struct ins_cmp1 *)ins)->value : ((const struct ins_cmp *)ins)->word, ins->len);
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };

	if (ins->op == OP_CMP1)
		buf_printf(out, "R%u %s 0x%x, %u bytes", ins->a, ops[ins->b], ((const struct ins_cmp1 *)ins)->value, ins->len);
	else
		buf_printf(out, "R%u %s %u bytes", ins->a, ops[ins->c], ins->len);
}

const struct vm_expr vm_expr_cmp = {
	.name = "cmp", .kernel_size = 24, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .disasm = disasm,
};
