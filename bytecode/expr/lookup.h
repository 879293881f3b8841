/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "lookup": looks a register up in a set or map. Attributes NFTA_LOOKUP_*. */
#ifndef NFVM_BYTECODE_EXPR_LOOKUP_H
#define NFVM_BYTECODE_EXPR_LOOKUP_H

#include "bytecode/bc.h"

struct bc_lookup {
	uint64_t has;
	const char *set;
	uint32_t set_id;
	uint32_t sreg, dreg; /* dreg: of a map */
	uint32_t flags; /* NFT_LOOKUP_F_INV */
};

#endif
