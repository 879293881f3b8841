/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*RULE. nft_rule_policy, nft_rule_compat_policy. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_rule_compat
static const struct bc_attr compat_attrs[] = {
	A(NFTA_RULE_COMPAT_PROTO, BC_BE32, proto),
	A(NFTA_RULE_COMPAT_FLAGS, BC_BE32, flags),
};
static const struct bc_desc compat_desc = BC_DESC("compat", compat_attrs);
#undef T

#define T struct bc_rule
static const struct bc_attr attrs[] = {
	A(NFTA_RULE_TABLE, BC_STR, table, .max = NFT_TABLE_MAXNAMELEN - 1),
	A(NFTA_RULE_CHAIN, BC_STR, chain, .max = NFT_CHAIN_MAXNAMELEN - 1),
	A(NFTA_RULE_CHAIN_ID, BC_BE32, chain_id),
	A(NFTA_RULE_HANDLE, BC_BE64, handle),
	A(NFTA_RULE_EXPRESSIONS, BC_EXPRS, exprs, .flags = BC_A_ARRAY),
	A(NFTA_RULE_POSITION, BC_BE64, position),
	A(NFTA_RULE_USERDATA, BC_BYTES, userdata, .max = NFT_USERDATA_MAXLEN),
	A(NFTA_RULE_COMPAT, BC_NEST, compat, .sub = &compat_desc),
	A(NFTA_RULE_ID, BC_BE32, id),
	A(NFTA_RULE_POSITION_ID, BC_BE32, position_id),
};
const struct bc_desc bc_rule_desc = BC_DESC("rule", attrs);
