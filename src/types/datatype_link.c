/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the link layer: EtherTypes, ARP operations, device types, packet types. */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "src/types/datatype.h"

static const struct symbol ethertypes[] = {
	{ "ip", ETH_P_IP },         { "arp", ETH_P_ARP },    { "ip6", ETH_P_IPV6 }, { "8021q", ETH_P_8021Q },
	{ "8021ad", ETH_P_8021AD }, { "vlan", ETH_P_8021Q }, { NULL, 0 },
};

const struct datatype type_ethertype = {
	.id = TYPE_ETHERTYPE,
	.name = "ether_type",
	.desc = "Ethernet protocol",
	.byteorder = BO_BIG,
	.bits = 16,
	.base = &type_integer,
	.symbols = ethertypes,
	.hex = 4,
	.describe_hex = true,
};

static const struct symbol arpops[] = {
	{ "request", 1 },   { "reply", 2 },   { "rrequest", 3 }, { "rreply", 4 },
	{ "inrequest", 8 }, { "inreply", 9 }, { "nak", 10 },     { NULL, 0 },
};

const struct datatype type_arpop = {
	.id = TYPE_ARPOP,
	.name = "arp_op",
	.desc = "ARP operation",
	.byteorder = BO_BIG,
	.bits = 16,
	.base = &type_integer,
	.symbols = arpops,
	.describe_hex = true,
};

static const struct symbol arphrds[] = {
	{ "ether", ARPHRD_ETHER },       { "ppp", ARPHRD_PPP }, { "ipip", ARPHRD_TUNNEL }, { "ipip6", ARPHRD_TUNNEL6 },
	{ "loopback", ARPHRD_LOOPBACK }, { "sit", ARPHRD_SIT }, { "ipgre", ARPHRD_IPGRE }, { NULL, 0 },
};

const struct datatype type_arphrd = {
	.id = TYPE_ARPHRD,
	.name = "iface_type",
	.desc = "network interface type",
	.byteorder = BO_HOST,
	.bits = 16,
	.base = &type_integer,
	.symbols = arphrds,
	.describe_hex = true,
};

static const struct symbol pkttypes[] = {
	{ "host", PACKET_HOST },           { "unicast", PACKET_HOST },    { "broadcast", PACKET_BROADCAST },
	{ "multicast", PACKET_MULTICAST }, { "other", PACKET_OTHERHOST }, { NULL, 0 },
};

const struct datatype type_pkttype = {
	.id = TYPE_PKTTYPE,
	.name = "pkt_type",
	.desc = "packet type",
	.byteorder = BO_HOST,
	.bits = 8,
	.base = &type_integer,
	.symbols = pkttypes,
};
