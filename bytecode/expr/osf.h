/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "osf": guesses the operating system that sent a SYN. Attributes NFTA_OSF_*. */
#ifndef NFVM_BYTECODE_EXPR_OSF_H
#define NFVM_BYTECODE_EXPR_OSF_H

#include "bytecode/bc.h"

struct bc_osf {
	uint64_t has;
	uint32_t dreg;
	uint32_t flags; /* NFT_OSF_F_VERSION */
	uint8_t ttl;
};

#endif
