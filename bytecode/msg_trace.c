/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_TRACE. nf_tables_trace.c, nft_trace_notify, whose order this is. */
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_trace

static const struct bc_attr attrs[] = {
	A(NFTA_TRACE_NFPROTO, BC_BE32, nfproto),
	A(NFTA_TRACE_TYPE, BC_BE32, type),
	A(NFTA_TRACE_ID, BC_BE32, id),
	A(NFTA_TRACE_CHAIN, BC_STR, chain),
	A(NFTA_TRACE_TABLE, BC_STR, table),
	A(NFTA_TRACE_RULE_HANDLE, BC_BE64, rule_handle),
	A(NFTA_TRACE_VERDICT, BC_VERDICT, verdict),
	A(NFTA_TRACE_POLICY, BC_BE32, policy),
	A(NFTA_TRACE_MARK, BC_BE32, mark),
	A(NFTA_TRACE_IIF, BC_BE32, iif),
	A(NFTA_TRACE_IIFTYPE, BC_BE16, iiftype),
	A(NFTA_TRACE_OIF, BC_BE32, oif),
	A(NFTA_TRACE_OIFTYPE, BC_BE16, oiftype),
	A(NFTA_TRACE_NETWORK_HEADER, BC_BYTES, network_header),
	A(NFTA_TRACE_TRANSPORT_HEADER, BC_BYTES, transport_header),
	A(NFTA_TRACE_LL_HEADER, BC_BYTES, ll_header),
	A(NFTA_TRACE_CT_STATE, BC_BE32, ct_state),
	A(NFTA_TRACE_CT_DIRECTION, BC_U8, ct_direction),
	A(NFTA_TRACE_CT_ID, BC_BE32, ct_id),
	A(NFTA_TRACE_CT_STATUS, BC_BE32, ct_status),
};
const struct bc_desc bc_trace_desc = BC_DESC("trace", attrs);
