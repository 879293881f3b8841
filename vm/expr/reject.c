/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "reject": drops with an answer, which the host makes and sends.
 * Reference: net/netfilter/nft_reject.c, nft_reject_inet.c, nft_reject_netdev.c, net/bridge/netfilter/nft_reject_bridge.c.
 */
#include <errno.h>

#include "vm/expr/expr.h"
#include "vm/host/host.h"

#include <linux/netfilter_bridge.h>

/* head: a type, b code, c 1 for silence */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (!ins->c)
		host_reject(pkt, ins->a, ins->b);
	regs->verdict.code = NF_DROP;
}

static uint32_t hooks_of(uint8_t family)
{
	enum { ANY_IP = 1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD | 1 << NF_INET_LOCAL_OUT | 1 << NF_INET_PRE_ROUTING };

	switch (family) {
	case NFPROTO_INET:
		return ANY_IP | 1 << NF_INET_INGRESS;
	case NFPROTO_BRIDGE:
		return 1 << NF_BR_PRE_ROUTING | 1 << NF_BR_LOCAL_IN;
	case NFPROTO_NETDEV:
		return 1 << NF_NETDEV_INGRESS;
	default:
		return ANY_IP;
	}
}

static int precheck(struct expr_build *b, const void *body)
{
	return b->family == NFPROTO_ARP ? -ENOENT : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_reject *x = body;
	struct vm_ins *i;

	if (!BC_HAS(x, NFTA_REJECT_TYPE) || x->type > NFT_REJECT_ICMPX_UNREACH)
		return -EINVAL;
	if (x->type != NFT_REJECT_TCP_RST && !BC_HAS(x, NFTA_REJECT_ICMP_CODE))
		return -EINVAL;
	if (x->type == NFT_REJECT_ICMPX_UNREACH && x->icmp_code > NFT_REJECT_ICMPX_MAX)
		return -EINVAL;
	expr_places(b, expr_hooks(hooks_of(b->family)));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = x->type;
	i->b = x->icmp_code;
	/* tables of one IP family know no icmpx: they drop and say nothing */
	i->c = x->type == NFT_REJECT_ICMPX_UNREACH && (b->family == NFPROTO_IPV4 || b->family == NFPROTO_IPV6);
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_reject *x = body;

	BC_SET(x, NFTA_REJECT_TYPE, type, ins->a);
	if (ins->a != NFT_REJECT_TCP_RST)
		BC_SET(x, NFTA_REJECT_ICMP_CODE, icmp_code, ins->b);
}

const struct vm_expr vm_expr_reject = { .name = "reject", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
