/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Geneve (RFC 8926), within UDP. */
#include "src/types/proto/field.h"

static const struct proto_inner inner = { NFT_INNER_GENEVE, NFT_INNER_HDRSIZE | NFT_INNER_LL | NFT_INNER_NH | NFT_INNER_TH, 8,
					  &proto_ether };

static const struct proto_field fields[] = {
	F("type", ethertype, 16, 16),
	F("vni", integer, 32, 24),
};

const struct proto proto_geneve = {
	.name = "geneve",
	.kind = PROTO_HEADER,
	.base = PROTO_INNER,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
	.inner = &inner,
};
