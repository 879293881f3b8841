/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "socket": loads what is known of the local socket. Attributes NFTA_SOCKET_*. */
#ifndef NFVM_BYTECODE_EXPR_SOCKET_H
#define NFVM_BYTECODE_EXPR_SOCKET_H

#include "bytecode/bc.h"

struct bc_socket {
	uint64_t has;
	uint32_t key; /* NFT_SOCKET_… */
	uint32_t dreg;
	uint32_t level; /* of cgroupv2 */
};

#endif
