/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "limit". See limit.h; net/netfilter/nft_limit.c. */
#include "bytecode/expr/limit.h"
#include "bytecode/table.h"
#include "bytecode/text.h"
#include <inttypes.h>

#define T struct bc_limit

static const struct bc_attr attrs[] = {
	A(NFTA_LIMIT_RATE, BC_BE64, rate),
	A(NFTA_LIMIT_UNIT, BC_BE64, unit),
	A(NFTA_LIMIT_BURST, BC_BE32, burst),
	A(NFTA_LIMIT_TYPE, BC_BE32, type),
	A(NFTA_LIMIT_FLAGS, BC_BE32, flags),
};

static const char *const types[] = { "packets", "bytes" };

static const char *unit_name(uint64_t seconds)
{
	switch (seconds) {
	case 1:
		return "second";
	case 60:
		return "minute";
	case 60 * 60:
		return "hour";
	case 60 * 60 * 24:
		return "day";
	case 60 * 60 * 24 * 7:
		return "week";
	default:
		return "error";
	}
}

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "limit rate %" PRIu64 "/%s burst %u type %s flags 0x%x", e->rate, unit_name(e->unit), e->burst, BC_NAME(types, e->type),
		   e->flags);
}

BC_EXPR_TYPE(limit, "limit");
