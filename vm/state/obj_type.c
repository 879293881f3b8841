/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of objects, and what those may hold that are not expressions with a state of their own: settings that rules point to (objref).
 * Reference: nft_ct.c, nft_meta.c, nft_synproxy.c, nft_tunnel.c. Control thread.
 */
#include "vm/state/obj_type.h"

#include <netinet/in.h>

#include "vm/state/internal.h"

enum { SYNPROXY_OPTIONS = 0x1f, PROTO_UDPLITE = 136, PROTO_DCCP = 33 }; /* NF_SYNPROXY_OPT_MASK */

#define NEED(x, attr) \
	do { \
		if (!BC_HAS(x, attr)) \
			return -EINVAL; \
	} while (0)

/* ---- ct helper: those of the kernel's modules ---- */

static const struct {
	const char *name;
	uint8_t l4proto;
	bool ip6;
} helpers[] = {
	{ "amanda", IPPROTO_UDP, true },  { "ftp", IPPROTO_TCP, true },    { "RAS", IPPROTO_UDP, true },
	{ "Q.931", IPPROTO_TCP, true },   { "irc", IPPROTO_TCP, false },   { "netbios-ns", IPPROTO_UDP, false },
	{ "pptp", IPPROTO_TCP, false },   { "sane", IPPROTO_TCP, true },   { "sip", IPPROTO_TCP, true },
	{ "sip", IPPROTO_UDP, true },     { "snmp", IPPROTO_UDP, false },  { "tftp", IPPROTO_UDP, true },
};

static int helper_find(const char *name, uint8_t l4proto, bool ip6)
{
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (!strcmp(helpers[i].name, name) && helpers[i].l4proto == l4proto && (!ip6 || helpers[i].ip6))
			return 0;
	return -ENOENT;
}

static int check_helper(uint8_t family, void *data)
{
	struct bc_ct_helper_obj *x = data;
	bool ip4, ip6;

	NEED(x, NFTA_CT_HELPER_NAME);
	NEED(x, NFTA_CT_HELPER_L4PROTO);
	if (!x->l4proto)
		return -ENOENT;
	if (!BC_HAS(x, NFTA_CT_HELPER_L3PROTO))
		BC_SET(x, NFTA_CT_HELPER_L3PROTO, l3proto, family);
	ip4 = x->l3proto == NFPROTO_IPV4 || x->l3proto == NFPROTO_INET;
	ip6 = x->l3proto == NFPROTO_IPV6 || x->l3proto == NFPROTO_INET;
	if (family == NFPROTO_IPV4 && x->l3proto == NFPROTO_IPV6)
		return -EINVAL;
	if (family == NFPROTO_IPV6 && x->l3proto == NFPROTO_IPV4)
		return -EINVAL;
	if (!ip4 && !ip6)
		return -EAFNOSUPPORT;
	ip4 = ip4 && !helper_find(x->name, x->l4proto, false);
	ip6 = ip6 && !helper_find(x->name, x->l4proto, true);
	if (!ip4 && !ip6)
		return -ENOENT;
	x->l3proto = ip4 && ip6 ? NFPROTO_INET : ip4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	return 0;
}

/* ---- ct timeout, ct expectation ---- */

static int check_timeout(uint8_t family, void *data)
{
	struct bc_ct_timeout_obj *x = data;

	NEED(x, NFTA_CT_TIMEOUT_L4PROTO);
	NEED(x, NFTA_CT_TIMEOUT_DATA);
	if (!BC_HAS(x, NFTA_CT_TIMEOUT_L3PROTO))
		BC_SET(x, NFTA_CT_TIMEOUT_L3PROTO, l3proto, family);
	switch (x->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case PROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_GRE:
		return 0;
	}
	return -EOPNOTSUPP;
}

static int check_expect(uint8_t family, void *data)
{
	struct bc_ct_expect_obj *x = data;

	NEED(x, NFTA_CT_EXPECT_L4PROTO);
	NEED(x, NFTA_CT_EXPECT_DPORT);
	NEED(x, NFTA_CT_EXPECT_TIMEOUT);
	NEED(x, NFTA_CT_EXPECT_SIZE);
	if (!BC_HAS(x, NFTA_CT_EXPECT_L3PROTO))
		BC_SET(x, NFTA_CT_EXPECT_L3PROTO, l3proto, family);
	if (x->l3proto != NFPROTO_IPV4 && x->l3proto != NFPROTO_IPV6)
		return -EAFNOSUPPORT;
	if (x->l3proto != family && family != NFPROTO_INET)
		return -EINVAL;
	switch (x->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case PROTO_UDPLITE:
	case PROTO_DCCP:
	case IPPROTO_SCTP:
		return 0;
	}
	return -EOPNOTSUPP;
}

/* ---- secmark, synproxy, tunnel ---- */

static int check_secmark(uint8_t family, void *data)
{
	struct bc_secmark_obj *x = data;

	NEED(x, NFTA_SECMARK_CTX);
	return 0;
}

static int check_synproxy(uint8_t family, void *data)
{
	struct bc_synproxy_obj *x = data;

	if (x->flags & ~SYNPROXY_OPTIONS)
		return -EOPNOTSUPP;
	if (family != NFPROTO_IPV4 && family != NFPROTO_IPV6 && family != NFPROTO_INET)
		return -EAFNOSUPPORT;
	BC_MARK(x, NFTA_SYNPROXY_MSS);
	BC_MARK(x, NFTA_SYNPROXY_WSCALE);
	BC_MARK(x, NFTA_SYNPROXY_FLAGS);
	return 0;
}

static int check_tunnel(uint8_t family, void *data)
{
	struct bc_tunnel_obj *x = data;

	NEED(x, NFTA_TUNNEL_KEY_ID);
	if (!BC_HAS(x, NFTA_TUNNEL_KEY_IP) == !BC_HAS(x, NFTA_TUNNEL_KEY_IP6))
		return -EINVAL;
	if (!BC_HAS(x, NFTA_TUNNEL_KEY_TTL))
		BC_SET(x, NFTA_TUNNEL_KEY_TTL, ttl, 255);
	return 0;
}

/* ---- registry ---- */

static const struct obj_type types[] = {
	{ NFT_OBJECT_COUNTER, NFPROTO_UNSPEC, true, NULL },
	{ NFT_OBJECT_QUOTA, NFPROTO_UNSPEC, true, NULL },
	{ NFT_OBJECT_LIMIT, NFPROTO_UNSPEC, true, NULL },
	{ NFT_OBJECT_CONNLIMIT, NFPROTO_UNSPEC, true, NULL },
	{ NFT_OBJECT_CT_HELPER, NFPROTO_UNSPEC, false, check_helper },
	{ NFT_OBJECT_CT_TIMEOUT, NFPROTO_UNSPEC, false, check_timeout },
	{ NFT_OBJECT_CT_EXPECT, NFPROTO_UNSPEC, false, check_expect },
	{ NFT_OBJECT_SECMARK, NFPROTO_UNSPEC, false, check_secmark },
	{ NFT_OBJECT_SYNPROXY, NFPROTO_UNSPEC, false, check_synproxy },
	{ NFT_OBJECT_TUNNEL, NFPROTO_NETDEV, false, check_tunnel },
};

const struct obj_type *obj_type(uint32_t type, uint8_t family)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type && (types[i].family == NFPROTO_UNSPEC || types[i].family == family))
			return &types[i];
	return NULL;
}
