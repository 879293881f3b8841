/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "match". See match.h; net/netfilter/nft_compat.c. */
#include "bytecode/expr/match.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_xt_match

static const struct bc_attr attrs[] = {
	A(NFTA_MATCH_NAME, BC_STR, name, .max = XT_EXTENSION_MAXNAMELEN, .flags = BC_A_NUL),
	A(NFTA_MATCH_REV, BC_BE32, rev, .max = 255),
	A(NFTA_MATCH_INFO, BC_BYTES, info),
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "match name %s rev %u", e->name ? e->name : "", e->rev);
}

BC_EXPR_TYPE(match, "match");
