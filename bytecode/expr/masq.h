/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "masq": source NAT to the address of the outgoing device. Attributes NFTA_MASQ_*. */
#ifndef NFVM_BYTECODE_EXPR_MASQ_H
#define NFVM_BYTECODE_EXPR_MASQ_H

#include "bytecode/bc.h"

struct bc_masq {
	uint64_t has;
	uint32_t flags; /* NF_NAT_RANGE_… */
	uint32_t reg_proto_min, reg_proto_max;
};

#endif
