/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "fwd": forwards to another device. Attributes NFTA_FWD_*. */
#ifndef NFVM_BYTECODE_EXPR_FWD_H
#define NFVM_BYTECODE_EXPR_FWD_H

#include "bytecode/bc.h"

struct bc_fwd {
	uint64_t has;
	uint32_t sreg_dev, sreg_addr, nfproto;
};

#endif
