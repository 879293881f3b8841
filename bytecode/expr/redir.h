/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "redir": destination NAT to this host. Attributes NFTA_REDIR_*. */
#ifndef NFVM_BYTECODE_EXPR_REDIR_H
#define NFVM_BYTECODE_EXPR_REDIR_H

#include "bytecode/bc.h"

struct bc_redir {
	uint64_t has;
	uint32_t reg_proto_min, reg_proto_max;
	uint32_t flags; /* NF_NAT_RANGE_… */
};

#endif
