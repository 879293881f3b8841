/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads what the host knows of the packet. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_meta *m;

	load_open(g, e, (void **)&m, "meta");
	BC_SET(m, NFTA_META_DREG, dreg, gen_wire(word));
	BC_SET(m, NFTA_META_KEY, key, e->meta.key);
}

const struct load_type load_meta = { load };
