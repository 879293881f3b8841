/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "nat": rewrites addresses and ports of a connection. Attributes NFTA_NAT_*. */
#ifndef NFVM_BYTECODE_EXPR_NAT_H
#define NFVM_BYTECODE_EXPR_NAT_H

#include "bytecode/bc.h"

struct bc_nat {
	uint64_t has;
	uint32_t type; /* NFT_NAT_SNAT, NFT_NAT_DNAT */
	uint32_t family;
	uint32_t reg_addr_min, reg_addr_max, reg_proto_min, reg_proto_max;
	uint32_t flags; /* NF_NAT_RANGE_… */
};

#endif
