/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which table a message has. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#include "bytecode/codec.h"

const struct bc_desc *bc_msg_desc(uint16_t type)
{
	static const struct bc_desc *const descs[] = {
		[NFT_MSG_NEWTABLE] = &bc_table_desc,
		[NFT_MSG_GETTABLE] = &bc_table_desc,
		[NFT_MSG_DELTABLE] = &bc_table_desc,
		[NFT_MSG_DESTROYTABLE] = &bc_table_desc,
		[NFT_MSG_NEWCHAIN] = &bc_chain_desc,
		[NFT_MSG_GETCHAIN] = &bc_chain_desc,
		[NFT_MSG_DELCHAIN] = &bc_chain_desc,
		[NFT_MSG_DESTROYCHAIN] = &bc_chain_desc,
		[NFT_MSG_NEWRULE] = &bc_rule_desc,
		[NFT_MSG_GETRULE] = &bc_rule_desc,
		[NFT_MSG_GETRULE_RESET] = &bc_rule_desc,
		[NFT_MSG_DELRULE] = &bc_rule_desc,
		[NFT_MSG_DESTROYRULE] = &bc_rule_desc,
		[NFT_MSG_NEWSET] = &bc_set_msg_desc,
		[NFT_MSG_GETSET] = &bc_set_msg_desc,
		[NFT_MSG_DELSET] = &bc_set_msg_desc,
		[NFT_MSG_DESTROYSET] = &bc_set_msg_desc,
		[NFT_MSG_NEWSETELEM] = &bc_elems_desc,
		[NFT_MSG_GETSETELEM] = &bc_elems_desc,
		[NFT_MSG_GETSETELEM_RESET] = &bc_elems_desc,
		[NFT_MSG_DELSETELEM] = &bc_elems_desc,
		[NFT_MSG_DESTROYSETELEM] = &bc_elems_desc,
		[NFT_MSG_NEWOBJ] = &bc_obj_desc,
		[NFT_MSG_GETOBJ] = &bc_obj_desc,
		[NFT_MSG_GETOBJ_RESET] = &bc_obj_desc,
		[NFT_MSG_DELOBJ] = &bc_obj_desc,
		[NFT_MSG_DESTROYOBJ] = &bc_obj_desc,
		[NFT_MSG_NEWFLOWTABLE] = &bc_flowtable_desc,
		[NFT_MSG_GETFLOWTABLE] = &bc_flowtable_desc,
		[NFT_MSG_DELFLOWTABLE] = &bc_flowtable_desc,
		[NFT_MSG_DESTROYFLOWTABLE] = &bc_flowtable_desc,
		[NFT_MSG_NEWGEN] = &bc_gen_desc,
		[NFT_MSG_GETGEN] = &bc_gen_desc,
		[NFT_MSG_TRACE] = &bc_trace_desc,
	};

	return type < ARRAY_SIZE(descs) ? descs[type] : NULL;
}

const struct bc_desc *bc_object_desc(const struct bc_desc *d, const void *s)
{
	const struct bc_obj *o = s;

	return d == &bc_obj_desc && BC_HAS(o, NFTA_OBJ_TYPE) ? bc_obj_data_desc(o->type) : NULL;
}
