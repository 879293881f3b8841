/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of objects, and what those may hold that are not expressions with a state of their own: settings that rules point to
 * (objref). Reference: nft_ct.c, nft_meta.c, nft_synproxy.c, nft_tunnel.c. Control thread.
 */
#include "vm/state/obj_type.h"

#include <netinet/in.h>

#include "vm/expr/expr.h"
#include "vm/state/internal.h"

enum {
	SYNPROXY_OPTIONS = 0x0f,
	PROTO_UDPLITE = 136,
	PROTO_DCCP = 33,
	TUNNEL_OPTIONS_MAX = 255,
	TUNNEL_FLAGS = 7
}; /* NF_SYNPROXY_OPT_MASK */

#define NEED(x, attr)                                                                                                              \
	do {                                                                                                                       \
		if (!BC_HAS(x, attr))                                                                                              \
			return -EINVAL;                                                                                            \
	} while (0)

/* ---- ct helper: those of the kernel's modules ---- */

static const struct {
	const char *name;
	uint8_t l4proto;
	bool ip6;
} helpers[] = {
	{ "amanda", IPPROTO_UDP, true }, { "ftp", IPPROTO_TCP, true },   { "RAS", IPPROTO_UDP, true },
	{ "Q.931", IPPROTO_TCP, true },  { "irc", IPPROTO_TCP, false },  { "netbios-ns", IPPROTO_UDP, false },
	{ "pptp", IPPROTO_TCP, false },  { "sane", IPPROTO_TCP, true },  { "sip", IPPROTO_TCP, true },
	{ "sip", IPPROTO_UDP, true },    { "snmp", IPPROTO_UDP, false }, { "tftp", IPPROTO_UDP, true },
};

static int helper_find(const char *name, uint8_t l4proto, bool ip6)
{
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (!strcmp(helpers[i].name, name) && helpers[i].l4proto == l4proto && (!ip6 || helpers[i].ip6))
			return 0;
	return -ENOENT;
}

static int check_helper(uint8_t family, void *data, struct arena *arena)
{
	struct bc_ct_helper_obj *x = data;
	bool both, ip4, ip6;

	NEED(x, NFTA_CT_HELPER_NAME);
	NEED(x, NFTA_CT_HELPER_L4PROTO);
	if (!x->l4proto)
		return -ENOENT;
	if (!BC_HAS(x, NFTA_CT_HELPER_L3PROTO))
		BC_SET(x, NFTA_CT_HELPER_L3PROTO, l3proto, family);
	both = x->l3proto == NFPROTO_INET || x->l3proto == NFPROTO_BRIDGE || x->l3proto == NFPROTO_NETDEV;
	ip4 = x->l3proto == NFPROTO_IPV4 || both;
	ip6 = x->l3proto == NFPROTO_IPV6 || both;
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
	return expr_has_ct(family) ? 0 : -EPROTO;
}

/* ---- ct expectation ---- */

static int check_expect(uint8_t family, void *data, struct arena *arena)
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
		return expr_has_ct(family) ? 0 : -EPROTO;
	}
	return -EOPNOTSUPP;
}

/* ---- secmark, synproxy, tunnel ---- */

static int check_secmark(uint8_t family, void *data, struct arena *arena)
{
	struct bc_secmark_obj *x = data;

	NEED(x, NFTA_SECMARK_CTX);
	return 0;
}

static int check_synproxy(uint8_t family, void *data, struct arena *arena)
{
	struct bc_synproxy_obj *x = data;

	if (x->flags & ~SYNPROXY_OPTIONS)
		return -EOPNOTSUPP;
	if (!expr_has_ct(family))
		return -EPROTO;
	if (!expr_is_ip(family))
		return -EAFNOSUPPORT;
	BC_MARK(x, NFTA_SYNPROXY_MSS);
	BC_MARK(x, NFTA_SYNPROXY_WSCALE);
	BC_MARK(x, NFTA_SYNPROXY_FLAGS);
	return 0;
}

static int check_erspan(struct bc_tunnel_erspan *x)
{
	enum { HWID = 0x3f, DIR = 1 };

	NEED(x, NFTA_TUNNEL_KEY_ERSPAN_VERSION);
	switch (x->version) {
	case 1:
		NEED(x, NFTA_TUNNEL_KEY_ERSPAN_V1_INDEX);
		x->has &= ~(UINT64_C(1) << NFTA_TUNNEL_KEY_ERSPAN_V2_DIR | UINT64_C(1) << NFTA_TUNNEL_KEY_ERSPAN_V2_HWID);
		return 0;
	case 2:
		NEED(x, NFTA_TUNNEL_KEY_ERSPAN_V2_DIR);
		NEED(x, NFTA_TUNNEL_KEY_ERSPAN_V2_HWID);
		x->has &= ~(UINT64_C(1) << NFTA_TUNNEL_KEY_ERSPAN_V1_INDEX);
		x->v2_hwid &= HWID;
		x->v2_dir &= DIR;
		return 0;
	}
	return -EOPNOTSUPP;
}

static int check_geneve(const struct bc_tunnel_geneve *x, uint32_t *room)
{
	enum { HEAD = 4 }; /* struct geneve_opt */

	NEED(x, NFTA_TUNNEL_KEY_GENEVE_CLASS);
	NEED(x, NFTA_TUNNEL_KEY_GENEVE_TYPE);
	NEED(x, NFTA_TUNNEL_KEY_GENEVE_DATA);
	if (x->data.len % 4)
		return -EINVAL;
	*room += HEAD + x->data.len;
	return *room > TUNNEL_OPTIONS_MAX ? -EINVAL : 0;
}

/* Options are of one kind, and only those of geneve may be many (nft_tunnel_obj_opts_init()). */
static int check_options(struct bc_node *n)
{
	uint64_t kind = 0;
	uint32_t room = 0;

	for (; n; n = n->next) {
		struct bc_tunnel_opt *o = BC_BODY(n, struct bc_tunnel_opt);
		int err = 0;

		if (kind && (kind != o->has || !BC_HAS(o, NFTA_TUNNEL_KEY_OPTS_GENEVE)))
			return -EINVAL;
		kind = o->has;
		if (BC_HAS(o, NFTA_TUNNEL_KEY_OPTS_VXLAN))
			NEED(&o->vxlan, NFTA_TUNNEL_KEY_VXLAN_GBP);
		else if (BC_HAS(o, NFTA_TUNNEL_KEY_OPTS_ERSPAN))
			err = check_erspan(&o->erspan);
		else
			err = check_geneve(&o->geneve, &room);
		if (err)
			return err;
	}
	return 0;
}

static int check_addr(struct bc_bytes *src, bool has_src, bool has_dst)
{
	static const uint8_t none[16];

	if (!has_dst)
		return -EINVAL;
	if (!has_src)
		*src = (struct bc_bytes){ none, 0 };
	return 0;
}

static int check_tunnel_ip(struct bc_tunnel_ip *x)
{
	int err = check_addr(&x->src, BC_HAS(x, NFTA_TUNNEL_KEY_IP_SRC), BC_HAS(x, NFTA_TUNNEL_KEY_IP_DST));

	BC_MARK(x, NFTA_TUNNEL_KEY_IP_SRC);
	x->src.len = x->dst.len = 4;
	return err;
}

static int check_tunnel_ip6(struct bc_tunnel_ip6 *x)
{
	int err = check_addr(&x->src, BC_HAS(x, NFTA_TUNNEL_KEY_IP6_SRC), BC_HAS(x, NFTA_TUNNEL_KEY_IP6_DST));

	BC_MARK(x, NFTA_TUNNEL_KEY_IP6_SRC);
	BC_MARK(x, NFTA_TUNNEL_KEY_IP6_FLOWLABEL);
	x->src.len = x->dst.len = 16;
	return err;
}

/* What is not said is told back as zero, but the TTL. */
static int check_tunnel(uint8_t family, void *data, struct arena *arena)
{
	struct bc_tunnel_obj *x = data;
	int err;

	NEED(x, NFTA_TUNNEL_KEY_ID);
	if (BC_HAS(x, NFTA_TUNNEL_KEY_IP)) {
		err = check_tunnel_ip(&x->ip);
		x->has &= ~(UINT64_C(1) << NFTA_TUNNEL_KEY_IP6);
	} else {
		NEED(x, NFTA_TUNNEL_KEY_IP6);
		err = check_tunnel_ip6(&x->ip6);
	}
	if (err)
		return err;
	if (x->flags & ~TUNNEL_FLAGS)
		return -EOPNOTSUPP;
	if (!BC_HAS(x, NFTA_TUNNEL_KEY_TTL))
		BC_SET(x, NFTA_TUNNEL_KEY_TTL, ttl, 255);
	x->has |= UINT64_C(1) << NFTA_TUNNEL_KEY_FLAGS | 1u << NFTA_TUNNEL_KEY_TOS | 1u << NFTA_TUNNEL_KEY_SPORT |
		  1u << NFTA_TUNNEL_KEY_DPORT | 1u << NFTA_TUNNEL_KEY_OPTS;
	return check_options(x->opts);
}

/* ---- registry ---- */

static const struct obj_type types[] = {
	{ NFT_OBJECT_COUNTER, NFPROTO_UNSPEC, true, NULL, false },
	{ NFT_OBJECT_QUOTA, NFPROTO_UNSPEC, true, NULL, false },
	{ NFT_OBJECT_LIMIT, NFPROTO_UNSPEC, true, NULL, false },
	{ NFT_OBJECT_CONNLIMIT, NFPROTO_UNSPEC, true, NULL, false },
	{ NFT_OBJECT_CT_HELPER, NFPROTO_UNSPEC, false, check_helper, false },
	{ NFT_OBJECT_CT_TIMEOUT, NFPROTO_UNSPEC, false, ct_timeout_check, false },
	{ NFT_OBJECT_CT_EXPECT, NFPROTO_UNSPEC, false, check_expect, false },
	{ NFT_OBJECT_SECMARK, NFPROTO_UNSPEC, false, check_secmark, false },
	{ NFT_OBJECT_SYNPROXY, NFPROTO_UNSPEC, false, check_synproxy, true },
	{ NFT_OBJECT_TUNNEL, NFPROTO_NETDEV, false, check_tunnel, false },
};

const struct obj_type *obj_type(uint32_t type, uint8_t family)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type && (types[i].family == NFPROTO_UNSPEC || types[i].family == family))
			return &types[i];
	return NULL;
}
