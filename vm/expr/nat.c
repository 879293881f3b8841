/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "nat": sets the address or ports a connection is seen with, of its source (snat) or destination (dnat).
 * Reference: net/netfilter/nft_nat.c.
 */
#include <errno.h>

#include "vm/expr/hot.h"
#include "vm/expr/nat.h"

struct ins_nat {
	struct vm_ins head; /* a: NFT_NAT_*, b: NFPROTO_* of the addresses */
	uint32_t flags;     /* NF_NAT_RANGE_* */
	struct nat_regs addr, port;
};

int expr_nat_regs(struct expr_build *b, bool has_min, uint32_t min, bool has_max, uint32_t max, uint32_t len, struct nat_regs *r)
{
	int err;

	*r = (struct nat_regs){ 0 };
	if (!has_min)
		return 0;
	err = expr_load(b, min, len, &r->min);
	r->max = r->min;
	return err || !has_max ? err : expr_load(b, max, len, &r->max);
}

/* A prefix: bits that minimum and maximum share come from there, the others stay (nft_nat_setup_netmap). */
void expr_nat_net(const struct vm_pkt *p, enum ct_manip m, struct ct_nat_range *r)
{
	unsigned n = p->pf == NFPROTO_IPV4 ? 4 : 16;
	const uint8_t *old = p->data + p->l3 + (n == 4 ? 12 : 8) + (m == CT_MANIP_DST ? n : 0);

	for (unsigned i = 0; i < n; i++) {
		uint8_t mask = ~(r->min_addr[i] ^ r->max_addr[i]);

		r->min_addr[i] = r->max_addr[i] = (old[i] & ~mask) | (r->min_addr[i] & mask);
	}
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_nat *i = (const struct ins_nat *)ins;
	struct ct_nat_range r = { .flags = i->flags };
	unsigned n = ins->b == NFPROTO_IPV4 ? 4 : 16;

	if (ins->b != pkt->pf && ins->b != NFPROTO_INET)
		return;
	if (i->addr.min) {
		memcpy(r.min_addr, &regs->w[i->addr.min], n);
		memcpy(r.max_addr, &regs->w[i->addr.max], n);
		if (i->flags & NF_NAT_RANGE_NETMAP)
			expr_nat_net(pkt, (enum ct_manip)ins->a, &r);
	}
	expr_nat_ports(&i->port, regs, &r);
	regs->verdict.code = (int32_t)ct_nat_setup(pkt, &r, (enum ct_manip)ins->a);
}

static int addr_len(struct expr_build *b, const struct bc_nat *x, uint32_t *len)
{
	if (!BC_HAS(x, NFTA_NAT_FAMILY))
		return -EINVAL;
	if (b->family != NFPROTO_INET && b->family != x->family)
		return -EOPNOTSUPP;
	*len = x->family == NFPROTO_IPV4 ? 4 : 16;
	if (x->family != NFPROTO_IPV4 && x->family != NFPROTO_IPV6 && BC_HAS(x, NFTA_NAT_REG_ADDR_MIN))
		return -EAFNOSUPPORT;
	return 0;
}

static int load_all(struct expr_build *b, const struct bc_nat *x, uint32_t len, struct ins_nat *i)
{
	int err = expr_nat_regs(b, BC_HAS(x, NFTA_NAT_REG_ADDR_MIN), x->reg_addr_min, BC_HAS(x, NFTA_NAT_REG_ADDR_MAX),
				x->reg_addr_max, len, &i->addr);

	if (err)
		return err;
	return expr_nat_regs(b, BC_HAS(x, NFTA_NAT_REG_PROTO_MIN), x->reg_proto_min, BC_HAS(x, NFTA_NAT_REG_PROTO_MAX),
			     x->reg_proto_max, 2, &i->port);
}

static uint32_t hooks(uint8_t family, uint32_t type)
{
	if (!expr_is_ip(family))
		return 0;
	return type == NFT_NAT_SNAT ? 1 << NF_INET_POST_ROUTING | 1 << NF_INET_LOCAL_IN
				    : 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_OUT;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_nat *x = body;
	struct ins_nat i = { 0 }, *out;
	uint32_t len;
	int err;

	if (!BC_HAS(x, NFTA_NAT_TYPE) || (!BC_HAS(x, NFTA_NAT_REG_ADDR_MIN) && !BC_HAS(x, NFTA_NAT_REG_PROTO_MIN)))
		return -EINVAL;
	if (x->type > NFT_NAT_DNAT)
		return -EOPNOTSUPP;
	err = addr_len(b, x, &len);
	if (!err)
		err = load_all(b, x, len, &i);
	if (err)
		return err;
	i.flags = x->flags | (i.addr.min ? NF_NAT_RANGE_MAP_IPS : 0) | (i.port.min ? NF_NAT_RANGE_PROTO_SPECIFIED : 0);
	b->flags |= PROG_NEEDS_CT;
	expr_places(b, expr_nat_places(hooks(b->family, x->type)));
	out = expr_emit(b, OP_CALL, sizeof(*out));
	i.head = out->head;
	*out = i;
	out->head.a = x->type;
	out->head.b = x->family;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_nat *i = (const struct ins_nat *)ins;
	struct bc_nat *x = body;

	BC_SET(x, NFTA_NAT_TYPE, type, ins->a);
	BC_SET(x, NFTA_NAT_FAMILY, family, ins->b);
	if (i->addr.min) {
		BC_SET(x, NFTA_NAT_REG_ADDR_MIN, reg_addr_min, expr_reg(i->addr.min));
		BC_SET(x, NFTA_NAT_REG_ADDR_MAX, reg_addr_max, expr_reg(i->addr.max));
	}
	if (i->port.min) {
		BC_SET(x, NFTA_NAT_REG_PROTO_MIN, reg_proto_min, expr_reg(i->port.min));
		BC_SET(x, NFTA_NAT_REG_PROTO_MAX, reg_proto_max, expr_reg(i->port.max));
	}
	if (i->flags)
		BC_SET(x, NFTA_NAT_FLAGS, flags, i->flags);
}

const struct vm_expr vm_expr_nat = { .name = "nat", .kernel_size = 8, .build = build, .exec = exec, .dump = dump };
