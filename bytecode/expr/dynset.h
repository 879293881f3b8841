/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "dynset": adds elements to sets, or removes them, as packets pass. Attributes NFTA_DYNSET_*. */
#ifndef NFVM_BYTECODE_EXPR_DYNSET_H
#define NFVM_BYTECODE_EXPR_DYNSET_H

#include "bytecode/bc.h"

struct bc_dynset {
	uint64_t has;
	const char *set;
	uint32_t set_id;
	uint32_t op; /* NFT_DYNSET_OP_… */
	uint32_t sreg_key, sreg_data;
	uint32_t flags; /* NFT_DYNSET_F_… */
	uint64_t timeout; /* ms */
	struct bc_expr *expr, *exprs; /* stateful, for each element: one, or a list */
};

#endif
