/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AH (RFC 4302). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("nexthdr", inet_protocol, 0, 8), F("hdrlength", integer, 8, 8),  F("reserved", integer, 16, 16),
	F("spi", integer, 32, 32),         F("sequence", integer, 64, 32),
};

static const struct proto_up up[] = {
	{ IPPROTO_ICMP, &proto_icmp },
	{ IPPROTO_IGMP, &proto_igmp },
	{ IPPROTO_ESP, &proto_esp },
	{ IPPROTO_COMP, &proto_comp },
	{ IPPROTO_UDP, &proto_udp },
	{ IPPROTO_UDPLITE, &proto_udplite },
	{ IPPROTO_TCP, &proto_tcp },
	{ IPPROTO_DCCP, &proto_dccp },
	{ IPPROTO_SCTP, &proto_sctp },
	{ IPPROTO_ICMPV6, &proto_icmpv6 },
	{ 0, NULL },
};

const struct proto proto_ah = {
	.name = "ah",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.key = "nexthdr",
	.up = up,
	.bits = 96,
	NO_CHECKSUM,
};
