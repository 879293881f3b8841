/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads from the route. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_rt *r = gen_add(g, "rt");

	BC_SET(r, NFTA_RT_DREG, dreg, gen_wire(word));
	BC_SET(r, NFTA_RT_KEY, key, e->rt.key);
}

const struct load_type load_rt = { load };
