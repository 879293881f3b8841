/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "byteorder": turns numbers between host and network order. Attributes NFTA_BYTEORDER_*. */
#ifndef NFVM_BYTECODE_EXPR_BYTEORDER_H
#define NFVM_BYTECODE_EXPR_BYTEORDER_H

#include "bytecode/bc.h"

struct bc_byteorder {
	uint64_t has;
	uint32_t sreg, dreg;
	uint32_t op; /* NFT_BYTEORDER_NTOH, NFT_BYTEORDER_HTON */
	uint32_t len, size; /* bytes in all, bytes of one number */
};

#endif
