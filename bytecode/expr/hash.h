/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "hash": hashes a register, or the flow. Attributes NFTA_HASH_*. */
#ifndef NFVM_BYTECODE_EXPR_HASH_H
#define NFVM_BYTECODE_EXPR_HASH_H

#include "bytecode/bc.h"

struct bc_hash {
	uint64_t has;
	uint32_t sreg, dreg, len, modulus, seed, offset;
	uint32_t type; /* NFT_HASH_JENKINS, NFT_HASH_SYM */
};

#endif
