/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "flow_offload": a connection's packets take a flowtable's short way. Checked, not executed yet. Reference: net/netfilter/nft_flow_offload.c. */
#include <errno.h>

#include "vm/expr/hot.h"

struct ins_offload {
	struct vm_ins head;
	struct vm_flowtable *flowtable;
};

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	vm_break(regs);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_flow_offload *x = body;
	struct vm_flowtable *ft;
	struct ins_offload *i;

	if (!BC_HAS(x, NFTA_FLOW_TABLE_NAME))
		return -EINVAL;
	ft = state_find_flowtable(b->txn, b->table, x->table);
	if (!ft)
		return -ENOENT;
	b->flags |= PROG_NEEDS_CT;
	expr_places(b, expr_is_ip(b->family) ? expr_hooks(1 << NF_INET_FORWARD) : 0);
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->flowtable = ft;
	expr_ref(b, PROG_REF_FLOWTABLE, ft);
	return expr_unexecuted(b, "flowtables are not executed by nfvm yet");
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_flow_offload *x = body;

	BC_SET(x, NFTA_FLOW_TABLE_NAME, table, ((const struct ins_offload *)ins)->flowtable->h.name);
}

const struct vm_expr vm_expr_flow_offload = {
	.name = "flow_offload", .kernel_size = 8, .build = build, .exec = exec, .dump = dump,
};
