/* SPDX-License-Identifier: GPL-2.0-or-later */
/* range: `reg from-to`. */
#include "src/raise/rx.h"

static void raise_range(struct raise *r, const void *body)
{
	const struct bc_range *c = body;
	const struct rx *left = raise_reg_bytes(r, c->sreg, c->from.len);
	const struct rx *from = rx_value(r, c->from.value, c->from.len), *to = rx_value(r, c->to.value, c->to.len);

	if (left)
		raise_match(r, c->op == NFT_RANGE_NEQ ? AST_OP_NE : AST_OP_EQ, left, rx_range(r, left, from, to));
}

const struct raise_type raise_range_type = { "range", raise_range };
