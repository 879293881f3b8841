/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "immediate": a constant into registers, or a verdict. Reference: net/netfilter/nft_immediate.c. */
#include <errno.h>

#include "vm/expr/hot.h"

/* Constants longer than a word. */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	memcpy(&regs->w[ins->a], ((const struct ins_imm *)ins)->word, expr_words(ins->len) * 4);
}

static int build_verdict(struct expr_build *b, const struct bc_data *d)
{
	struct vm_verdict v;
	struct ins_verdict *i;
	int err;

	if (d->kind != BC_DATA_VERDICT)
		return -EINVAL;
	err = state_verdict(b->txn, b->table, d, false, &v);
	if (err)
		return err;
	i = expr_emit(b, OP_VERDICT, sizeof(*i));
	i->code = v.code;
	i->chain = v.chain;
	if (v.chain)
		expr_ref(b, PROG_REF_CHAIN, v.chain)->code = v.code;
	return 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_immediate *x = body;
	struct ins_imm *i;
	uint8_t dreg;
	int err;

	if (!BC_HAS(x, NFTA_IMMEDIATE_DREG) || !BC_HAS(x, NFTA_IMMEDIATE_DATA))
		return -EINVAL;
	if (x->dreg == NFT_REG_VERDICT)
		return build_verdict(b, &x->data);
	err = expr_value(&x->data, EXPR_DATA_MAX, 0);
	if (!err)
		err = expr_store(b, x->dreg, x->data.len, &dreg);
	if (err)
		return err;
	i = expr_emit(b, x->data.len <= 4 ? OP_IMM1 : OP_CALL, sizeof(*i) + expr_words(x->data.len) * 4);
	i->head.a = dreg;
	i->head.len = x->data.len;
	memcpy(i->word, x->data.value, x->data.len);
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_immediate *x = body;

	if (ins->op == OP_VERDICT) {
		const struct ins_verdict *i = (const struct ins_verdict *)ins;

		BC_SET(x, NFTA_IMMEDIATE_DREG, dreg, NFT_REG_VERDICT);
		x->data = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = i->code, .chain = i->chain ? i->chain->h.name : NULL };
	} else {
		BC_SET(x, NFTA_IMMEDIATE_DREG, dreg, expr_reg(ins->a));
		x->data = expr_dump_value(a, ((const struct ins_imm *)ins)->word, ins->len);
	}
	BC_MARK(x, NFTA_IMMEDIATE_DATA);
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	const struct ins_verdict *i = (const struct ins_verdict *)ins;

	if (ins->op == OP_VERDICT)
		buf_printf(out, "verdict %d %s", i->code, i->chain ? i->chain->h.name : "");
	else
		buf_printf(out, "R%u := %u bytes 0x%x…", ins->a, ins->len, ((const struct ins_imm *)ins)->word[0]);
}

const struct vm_expr vm_expr_immediate = {
	.name = "immediate", .kernel_size = 24, .build = build, .exec = exec, .dump = dump, .disasm = disasm,
};
