/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "match": an iptables match, as x_tables has it. Attributes NFTA_MATCH_*. */
#ifndef NFVM_BYTECODE_EXPR_MATCH_H
#define NFVM_BYTECODE_EXPR_MATCH_H

#include "bytecode/bc.h"

struct bc_xt_match {
	uint64_t has;
	const char *name;
	uint32_t rev;
	struct bc_bytes info; /* the struct of the kernel's xt_NAME */
};

#endif
