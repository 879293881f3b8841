/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP-Lite (RFC 3828). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("sport", inet_service, 0, 16),
	F("dport", inet_service, 16, 16),
	F("csumcov", integer, 32, 16),
	F("checksum", integer, 48, 16),
};

const struct proto proto_udplite = {
	.name = "udplite",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
};
