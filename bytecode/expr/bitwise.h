/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "bitwise": masks, shifts and logic on registers. Attributes NFTA_BITWISE_*. */
#ifndef NFVM_BYTECODE_EXPR_BITWISE_H
#define NFVM_BYTECODE_EXPR_BITWISE_H

#include "bytecode/bc.h"

struct bc_bitwise {
	uint64_t has;
	uint32_t sreg, sreg2, dreg, len;
	uint32_t op; /* NFT_BITWISE_… */
	struct bc_data mask, xor; /* MASK_XOR: (sreg & mask) ^ xor */
	struct bc_data data;      /* shifts: a count (uint32_t, host order); AND, OR, XOR: the other operand unless sreg2 */
};

#endif
