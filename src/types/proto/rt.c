/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 routing header of any type (RFC 8200). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("nexthdr", inet_protocol, 0, 8),
	F("hdrlength", integer, 8, 8),
	F("type", integer, 16, 8),
	F("seg-left", integer, 24, 8),
};

const struct proto proto_rt = {
	.name = "rt",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_ROUTING,
	FIELDS(fields),
	.bits = 32,
	NO_CHECKSUM,
};
