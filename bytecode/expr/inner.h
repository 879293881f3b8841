/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "inner": runs an expression on what a tunnel carries. Attributes NFTA_INNER_*. */
#ifndef NFVM_BYTECODE_EXPR_INNER_H
#define NFVM_BYTECODE_EXPR_INNER_H

#include "bytecode/bc.h"

struct bc_inner {
	uint64_t has;
	uint32_t num;     /* 0 */
	uint32_t type;    /* NFT_INNER_VXLAN, NFT_INNER_GENEVE, or the protocol of an IP tunnel */
	uint32_t flags;   /* NFT_INNER_… */
	uint32_t hdrsize;
	struct bc_expr *expr; /* a payload or meta */
};

#endif
