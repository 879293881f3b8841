/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 (RFC 791). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("version", integer, 0, 4),
	F("hdrlength", integer, 4, 4),
	F("dscp", dscp, 8, 6),
	F("ecn", ecn, 14, 2),
	F_FLAGS("length", integer, 16, 16, PROTO_F_PSEUDO),
	F("id", integer, 32, 16),
	F("frag-off", integer, 48, 16),
	F("ttl", integer, 64, 8),
	F_FLAGS("protocol", inet_protocol, 72, 8, PROTO_F_PSEUDO),
	F("checksum", integer, 80, 16),
	F_FLAGS("saddr", ipaddr, 96, 32, PROTO_F_PSEUDO),
	F_FLAGS("daddr", ipaddr, 128, 32, PROTO_F_PSEUDO),
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

const struct proto proto_ip = {
	.name = "ip",
	.kind = PROTO_HEADER,
	.base = PROTO_NH,
	FIELDS(fields),
	.key = "protocol",
	.up = up,
	.bits = 160,
	INET_CHECKSUM(10),
};
