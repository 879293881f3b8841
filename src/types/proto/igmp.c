/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IGMP (RFC 2236). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("type", igmp_type, 0, 8),
	F("mrt", integer, 8, 8),
	F("checksum", integer, 16, 16),
	F("group", integer, 32, 32),
};

const struct proto proto_igmp = {
	.name = "igmp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 64,
	INET_CHECKSUM(2),
};
