/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "fib": asks the routing table. Attributes NFTA_FIB_*. */
#ifndef NFVM_BYTECODE_EXPR_FIB_H
#define NFVM_BYTECODE_EXPR_FIB_H

#include "bytecode/bc.h"

struct bc_fib {
	uint64_t has;
	uint32_t dreg;
	uint32_t result; /* NFT_FIB_RESULT_… */
	uint32_t flags;  /* NFTA_FIB_F_… */
};

#endif
