/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "quota": holds until so many bytes have passed. Attributes NFTA_QUOTA_*. */
#ifndef NFVM_BYTECODE_EXPR_QUOTA_H
#define NFVM_BYTECODE_EXPR_QUOTA_H

#include "bytecode/bc.h"

struct bc_quota {
	uint64_t has;
	uint64_t bytes, consumed;
	uint32_t flags; /* NFT_QUOTA_F_… */
};

#endif
