/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting and random numbers. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_numgen *n = gen_add(g, "numgen");

	BC_SET(n, NFTA_NG_DREG, dreg, gen_wire(word));
	BC_SET(n, NFTA_NG_MODULUS, modulus, e->numgen.mod);
	BC_SET(n, NFTA_NG_TYPE, type, e->numgen.type);
	BC_SET(n, NFTA_NG_OFFSET, offset, e->numgen.off);
}

const struct load_type load_numgen = { load };
