/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "limit": a token bucket of packets or bytes. Attributes NFTA_LIMIT_*. */
#ifndef NFVM_BYTECODE_EXPR_LIMIT_H
#define NFVM_BYTECODE_EXPR_LIMIT_H

#include "bytecode/bc.h"

struct bc_limit {
	uint64_t has;
	uint64_t rate, unit; /* unit: seconds */
	uint32_t burst;
	uint32_t type;       /* NFT_LIMIT_PKTS, NFT_LIMIT_PKT_BYTES */
	uint32_t flags;      /* NFT_LIMIT_F_INV */
};

#endif
