/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "tunnel". See tunnel.h; net/netfilter/nft_tunnel.c. */
#include "bytecode/expr/tunnel.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_tunnel

static const struct bc_attr attrs[] = {
	A(NFTA_TUNNEL_KEY, BC_BE32, key, .max = 255),
	A(NFTA_TUNNEL_DREG, BC_BE32, dreg),
	A(NFTA_TUNNEL_MODE, BC_BE32, mode, .max = 255),
};

static const char *const keys[] = { "path", "id" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "tunnel load %s => reg %u", BC_NAME(keys, e->key), e->dreg);
}

BC_EXPR_TYPE(tunnel, "tunnel");
