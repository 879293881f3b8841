/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "dup": sends a copy elsewhere. Attributes NFTA_DUP_*. */
#ifndef NFVM_BYTECODE_EXPR_DUP_H
#define NFVM_BYTECODE_EXPR_DUP_H

#include "bytecode/bc.h"

struct bc_dup {
	uint64_t has;
	uint32_t sreg_addr, sreg_dev;
};

#endif
