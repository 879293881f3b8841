/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "flow_offload": hands the connection to a flowtable. Attributes NFTA_FLOW_*. */
#ifndef NFVM_BYTECODE_EXPR_FLOW_OFFLOAD_H
#define NFVM_BYTECODE_EXPR_FLOW_OFFLOAD_H

#include "bytecode/bc.h"

struct bc_flow_offload {
	uint64_t has;
	const char *table; /* the flowtable */
};

#endif
