/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads from extension headers and options. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_exthdr *x = gen_add(g, "exthdr");

	BC_SET(x, NFTA_EXTHDR_DREG, dreg, gen_wire(word));
	BC_SET(x, NFTA_EXTHDR_TYPE, type, e->exthdr.type);
	BC_SET(x, NFTA_EXTHDR_OFFSET, offset, e->exthdr.off / 8);
	BC_SET(x, NFTA_EXTHDR_LEN, len, (e->bits + 7) / 8);
	BC_SET(x, NFTA_EXTHDR_OP, op, e->exthdr.op);
	BC_SET(x, NFTA_EXTHDR_FLAGS, flags, e->exthdr.flags);
}

const struct load_type load_exthdr = { load };
