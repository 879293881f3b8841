/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "connlimit": counts connections per key. Attributes NFTA_CONNLIMIT_*. */
#ifndef NFVM_BYTECODE_EXPR_CONNLIMIT_H
#define NFVM_BYTECODE_EXPR_CONNLIMIT_H

#include "bytecode/bc.h"

struct bc_connlimit {
	uint64_t has;
	uint32_t count, flags; /* NFT_CONNLIMIT_F_INV */
};

#endif
