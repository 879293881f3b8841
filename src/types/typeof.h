/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers by which userdata of sets says what a key was taken from (`typeof tcp dport`): nft's own, for each
 * protocol, field and kind of expression.
 */
#ifndef NFVM_TYPES_TYPEOF_H
#define NFVM_TYPES_TYPEOF_H

#include "src/types/proto.h"

enum { /* kinds of expressions; TYPEOF_TLV_KIND holds one */
	TYPEOF_VERDICT = 1, TYPEOF_VALUE = 4, TYPEOF_PAYLOAD = 7, TYPEOF_EXTHDR = 8, TYPEOF_META = 9, TYPEOF_SOCKET = 10, TYPEOF_OSF = 11,
	TYPEOF_CT = 12, TYPEOF_CONCAT = 13, TYPEOF_NUMGEN = 23, TYPEOF_HASH = 24, TYPEOF_RT = 25, TYPEOF_TUNNEL = 26, TYPEOF_FIB = 27,
	TYPEOF_XFRM = 28,
};
/* An expression: its kind, and TLVs of the kind. Those of a CONCAT are expressions, numbered from 0. */
enum { TYPEOF_TLV_KIND = 0, TYPEOF_TLV_DATA = 1 };
enum { TYPEOF_PAYLOAD_DESC, TYPEOF_PAYLOAD_FIELD, TYPEOF_PAYLOAD_BASE, TYPEOF_PAYLOAD_OFF, TYPEOF_PAYLOAD_LEN, TYPEOF_PAYLOAD_INNER };
enum { TYPEOF_EXTHDR_DESC, TYPEOF_EXTHDR_FIELD, TYPEOF_EXTHDR_OP };

/* Numbers of headers and IPv6 extension headers; 0: none. */
uint32_t typeof_proto_number(const struct proto *p);
/* The header (PROTO_HEADER) or extension header (PROTO_EXTHDR) of a number, or NULL. */
const struct proto *typeof_proto(enum proto_kind kind, uint32_t number);
/* The number of a field within its header or option, and back (NULL: none). */
uint32_t typeof_field_number(const struct proto *p, const struct proto_field *f);
const struct proto_field *typeof_field(const struct proto *p, uint32_t number);

#endif
