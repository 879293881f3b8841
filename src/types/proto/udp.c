/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP (RFC 768). What its ports carry (vxlan, geneve) is named in the rule, not found by number. */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("sport", inet_service, 0, 16),
	F("dport", inet_service, 16, 16),
	F("length", integer, 32, 16),
	F("checksum", integer, 48, 16),
};

const struct proto proto_udp = {
	.name = "udp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 64,
	INET_CHECKSUM(6),
};
