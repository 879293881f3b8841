/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "log": logs the packet. Attributes NFTA_LOG_*. */
#ifndef NFVM_BYTECODE_EXPR_LOG_H
#define NFVM_BYTECODE_EXPR_LOG_H

#include "bytecode/bc.h"

struct bc_log {
	uint64_t has;
	uint16_t group, qthreshold; /* group: to nfnetlink_log */
	const char *prefix;
	uint32_t snaplen;
	uint32_t level; /* NFT_LOGLEVEL_… */
	uint32_t flags; /* NF_LOG_… */
};

#endif
