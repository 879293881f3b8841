/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "redir": a connection goes to the host itself. Reference: net/netfilter/nft_redir.c. */
#include <errno.h>

#include "vm/expr/hot.h"
#include "vm/expr/nat.h"
#include "vm/host/host.h"

struct ins_redir {
	struct vm_ins head;
	uint32_t flags; /* NF_NAT_RANGE_* */
	struct nat_regs port;
};

int32_t expr_redirect(struct vm_pkt *pkt, struct ct_nat_range *r)
{
	uint8_t addr[16] = { 0 };

	return host_redirect_addr(pkt, addr) ? (int32_t)expr_nat_to(pkt, r, addr, CT_MANIP_DST) : NF_DROP;
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_redir *i = (const struct ins_redir *)ins;
	struct ct_nat_range r = { .flags = i->flags };

	expr_nat_ports(&i->port, regs, &r);
	regs->verdict.code = expr_redirect(pkt, &r);
}

static int precheck(struct expr_build *b, const void *body)
{
	return expr_is_ip(b->family) ? 0 : -ENOENT;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_redir *x = body;
	struct ins_redir *i;
	struct nat_regs port;
	int err;

	err = expr_nat_regs(b, BC_HAS(x, NFTA_REDIR_REG_PROTO_MIN), x->reg_proto_min, BC_HAS(x, NFTA_REDIR_REG_PROTO_MAX),
			    x->reg_proto_max, 2, &port);
	if (err)
		return err;
	b->flags |= PROG_NEEDS_CT;
	expr_places(b, expr_nat_places(1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_OUT));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->flags = x->flags | (port.min ? NF_NAT_RANGE_PROTO_SPECIFIED : 0);
	i->port = port;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_redir *i = (const struct ins_redir *)ins;
	struct bc_redir *x = body;

	if (i->flags)
		BC_SET(x, NFTA_REDIR_FLAGS, flags, i->flags);
	if (!i->port.min)
		return;
	BC_SET(x, NFTA_REDIR_REG_PROTO_MIN, reg_proto_min, expr_reg(i->port.min));
	BC_SET(x, NFTA_REDIR_REG_PROTO_MAX, reg_proto_max, expr_reg(i->port.max));
}

const struct vm_expr vm_expr_redir = {
	.name = "redir", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump
};
