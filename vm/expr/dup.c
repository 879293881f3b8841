/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "dup": a copy of the packet goes elsewhere. Reference: net/netfilter/nft_dup_netdev.c, net/ipv4/netfilter/nft_dup_ipv4.c and its IPv6 twin. */
#include <errno.h>

#include "vm/expr/expr.h"
#include "vm/host/host.h"

/* head: a address (0: none, netdev), b device (0: none) */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	uint32_t dev = ins->b ? regs->w[ins->b] : 0;

	if (ins->a)
		host_dup_ip(pkt, (const uint8_t *)&regs->w[ins->a], dev);
	else
		host_dup_netdev(pkt, dev);
}

static int precheck(struct expr_build *b, const void *body)
{
	return b->family != NFPROTO_NETDEV && b->family != NFPROTO_IPV4 && b->family != NFPROTO_IPV6 ? -ENOENT : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_dup *x = body;
	bool netdev = b->family == NFPROTO_NETDEV;
	uint8_t addr = 0, dev = 0;
	struct vm_ins *i;
	int err = 0;

	if (!(netdev ? BC_HAS(x, NFTA_DUP_SREG_DEV) : BC_HAS(x, NFTA_DUP_SREG_ADDR)))
		return -EINVAL;
	if (!netdev)
		err = expr_load(b, x->sreg_addr, b->family == NFPROTO_IPV4 ? 4 : 16, &addr);
	if (!err && BC_HAS(x, NFTA_DUP_SREG_DEV))
		err = expr_load(b, x->sreg_dev, sizeof(uint32_t), &dev);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = addr;
	i->b = dev;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_dup *x = body;

	if (ins->a)
		BC_SET(x, NFTA_DUP_SREG_ADDR, sreg_addr, expr_reg(ins->a));
	if (ins->b)
		BC_SET(x, NFTA_DUP_SREG_DEV, sreg_dev, expr_reg(ins->b));
}

const struct vm_expr vm_expr_dup = { .name = "dup", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
