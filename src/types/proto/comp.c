/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP payload compression (RFC 3173). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("nexthdr", inet_protocol, 0, 8),
	F("flags", bitmask, 8, 8),
	F("cpi", integer, 16, 16),
};

static const struct proto_up up[] = {
	{ IPPROTO_ICMP, &proto_icmp },
	{ IPPROTO_IGMP, &proto_igmp },
	{ IPPROTO_ESP, &proto_esp },
	{ IPPROTO_AH, &proto_ah },
	{ IPPROTO_UDP, &proto_udp },
	{ IPPROTO_UDPLITE, &proto_udplite },
	{ IPPROTO_TCP, &proto_tcp },
	{ IPPROTO_DCCP, &proto_dccp },
	{ IPPROTO_SCTP, &proto_sctp },
	{ IPPROTO_ICMPV6, &proto_icmpv6 },
	{ 0, NULL },
};

const struct proto proto_comp = {
	.name = "comp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.key = "nexthdr",
	.up = up,
	.bits = 32,
	NO_CHECKSUM,
};
