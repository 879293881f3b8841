/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "notrack": keeps the packet from being tracked. Attributes NFTA_NOTRACK_*. */
#ifndef NFVM_BYTECODE_EXPR_NOTRACK_H
#define NFVM_BYTECODE_EXPR_NOTRACK_H

#include "bytecode/bc.h"

struct bc_notrack {
	uint64_t has;
};

#endif
