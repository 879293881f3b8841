/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "rt": the route that the packet has. Reference: net/netfilter/nft_rt.c. */
#include <errno.h>

#include "vm/expr/expr.h"
#include "vm/host/host.h"

/* head: a destination, b NFT_RT_* */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	uint32_t *dst = &regs->w[ins->a];
	bool ok = pkt->route;

	switch (ok ? ins->b : UINT8_MAX) {
	case NFT_RT_CLASSID:
		*dst = pkt->tclassid;
		break;
	case NFT_RT_NEXTHOP4:
		ok = pkt->pf == NFPROTO_IPV4 && host_rt_nexthop(pkt, NFPROTO_IPV4, (uint8_t *)dst);
		break;
	case NFT_RT_NEXTHOP6:
		ok = pkt->pf == NFPROTO_IPV6 && host_rt_nexthop(pkt, NFPROTO_IPV6, (uint8_t *)dst);
		break;
	case NFT_RT_TCPMSS:
		*dst = host_rt_tcpmss(pkt);
		break;
	case NFT_RT_XFRM:
		*dst = 0;
		break;
	}
	if (!ok)
		vm_break(regs);
}

static int build(struct expr_build *b, const void *body)
{
	static const uint8_t len[] = {
		[NFT_RT_CLASSID] = 4, [NFT_RT_NEXTHOP4] = 4, [NFT_RT_NEXTHOP6] = 16, [NFT_RT_TCPMSS] = 2, [NFT_RT_XFRM] = 1,
	};
	const struct bc_rt *x = body;
	struct vm_ins *i;
	uint8_t dreg;
	int err;

	if (!BC_HAS(x, NFTA_RT_KEY) || !BC_HAS(x, NFTA_RT_DREG))
		return -EINVAL;
	if (x->key >= ARRAY_SIZE(len))
		return -EOPNOTSUPP;
	err = expr_store(b, x->dreg, len[x->key], &dreg);
	if (err)
		return err;
	if (b->family != NFPROTO_IPV4 && b->family != NFPROTO_IPV6 && b->family != NFPROTO_INET)
		expr_places(b, 0);
	else if (x->key == NFT_RT_TCPMSS)
		expr_places(b, expr_hooks(1 << NF_INET_FORWARD | 1 << NF_INET_LOCAL_OUT | 1 << NF_INET_POST_ROUTING));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = dreg;
	i->b = x->key;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_rt *x = body;

	BC_SET(x, NFTA_RT_KEY, key, ins->b);
	BC_SET(x, NFTA_RT_DREG, dreg, expr_reg(ins->a));
}

const struct vm_expr vm_expr_rt = { .name = "rt", .kernel_size = 8, .build = build, .exec = exec, .dump = dump };
