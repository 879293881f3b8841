/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*FLOWTABLE. nft_flowtable_policy, nft_flowtable_hook_policy. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_flowtable_hook
static const struct bc_attr hook_attrs[] = {
	A(NFTA_FLOWTABLE_HOOK_NUM, BC_BE32, hooknum),
	A(NFTA_FLOWTABLE_HOOK_PRIORITY, BC_BE32, priority),
	A(NFTA_FLOWTABLE_HOOK_DEVS, BC_ATTRS, devs, .sub = &bc_device_desc),
};
static const struct bc_desc hook_desc = BC_DESC("hook", hook_attrs);
#undef T

#define T struct bc_flowtable
static const struct bc_attr attrs[] = {
	A(NFTA_FLOWTABLE_TABLE, BC_STR, table, .max = NFT_NAME_MAXLEN - 1),
	A(NFTA_FLOWTABLE_NAME, BC_STR, name, .max = NFT_NAME_MAXLEN - 1),
	A(NFTA_FLOWTABLE_HANDLE, BC_BE64, handle),
	A(NFTA_FLOWTABLE_HOOK, BC_NEST, hook, .sub = &hook_desc),
	A(NFTA_FLOWTABLE_FLAGS, BC_BE32, flags),
	A(NFTA_FLOWTABLE_USE, BC_BE32, use, .flags = BC_A_LAX),
};
const struct bc_desc bc_flowtable_desc = BC_DESC("flowtable", attrs);
