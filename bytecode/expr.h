/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The structs of all expressions, one per NFTA_EXPR_NAME. Their attribute tables and text are in
 * bytecode/expr/NAME.c, their execution in vm/expr/NAME.c, both of the same name. Members are named as their attributes.
 * Registers are NFT_REG_* numbers as on the wire (1–4: 16 bytes each; 8–23: NFT_REG32_00…15, 4 bytes each).
 */
#ifndef NFVM_BYTECODE_EXPR_H
#define NFVM_BYTECODE_EXPR_H

#include "bytecode/bc.h"

struct bc_immediate { uint64_t has; uint32_t dreg; struct bc_data data; };
struct bc_cmp { uint64_t has; uint32_t sreg, op; struct bc_data data; };
struct bc_range { uint64_t has; uint32_t sreg, op; struct bc_data from, to; };
struct bc_bitwise { uint64_t has; uint32_t sreg, sreg2, dreg, len, op; struct bc_data mask, xor, data; };
struct bc_byteorder { uint64_t has; uint32_t sreg, dreg, op, len, size; };
struct bc_lookup { uint64_t has; const char *set; uint32_t set_id, sreg, dreg, flags; };
struct bc_dynset { uint64_t has; const char *set; uint32_t set_id, op, sreg_key, sreg_data, flags; uint64_t timeout; struct bc_expr *expr, *exprs; };
struct bc_payload { uint64_t has; uint32_t dreg, sreg, base, offset, len, csum_type, csum_offset, csum_flags; };
struct bc_exthdr { uint64_t has; uint32_t dreg, sreg, offset, len, flags, op; uint8_t type; };
struct bc_meta { uint64_t has; uint32_t dreg, sreg, key; };
struct bc_rt { uint64_t has; uint32_t dreg, key; };
struct bc_socket { uint64_t has; uint32_t key, dreg, level; };
struct bc_osf { uint64_t has; uint32_t dreg, flags; uint8_t ttl; };
struct bc_ct { uint64_t has; uint32_t dreg, sreg, key; uint8_t direction; };
struct bc_fib { uint64_t has; uint32_t dreg, result, flags; };
struct bc_xfrm { uint64_t has; uint32_t dreg, key, spnum; uint8_t dir; };
struct bc_numgen { uint64_t has; uint32_t dreg, modulus, type, offset; };
struct bc_hash { uint64_t has; uint32_t sreg, dreg, len, modulus, seed, offset, type; };
struct bc_counter { uint64_t has; uint64_t bytes, packets; };
struct bc_last { uint64_t has; uint32_t set; uint64_t msecs; };
struct bc_log { uint64_t has; uint16_t group, qthreshold; const char *prefix; uint32_t snaplen, level, flags; };
struct bc_limit { uint64_t has; uint64_t rate, unit; uint32_t burst, type, flags; };
struct bc_quota { uint64_t has; uint64_t bytes, consumed; uint32_t flags; };
struct bc_connlimit { uint64_t has; uint32_t count, flags; };
struct bc_reject { uint64_t has; uint32_t type; uint8_t icmp_code; };
struct bc_nat { uint64_t has; uint32_t type, family, reg_addr_min, reg_addr_max, reg_proto_min, reg_proto_max, flags; };
struct bc_masq { uint64_t has; uint32_t flags, reg_proto_min, reg_proto_max; };
struct bc_redir { uint64_t has; uint32_t reg_proto_min, reg_proto_max, flags; };
struct bc_tproxy { uint64_t has; uint32_t family, reg_addr, reg_port; };
struct bc_queue { uint64_t has; uint16_t num, total, flags; uint32_t sreg_qnum; };
struct bc_dup { uint64_t has; uint32_t sreg_addr, sreg_dev; };
struct bc_fwd { uint64_t has; uint32_t sreg_dev, sreg_addr, nfproto; };
struct bc_objref { uint64_t has; uint32_t imm_type; const char *imm_name; uint32_t set_sreg; const char *set_name; uint32_t set_id; };
struct bc_flow_offload { uint64_t has; const char *table; };
struct bc_synproxy { uint64_t has; uint16_t mss; uint8_t wscale; uint32_t flags; };
struct bc_tunnel { uint64_t has; uint32_t key, dreg, mode; };
struct bc_inner { uint64_t has; uint32_t num, type, flags, hdrsize; struct bc_expr *expr; };
struct bc_notrack { uint64_t has; };
struct bc_xt_match { uint64_t has; const char *name; uint32_t rev; struct bc_bytes info; };  /* "match" */
struct bc_xt_target { uint64_t has; const char *name; uint32_t rev; struct bc_bytes info; }; /* "target" */

#endif
