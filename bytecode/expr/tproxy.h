/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "tproxy": hands the packet to a local socket. Attributes NFTA_TPROXY_*. */
#ifndef NFVM_BYTECODE_EXPR_TPROXY_H
#define NFVM_BYTECODE_EXPR_TPROXY_H

#include "bytecode/bc.h"

struct bc_tproxy {
	uint64_t has;
	uint32_t family;
	uint32_t reg_addr, reg_port;
};

#endif
