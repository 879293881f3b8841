/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VXLAN (RFC 7348), within UDP. */
#include "src/types/proto/field.h"

static const struct proto_inner inner = { NFT_INNER_VXLAN, NFT_INNER_HDRSIZE | NFT_INNER_LL | NFT_INNER_NH | NFT_INNER_TH, 8,
					  &proto_ether };

static const struct proto_field fields[] = {
	F("flags", bitmask, 0, 8),
	F("vni", integer, 32, 24),
};

const struct proto proto_vxlan = {
	.name = "vxlan",
	.kind = PROTO_HEADER,
	.base = PROTO_INNER,
	FIELDS(fields),
	.bits = 64,
	NO_CHECKSUM,
	.inner = &inner,
};
