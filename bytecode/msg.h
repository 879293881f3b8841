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
	uint64_t has;
	uint64_t bytes, packets;
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
	const struct bc_shape *key_shape, *data_shape; /* text only, not on the wire: what keys and data are made of; or NULL */
};

/* The fields of a concatenation, for the text of its values. A field takes whole words of four bytes. */
struct bc_shape {
	uint8_t n;          /* 0: one field of any length */
	uint8_t len[16];    /* bytes */
	uint16_t host_order; /* bit n: field n is a number in host order */
};

/* ---- objects: NFTA_OBJ_DATA by NFTA_OBJ_TYPE. Counter, quota, limit and connlimit share the expressions' structs. */
struct bc_ct_helper_obj {
	uint64_t has;
	const char *name;
	uint16_t l3proto;
	uint8_t l4proto;
};
struct bc_ct_timeout_obj {
	uint64_t has;
	uint16_t l3proto;
	uint8_t l4proto;
	struct bc_bytes policy; /* attributes of the protocol's own (CTA_TIMEOUT_TCP_…): be32 seconds each, raw */
};
struct bc_ct_expect_obj {
	uint64_t has;
	uint16_t l3proto;
	uint32_t timeout; /* ms */
	uint8_t l4proto, size;
	uint16_t dport;   /* host order */
};
struct bc_secmark_obj {
	uint64_t has;
	const char *ctx;
};
struct bc_synproxy_obj {
	uint64_t has;
	uint16_t mss;
	uint8_t wscale;
	uint32_t flags;
};

/* an element of bc_tunnel_obj.opts: options of one kind; only geneve may come more than once */
struct bc_tunnel_opt {
	uint64_t has;
	struct bc_tunnel_vxlan {
		uint64_t has;
		uint32_t gbp;
	} vxlan;
	struct bc_tunnel_erspan {
		uint64_t has;
		uint32_t version, v1_index;
		uint8_t v2_hwid, v2_dir;
	} erspan;
	struct bc_tunnel_geneve {
		uint64_t has;
		uint16_t class;
		uint8_t type;
		struct bc_bytes data;
	} geneve;
};

struct bc_tunnel_obj {
	uint64_t has;
	uint32_t id;
	struct bc_tunnel_ip {
		uint64_t has;
		struct bc_bytes src, dst; /* 4 bytes each */
	} ip;
	struct bc_tunnel_ip6 {
		uint64_t has;
		struct bc_bytes src, dst; /* 16 bytes each */
		uint32_t flowlabel;
	} ip6;
	uint32_t flags;           /* NFT_TUNNEL_F_… */
	uint8_t tos, ttl;
	uint16_t sport, dport;    /* host order */
	struct bc_node *opts;     /* of struct bc_tunnel_opt */
};

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

/*
 * Writes a long list of elements without a list: NFT_MSG_NEWSETELEM (or DELSETELEM, …) messages of at most 64 KiB, a new one
 * begun whenever one is full. `head` says table, set and set_id; elements are numbered from 1 in each message, as stock nft does.
 *
 *     struct bc_elem_writer w;
 *     bc_elems_open(&w, batch, NFT_MSG_NEWSETELEM, family, NLM_F_CREATE, &head);
 *     for (…)
 *             bc_elems_put(&w, &elem);
 *     bc_elems_close(&w);
 */
struct bc_elem_writer {
	struct bc_batch *batch;
	const struct bc_elems *head; /* borrowed until close */
	uint16_t type, flags, number;
	uint8_t family;
	size_t list;                 /* offset of the open list, 0: none */
};
void bc_elems_open(struct bc_elem_writer *w, struct bc_batch *b, uint16_t type, uint8_t family, uint16_t flags, const struct bc_elems *head);
/* Returns the sequence number of the message that has the element. */
uint32_t bc_elems_put(struct bc_elem_writer *w, const struct bc_elem *e);
void bc_elems_close(struct bc_elem_writer *w);

extern const struct bc_desc bc_table_desc, bc_chain_desc, bc_rule_desc, bc_set_msg_desc, bc_elem_desc, bc_elems_desc, bc_obj_desc,
	bc_flowtable_desc, bc_gen_desc, bc_trace_desc, bc_counters_desc, bc_hook_desc, bc_device_desc;
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
