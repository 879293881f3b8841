/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "synproxy". See synproxy.h; net/netfilter/nft_synproxy.c. */
#include "bytecode/expr/synproxy.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_synproxy

static const struct bc_attr attrs[] = {
	A(NFTA_SYNPROXY_MSS, BC_BE16, mss),
	A(NFTA_SYNPROXY_WSCALE, BC_U8, wscale),
	A(NFTA_SYNPROXY_FLAGS, BC_BE32, flags),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "synproxy mss %u wscale %u", e->mss, e->wscale);
}

BC_EXPR_TYPE(synproxy, "synproxy");
