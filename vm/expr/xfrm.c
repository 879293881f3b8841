/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "xfrm": of the IPsec policies that a packet passed. The host has no IPsec, so that each packet breaks. Reference: net/netfilter/nft_xfrm.c. */
#include <errno.h>

#include "vm/expr/hot.h"

#include <linux/xfrm.h>

enum { POLICIES_MAX = 6 /* XFRM_MAX_DEPTH */ };

static const uint8_t key_len[] = {
	[NFT_XFRM_KEY_DADDR_IP4] = 4,  [NFT_XFRM_KEY_DADDR_IP6] = 16, [NFT_XFRM_KEY_SADDR_IP4] = 4,
	[NFT_XFRM_KEY_SADDR_IP6] = 16, [NFT_XFRM_KEY_REQID] = 4,      [NFT_XFRM_KEY_SPI] = 4,
};

/* head: a register, b key, c direction, len: number of the policy */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	vm_break(regs);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_xfrm *x = body;
	uint32_t hooks = 1 << NF_INET_FORWARD;
	struct vm_ins *i;
	uint8_t dreg;
	int err;

	if (!BC_HAS(x, NFTA_XFRM_KEY) || !BC_HAS(x, NFTA_XFRM_DIR) || !BC_HAS(x, NFTA_XFRM_DREG))
		return -EINVAL;
	if (!expr_is_ip(b->family))
		return -EOPNOTSUPP;
	if (x->key >= ARRAY_SIZE(key_len) || !key_len[x->key] || (x->dir != XFRM_POLICY_IN && x->dir != XFRM_POLICY_OUT))
		return -EINVAL;
	if (x->spnum >= POLICIES_MAX)
		return -ERANGE;
	err = expr_store(b, x->dreg, key_len[x->key], &dreg);
	if (err)
		return err;
	if (x->dir == XFRM_POLICY_IN)
		hooks |= 1 << NF_INET_LOCAL_IN | 1 << NF_INET_PRE_ROUTING;
	else
		hooks |= 1 << NF_INET_LOCAL_OUT | 1 << NF_INET_POST_ROUTING;
	expr_places(b, expr_hooks(hooks));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = dreg;
	i->b = x->key;
	i->c = x->dir;
	i->len = x->spnum;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_xfrm *x = body;

	BC_SET(x, NFTA_XFRM_KEY, key, ins->b);
	BC_SET(x, NFTA_XFRM_DIR, dir, ins->c);
	BC_SET(x, NFTA_XFRM_SPNUM, spnum, ins->len);
	BC_SET(x, NFTA_XFRM_DREG, dreg, expr_reg(ins->a));
}

const struct vm_expr vm_expr_xfrm = { .name = "xfrm", .kernel_size = 8, .build = build, .exec = exec, .dump = dump };
