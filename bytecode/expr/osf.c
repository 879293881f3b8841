/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "osf". See osf.h; net/netfilter/nft_osf.c. */
#include "bytecode/expr/osf.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_osf

static const struct bc_attr attrs[] = {
	A(NFTA_OSF_DREG, BC_BE32, dreg),
	A(NFTA_OSF_TTL, BC_U8, ttl),
	A(NFTA_OSF_FLAGS, BC_BE32, flags),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "osf dreg %u", e->dreg);
}

BC_EXPR_TYPE(osf, "osf");
