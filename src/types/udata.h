/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nft's numbers for expressions, headers and fields in the userdata of sets (`typeof`): what it writes there to print
 * the same expression again. They are nft's own and have no meaning to the kernel.
 *
 *   set userdata: BC_UD_SET_KEY_TYPEOF { UDATA_EXPR u32, UDATA_DATA { UDATA_PAYLOAD_DESC u32, … } }
 *   u32 are in host order. In a concatenation UDATA_DATA has one TLV for each part (0, 1, …), of the same form.
 */
#ifndef NFVM_TYPES_UDATA_H
#define NFVM_TYPES_UDATA_H

#include "src/types/proto.h"

enum { UDATA_EXPR = 0, UDATA_DATA = 1 };

/* Kinds of expressions. Before 1.1.5 there was no tunnel: fib was 26 and xfrm 27. */
enum {
	UDATA_EXPR_VERDICT = 1,
	UDATA_EXPR_VALUE = 4,
	UDATA_EXPR_PAYLOAD = 7,
	UDATA_EXPR_EXTHDR = 8,
	UDATA_EXPR_META = 9,
	UDATA_EXPR_SOCKET = 10,
	UDATA_EXPR_OSF = 11,
	UDATA_EXPR_CT = 12,
	UDATA_EXPR_CONCAT = 13,
	UDATA_EXPR_NUMGEN = 23,
	UDATA_EXPR_HASH = 24,
	UDATA_EXPR_RT = 25,
	UDATA_EXPR_TUNNEL = 26,
	UDATA_EXPR_FIB = 27,
	UDATA_EXPR_XFRM = 28,
};

/* In UDATA_DATA. BASE counts from 1 for the link layer header; raw payloads (DESC 0) have BASE, OFFSET and LEN in bits. */
enum { UDATA_PAYLOAD_DESC, UDATA_PAYLOAD_TYPE, UDATA_PAYLOAD_BASE, UDATA_PAYLOAD_OFFSET, UDATA_PAYLOAD_LEN, UDATA_PAYLOAD_INNER };
enum { UDATA_EXTHDR_DESC, UDATA_EXTHDR_TYPE, UDATA_EXTHDR_OP };
enum { UDATA_META_KEY };
enum { UDATA_SOCKET_KEY, UDATA_SOCKET_LEVEL };
enum { UDATA_CT_KEY, UDATA_CT_DIR }; /* DIR -1: none */
enum { UDATA_NUMGEN_TYPE, UDATA_NUMGEN_MOD, UDATA_NUMGEN_OFFSET };
enum { UDATA_HASH_TYPE, UDATA_HASH_OFFSET, UDATA_HASH_MOD, UDATA_HASH_SEED, UDATA_HASH_SEED_SET };
enum { UDATA_RT_KEY };
enum { UDATA_TUNNEL_KEY };
enum { UDATA_FIB_RESULT, UDATA_FIB_FLAGS };
enum { UDATA_XFRM_KEY, UDATA_XFRM_SPNUM, UDATA_XFRM_DIR };

/* DESC of a header (payload) or IPv6 extension header; 0: none. Options have their own number as DESC. */
uint32_t udata_desc(const struct proto *p);
/* kind PROTO_HEADER or PROTO_EXTHDR. NULL: no such. */
const struct proto *udata_proto(enum proto_kind kind, uint32_t desc);
/* TYPE: the place of a field in nft's table of its header. */
uint32_t udata_field_number(const struct proto *p, const struct proto_field *f);
/* NULL: no such. */
const struct proto_field *udata_field(const struct proto *p, uint32_t number);

#endif
