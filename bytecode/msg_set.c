/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*SET and NFT_MSG_*SETELEM. nft_set_policy, nft_set_desc_policy, nft_set_elem_policy, nft_set_elem_list_policy. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_set_field
static const struct bc_attr field_attrs[] = {
	A(NFTA_SET_FIELD_LEN, BC_BE32, len),
};
static const struct bc_desc field_desc = BC_DESC("field", field_attrs);
#undef T

#define T struct bc_set_desc
static const struct bc_attr desc_attrs[] = {
	A(NFTA_SET_DESC_SIZE, BC_BE32, size),
	A(NFTA_SET_DESC_CONCAT, BC_LIST, concat, .sub = &field_desc, .flags = BC_A_ARRAY),
};
static const struct bc_desc desc_desc = BC_DESC("desc", desc_attrs);
#undef T

#define T struct bc_set
static const struct bc_attr set_attrs[] = {
	A(NFTA_SET_TABLE, BC_STR, table, .max = NFT_TABLE_MAXNAMELEN - 1),
	A(NFTA_SET_NAME, BC_STR, name, .max = NFT_SET_MAXNAMELEN - 1),
	A(NFTA_SET_HANDLE, BC_BE64, handle),
	A(NFTA_SET_FLAGS, BC_BE32, flags),
	A(NFTA_SET_KEY_TYPE, BC_BE32, key_type),
	A(NFTA_SET_KEY_LEN, BC_BE32, key_len),
	A(NFTA_SET_DATA_TYPE, BC_BE32, data_type),
	A(NFTA_SET_DATA_LEN, BC_BE32, data_len),
	A(NFTA_SET_OBJ_TYPE, BC_BE32, obj_type),
	A(NFTA_SET_ID, BC_BE32, id),
	A(NFTA_SET_POLICY, BC_BE32, policy),
	A(NFTA_SET_DESC, BC_NEST, desc, .sub = &desc_desc),
	A(NFTA_SET_TIMEOUT, BC_BE64, timeout),
	A(NFTA_SET_GC_INTERVAL, BC_BE32, gc_interval),
	A(NFTA_SET_USERDATA, BC_BYTES, userdata, .max = NFT_USERDATA_MAXLEN),
	A(NFTA_SET_EXPR, BC_EXPR, expr),
	A(NFTA_SET_EXPRESSIONS, BC_EXPRS, exprs, .flags = BC_A_ARRAY),
	A(NFTA_SET_TYPE, BC_STR, type, .flags = BC_A_REPLY),
	A(NFTA_SET_COUNT, BC_BE32, count, .flags = BC_A_REPLY),
};
const struct bc_desc bc_set_msg_desc = BC_DESC("set", set_attrs);
#undef T

#define T struct bc_elem
static const struct bc_attr elem_attrs[] = {
	A(NFTA_SET_ELEM_FLAGS, BC_BE32, flags),
	A(NFTA_SET_ELEM_TIMEOUT, BC_BE64, timeout),
	A(NFTA_SET_ELEM_EXPIRATION, BC_BE64, expiration),
	A(NFTA_SET_ELEM_KEY, BC_DATA, key, .max = NFT_DATA_VALUE_MAXLEN),
	A(NFTA_SET_ELEM_KEY_END, BC_DATA, key_end, .max = NFT_DATA_VALUE_MAXLEN),
	A(NFTA_SET_ELEM_DATA, BC_DATA, data, .max = NFT_DATA_VALUE_MAXLEN),
	A(NFTA_SET_ELEM_USERDATA, BC_BYTES, userdata, .max = NFT_USERDATA_MAXLEN),
	A(NFTA_SET_ELEM_OBJREF, BC_STR, objref, .max = NFT_OBJ_MAXNAMELEN - 1),
	A(NFTA_SET_ELEM_EXPR, BC_EXPR, expr),
	A(NFTA_SET_ELEM_EXPRESSIONS, BC_EXPRS, exprs, .flags = BC_A_ARRAY),
};
const struct bc_desc bc_elem_desc = BC_DESC("elem", elem_attrs);
#undef T

#define T struct bc_elems
static const struct bc_attr elems_attrs[] = {
	A(NFTA_SET_ELEM_LIST_TABLE, BC_STR, table, .max = NFT_TABLE_MAXNAMELEN - 1),
	A(NFTA_SET_ELEM_LIST_SET, BC_STR, set, .max = NFT_SET_MAXNAMELEN - 1),
	A(NFTA_SET_ELEM_LIST_SET_ID, BC_BE32, set_id),
	A(NFTA_SET_ELEM_LIST_ELEMENTS, BC_LIST, elems, .sub = &bc_elem_desc, .flags = BC_A_ARRAY),
};
const struct bc_desc bc_elems_desc = BC_DESC("elems", elems_attrs);
