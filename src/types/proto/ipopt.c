/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 options (RFC 791; router alert RFC 2113). */
#include "src/types/proto/field.h"

static const struct proto_field lsrr_fields[] = {
	F("type", integer, 0, 8),
	F("length", integer, 8, 8),
	F("ptr", integer, 16, 8),
	F("addr", integer, 24, 32),
};
static const struct proto_field rr_fields[] = {
	F("type", integer, 0, 8),
	F("length", integer, 8, 8),
	F("ptr", integer, 16, 8),
	F("addr", integer, 24, 32),
};
static const struct proto_field ssrr_fields[] = {
	F("type", integer, 0, 8),
	F("length", integer, 8, 8),
	F("ptr", integer, 16, 8),
	F("addr", integer, 24, 32),
};
static const struct proto_field ra_fields[] = {
	F("type", integer, 0, 8),
	F("length", integer, 8, 8),
	F("value", integer, 16, 16),
};

#define OPTION(word, num, f)                                                                                                       \
	{                                                                                                                          \
		.name = word, .kind = PROTO_IPOPT, .base = PROTO_NH, .number = num, FIELDS(f), NO_CHECKSUM                         \
	}

const struct proto proto_ipopts[] = {
	OPTION("lsrr", 131, lsrr_fields), OPTION("rr", 7, rr_fields), OPTION("ssrr", 137, ssrr_fields),
	OPTION("ra", 148, ra_fields),     { .name = NULL },
};
