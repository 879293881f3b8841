/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "objref": uses a named object, or the one a map gives. Attributes NFTA_OBJREF_*. */
#ifndef NFVM_BYTECODE_EXPR_OBJREF_H
#define NFVM_BYTECODE_EXPR_OBJREF_H

#include "bytecode/bc.h"

struct bc_objref {
	uint64_t has;
	uint32_t imm_type; /* NFT_OBJECT_… */
	const char *imm_name;
	uint32_t set_sreg;
	const char *set_name;
	uint32_t set_id;
};

#endif
