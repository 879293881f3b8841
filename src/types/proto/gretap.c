/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRE that carries an Ethernet frame (protocol 0x6558). */
#include "src/types/proto/field.h"

static const struct proto_inner inner = { NFT_INNER_GENEVE + 2, NFT_INNER_LL | NFT_INNER_NH | NFT_INNER_TH, 4, &proto_ether };

const struct proto proto_gretap = {
	.name = "gretap",
	.kind = PROTO_HEADER,
	.base = PROTO_TH,
	.bits = 32,
	NO_CHECKSUM,
	.inner = &inner,
};
