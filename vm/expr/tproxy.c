/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "tproxy": gives a packet to a local socket other than the one it was meant for. The host has no sockets, so that each packet breaks, as one
 * does for which the kernel finds none. Reference: net/netfilter/nft_tproxy.c.
 */
#include <errno.h>

#include "vm/expr/hot.h"

/* head: a address, b port (registers, 0: none), c family */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	vm_break(regs);
}

/* The length of its addresses, 0: it may have none; or -errno. */
static int check_family(const struct expr_build *b, const struct bc_tproxy *x)
{
	if (!expr_is_ip(b->family))
		return -EOPNOTSUPP;
	if (b->family != NFPROTO_INET && x->family != b->family)
		return -EINVAL;
	if (x->family == NFPROTO_UNSPEC)
		return BC_HAS(x, NFTA_TPROXY_REG_ADDR) ? -EINVAL : 0;
	if (x->family != NFPROTO_IPV4 && x->family != NFPROTO_IPV6)
		return -EOPNOTSUPP;
	return x->family == NFPROTO_IPV4 ? 4 : 16;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_tproxy *x = body;
	uint8_t addr = 0, port = 0;
	struct vm_ins *i;
	int len, err = 0;

	if (!BC_HAS(x, NFTA_TPROXY_FAMILY) || (!BC_HAS(x, NFTA_TPROXY_REG_ADDR) && !BC_HAS(x, NFTA_TPROXY_REG_PORT)))
		return -EINVAL;
	len = check_family(b, x);
	if (len < 0)
		return len;
	if (BC_HAS(x, NFTA_TPROXY_REG_ADDR))
		err = expr_load(b, x->reg_addr, len, &addr);
	if (!err && BC_HAS(x, NFTA_TPROXY_REG_PORT))
		err = expr_load(b, x->reg_port, 2, &port);
	if (err)
		return err;
	expr_places(b, expr_hooks(1 << NF_INET_PRE_ROUTING));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = addr;
	i->b = port;
	i->c = x->family;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_tproxy *x = body;

	BC_SET(x, NFTA_TPROXY_FAMILY, family, ins->c);
	if (ins->a)
		BC_SET(x, NFTA_TPROXY_REG_ADDR, reg_addr, expr_reg(ins->a));
	if (ins->b)
		BC_SET(x, NFTA_TPROXY_REG_PORT, reg_port, expr_reg(ins->b));
}

const struct vm_expr vm_expr_tproxy = { .name = "tproxy", .kernel_size = 3, .build = build, .exec = exec, .dump = dump };
