/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fwd": the packet leaves by another device, or for a neighbour there. Reference: net/netfilter/nft_fwd_netdev.c. */
#include <errno.h>

#include "vm/expr/expr.h"
#include "vm/host/host.h"

/* head: a device, b address (0: none), c NFPROTO_* of the address */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (ins->b) {
		regs->verdict.code = host_fwd_neigh(pkt, regs->w[ins->a], ins->c, (const uint8_t *)&regs->w[ins->b]);
		return;
	}
	host_fwd_netdev(pkt, regs->w[ins->a]);
	regs->verdict.code = NF_STOLEN;
}

/* Bytes of a neighbour's address, 0: none is named, or -errno. */
static int addr_len(const struct bc_fwd *x)
{
	if (!BC_HAS(x, NFTA_FWD_SREG_ADDR))
		return 0;
	if (!BC_HAS(x, NFTA_FWD_NFPROTO))
		return -EINVAL;
	return x->nfproto == NFPROTO_IPV4 ? 4 : x->nfproto == NFPROTO_IPV6 ? 16 : -EOPNOTSUPP;
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_fwd *x = body;

	if (b->family != NFPROTO_NETDEV)
		return -ENOENT;
	return BC_HAS(x, NFTA_FWD_SREG_DEV) || BC_HAS(x, NFTA_FWD_SREG_ADDR) ? 0 : -EOPNOTSUPP;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_fwd *x = body;
	uint8_t dev, addr = 0;
	struct vm_ins *i;
	int len, err;

	if (!BC_HAS(x, NFTA_FWD_SREG_DEV))
		return -EINVAL;
	len = addr_len(x);
	if (len < 0)
		return len;
	err = expr_load(b, x->sreg_dev, sizeof(uint32_t), &dev);
	if (!err && len)
		err = expr_load(b, x->sreg_addr, len, &addr);
	if (err)
		return err;
	expr_places(b, expr_hooks(1 << NF_NETDEV_INGRESS | 1 << NF_NETDEV_EGRESS));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = dev;
	i->b = addr;
	i->c = x->nfproto;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_fwd *x = body;

	BC_SET(x, NFTA_FWD_SREG_DEV, sreg_dev, expr_reg(ins->a));
	if (ins->b) {
		BC_SET(x, NFTA_FWD_SREG_ADDR, sreg_addr, expr_reg(ins->b));
		BC_SET(x, NFTA_FWD_NFPROTO, nfproto, ins->c);
	}
}

const struct vm_expr vm_expr_fwd = { .name = "fwd", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
