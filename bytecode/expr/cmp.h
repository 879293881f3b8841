/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "cmp": compares a register with a constant, breaks off the rule where it does not hold. Attributes NFTA_CMP_*. */
#ifndef NFVM_BYTECODE_EXPR_CMP_H
#define NFVM_BYTECODE_EXPR_CMP_H

#include "bytecode/bc.h"

struct bc_cmp {
	uint64_t has;
	uint32_t sreg;
	uint32_t op; /* NFT_CMP_… */
	struct bc_data data;
};

#endif
