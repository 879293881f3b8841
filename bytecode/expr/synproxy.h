/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "synproxy": answers SYNs in the server's stead. Attributes NFTA_SYNPROXY_*. */
#ifndef NFVM_BYTECODE_EXPR_SYNPROXY_H
#define NFVM_BYTECODE_EXPR_SYNPROXY_H

#include "bytecode/bc.h"

struct bc_synproxy {
	uint64_t has;
	uint16_t mss;
	uint8_t wscale;
	uint32_t flags; /* NF_SYNPROXY_OPT_… */
};

#endif
