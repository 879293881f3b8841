/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "match": an iptables match that nf_tables has no words for; each is a file of vm/xt. Reference: net/netfilter/nft_compat.c. */
#include <errno.h>

#include "vm/expr/hot.h"
#include "vm/xt/xt.h"

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_xt *i = (const struct ins_xt *)ins;

	switch (i->x->match(i->info, i->state, pkt)) {
	case XT_NO:
		vm_break(regs);
		break;
	case XT_YES:
		break;
	case XT_HOTDROP:
		regs->verdict.code = NF_DROP;
		break;
	}
}

static struct xt_ask ask(const struct bc_xt_match *x)
{
	return (struct xt_ask){ x->name, x->rev, x->info.p, x->info.len, false };
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_xt_match *x = body;
	struct xt_ask q = ask(x);

	if (!BC_HAS(x, NFTA_MATCH_NAME) || !BC_HAS(x, NFTA_MATCH_REV) || !BC_HAS(x, NFTA_MATCH_INFO))
		return -EINVAL;
	return xt_precheck(b, &q);
}

static int build(struct expr_build *b, const void *body)
{
	struct xt_ask q = ask(body);

	return xt_build(b, &q);
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_xt *i = (const struct ins_xt *)ins;
	struct bc_xt_match *x = body;

	BC_SET(x, NFTA_MATCH_NAME, name, i->x->name);
	BC_SET(x, NFTA_MATCH_REV, rev, i->x->rev);
	BC_SET(x, NFTA_MATCH_INFO, info, xt_dump_info(i, a));
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	buf_printf(out, "%s", ((const struct ins_xt *)ins)->x->name);
}

/* Up to 192 bytes, expression and info lie in the rule; beyond, a pointer does (NFT_MATCH_LARGE_THRESH). */
static uint32_t kernel_size(const void *body)
{
	const struct bc_xt_match *x = body;
	uint32_t inner = sizeof(void *) + xt_align(x->info.len);

	return inner > 192 ? sizeof(void *) : inner - sizeof(void *);
}

const struct vm_expr vm_expr_match = {
	.name = "match", .kernel_size_of = kernel_size, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .destroy = xt_destroy,
	.disasm = disasm,
};
