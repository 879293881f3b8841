/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "target": an iptables target that nf_tables has no words for. None is known yet. Reference: net/netfilter/nft_compat.c. */
#include <errno.h>

#include "vm/expr/hot.h"

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_xt_target *x = body;

	if (!BC_HAS(x, NFTA_TARGET_NAME) || !BC_HAS(x, NFTA_TARGET_REV) || !BC_HAS(x, NFTA_TARGET_INFO))
		return -EINVAL;
	return expr_fail(b, -EOPNOTSUPP, "this iptables target is not executed by nfvm yet");
}

/* Not reached: none passes. */
static int build(struct expr_build *b, const void *body)
{
	return -EOPNOTSUPP;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
}

const struct vm_expr vm_expr_target = { .name = "target", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
