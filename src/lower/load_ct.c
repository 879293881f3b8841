/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads from the connection. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_ct *c = gen_add(g, "ct");

	BC_SET(c, NFTA_CT_DREG, dreg, gen_wire(word));
	BC_SET(c, NFTA_CT_KEY, key, e->ct.key);
	if (e->ct.dir >= 0)
		BC_SET(c, NFTA_CT_DIRECTION, direction, (uint8_t)e->ct.dir);
}

const struct load_type load_ct = { load };
