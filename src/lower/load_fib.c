/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the routing tables. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_fib *f = gen_add(g, "fib");

	BC_SET(f, NFTA_FIB_DREG, dreg, gen_wire(word));
	BC_SET(f, NFTA_FIB_RESULT, result, e->fib.result);
	BC_SET(f, NFTA_FIB_FLAGS, flags, e->fib.flags);
}

const struct load_type load_fib = { load };
