/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 routing header of type 2 (RFC 6275). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("addr", ip6addr, 64, 128),
};

const struct proto proto_rt2 = {
	.name = "rt2",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_ROUTING,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
};
