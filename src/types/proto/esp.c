/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ESP (RFC 4303). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("spi", integer, 0, 32),
	F("sequence", integer, 32, 32),
};

const struct proto proto_esp = {
	.name = "esp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
};
