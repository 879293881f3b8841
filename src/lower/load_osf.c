/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads the operating system fingerprint. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_osf *o = gen_add(g, "osf");

	BC_SET(o, NFTA_OSF_DREG, dreg, gen_wire(word));
	BC_SET(o, NFTA_OSF_TTL, ttl, e->osf.ttl);
	if (e->osf.flags)
		BC_SET(o, NFTA_OSF_FLAGS, flags, e->osf.flags);
}

const struct load_type load_osf = { load };
