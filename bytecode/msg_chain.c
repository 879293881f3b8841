/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*CHAIN, its hook and counters. nft_chain_policy, nft_hook_policy, nft_counter_policy. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_device
static const struct bc_attr device_attrs[] = {
	A(NFTA_DEVICE_NAME, BC_STR, name),
	A(NFTA_DEVICE_PREFIX, BC_STR, prefix),
};
const struct bc_desc bc_device_desc = BC_DESC("device", device_attrs);
#undef T

#define T struct bc_hook
static const struct bc_attr hook_attrs[] = {
	A(NFTA_HOOK_HOOKNUM, BC_BE32, hooknum),
	A(NFTA_HOOK_PRIORITY, BC_BE32, priority),
	A(NFTA_HOOK_DEV, BC_STR, dev, .max = 15),
	A(NFTA_HOOK_DEVS, BC_ATTRS, devs, .sub = &bc_device_desc),
};
const struct bc_desc bc_hook_desc = BC_DESC("hook", hook_attrs);
#undef T

#define T struct bc_counters
static const struct bc_attr counters_attrs[] = {
	A(NFTA_COUNTER_PACKETS, BC_BE64, packets),
	A(NFTA_COUNTER_BYTES, BC_BE64, bytes),
};
const struct bc_desc bc_counters_desc = BC_DESC("counters", counters_attrs);
#undef T

#define T struct bc_chain
static const struct bc_attr attrs[] = {
	A(NFTA_CHAIN_TABLE, BC_STR, table, .max = NFT_TABLE_MAXNAMELEN - 1),
	A(NFTA_CHAIN_NAME, BC_STR, name, .max = NFT_CHAIN_MAXNAMELEN - 1),
	A(NFTA_CHAIN_HANDLE, BC_BE64, handle),
	A(NFTA_CHAIN_ID, BC_BE32, id),
	A(NFTA_CHAIN_TYPE, BC_STR, type, .max = NFT_MODULE_AUTOLOAD_LIMIT),
	A(NFTA_CHAIN_POLICY, BC_BE32, policy),
	A(NFTA_CHAIN_HOOK, BC_NEST, hook, .sub = &bc_hook_desc),
	A(NFTA_CHAIN_USE, BC_BE32, use, .flags = BC_A_LAX),
	A(NFTA_CHAIN_COUNTERS, BC_NEST, counters, .sub = &bc_counters_desc),
	A(NFTA_CHAIN_FLAGS, BC_BE32, flags),
	A(NFTA_CHAIN_USERDATA, BC_BYTES, userdata, .max = NFT_USERDATA_MAXLEN),
};
const struct bc_desc bc_chain_desc = BC_DESC("chain", attrs);
