/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP (RFC 9293). */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("sport", inet_service, 0, 16), F("dport", inet_service, 16, 16), F("sequence", integer, 32, 32),
	F("ackseq", integer, 64, 32),    F("doff", integer, 96, 4),        F("reserved", integer, 100, 4),
	F("flags", tcp_flag, 104, 8),    F("window", integer, 112, 16),    F("checksum", integer, 128, 16),
	F("urgptr", integer, 144, 16),
};

const struct proto proto_tcp = {
	.name = "tcp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 160,
	INET_CHECKSUM(16),
};
