/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expression "target": an iptables target, as x_tables has it. Attributes NFTA_TARGET_*. */
#ifndef NFVM_BYTECODE_EXPR_TARGET_H
#define NFVM_BYTECODE_EXPR_TARGET_H

#include "bytecode/bc.h"

struct bc_xt_target {
	uint64_t has;
	const char *name;
	uint32_t rev;
	struct bc_bytes info; /* the struct of the kernel's xt_NAME */
};

#endif
