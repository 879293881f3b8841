/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads from the transformations (IPsec). */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_xfrm *x = gen_add(g, "xfrm");

	BC_SET(x, NFTA_XFRM_DREG, dreg, gen_wire(word));
	BC_SET(x, NFTA_XFRM_DIR, dir, e->xfrm.dir);
	BC_SET(x, NFTA_XFRM_KEY, key, e->xfrm.key);
	BC_SET(x, NFTA_XFRM_SPNUM, spnum, e->xfrm.spnum);
}

const struct load_type load_xfrm = { load };
