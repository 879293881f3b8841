/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRE (RFC 2784): carries an IP header. The same header carrying Ethernet is gretap.c. */
#include "src/types/proto/field.h"

static const struct proto_inner inner = { NFT_INNER_GENEVE + 1, NFT_INNER_NH | NFT_INNER_TH, 4, NULL };

static const struct proto_field fields[] = {
	F("flags", integer, 0, 5),
	F("version", integer, 13, 3),
	F("protocol", ethertype, 16, 16),
};

static const struct proto_up up[] = {
	{ ETH_P_IP, &proto_ip },
	{ ETH_P_IPV6, &proto_ip6 },
	{ 0, NULL },
};

const struct proto proto_gre = {
	.name = "gre",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.key = "protocol",
	.up = up,
	.bits = 32,
	NO_CHECKSUM,
	.inner = &inner,
};
