/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads from the metadata of a tunnel. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_tunnel *t = gen_add(g, "tunnel");

	BC_SET(t, NFTA_TUNNEL_DREG, dreg, gen_wire(word));
	BC_SET(t, NFTA_TUNNEL_KEY, key, e->tunnel.key);
}

const struct load_type load_tunnel = { load };
