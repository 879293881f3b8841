/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "osf": the operating system that a SYN looks like, by fingerprints that nfnl_osf loads into the kernel. Nobody loads any here: each SYN is
 * "unknown", as it is in a kernel without fingerprints. Reference: net/netfilter/nft_osf.c.
 */
#include <errno.h>

#include "vm/expr/hot.h"

enum { NAME_BYTES = 16, TTL_MAX = 2, TCP_FLAGS_AT = 13, TCP_BYTES = 20, TCP_SYN = 2 };

/* head: a register, b ttl, c flags */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const uint8_t *ip = vm_pkt_at(pkt, pkt->l3, 20), *tcp = NULL;

	if (pkt->pf == NFPROTO_IPV4 && pkt->l4proto == IPPROTO_TCP && ip)
		tcp = vm_pkt_at(pkt, pkt->l3 + (ip[0] & 15) * 4u, TCP_BYTES);
	if (!tcp || !(tcp[TCP_FLAGS_AT] & TCP_SYN)) {
		vm_break(regs);
		return;
	}
	memset(&regs->w[ins->a], 0, NAME_BYTES);
	memcpy(&regs->w[ins->a], "unknown", 7);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_osf *x = body;
	struct vm_ins *i;
	uint8_t dreg;
	int err;

	if (!BC_HAS(x, NFTA_OSF_DREG) || x->ttl > TTL_MAX)
		return -EINVAL;
	if (BC_HAS(x, NFTA_OSF_FLAGS) && x->flags != NFT_OSF_F_VERSION)
		return -EINVAL;
	err = expr_store(b, x->dreg, NAME_BYTES, &dreg);
	if (err)
		return err;
	expr_places(b, b->family == NFPROTO_IPV4 || b->family == NFPROTO_INET ?
			       expr_hooks(1 << NF_INET_LOCAL_IN | 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_FORWARD) : 0);
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = dreg;
	i->b = x->ttl;
	i->c = x->flags;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_osf *x = body;

	BC_SET(x, NFTA_OSF_TTL, ttl, ins->b);
	BC_SET(x, NFTA_OSF_FLAGS, flags, ins->c);
	BC_SET(x, NFTA_OSF_DREG, dreg, expr_reg(ins->a));
}

const struct vm_expr vm_expr_osf = { .name = "osf", .kernel_size = 8, .build = build, .exec = exec, .dump = dump };
