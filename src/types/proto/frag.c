/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 fragment header (RFC 8200). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("nexthdr", inet_protocol, 0, 8), F("reserved", integer, 8, 8),        F("frag-off", integer, 16, 13),
	F("reserved2", integer, 29, 2),    F("more-fragments", integer, 31, 1), F("id", integer, 32, 32),
};

const struct proto proto_frag = {
	.name = "frag",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_FRAGMENT,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
};
