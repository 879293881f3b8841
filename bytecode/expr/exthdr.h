/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "exthdr": loads, writes or removes extension headers and options. Attributes NFTA_EXTHDR_*. */
#ifndef NFVM_BYTECODE_EXPR_EXTHDR_H
#define NFVM_BYTECODE_EXPR_EXTHDR_H

#include "bytecode/bc.h"

struct bc_exthdr {
	uint64_t has;
	uint32_t dreg, sreg; /* load or write; neither: remove */
	uint32_t offset, len;
	uint32_t flags; /* NFT_EXTHDR_F_PRESENT */
	uint32_t op;    /* NFT_EXTHDR_OP_… */
	uint8_t type;
};

#endif
