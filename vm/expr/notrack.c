/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "notrack": the packet is not to be tracked. Reference: net/netfilter/nft_ct.c, nft_notrack_eval. */
#include "vm/ct/ct.h"
#include "vm/expr/expr.h"

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (!pkt->ct && pkt->ctinfo != IP_CT_UNTRACKED)
		ct_notrack(pkt);
}

static int build(struct expr_build *b, const void *body)
{
	expr_emit(b, OP_CALL, sizeof(struct vm_ins));
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
}

const struct vm_expr vm_expr_notrack = { .name = "notrack", .kernel_size = 0, .build = build, .exec = exec, .dump = dump };
