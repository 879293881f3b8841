/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCTP common header (RFC 9260). Chunks: sctp_chunk.c. */
#include "src/types/proto/field.h"

static const struct proto_field fields[] = {
	F("sport", inet_service, 0, 16),
	F("dport", inet_service, 16, 16),
	F("vtag", integer, 32, 32),
	F("checksum", integer, 64, 32),
};

const struct proto proto_sctp = {
	.name = "sctp",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	FIELDS(fields),
	.bits = 96,
	.checksum_off = 8,
	.checksum_type = NFT_PAYLOAD_CSUM_SCTP,
};
