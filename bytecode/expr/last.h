/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "last": when the rule was last hit. Attributes NFTA_LAST_*. */
#ifndef NFVM_BYTECODE_EXPR_LAST_H
#define NFVM_BYTECODE_EXPR_LAST_H

#include "bytecode/bc.h"

struct bc_last {
	uint64_t has;
	uint32_t set;   /* ever */
	uint64_t msecs; /* ago */
};

#endif
