/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 destination options (RFC 8200). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("nexthdr", inet_protocol, 0, 8),
	F("hdrlength", integer, 8, 8),
};

const struct proto proto_dst = {
	.name = "dst",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_DSTOPTS,
	FIELDS(fields),
	.bits = 16,
	NO_CHECKSUM,
};
