/* SPDX-License-Identifier: GPL-2.0-or-later */
/* byteorder: not seen in text. The register holds the same value, in the other order from here on. */
#include "src/raise/rx.h"

static enum byteorder other(enum byteorder bo)
{
	return bo == BO_BIG ? BO_HOST : BO_BIG;
}

static void raise_byteorder(struct raise *r, const void *body)
{
	const struct bc_byteorder *b = body;
	const struct rx *a = raise_reg(r, b->sreg);
	struct rx *e;

	if (!a)
		return;
	e = rx_copy(r, a);
	e->t.bo = b->op == NFT_BYTEORDER_HTON ? BO_BIG : b->op == NFT_BYTEORDER_NTOH ? BO_HOST : other(e->t.bo);
	e->swapped = !e->swapped;
	raise_reg_set(r, b->dreg, e);
}

const struct raise_type raise_byteorder_type = { "byteorder", raise_byteorder };
