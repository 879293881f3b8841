/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of rt, socket, ipsec, tunnel, osf and fib. One row each. */
#include "src/types/keys.h"

#include <string.h>

#include "bytecode/nf.h"

const struct key rt_keys[] = {
	{ "classid", NULL, NFT_RT_CLASSID, &type_realm, 32, BO_HOST, 0 },
	{ "nexthop", "ip", NFT_RT_NEXTHOP4, &type_ipaddr, 32, BO_BIG, 0 },
	{ "nexthop", "ip6", NFT_RT_NEXTHOP6, &type_ip6addr, 128, BO_BIG, 0 },
	{ "mtu", NULL, NFT_RT_TCPMSS, &type_integer, 16, BO_HOST, 0 },
	{ "ipsec", NULL, NFT_RT_XFRM, &type_boolean, 8, BO_HOST, 0 },
	{ .name = NULL },
};

const struct key socket_keys[] = {
	{ "transparent", NULL, NFT_SOCKET_TRANSPARENT, &type_integer, 8, BO_HOST, 0 },
	{ "mark", NULL, NFT_SOCKET_MARK, &type_mark, 32, BO_HOST, 0 },
	{ "wildcard", NULL, NFT_SOCKET_WILDCARD, &type_integer, 8, BO_HOST, 0 },
	{ "cgroupv2", NULL, NFT_SOCKET_CGROUPV2, &type_cgroupv2, 64, BO_HOST, 0 },
	{ .name = NULL },
};

const struct key xfrm_keys[] = {
	{ "daddr", "ip", NFT_XFRM_KEY_DADDR_IP4, &type_ipaddr, 32, BO_BIG, 0 },
	{ "saddr", "ip", NFT_XFRM_KEY_SADDR_IP4, &type_ipaddr, 32, BO_BIG, 0 },
	{ "daddr", "ip6", NFT_XFRM_KEY_DADDR_IP6, &type_ip6addr, 128, BO_BIG, 0 },
	{ "saddr", "ip6", NFT_XFRM_KEY_SADDR_IP6, &type_ip6addr, 128, BO_BIG, 0 },
	{ "reqid", NULL, NFT_XFRM_KEY_REQID, &type_integer, 32, BO_HOST, 0 },
	{ "spi", NULL, NFT_XFRM_KEY_SPI, &type_integer, 32, BO_BIG, 0 },
	{ .name = NULL },
};

const struct key tunnel_keys[] = {
	{ "path", NULL, NFT_TUNNEL_PATH, &type_boolean, 8, BO_HOST, 0 },
	{ "id", NULL, NFT_TUNNEL_ID, &type_integer, 32, BO_HOST, 0 },
	{ .name = NULL },
};

/* The kernel has one key; "version" is its flag. */
const struct key osf_keys[] = {
	{ "name", NULL, 0, &type_string, 128, BO_HOST, 0 },
	{ "version", NULL, 0, &type_string, 128, BO_HOST, NFT_OSF_F_VERSION },
	{ .name = NULL },
};

const struct key fib_results[] = {
	{ "oif", NULL, NFT_FIB_RESULT_OIF, &type_ifindex, 32, BO_HOST, 0 },
	{ "oifname", NULL, NFT_FIB_RESULT_OIFNAME, &type_ifname, 128, BO_HOST, 0 },
	{ "type", NULL, NFT_FIB_RESULT_ADDRTYPE, &type_fib_addrtype, 32, BO_HOST, 0 },
	{ "check", NULL, NFT_FIB_RESULT_OIF, &type_boolean, 8, BO_HOST, NFTA_FIB_F_PRESENT },
	{ .name = NULL },
};

static bool same_family(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

const struct key *key_by_name(const struct key *table, const char *name, const char *family)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name) && same_family(table->family, family))
			return table;
	return NULL;
}

const struct key *key_by_number(const struct key *table, uint32_t key, uint32_t flags)
{
	for (; table->name; table++)
		if (table->key == key && table->flags == flags)
			return table;
	return NULL;
}
