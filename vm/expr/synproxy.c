/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "synproxy": answers SYNs in place of the server. Checked, not executed yet. Reference: net/netfilter/nft_synproxy.c. */
#include <errno.h>

#include "vm/expr/hot.h"

enum { OPTIONS = 0x0f /* NF_SYNPROXY_OPT_MASK */ };

struct ins_synproxy {
	struct vm_ins head; /* a: wscale, b: NF_SYNPROXY_OPT_* */
	uint16_t mss;
};

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_synproxy *x = body;
	struct ins_synproxy *i;

	if (x->flags & ~(uint32_t)OPTIONS)
		return -EOPNOTSUPP;
	b->flags |= PROG_NEEDS_CT;
	expr_places(b, expr_is_ip(b->family) ? expr_hooks(1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD) : 0);
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->mss = x->mss;
	i->head.a = x->wscale;
	i->head.b = x->flags;
	return expr_unexecuted(b, "synproxy is not executed by nfvm yet");
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_synproxy *x = body;

	BC_SET(x, NFTA_SYNPROXY_MSS, mss, ((const struct ins_synproxy *)ins)->mss);
	BC_SET(x, NFTA_SYNPROXY_WSCALE, wscale, ins->a);
	BC_SET(x, NFTA_SYNPROXY_FLAGS, flags, ins->b);
}

const struct vm_expr vm_expr_synproxy = {
	.name = "synproxy", .kernel_size = 6, .build = build, .exec = exec, .dump = dump,
};
