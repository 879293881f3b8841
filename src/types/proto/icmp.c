/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP (RFC 792). */
#include "src/types/proto/field.h"

enum { DEP_NONE, DEP_ECHO, DEP_UNREACHABLE, DEP_REDIRECT };

static const struct proto_dep deps[] = {
	[DEP_ECHO] = { 2, { 0, 8 } },
	[DEP_UNREACHABLE] = { 1, { 3 } },
	[DEP_REDIRECT] = { 1, { 5 } },
};

static const struct proto_field fields[] = {
	F("type", icmp_type, 0, 8),
	F("code", icmp_code, 8, 8),
	F("checksum", integer, 16, 16),
	F_DEP("id", integer, 32, 16, DEP_ECHO),
	F_DEP("sequence", integer, 48, 16, DEP_ECHO),
	F_DEP("gateway", integer, 32, 32, DEP_REDIRECT),
	F_DEP("mtu", integer, 48, 16, DEP_UNREACHABLE),
};

const struct proto proto_icmp = {
	.name = "icmp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 64,
	INET_CHECKSUM(2),
	.deps = deps,
};
