/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMPv6 (RFC 4443), neighbour discovery (RFC 4861) and multicast listeners (RFC 2710). */
#include "src/types/proto/field.h"

enum { DEP_NONE, DEP_ECHO, DEP_TOO_BIG, DEP_QUERY, DEP_PARAMETER, DEP_REDIRECT, DEP_TARGET };

static const struct proto_dep deps[] = {
	[DEP_ECHO] = { 2, { 128, 129 } }, [DEP_TOO_BIG] = { 1, { 2 } },    [DEP_QUERY] = { 1, { 130 } },
	[DEP_PARAMETER] = { 1, { 4 } },   [DEP_REDIRECT] = { 1, { 137 } }, [DEP_TARGET] = { 6, { 130, 131, 132, 135, 136, 137 } },
};

static const struct proto_field fields[] = {
	F("type", icmpv6_type, 0, 8),
	F("code", icmpv6_code, 8, 8),
	F("checksum", integer, 16, 16),
	F_DEP("parameter-problem", integer, 32, 32, DEP_PARAMETER),
	F_DEP_ALIAS("param-problem", integer, 32, 32, DEP_PARAMETER),
	F_DEP("mtu", integer, 32, 32, DEP_TOO_BIG),
	F_DEP_ALIAS("packet-too-big", integer, 32, 32, DEP_TOO_BIG),
	F_DEP("id", integer, 32, 16, DEP_ECHO),
	F_DEP("sequence", integer, 48, 16, DEP_ECHO),
	F_DEP("max-delay", integer, 32, 16, DEP_QUERY),
	F_DEP("taddr", ip6addr, 64, 128, DEP_TARGET),
	F_DEP("daddr", ip6addr, 192, 128, DEP_REDIRECT),
};

const struct proto proto_icmpv6 = {
	.name = "icmpv6",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 64,
	INET_CHECKSUM(2),
	.deps = deps,
};
