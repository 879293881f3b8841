/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the protocol files are written with: one F() row per field, name, datatype, offset and length in bits.
 * Rows stand in the order of the header; aliases behind the name that is printed.
 */
#ifndef NFVM_TYPES_PROTO_FIELD_H
#define NFVM_TYPES_PROTO_FIELD_H

#include <netinet/in.h>
#include <linux/if_ether.h>

#include "base/bytes.h"
#include "bytecode/nf.h"
#include "src/types/proto.h"

#define F(name, type, off, len) { name, &type_##type, off, len, BO_BIG, 0, 0 }
#define F_FLAGS(name, type, off, len, flags) { name, &type_##type, off, len, BO_BIG, flags, 0 }
#define F_DEP(name, type, off, len, dep) { name, &type_##type, off, len, BO_BIG, 0, dep }
#define F_DEP_ALIAS(name, type, off, len, dep) { name, &type_##type, off, len, BO_BIG, PROTO_F_ALIAS, dep }

#define FIELDS(f) .fields = f, .n_fields = ARRAY_SIZE(f)
#define NO_CHECKSUM .checksum_off = -1, .checksum_type = NFT_PAYLOAD_CSUM_NONE
/* bytes from the header's start to its internet checksum */
#define INET_CHECKSUM(off) .checksum_off = off, .checksum_type = NFT_PAYLOAD_CSUM_INET

#endif
