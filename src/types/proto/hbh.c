/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 hop-by-hop options (RFC 8200). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("nexthdr", inet_protocol, 0, 8),
	F("hdrlength", integer, 8, 8),
};

const struct proto proto_hbh = {
	.name = "hbh",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_HOPOPTS,
	FIELDS(fields),
	.bits = 16,
	NO_CHECKSUM,
};
