/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "fib". See fib.h; net/ipv4/netfilter/nft_fib_ipv4.c, net/netfilter/nft_fib.c. */
#include "bytecode/expr/fib.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_fib

static const struct bc_attr attrs[] = {
	A(NFTA_FIB_FLAGS, BC_BE32, flags, .flags = BC_A_MASK, .max = 0x3f),
	A(NFTA_FIB_RESULT, BC_BE32, result),
	A(NFTA_FIB_DREG, BC_BE32, dreg),
};

static const char *const keys[] = { "saddr", "daddr", "mark", "iif", "oif" }; /* in the order of their bits */
static const char *const results[] = { NULL, "oif", "oifname", "type" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;
	uint32_t flags = e->flags & ~NFTA_FIB_F_PRESENT;

	buf_puts(out, "fib");
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!(flags & (1U << i)))
			continue;
		flags &= ~(1U << i);
		buf_printf(out, " %s%s", keys[i], flags ? " ." : "");
	}
	if (flags)
		buf_printf(out, " unknown 0x%x", flags);
	buf_printf(out, " %s%s => reg %u", BC_NAME(results, e->result), e->flags & NFTA_FIB_F_PRESENT ? " present" : "", e->dreg);
}

BC_EXPR_TYPE(fib, "fib");
