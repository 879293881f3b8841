/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "meta". See meta.h; net/netfilter/nft_meta.c. */
#include "bytecode/expr/meta.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_meta

static const struct bc_attr attrs[] = {
	A(NFTA_META_KEY, BC_BE32, key, .max = 255),
	A(NFTA_META_DREG, BC_BE32, dreg),
	A(NFTA_META_SREG, BC_BE32, sreg),
};

static const char *const keys[] = {
	[NFT_META_LEN] = "len",
	[NFT_META_PROTOCOL] = "protocol",
	[NFT_META_PRIORITY] = "priority",
	[NFT_META_MARK] = "mark",
	[NFT_META_IIF] = "iif",
	[NFT_META_OIF] = "oif",
	[NFT_META_IIFNAME] = "iifname",
	[NFT_META_OIFNAME] = "oifname",
	[NFT_META_IIFTYPE] = "iiftype",
	[NFT_META_OIFTYPE] = "oiftype",
	[NFT_META_SKUID] = "skuid",
	[NFT_META_SKGID] = "skgid",
	[NFT_META_NFTRACE] = "nftrace",
	[NFT_META_RTCLASSID] = "rtclassid",
	[NFT_META_SECMARK] = "secmark",
	[NFT_META_NFPROTO] = "nfproto",
	[NFT_META_L4PROTO] = "l4proto",
	[NFT_META_BRI_IIFNAME] = "bri_iifname",
	[NFT_META_BRI_OIFNAME] = "bri_oifname",
	[NFT_META_PKTTYPE] = "pkttype",
	[NFT_META_CPU] = "cpu",
	[NFT_META_IIFGROUP] = "iifgroup",
	[NFT_META_OIFGROUP] = "oifgroup",
	[NFT_META_CGROUP] = "cgroup",
	[NFT_META_PRANDOM] = "prandom",
	[NFT_META_SECPATH] = "secpath",
	[NFT_META_IIFKIND] = "iifkind",
	[NFT_META_OIFKIND] = "oifkind",
	[NFT_META_BRI_IIFPVID] = "bri_iifpvid",
	[NFT_META_BRI_IIFVPROTO] = "bri_iifvproto",
	[NFT_META_TIME_NS] = "time",
	[NFT_META_TIME_DAY] = "day",
	[NFT_META_TIME_HOUR] = "hour",
	[NFT_META_SDIF] = "sdif",
	[NFT_META_SDIFNAME] = "sdifname",
	[NFT_META_BRI_BROUTE] = "broute",
	[NFT_META_BRI_IIFHWADDR] = "ibrhwaddr",
};

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	if (BC_HAS(e, NFTA_META_SREG))
		buf_printf(out, "meta set %s with reg %u", BC_NAME(keys, e->key), e->sreg);
	else
		buf_printf(out, "meta load %s => reg %u", BC_NAME(keys, e->key), e->dreg);
}

BC_EXPR_TYPE(meta, "meta");
