/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any transport header with ports: no dependency is made for it. */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("sport", inet_service, 0, 16),
	F("dport", inet_service, 16, 16),
};

const struct proto proto_th = {
	.name = "th",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 32,
	NO_CHECKSUM,
};
