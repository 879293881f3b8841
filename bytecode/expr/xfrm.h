/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "xfrm": loads what is known of the packet's IPsec state. Attributes NFTA_XFRM_*. */
#ifndef NFVM_BYTECODE_EXPR_XFRM_H
#define NFVM_BYTECODE_EXPR_XFRM_H

#include "bytecode/bc.h"

struct bc_xfrm {
	uint64_t has;
	uint32_t dreg;
	uint32_t key; /* NFT_XFRM_KEY_… */
	uint32_t spnum;
	uint8_t dir; /* XFRM_POLICY_IN, XFRM_POLICY_OUT */
};

#endif
