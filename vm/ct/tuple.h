/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tuples of packets. Pure; any thread. */
#ifndef NFVM_VM_CT_TUPLE_H
#define NFVM_VM_CT_TUPLE_H

#include "vm/ct/proto.h"

/* The transport header: its protocol, its offset from the network header (at most the packet's length). */
struct ct_l4 {
	uint32_t off;
	uint8_t proto;
};

/* l3: NFPROTO_IPV4 or NFPROTO_IPV6; ip: len bytes from the network header. False: broken headers, or a later fragment. */
bool ct_find_l4(uint8_t l3, const uint8_t *ip, uint32_t len, struct ct_l4 *out);
/* The packet's tuple, zone 0. False: its protocol should have a key there and has none. */
bool ct_get_tuple(uint8_t l3, const uint8_t *ip, uint32_t len, const struct ct_l4 *l4, struct ct_tuple *k);

#endif
