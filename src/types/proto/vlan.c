/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VLAN tag (IEEE 802.1Q): starts behind the Ethernet header whose type said 8021q. */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("pcp", integer, 0, 3), F("dei", integer, 3, 1),      F_FLAGS("cfi", integer, 3, 1, PROTO_F_ALIAS),
	F("id", integer, 4, 12), F("type", ethertype, 16, 16),
};

static const struct proto_up up[] = {
	{ ETH_P_IP, &proto_ip },      { ETH_P_ARP, &proto_arp },     { ETH_P_IPV6, &proto_ip6 },
	{ ETH_P_8021Q, &proto_vlan }, { ETH_P_8021AD, &proto_vlan }, { 0, NULL },
};

const struct proto proto_vlan = {
	.name = "vlan",
	.kind = PROTO_HEADER,
	.base = PROTO_LL,
	FIELDS(fields),
	.key = "type",
	.up = up,
	.bits = 32,
	NO_CHECKSUM,
};
