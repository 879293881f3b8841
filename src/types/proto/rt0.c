/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 routing header of type 0 (RFC 2460; deprecated by RFC 5095). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("addr[1]", ip6addr, 64, 128),    F("addr[2]", ip6addr, 192, 128),   F("addr[3]", ip6addr, 320, 128),
	F("addr[4]", ip6addr, 448, 128),   F("addr[5]", ip6addr, 576, 128),   F("addr[6]", ip6addr, 704, 128),
	F("addr[7]", ip6addr, 832, 128),   F("addr[8]", ip6addr, 960, 128),   F("addr[9]", ip6addr, 1088, 128),
	F("addr[10]", ip6addr, 1216, 128), F("addr[11]", ip6addr, 1344, 128), F("addr[12]", ip6addr, 1472, 128),
	F("addr[13]", ip6addr, 1600, 128), F("addr[14]", ip6addr, 1728, 128), F("addr[15]", ip6addr, 1856, 128),
	F("addr[16]", ip6addr, 1984, 128),
};

const struct proto proto_rt0 = {
	.name = "rt0",
	.kind = PROTO_EXTHDR,
	.base = PROTO_NH,
	.number = IPPROTO_ROUTING,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
};
