/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "range": whether a register lies between two constants. Attributes NFTA_RANGE_*. */
#ifndef NFVM_BYTECODE_EXPR_RANGE_H
#define NFVM_BYTECODE_EXPR_RANGE_H

#include "bytecode/bc.h"

struct bc_range {
	uint64_t has;
	uint32_t sreg;
	uint32_t op; /* NFT_RANGE_EQ, NFT_RANGE_NEQ */
	struct bc_data from, to;
};

#endif
