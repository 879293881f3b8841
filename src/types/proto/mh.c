/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 mobility header (RFC 6275). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("nexthdr", inet_protocol, 0, 8), F("hdrlength", integer, 8, 8),  F("type", mh_type, 16, 8),
	F("reserved", integer, 24, 8),     F("checksum", integer, 32, 16),
};

const struct proto proto_mh = {
	.name = "mh",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_MH,
	FIELDS(fields),
	.bits = 48,
	NO_CHECKSUM,
};
