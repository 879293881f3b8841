/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nf_tables messages as structs. See bc.h for the conventions; nf_tables_api.c for the policies. */
#ifndef NFVM_BYTECODE_MSG_H
#define NFVM_BYTECODE_MSG_H

#include "bytecode/bc.h"

/* NFT_MSG_*TABLE */
struct bc_table {
	uint64_t has;
	const char *name;
	uint32_t flags, use, owner;
	uint64_t handle;
	struct bc_bytes userdata;
};

/* an element of NFTA_HOOK_DEVS: NFTA_DEVICE_NAME or (Linux 6.16) NFTA_DEVICE_PREFIX */
struct bc_device {
	uint64_t has;
	const char *name, *prefix;
};

struct bc_hook {
	uint64_t has;
	uint32_t hooknum, priority; /* priority is signed: cast */
	const char *dev;
	struct bc_node *devs;       /* of struct bc_device */
};

struct bc_counters { /* NFTA_COUNTER_* */
	uint64_t has, bytes, packets;
};

/* NFT_MSG_*CHAIN */
struct bc_chain {
	uint64_t has;
	const char *table, *name, *type;
	uint64_t handle;
	struct bc_hook hook;
	uint32_t policy, use, flags, id;
	struct bc_counters counters;
	struct bc_bytes userdata;
};

/* NFT_MSG_*RULE */
struct bc_rule {
	uint64_t has;
	const char *table, *chain;
	uint64_t handle, position;
	struct bc_expr *exprs;
	struct bc_rule_compat {
		uint64_t has;
		uint32_t proto, flags;
	} compat;
	struct bc_bytes userdata;
	uint32_t id, position_id, chain_id;
};

struct bc_set_field { /* an element of NFTA_SET_DESC_CONCAT */
	uint64_t has;
	uint32_t len;
};

struct bc_set_desc {
	uint64_t has;
	uint32_t size;
	struct bc_node *concat; /* of struct bc_set_field */
};

/* NFT_MSG_*SET */
struct bc_set {
	uint64_t has;
	const char *table, *name;
	uint32_t flags, key_type, key_len, data_type, data_len, policy;
	struct bc_set_desc desc;
	uint32_t id, gc_interval, obj_type, count;
	uint64_t timeout, handle;  /* timeout in ms */
	struct bc_bytes userdata;
	struct bc_expr *expr, *exprs;
	const char *type;          /* NFTA_SET_TYPE (Linux 6.18), in dumps */
};

/* an element of NFTA_SET_ELEM_LIST_ELEMENTS */
struct bc_elem {
	uint64_t has;
	struct bc_data key, key_end, data;
	uint32_t flags;
	uint64_t timeout, expiration; /* ms */
	struct bc_bytes userdata;
	struct bc_expr *expr, *exprs;
	const char *objref;
};

/* NFT_MSG_*SETELEM */
struct bc_elems {
	uint64_t has;
	const char *table, *set;
	uint32_t set_id;
	struct bc_node *elems;     /* of struct bc_elem */
};

/* ---- objects: NFTA_OBJ_DATA by NFTA_OBJ_TYPE. Counter, quota and limit share the expressions' structs. */
struct bc_ct_helper_obj { uint64_t has; const char *name; uint32_t l3proto; uint8_t l4proto; };
struct bc_ct_timeout_obj { uint64_t has; uint32_t l3proto; uint8_t l4proto; struct bc_bytes policy; /* nested CTA_TIMEOUT_*, raw */ };
struct bc_ct_expect_obj { uint64_t has; uint32_t l3proto, timeout; uint8_t l4proto, size; be16 dport; };
struct bc_secmark_obj { uint64_t has; const char *ctx; };
struct bc_synproxy_obj { uint64_t has; uint16_t mss; uint8_t wscale; uint32_t flags; };
struct bc_tunnel_obj; /* bytecode/obj_tunnel.c */

/* NFT_MSG_*OBJ */
struct bc_obj {
	uint64_t has;
	const char *table, *name;
	uint32_t type, use;
	void *data;                /* the struct of its type */
	uint64_t handle;
	struct bc_bytes userdata;
};

struct bc_flowtable_hook {
	uint64_t has;
	uint32_t hooknum, priority;
	struct bc_node *devs;
};

/* NFT_MSG_*FLOWTABLE */
struct bc_flowtable {
	uint64_t has;
	const char *table, *name;
	struct bc_flowtable_hook hook;
	uint32_t use, flags;
	uint64_t handle;
};

/* NFT_MSG_NEWGEN */
struct bc_gen {
	uint64_t has;
	uint32_t id, proc_pid;
	const char *proc_name;
};

/* NFT_MSG_TRACE */
struct bc_trace {
	uint64_t has;
	const char *table, *chain;
	uint64_t rule_handle;
	uint32_t type;
	struct bc_data verdict;  /* NFTA_TRACE_VERDICT nests NFTA_VERDICT_* directly */
	uint32_t id;
	struct bc_bytes ll_header, network_header, transport_header;
	uint32_t iif; uint16_t iiftype; uint32_t oif; uint16_t oiftype;
	uint32_t mark, nfproto, policy;
	uint32_t ct_id, ct_status; uint8_t ct_direction; uint32_t ct_state;
};

extern const struct bc_desc bc_table_desc, bc_chain_desc, bc_rule_desc, bc_set_msg_desc, bc_elem_desc, bc_elems_desc, bc_obj_desc,
	bc_flowtable_desc, bc_gen_desc, bc_trace_desc, bc_counters_desc, bc_hook_desc;
/* The table of a message type (NFT_MSG_…), or NULL. */
const struct bc_desc *bc_msg_desc(uint16_t type);
/* The table of an object type's NFTA_OBJ_DATA, or NULL. */
const struct bc_desc *bc_obj_data_desc(uint32_t type);

/* ---- userdata: optional, bounded TLVs (type, length, bytes) of any version of nft ------------------- */

enum { /* nft's own numbers */
	BC_UD_RULE_COMMENT = 0, BC_UD_RULE_EBTABLES_POLICY = 1,
	BC_UD_SET_KEYBYTEORDER = 0, BC_UD_SET_DATABYTEORDER = 1, BC_UD_SET_MERGE_ELEMENTS = 2, BC_UD_SET_KEY_TYPEOF = 3,
	BC_UD_SET_DATA_TYPEOF = 4, BC_UD_SET_EXPR = 5, BC_UD_SET_DATA_INTERVAL = 6, BC_UD_SET_COMMENT = 7,
	BC_UD_ELEM_COMMENT = 0, BC_UD_ELEM_FLAGS = 1,
	BC_UD_TABLE_COMMENT = 0, BC_UD_TABLE_NFTVER = 1, BC_UD_TABLE_NFTBLD = 2,
	BC_UD_CHAIN_COMMENT = 0, BC_UD_OBJ_COMMENT = 0,
};
void bc_ud_put(struct buf *out, uint8_t type, const void *p, size_t len);
void bc_ud_put_str(struct buf *out, uint8_t type, const char *s); /* with its NUL */
void bc_ud_put_u32(struct buf *out, uint8_t type, uint32_t host_order);
/* Finds the first TLV of a type; malformed input ends the search. */
bool bc_ud_get(struct bc_bytes ud, uint8_t type, struct bc_bytes *out);

#endif
