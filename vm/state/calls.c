/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subsystem NFNL_SUBSYS_NFTABLES: which function handles which message (nf_tables_cb[]). */
#include "vm/nl/subsys.h"
#include "vm/state/internal.h"

static const struct nl_call calls[] = {
	[NFT_MSG_NEWTABLE] = { NL_BATCH, table_new, &bc_table_desc, 0, NULL },
	[NFT_MSG_GETTABLE] = { NL_PLAIN, table_get, &bc_table_desc, 0, NULL },
	[NFT_MSG_DELTABLE] = { NL_BATCH, table_del, &bc_table_desc, 0, NULL },
	[NFT_MSG_DESTROYTABLE] = { NL_BATCH, table_del, &bc_table_desc, 0, NULL },
	[NFT_MSG_NEWCHAIN] = { NL_BATCH, chain_new, &bc_chain_desc, 0, NULL },
	[NFT_MSG_GETCHAIN] = { NL_PLAIN, chain_get, &bc_chain_desc, 0, NULL },
	[NFT_MSG_DELCHAIN] = { NL_BATCH, chain_del, &bc_chain_desc, 0, NULL },
	[NFT_MSG_DESTROYCHAIN] = { NL_BATCH, chain_del, &bc_chain_desc, 0, NULL },
	[NFT_MSG_NEWRULE] = { NL_BATCH, rule_new, &bc_rule_desc, NFTA_RULE_EXPRESSIONS, rule_new_early },
	[NFT_MSG_GETRULE] = { NL_PLAIN, rule_get, &bc_rule_desc, 0, NULL },
	[NFT_MSG_GETRULE_RESET] = { NL_PLAIN, rule_get, &bc_rule_desc, 0, NULL },
	[NFT_MSG_DELRULE] = { NL_BATCH, rule_del, &bc_rule_desc, 0, NULL },
	[NFT_MSG_DESTROYRULE] = { NL_BATCH, rule_del, &bc_rule_desc, 0, NULL },
	[NFT_MSG_NEWSET] = { NL_BATCH, set_new, &bc_set_msg_desc, 0, NULL },
	[NFT_MSG_GETSET] = { NL_PLAIN, set_get, &bc_set_msg_desc, 0, NULL },
	[NFT_MSG_DELSET] = { NL_BATCH, set_del, &bc_set_msg_desc, 0, NULL },
	[NFT_MSG_DESTROYSET] = { NL_BATCH, set_del, &bc_set_msg_desc, 0, NULL },
	[NFT_MSG_NEWSETELEM] = { NL_BATCH, elems_new, &bc_elems_desc, NFTA_SET_ELEM_LIST_ELEMENTS, elems_new_early },
	[NFT_MSG_GETSETELEM] = { NL_PLAIN, elems_get, &bc_elems_desc, 0, NULL },
	[NFT_MSG_GETSETELEM_RESET] = { NL_PLAIN, elems_get, &bc_elems_desc, 0, NULL },
	[NFT_MSG_DELSETELEM] = { NL_BATCH, elems_del, &bc_elems_desc, NFTA_SET_ELEM_LIST_ELEMENTS, elems_del_early },
	[NFT_MSG_DESTROYSETELEM] = { NL_BATCH, elems_del, &bc_elems_desc, NFTA_SET_ELEM_LIST_ELEMENTS, elems_del_early },
	[NFT_MSG_GETGEN] = { NL_PLAIN, gen_get, &bc_gen_desc, 0, NULL },
	[NFT_MSG_NEWOBJ] = { NL_BATCH, obj_new, &bc_obj_desc, 0, NULL },
	[NFT_MSG_GETOBJ] = { NL_PLAIN, obj_get, &bc_obj_desc, 0, NULL },
	[NFT_MSG_GETOBJ_RESET] = { NL_PLAIN, obj_get, &bc_obj_desc, 0, NULL },
	[NFT_MSG_DELOBJ] = { NL_BATCH, obj_del, &bc_obj_desc, 0, NULL },
	[NFT_MSG_DESTROYOBJ] = { NL_BATCH, obj_del, &bc_obj_desc, 0, NULL },
	[NFT_MSG_NEWFLOWTABLE] = { NL_BATCH, flowtable_new, &bc_flowtable_desc, 0, NULL },
	[NFT_MSG_GETFLOWTABLE] = { NL_PLAIN, flowtable_get, &bc_flowtable_desc, 0, NULL },
	[NFT_MSG_DELFLOWTABLE] = { NL_BATCH, flowtable_del, &bc_flowtable_desc, 0, NULL },
	[NFT_MSG_DESTROYFLOWTABLE] = { NL_BATCH, flowtable_del, &bc_flowtable_desc, 0, NULL },
};

const struct nl_subsys state_subsys = {
	.id = NFNL_SUBSYS_NFTABLES,
	.n_calls = ARRAY_SIZE(calls),
	.calls = calls,
	.begin = txn_begin,
	.commit = txn_commit,
	.abort = txn_abort,
};
