/* SPDX-License-Identifier: GPL-2.0-or-later */
/* numgen: numbers in turn, or random ones. */
#include "src/raise/rx.h"

struct rx *raise_numgen_of(struct raise *r, uint32_t type, uint32_t mod, uint32_t offset)
{
	const char *words[] = { type == NFT_NG_RANDOM ? "random" : "inc", NULL };
	struct rx *e = rx_field(r, "numgen", words, &type_integer, 32, BO_HOST);

	e->f.ast->num = mod;
	e->f.ast->num2 = offset;
	return e;
}

static void raise_numgen(struct raise *r, const void *body)
{
	const struct bc_numgen *n = body;

	raise_reg_set(r, n->dreg, raise_numgen_of(r, n->type, n->modulus, n->offset));
}

const struct raise_type raise_numgen_type = { "numgen", raise_numgen };
