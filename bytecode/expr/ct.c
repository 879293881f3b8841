/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "ct". See ct.h; net/netfilter/nft_ct.c. */
#include "bytecode/expr/ct.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_ct

static const struct bc_attr attrs[] = {
	A(NFTA_CT_KEY, BC_BE32, key, .max = 255),
	A(NFTA_CT_DREG, BC_BE32, dreg),
	A(NFTA_CT_DIRECTION, BC_U8, direction),
	A(NFTA_CT_SREG, BC_BE32, sreg),
};

static const char *const keys[] = {
	[NFT_CT_STATE] = "state",
	[NFT_CT_DIRECTION] = "direction",
	[NFT_CT_STATUS] = "status",
	[NFT_CT_MARK] = "mark",
	[NFT_CT_SECMARK] = "secmark",
	[NFT_CT_EXPIRATION] = "expiration",
	[NFT_CT_HELPER] = "helper",
	[NFT_CT_L3PROTOCOL] = "l3protocol",
	[NFT_CT_SRC] = "src",
	[NFT_CT_DST] = "dst",
	[NFT_CT_PROTOCOL] = "protocol",
	[NFT_CT_PROTO_SRC] = "proto_src",
	[NFT_CT_PROTO_DST] = "proto_dst",
	[NFT_CT_LABELS] = "label",
	[NFT_CT_PKTS] = "packets",
	[NFT_CT_BYTES] = "bytes",
	[NFT_CT_AVGPKT] = "avgpkt",
	[NFT_CT_ZONE] = "zone",
	[NFT_CT_EVENTMASK] = "event",
	[NFT_CT_SRC_IP] = "src_ip",
	[NFT_CT_DST_IP] = "dst_ip",
	[NFT_CT_SRC_IP6] = "src_ip6",
	[NFT_CT_DST_IP6] = "dst_ip6",
	[NFT_CT_ID] = "id",
};
static const char *const directions[] = { "original", "reply" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	if (BC_HAS(e, NFTA_CT_SREG))
		buf_printf(out, "ct set %s with reg %u", BC_NAME(keys, e->key), e->sreg);
	else
		buf_printf(out, "ct load %s => reg %u", BC_NAME(keys, e->key), e->dreg);
	if (BC_HAS(e, NFTA_CT_DIRECTION))
		buf_printf(out, " , dir %s", BC_NAME(directions, e->direction));
}

BC_EXPR_TYPE(ct, "ct");
