/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_NEWGEN: the generation, and who made it. nf_tables_fill_gen_info. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_gen

static const struct bc_attr attrs[] = {
	A(NFTA_GEN_ID, BC_BE32, id),
	A(NFTA_GEN_PROC_PID, BC_BE32, proc_pid),
	A(NFTA_GEN_PROC_NAME, BC_STR, proc_name),
};
const struct bc_desc bc_gen_desc = BC_DESC("gen", attrs);
