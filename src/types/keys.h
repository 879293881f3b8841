/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the smaller expressions that read the packet's surroundings: rt, socket, ipsec, tunnel, osf, fib, and what
 * numgen and the hashes yield. meta and ct: proto.h.
 */
#ifndef NFVM_TYPES_KEYS_H
#define NFVM_TYPES_KEYS_H

#include "src/types/datatype.h"

struct key {
	const char *name;
	const char *family;           /* "ip", "ip6": `rt ip nexthop`; NULL where the key has no family */
	uint32_t key;                 /* NFT_RT_*, NFT_SOCKET_*, NFT_XFRM_KEY_*, NFT_TUNNEL_*, NFT_OSF_*, NFT_FIB_RESULT_* */
	const struct datatype *type;
	uint16_t bits;
	uint8_t byteorder;
	uint32_t flags;               /* fib: NFTA_FIB_F_PRESENT of "check"; osf: NFT_OSF_F_VERSION of "version" */
};

/* Each ends with a NULL name. */
extern const struct key rt_keys[], socket_keys[], xfrm_keys[], tunnel_keys[], osf_keys[], fib_results[];

/* family NULL: that of a key without one. NULL: no such key. */
const struct key *key_by_name(const struct key *table, const char *name, const char *family);
const struct key *key_by_number(const struct key *table, uint32_t key, uint32_t flags);

#endif
