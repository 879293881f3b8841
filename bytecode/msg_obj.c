/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*OBJ, and which table its NFTA_OBJ_DATA has. nft_obj_policy. */
#include "bytecode/codec.h"
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_obj

static const struct bc_attr attrs[] = {
	A(NFTA_OBJ_TABLE, BC_STR, table, .max = NFT_TABLE_MAXNAMELEN - 1),
	A(NFTA_OBJ_NAME, BC_STR, name, .max = NFT_OBJ_MAXNAMELEN - 1),
	A(NFTA_OBJ_HANDLE, BC_BE64, handle),
	A(NFTA_OBJ_TYPE, BC_BE32, type),
	A(NFTA_OBJ_USERDATA, BC_BYTES, userdata, .max = NFT_USERDATA_MAXLEN),
	A(NFTA_OBJ_DATA, BC_OBJECT, data),
	A(NFTA_OBJ_USE, BC_BE32, use, .flags = BC_A_LAX),
};
const struct bc_desc bc_obj_desc = BC_DESC("obj", attrs);

const struct bc_desc *bc_obj_data_desc(uint32_t type)
{
	switch (type) {
	case NFT_OBJECT_COUNTER:
		return bc_expr_type("counter")->desc;
	case NFT_OBJECT_QUOTA:
		return bc_expr_type("quota")->desc;
	case NFT_OBJECT_LIMIT:
		return bc_expr_type("limit")->desc;
	case NFT_OBJECT_CONNLIMIT:
		return bc_expr_type("connlimit")->desc;
	case NFT_OBJECT_CT_HELPER:
		return &bc_ct_helper_desc;
	case NFT_OBJECT_CT_TIMEOUT:
		return &bc_ct_timeout_desc;
	case NFT_OBJECT_CT_EXPECT:
		return &bc_ct_expect_desc;
	case NFT_OBJECT_SECMARK:
		return &bc_secmark_desc;
	case NFT_OBJECT_SYNPROXY:
		return &bc_synproxy_obj_desc;
	case NFT_OBJECT_TUNNEL:
		return &bc_tunnel_desc;
	default:
		return NULL;
	}
}
