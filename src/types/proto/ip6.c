/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 (RFC 8200). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("version", integer, 0, 4),
	F("dscp", dscp, 4, 6),
	F("ecn", ecn, 10, 2),
	F("flowlabel", integer, 12, 20),
	F_FLAGS("length", integer, 32, 16, PROTO_F_PSEUDO),
	F_FLAGS("nexthdr", inet_protocol, 48, 8, PROTO_F_PSEUDO),
	F("hoplimit", integer, 56, 8),
	F_FLAGS("saddr", ip6addr, 64, 128, PROTO_F_PSEUDO),
	F_FLAGS("daddr", ip6addr, 192, 128, PROTO_F_PSEUDO),
};

static const struct proto_up up[] = {
	{ IPPROTO_ICMP, &proto_icmp },       { IPPROTO_IGMP, &proto_igmp },
	{ IPPROTO_ESP, &proto_esp },         { IPPROTO_AH, &proto_ah },
	{ IPPROTO_COMP, &proto_comp },       { IPPROTO_UDP, &proto_udp },
	{ IPPROTO_UDPLITE, &proto_udplite }, { IPPROTO_TCP, &proto_tcp },
	{ IPPROTO_DCCP, &proto_dccp },       { IPPROTO_SCTP, &proto_sctp },
	{ IPPROTO_GRE, &proto_gre },         { IPPROTO_GRE, &proto_gretap },
	{ IPPROTO_ICMPV6, &proto_icmpv6 },   { 0, NULL },
};

const struct proto proto_ip6 = {
	.name = "ip6",
	.kind = PROTO_HEADER,
	.base = PROTO_NH,
	FIELDS(fields),
	.key = "nexthdr",
	.up = up,
	.bits = 320,
	NO_CHECKSUM,
};
