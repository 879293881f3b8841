/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "lookup": a key in a set; of a map, what the key leads to. Reference: net/netfilter/nft_lookup.c. */
#include <errno.h>

#include "vm/expr/hot.h"
#include "vm/expr/stateful.h"

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (!hot_lookup((const struct ins_lookup *)ins, regs, pkt))
		vm_break(regs);
}

/* The destination of a map's data: the verdict register for verdicts, else data registers. */
static int store_data(struct expr_build *b, uint32_t dreg, const struct vm_set *s, uint8_t *word)
{
	if (s->data_type != NFT_DATA_VERDICT)
		return dreg == NFT_REG_VERDICT ? -EINVAL : expr_store(b, dreg, s->data_len, word);
	*word = 0;
	if (dreg > NFT_REG32_15 || (dreg > NFT_REG_4 && dreg < NFT_REG32_00))
		return -ERANGE;
	return dreg == NFT_REG_VERDICT ? 0 : -EINVAL;
}

static int check_map(struct expr_build *b, const struct bc_lookup *x, const struct vm_set *s, uint8_t *dreg)
{
	if (!BC_HAS(x, NFTA_LOOKUP_DREG))
		return s->flags & NFT_SET_MAP && vm_set_is_anonymous(s) ? -EINVAL : 0;
	if (x->flags & NFT_LOOKUP_F_INV || !(s->flags & NFT_SET_MAP))
		return -EINVAL;
	return store_data(b, x->dreg, s, dreg);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_lookup *x = body;
	uint8_t sreg, dreg = 0;
	struct ins_lookup *i;
	struct vm_set *s;
	int err;

	if (!BC_HAS(x, NFTA_LOOKUP_SET) || !BC_HAS(x, NFTA_LOOKUP_SREG))
		return -EINVAL;
	s = state_find_set(b->txn, b->table, x->set, BC_HAS(x, NFTA_LOOKUP_SET_ID), x->set_id);
	if (!s)
		return -ENOENT;
	err = expr_load(b, x->sreg, s->key_len, &sreg);
	if (err)
		return err;
	if (x->flags & ~(uint32_t)NFT_LOOKUP_F_INV)
		return -EINVAL;
	err = check_map(b, x, s, &dreg);
	if (err)
		return err;
	i = expr_emit(b, OP_LOOKUP, sizeof(*i));
	i->head.a = sreg;
	i->head.b = dreg;
	i->head.c = (BC_HAS(x, NFTA_LOOKUP_DREG) ? 1 : 0) | (x->flags & NFT_LOOKUP_F_INV ? 2 : 0);
	i->set = s;
	expr_ref(b, PROG_REF_SET, s)->flags = s->flags & NFT_SET_MAP;
	b->flags |= PROG_NEEDS_VALIDATE;
	for (unsigned n = 0; n < s->n_exprs; n++)
		if (stateful_needs_ct(s->exprs[n]))
			b->flags |= PROG_NEEDS_CT;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_lookup *x = body;

	BC_SET(x, NFTA_LOOKUP_SET, set, ((const struct ins_lookup *)ins)->set->h.name);
	BC_SET(x, NFTA_LOOKUP_SREG, sreg, expr_reg(ins->a));
	if (ins->c & 1)
		BC_SET(x, NFTA_LOOKUP_DREG, dreg, expr_reg(ins->b));
	BC_SET(x, NFTA_LOOKUP_FLAGS, flags, ins->c & 2 ? NFT_LOOKUP_F_INV : 0);
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	buf_printf(out, "R%u %s %s", ins->a, ins->c & 2 ? "not in" : "in", ((const struct ins_lookup *)ins)->set->h.name);
	if (ins->c & 1)
		buf_printf(out, ", R%u := data", ins->b);
}

const struct vm_expr vm_expr_lookup = {
	.name = "lookup", .kernel_size = 48, .build = build, .exec = exec, .dump = dump, .disasm = disasm,
};
