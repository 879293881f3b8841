/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of connection tracking, and the two smallest others: helper, timeout, expectation, secmark, synproxy. nft_ct.c, nft_meta.c, nft_synproxy.c. */
#include "bytecode/codec.h"
#include "bytecode/msg.h"
#include "bytecode/table.h"

#define T struct bc_ct_helper_obj
static const struct bc_attr helper_attrs[] = {
	A(NFTA_CT_HELPER_NAME, BC_STR, name, .max = NF_CT_HELPER_NAME_LEN - 1),
	A(NFTA_CT_HELPER_L3PROTO, BC_BE16, l3proto),
	A(NFTA_CT_HELPER_L4PROTO, BC_U8, l4proto),
};
const struct bc_desc bc_ct_helper_desc = BC_DESC("ct helper", helper_attrs);
#undef T

#define T struct bc_ct_timeout_obj
static const struct bc_attr timeout_attrs[] = {
	A(NFTA_CT_TIMEOUT_L3PROTO, BC_BE16, l3proto),
	A(NFTA_CT_TIMEOUT_L4PROTO, BC_U8, l4proto),
	A(NFTA_CT_TIMEOUT_DATA, BC_BYTES, policy, .flags = BC_A_NESTED),
};
const struct bc_desc bc_ct_timeout_desc = BC_DESC("ct timeout", timeout_attrs);
#undef T

#define T struct bc_ct_expect_obj
static const struct bc_attr expect_attrs[] = {
	A(NFTA_CT_EXPECT_L3PROTO, BC_BE16, l3proto),
	A(NFTA_CT_EXPECT_L4PROTO, BC_U8, l4proto),
	A(NFTA_CT_EXPECT_DPORT, BC_BE16, dport),
	A(NFTA_CT_EXPECT_TIMEOUT, BC_U32, timeout), /* as the kernel has it: not in network order */
	A(NFTA_CT_EXPECT_SIZE, BC_U8, size),
};
const struct bc_desc bc_ct_expect_desc = BC_DESC("ct expectation", expect_attrs);
#undef T

#define T struct bc_secmark_obj
static const struct bc_attr secmark_attrs[] = {
	A(NFTA_SECMARK_CTX, BC_STR, ctx, .max = NFT_SECMARK_CTX_MAXLEN),
};
const struct bc_desc bc_secmark_desc = BC_DESC("secmark", secmark_attrs);
#undef T

#define T struct bc_synproxy_obj
static const struct bc_attr synproxy_attrs[] = {
	A(NFTA_SYNPROXY_MSS, BC_BE16, mss),
	A(NFTA_SYNPROXY_WSCALE, BC_U8, wscale),
	A(NFTA_SYNPROXY_FLAGS, BC_BE32, flags),
};
const struct bc_desc bc_synproxy_obj_desc = BC_DESC("synproxy", synproxy_attrs);
