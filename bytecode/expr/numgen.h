/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "numgen": counts, or draws at random. Attributes NFTA_NG_*. */
#ifndef NFVM_BYTECODE_EXPR_NUMGEN_H
#define NFVM_BYTECODE_EXPR_NUMGEN_H

#include "bytecode/bc.h"

struct bc_numgen {
	uint64_t has;
	uint32_t dreg, modulus;
	uint32_t type; /* NFT_NG_INCREMENTAL, NFT_NG_RANDOM */
	uint32_t offset;
};

#endif
