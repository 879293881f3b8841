/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "reject": refuses with an answer. Attributes NFTA_REJECT_*. */
#ifndef NFVM_BYTECODE_EXPR_REJECT_H
#define NFVM_BYTECODE_EXPR_REJECT_H

#include "bytecode/bc.h"

struct bc_reject {
	uint64_t has;
	uint32_t type; /* NFT_REJECT_… */
	uint8_t icmp_code;
};

#endif
