/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "tunnel": loads what is known of the tunnel the packet came from. Attributes NFTA_TUNNEL_*. */
#ifndef NFVM_BYTECODE_EXPR_TUNNEL_H
#define NFVM_BYTECODE_EXPR_TUNNEL_H

#include "bytecode/bc.h"

struct bc_tunnel {
	uint64_t has;
	uint32_t key; /* NFT_TUNNEL_PATH, NFT_TUNNEL_ID */
	uint32_t dreg;
	uint32_t mode; /* NFT_TUNNEL_MODE_… */
};

#endif
