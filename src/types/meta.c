/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of `meta`: what the hook, the device and the socket know of a packet. One row each; aliases last. */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/proto.h"

enum { Q = 0, UNQ = 1, BARE = 2, SET = 4 };

#define M(name, key, type, bits, bo, how)                                                                                          \
	{                                                                                                                          \
		name, NFT_META_##key, &type_##type, bits, bo, !!((how)&UNQ), !!((how)&BARE), !!((how)&SET)                         \
	}

const struct meta_key meta_keys[] = {
	M("length", LEN, integer, 32, BO_HOST, Q),
	M("protocol", PROTOCOL, ethertype, 16, BO_BIG, Q),
	M("priority", PRIORITY, classid, 32, BO_HOST, SET),
	M("mark", MARK, mark, 32, BO_HOST, UNQ | SET),
	M("iif", IIF, ifindex, 32, BO_HOST, UNQ | BARE),
	M("oif", OIF, ifindex, 32, BO_HOST, UNQ | BARE),
	M("iifname", IIFNAME, ifname, 128, BO_HOST, UNQ | BARE),
	M("oifname", OIFNAME, ifname, 128, BO_HOST, UNQ | BARE),
	M("iiftype", IIFTYPE, arphrd, 16, BO_HOST, UNQ),
	M("oiftype", OIFTYPE, arphrd, 16, BO_HOST, UNQ),
	M("skuid", SKUID, uid, 32, BO_HOST, UNQ),
	M("skgid", SKGID, gid, 32, BO_HOST, UNQ),
	M("nftrace", NFTRACE, integer, 1, BO_HOST, UNQ | SET),
	M("rtclassid", RTCLASSID, realm, 32, BO_HOST, UNQ),
	M("secmark", SECMARK, integer, 32, BO_HOST, SET),
	M("nfproto", NFPROTO, nfproto, 8, BO_HOST, Q),
	M("l4proto", L4PROTO, inet_protocol, 8, BO_HOST, Q),
	M("ibrname", BRI_IIFNAME, ifname, 128, BO_HOST, UNQ),
	M("obrname", BRI_OIFNAME, ifname, 128, BO_HOST, UNQ),
	M("pkttype", PKTTYPE, pkttype, 8, BO_HOST, UNQ | SET),
	M("cpu", CPU, integer, 32, BO_HOST, UNQ),
	M("iifgroup", IIFGROUP, devgroup, 32, BO_HOST, UNQ | BARE),
	M("oifgroup", OIFGROUP, devgroup, 32, BO_HOST, UNQ | BARE),
	M("cgroup", CGROUP, integer, 32, BO_HOST, UNQ),
	M("random", PRANDOM, integer, 32, BO_BIG, Q),
	M("ipsec", SECPATH, boolean, 8, BO_HOST, UNQ),
	M("iifkind", IIFKIND, ifname, 128, BO_HOST, Q),
	M("oifkind", OIFKIND, ifname, 128, BO_HOST, Q),
	M("ibrpvid", BRI_IIFPVID, integer, 16, BO_HOST, Q),
	M("ibrvproto", BRI_IIFVPROTO, ethertype, 16, BO_BIG, Q),
	M("time", TIME_NS, date, 64, BO_HOST, UNQ),
	M("day", TIME_DAY, day, 8, BO_HOST, UNQ),
	M("hour", TIME_HOUR, hour, 32, BO_HOST, UNQ),
	M("sdif", SDIF, ifindex, 32, BO_HOST, Q),
	M("sdifname", SDIFNAME, ifname, 128, BO_HOST, Q),
	M("broute", BRI_BROUTE, boolean, 1, BO_HOST, SET),
	M("ibrhwaddr", BRI_IIFHWADDR, etheraddr, 48, BO_BIG, Q),
	M("ibriport", BRI_IIFNAME, ifname, 128, BO_HOST, UNQ),
	M("obriport", BRI_OIFNAME, ifname, 128, BO_HOST, UNQ),
	M("secpath", SECPATH, boolean, 8, BO_HOST, Q),
	{ .name = NULL },
};

const struct meta_key *meta_key_by_name(const char *name)
{
	for (const struct meta_key *k = meta_keys; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

const struct meta_key *meta_key_by_number(uint32_t key)
{
	for (const struct meta_key *k = meta_keys; k->name; k++)
		if (k->key == key)
			return k;
	return NULL;
}
