/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "ct": loads or sets what connection tracking knows. Attributes NFTA_CT_*. */
#ifndef NFVM_BYTECODE_EXPR_CT_H
#define NFVM_BYTECODE_EXPR_CT_H

#include "bytecode/bc.h"

struct bc_ct {
	uint64_t has;
	uint32_t dreg, sreg; /* one of the two: load or set */
	uint32_t key; /* NFT_CT_… */
	uint8_t direction; /* IP_CT_DIR_… */
};

#endif
