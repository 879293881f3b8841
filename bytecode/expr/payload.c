/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "payload". See payload.h; net/netfilter/nft_payload.c. */
#include "bytecode/expr/payload.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_payload

static const struct bc_attr attrs[] = {
	A(NFTA_PAYLOAD_DREG, BC_BE32, dreg),
	A(NFTA_PAYLOAD_SREG, BC_BE32, sreg),
	A(NFTA_PAYLOAD_BASE, BC_BE32, base),
	A(NFTA_PAYLOAD_OFFSET, BC_BE32, offset),
	A(NFTA_PAYLOAD_LEN, BC_BE32, len, .max = 255),
	A(NFTA_PAYLOAD_CSUM_TYPE, BC_BE32, csum_type),
	A(NFTA_PAYLOAD_CSUM_OFFSET, BC_BE32, csum_offset, .max = 255),
	A(NFTA_PAYLOAD_CSUM_FLAGS, BC_BE32, csum_flags),
};

static const char *const bases[] = { "link", "network", "transport", "inner", "tunnel" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	if (BC_HAS(e, NFTA_PAYLOAD_SREG))
		buf_printf(out, "payload write reg %u => %ub @ %s header + %u csum_type %u csum_off %u csum_flags 0x%x", e->sreg, e->len,
			   BC_NAME(bases, e->base), e->offset, e->csum_type, e->csum_offset, e->csum_flags);
	else
		buf_printf(out, "payload load %ub @ %s header + %u => reg %u", e->len, BC_NAME(bases, e->base), e->offset, e->dreg);
}

BC_EXPR_TYPE(payload, "payload");
