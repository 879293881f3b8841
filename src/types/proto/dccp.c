/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DCCP generic header (RFC 4340). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("sport", inet_service, 0, 16),
	F("dport", inet_service, 16, 16),
	F("type", dccp_pkttype, 67, 4),
};

const struct proto proto_dccp = {
	.name = "dccp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 96,
	NO_CHECKSUM,
};
