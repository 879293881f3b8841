/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 segment routing header (RFC 8754): a routing header of type 4. */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("seg-left", integer, 24, 8),    F("last-entry", integer, 32, 8),  F("flags", integer, 40, 8),
	F("tag", integer, 48, 16),        F("sid[1]", ip6addr, 64, 128),    F("sid[2]", ip6addr, 192, 128),
	F("sid[3]", ip6addr, 320, 128),   F("sid[4]", ip6addr, 448, 128),   F("sid[5]", ip6addr, 576, 128),
	F("sid[6]", ip6addr, 704, 128),   F("sid[7]", ip6addr, 832, 128),   F("sid[8]", ip6addr, 960, 128),
	F("sid[9]", ip6addr, 1088, 128),  F("sid[10]", ip6addr, 1216, 128), F("sid[11]", ip6addr, 1344, 128),
	F("sid[12]", ip6addr, 1472, 128), F("sid[13]", ip6addr, 1600, 128), F("sid[14]", ip6addr, 1728, 128),
	F("sid[15]", ip6addr, 1856, 128), F("sid[16]", ip6addr, 1984, 128),
};

const struct proto proto_srh = {
	.name = "srh",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_ROUTING,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
};
