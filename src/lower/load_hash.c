/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes of what is loaded, and of the flow. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	uint32_t from = 0;
	struct bc_hash *h;

	if (e->hash.of) {
		from = gen_reg(g, e->hash.of);
		gen_expr(g, e->hash.of, from);
		gen_free(g, from);
	}
	h = gen_add(g, "hash");
	if (e->hash.of) {
		BC_SET(h, NFTA_HASH_SREG, sreg, gen_wire(from));
		BC_SET(h, NFTA_HASH_LEN, len, tx_bytes(e->hash.of));
	}
	BC_SET(h, NFTA_HASH_DREG, dreg, gen_wire(word));
	BC_SET(h, NFTA_HASH_MODULUS, modulus, e->hash.mod);
	if (e->hash.has_seed)
		BC_SET(h, NFTA_HASH_SEED, seed, e->hash.seed);
	BC_SET(h, NFTA_HASH_OFFSET, offset, e->hash.off);
	BC_SET(h, NFTA_HASH_TYPE, type, e->hash.type);
}

const struct load_type load_hash = { load };
