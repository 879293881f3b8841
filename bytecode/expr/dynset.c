/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "dynset". See dynset.h; net/netfilter/nft_dynset.c. */
#include "bytecode/expr/dynset.h"
#include "bytecode/table.h"
#include "bytecode/text.h"
#include <inttypes.h>

#define T struct bc_dynset

static const struct bc_attr attrs[] = {
	A(NFTA_DYNSET_SREG_KEY, BC_BE32, sreg_key),
	A(NFTA_DYNSET_SREG_DATA, BC_BE32, sreg_data),
	A(NFTA_DYNSET_OP, BC_BE32, op, .max = 255),
	A(NFTA_DYNSET_TIMEOUT, BC_BE64, timeout),
	A(NFTA_DYNSET_SET_NAME, BC_STR, set, .max = NFT_SET_MAXNAMELEN - 1),
	A(NFTA_DYNSET_SET_ID, BC_BE32, set_id),
	A(NFTA_DYNSET_EXPR, BC_EXPR, expr),
	A(NFTA_DYNSET_EXPRESSIONS, BC_EXPRS, exprs),
	A(NFTA_DYNSET_FLAGS, BC_BE32, flags),
};

static const char *const ops[] = { "add", "update", "delete" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;
	const struct bc_expr *list = e->expr ? e->expr : e->exprs;

	buf_printf(out, "dynset %s reg_key %u set %s", BC_NAME(ops, e->op), e->sreg_key, e->set ? e->set : "");
	bc_text_opt(out, BC_HAS(e, NFTA_DYNSET_SREG_DATA), " sreg_data ", e->sreg_data);
	if (BC_HAS(e, NFTA_DYNSET_TIMEOUT))
		buf_printf(out, " timeout %" PRIu64 "ms", e->timeout);
	if (list && list->next)
		buf_puts(out, " (");
	for (const struct bc_expr *x = list; x; x = x->next) {
		buf_puts(out, " expr [ ");
		x->type->dump(out, x->body);
		buf_puts(out, " ]");
	}
	if (list && list->next)
		buf_puts(out, " )");
}

BC_EXPR_TYPE(dynset, "dynset");
