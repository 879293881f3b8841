/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "target": an iptables target that nf_tables has no words for; each is a file of vm/xt. Reference: net/netfilter/nft_compat.c. */
#include <errno.h>

#include "vm/expr/hot.h"
#include "vm/xt/xt.h"

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_xt *i = (const struct ins_xt *)ins;

	regs->verdict.code = i->x->run(i->info, i->state, pkt);
}

static struct xt_ask ask(const struct bc_xt_target *x)
{
	return (struct xt_ask){ x->name, x->rev, x->info.p, x->info.len, true };
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_xt_target *x = body;
	struct xt_ask q = ask(x);

	if (!BC_HAS(x, NFTA_TARGET_NAME) || !BC_HAS(x, NFTA_TARGET_REV) || !BC_HAS(x, NFTA_TARGET_INFO))
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
	struct bc_xt_target *x = body;

	BC_SET(x, NFTA_TARGET_NAME, name, i->x->name);
	BC_SET(x, NFTA_TARGET_REV, rev, i->x->rev);
	BC_SET(x, NFTA_TARGET_INFO, info, xt_dump_info(i, a));
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	buf_printf(out, "%s", ((const struct ins_xt *)ins)->x->name);
}

static uint32_t kernel_size(const void *body)
{
	return xt_align(((const struct bc_xt_target *)body)->info.len);
}

const struct vm_expr vm_expr_target = {
	.name = "target", .kernel_size_of = kernel_size, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .destroy = xt_destroy,
	.disasm = disasm,
};
