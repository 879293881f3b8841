/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ethernet II (IEEE 802.3). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("daddr", etheraddr, 0, 48),
	F("saddr", etheraddr, 48, 48),
	F("type", ethertype, 96, 16),
};

static const struct proto_up up[] = {
	{ ETH_P_IP, &proto_ip },      { ETH_P_ARP, &proto_arp },     { ETH_P_IPV6, &proto_ip6 },
	{ ETH_P_8021Q, &proto_vlan }, { ETH_P_8021AD, &proto_vlan }, { 0, NULL },
};

const struct proto proto_ether = {
	.name = "ether",
	.kind = PROTO_HEADER,
	.base = PROTO_LL,
	FIELDS(fields),
	.key = "type",
	.up = up,
	.bits = 112,
	NO_CHECKSUM,
};
