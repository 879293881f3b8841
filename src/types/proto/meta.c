/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hook knows of a packet without reading it, in the place of a header: meta nfproto, protocol, l4proto. */
#include "src/types/proto/field.h"

static const struct proto_up inet_up[] = {
	{ NFPROTO_IPV4, &proto_ip },
	{ NFPROTO_IPV6, &proto_ip6 },
	{ 0, NULL },
};

static const struct proto_up netdev_up[] = {
	{ ETH_P_IP, &proto_ip },      { ETH_P_ARP, &proto_arp },     { ETH_P_IPV6, &proto_ip6 },
	{ ETH_P_8021Q, &proto_vlan }, { ETH_P_8021AD, &proto_vlan }, { 0, NULL },
};

static const struct proto_up service_up[] = {
	{ IPPROTO_ICMP, &proto_icmp },       { IPPROTO_IGMP, &proto_igmp },
	{ IPPROTO_ESP, &proto_esp },         { IPPROTO_AH, &proto_ah },
	{ IPPROTO_COMP, &proto_comp },       { IPPROTO_UDP, &proto_udp },
	{ IPPROTO_UDPLITE, &proto_udplite }, { IPPROTO_TCP, &proto_tcp },
	{ IPPROTO_DCCP, &proto_dccp },       { IPPROTO_SCTP, &proto_sctp },
	{ IPPROTO_GRE, &proto_gre },         { IPPROTO_GRE, &proto_gretap },
	{ IPPROTO_ICMPV6, &proto_icmpv6 },   { 0, NULL },
};

const struct proto proto_inet = {
	.name = "inet",
	.kind = PROTO_META,
	.base = PROTO_LL,
	.key = "nfproto",
	.up = inet_up,
	NO_CHECKSUM,
};

const struct proto proto_netdev = {
	.name = "netdev",
	.kind = PROTO_META,
	.base = PROTO_LL,
	.key = "protocol",
	.up = netdev_up,
	NO_CHECKSUM,
};

const struct proto proto_inet_service = {
	.name = "inet service",
	.kind = PROTO_META,
	.base = PROTO_NH,
	.key = "l4proto",
	.up = service_up,
	NO_CHECKSUM,
};
