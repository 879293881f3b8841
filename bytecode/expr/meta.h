/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "meta": loads or sets what is known beside the packet's bytes. Attributes NFTA_META_*. */
#ifndef NFVM_BYTECODE_EXPR_META_H
#define NFVM_BYTECODE_EXPR_META_H

#include "bytecode/bc.h"

struct bc_meta {
	uint64_t has;
	uint32_t dreg, sreg; /* one of the two: load or set */
	uint32_t key; /* NFT_META_… */
};

#endif
