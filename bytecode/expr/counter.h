/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "counter": counts packets and bytes. Attributes NFTA_COUNTER_*. */
#ifndef NFVM_BYTECODE_EXPR_COUNTER_H
#define NFVM_BYTECODE_EXPR_COUNTER_H

#include "bytecode/bc.h"

struct bc_counter {
	uint64_t has;
	uint64_t bytes, packets;
};

#endif
