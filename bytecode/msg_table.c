/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*TABLE. nft_table_policy. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_table

static const struct bc_attr attrs[] = {
	A(NFTA_TABLE_NAME, BC_STR, name, .max = NFT_TABLE_MAXNAMELEN - 1),
	A(NFTA_TABLE_HANDLE, BC_BE64, handle),
	A(NFTA_TABLE_FLAGS, BC_BE32, flags),
	A(NFTA_TABLE_USE, BC_BE32, use, .flags = BC_A_LAX),
	A(NFTA_TABLE_USERDATA, BC_BYTES, userdata, .max = NFT_USERDATA_MAXLEN),
	A(NFTA_TABLE_OWNER, BC_BE32, owner, .flags = BC_A_LAX),
};

const struct bc_desc bc_table_desc = BC_DESC("table", attrs);
