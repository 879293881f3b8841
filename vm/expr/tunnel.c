/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "tunnel": of the tunnel a packet came out of. The host's devices are no tunnels: a packet has no path through one, and no id.
 * Reference: net/netfilter/nft_tunnel.c.
 */
#include <errno.h>

#include "vm/expr/hot.h"

/* head: a register, b key, c mode */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (ins->b == NFT_TUNNEL_PATH)
		regs->w[ins->a] = 0;
	else
		vm_break(regs);
}

static int precheck(struct expr_build *b, const void *body)
{
	return b->family == NFPROTO_NETDEV ? 0 : -ENOENT;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_tunnel *x = body;
	struct vm_ins *i;
	uint8_t dreg;
	int err;

	if (!BC_HAS(x, NFTA_TUNNEL_KEY) || !BC_HAS(x, NFTA_TUNNEL_DREG))
		return -EINVAL;
	if (x->key > NFT_TUNNEL_ID)
		return -EOPNOTSUPP;
	if (x->mode > NFT_TUNNEL_MODE_MAX)
		return -EOPNOTSUPP;
	err = expr_store(b, x->dreg, x->key == NFT_TUNNEL_PATH ? 1 : 4, &dreg);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = dreg;
	i->b = x->key;
	i->c = x->mode;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_tunnel *x = body;

	BC_SET(x, NFTA_TUNNEL_KEY, key, ins->b);
	BC_SET(x, NFTA_TUNNEL_DREG, dreg, expr_reg(ins->a));
	BC_SET(x, NFTA_TUNNEL_MODE, mode, ins->c);
}

const struct vm_expr vm_expr_tunnel = { .name = "tunnel", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
