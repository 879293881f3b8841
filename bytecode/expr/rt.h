/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "rt": loads what is known of the route. Attributes NFTA_RT_*. */
#ifndef NFVM_BYTECODE_EXPR_RT_H
#define NFVM_BYTECODE_EXPR_RT_H

#include "bytecode/bc.h"

struct bc_rt {
	uint64_t has;
	uint32_t dreg;
	uint32_t key; /* NFT_RT_… */
};

#endif
