/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the NAT expressions (nat, masq, redir) share. */
#ifndef NFVM_VM_EXPR_NAT_H
#define NFVM_VM_EXPR_NAT_H

#include <errno.h>

#include "vm/ct/nat.h"
#include "vm/expr/expr.h"

/* Register words of a range; 0: there is none. */
struct nat_regs {
	uint8_t min, max;
};

/* A range of len bytes each: nothing where it has no minimum; the maximum is the minimum where none is given. 0 or -errno of
 * expr_load. */
int expr_nat_regs(struct expr_build *b, bool has_min, uint32_t min, bool has_max, uint32_t max, uint32_t len, struct nat_regs *r);

/* Hooks of a mask, in chains of type nat only (nft_chain_validate_dependency). */
static inline uint32_t expr_nat_places(uint32_t hooks)
{
	return hooks << 8 * PROG_CHAIN_NAT;
}

/* Ports from registers into the range. Worker's thread, as the next. */
static inline void expr_nat_ports(const struct nat_regs *r, const struct vm_regs *regs, struct ct_nat_range *range)
{
	if (!r->min)
		return;
	memcpy(&range->min_proto, &regs->w[r->min], 2);
	memcpy(&range->max_proto, &regs->w[r->max], 2);
}

/* One address for the mapping of the packet's connection. */
static inline uint32_t expr_nat_to(struct vm_pkt *pkt, struct ct_nat_range *range, const uint8_t addr[16], enum ct_manip m)
{
	range->flags |= NF_NAT_RANGE_MAP_IPS;
	memcpy(range->min_addr, addr, 16);
	memcpy(range->max_addr, addr, 16);
	return ct_nat_setup(pkt, range, m);
}

/* From the packet's address and the range, which is a prefix, the one address that it is mapped to. */
void expr_nat_net(const struct vm_pkt *p, enum ct_manip m, struct ct_nat_range *r);
/* The source becomes the address of the device the packet leaves by (masq.c); the destination one of the host's own (redir.c). Verdicts. */
int32_t expr_masquerade(struct vm_pkt *pkt, struct ct_nat_range *r);
int32_t expr_redirect(struct vm_pkt *pkt, struct ct_nat_range *r);

#endif
