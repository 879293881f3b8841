/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "queue": hands the packet to a program. Attributes NFTA_QUEUE_*. */
#ifndef NFVM_BYTECODE_EXPR_QUEUE_H
#define NFVM_BYTECODE_EXPR_QUEUE_H

#include "bytecode/bc.h"

struct bc_queue {
	uint64_t has;
	uint16_t num, total;
	uint16_t flags; /* NFT_QUEUE_FLAG_… */
	uint32_t sreg_qnum;
};

#endif
