/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the NAT expressions (nat, masq, redir) share. Control thread. */
#ifndef NFVM_VM_EXPR_NAT_H
#define NFVM_VM_EXPR_NAT_H

#include <errno.h>

#include "vm/expr/expr.h"

/* Register words of a range; 0: there is none. */
struct nat_regs {
	uint8_t min, max;
};

/* A range of len bytes each: nothing where it has no minimum; the maximum is the minimum where none is given. 0 or -errno of expr_load. */
int expr_nat_regs(struct expr_build *b, bool has_min, uint32_t min, bool has_max, uint32_t max, uint32_t len, struct nat_regs *r);

/* Hooks of a mask, in chains of type nat only (nft_chain_validate_dependency). */
static inline uint32_t expr_nat_places(uint32_t hooks)
{
	return hooks << 8 * PROG_CHAIN_NAT;
}

static inline int expr_nat_refuse(struct expr_build *b)
{
	return expr_unexecuted(b, "NAT is not executed by nfvm yet");
}

#endif
