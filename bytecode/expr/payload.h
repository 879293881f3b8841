/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "payload": loads or writes bytes of the packet. Attributes NFTA_PAYLOAD_*. */
#ifndef NFVM_BYTECODE_EXPR_PAYLOAD_H
#define NFVM_BYTECODE_EXPR_PAYLOAD_H

#include "bytecode/bc.h"

struct bc_payload {
	uint64_t has;
	uint32_t dreg, sreg; /* one of the two: load or write */
	uint32_t base; /* NFT_PAYLOAD_… */
	uint32_t offset, len;
	uint32_t csum_type, csum_offset, csum_flags; /* writing: the checksum to mend */
};

#endif
