/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "immediate": loads a constant or sets the verdict. Attributes NFTA_IMMEDIATE_*. */
#ifndef NFVM_BYTECODE_EXPR_IMMEDIATE_H
#define NFVM_BYTECODE_EXPR_IMMEDIATE_H

#include "bytecode/bc.h"

struct bc_immediate {
	uint64_t has;
	uint32_t dreg; /* NFT_REG_VERDICT: data is a verdict */
	struct bc_data data;
};

#endif
