/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers, which read the payload of some protocols to know which connections they will lead to; expectations, which say so;
 * sequence numbers that move when a payload's length changes; and policies of timeouts.
 *
 * An expectation is a tuple with a mask for its source, and belongs to a master connection: the first packet of a new connection
 * that it fits makes that one related, and uses the expectation up. Expectations are few: they lie in a small table of their own
 * under one spin lock, which new connections take only while there are any (as nf_conntrack_expect_lock); packets of established
 * connections never do.
 *
 * What an entry has beyond its 256 bytes lies in struct ct_help, one for each entry, touched only where it is used (CT_HAS_HELP).
 * References: nf_conntrack_expect.c, nf_conntrack_helper.c, nf_conntrack_seqadj.c, nf_nat_helper.c. Worker's thread, but where
 * noted.
 */
#ifndef NFVM_VM_CT_HELP_H
#define NFVM_VM_CT_HELP_H

#include "vm/ct/proto.h"

enum { CT_CLASSES = 4, CT_POLICIES = 4096, CT_POLICY_TIMES = 16 };

/* Of one direction: bytes that were added before and behind the last place where the length changed. */
struct ct_seqadj {
	uint32_t pos;
	int32_t before, after;
};

struct ct_help {
	struct ct_seqadj seq[CT_DIRS];
	uint32_t line[CT_DIRS][2]; /* ftp: sequence numbers at which lines begin */
	uint8_t lines[CT_DIRS];
	uint8_t expecting[CT_CLASSES];
	uint16_t master_helper; /* number of the helper of the connection that expected it */
	uint32_t first;         /* its expectations, youngest first; 0: none. Under the lock */
};

/* What becomes of a connection that was expected. */
enum ct_follow { CT_FOLLOW_NOT, CT_FOLLOW_MASTER /* its addresses are mapped as the master's (nf_nat_follow_master) */ };

struct ct_expect {
	struct ct_tuple tuple;
	uint8_t src_mask[16];
	be16 sport_mask;
	uint8_t class;
	uint8_t follow; /* enum ct_follow */
	uint8_t dir;    /* of the master's packets that come with it */
	uint8_t used;
	uint16_t helper; /* of the new connection, 0: none */
	be16 saved_port; /* the port before it was changed for the outside */
	uint32_t master; /* index of the entry */
	uint64_t expires_ns;
	uint32_t next, next_of_master; /* indices, 0: the end */
};

/* A packet at a helper. */
struct ct_help_pkt {
	struct ct_pkt p; /* l4, off, len: its transport header */
	struct ct_entry *ct;
	struct ct_help *h;
	int dir;
};

struct ct_helper {
	const char *name;
	uint8_t proto;
	uint8_t max_expected[CT_CLASSES];
	uint32_t timeout_s[CT_CLASSES];
	/* NF_ACCEPT or NF_DROP */
	uint32_t (*help)(struct ct_help_pkt *x);
};

/* ---- helpers (helper.c) ---- */

/* Its number, 0: there is none of this name and protocol here. Any thread. */
uint16_t ct_helper_find(const char *name, uint8_t proto);
/* NULL for 0. */
const struct ct_helper *ct_helper(uint16_t number);
/* A rule gives a connection a helper (nft_ct_helper_obj_eval): unconfirmed ones without one only. */
void ct_helper_assign(struct vm_pkt *pkt, uint16_t number);
/* At the end of a packet's way: its helper, and its sequence numbers (nf_confirm). NF_ACCEPT or NF_DROP. */
uint32_t ct_help_packet(struct vm_pkt *pkt);
/* The entry's part, zeroed when it is first asked for. */
struct ct_help *ct_help_of(struct ct_table *t, struct ct_entry *ct);

/* ---- expectations (expect.c) ---- */

/* 0 or -ENOMEM. Control thread. */
int ct_expects_new(struct ct_table *t, uint32_t max);
void ct_expects_free(struct ct_table *t);
/*
 * Begins an expectation of master's for what comes in answer to its packets of direction !dir: class 0, source as given (NULL:
 * any), source port any (nf_ct_expect_init).
 */
void ct_expect_init(struct ct_expect *x, const struct ct_table *t, const struct ct_entry *master, const uint8_t *src,
		    const uint8_t *dst, uint8_t l3, uint8_t proto, be16 dport);
/* Makes it known (nf_ct_expect_related): 0, -EBUSY (another master's is in the way), -EMFILE (too many), -EALREADY. x->expires_ns
 * counts where the master has no helper. */
int ct_expect_add(struct ct_pkt *p, const struct ct_expect *x);
/* Takes one like x out again (nf_ct_unexpect_related). */
void ct_expect_remove(struct ct_table *t, const struct ct_expect *x);
/* The expectation that a new connection fits; it is used up. False: none. */
bool ct_expect_take(struct ct_pkt *p, const struct ct_tuple *k, uint16_t zone, struct ct_expect *out);
/* Its master dies. Any thread. */
void ct_expect_master_gone(struct ct_table *t, struct ct_entry *master);
/* Forgets what has expired. Any thread. */
void ct_expect_collect(struct ct_table *t, uint64_t now_ns);

/* ---- sequence numbers (seqadj.c) ---- */

/* n bytes became n + by in the segment that begins at seq (nf_ct_seqadj_set). */
void ct_seqadj_set(struct ct_help_pkt *x, uint32_t seq, int32_t by);
/* What is to be taken from numbers that the other side acknowledges (nf_ct_seq_offset). */
int32_t ct_seqadj_offset(const struct ct_table *t, const struct ct_entry *ct, int dir, uint32_t seq);
/* Rewrites the packet's numbers (nf_ct_seq_adjust). False: it is dropped. */
bool ct_seqadj_packet(struct ct_help_pkt *x);

/* ---- payloads that change (mangle.c) ---- */

/* from … from + len of the payload of a TCP segment become text (nf_nat_mangle_tcp_packet). False: no room. */
bool ct_mangle_tcp(struct ct_help_pkt *x, uint32_t from, uint32_t len, const char *text, uint32_t text_len);
/* Makes x known with a port as near to its own as is free (nf_nat_exp_find_port), which is written to x; false: all are in use. */
bool ct_expect_port(struct ct_pkt *p, struct ct_expect *x, uint16_t port);

/* ---- policies of timeouts (timeout.c) ---- */

/* A policy from the attributes of an object (CTA_TIMEOUT_…); times not said are the host's. 0 and *number, or -errno. Control
 * thread. */
int ct_policy_new(struct vm_engine *e, uint8_t proto, const void *attrs, uint32_t len, uint16_t *number);
/* Connections that have it go back to the protocol's (nf_ct_untimeout). Control thread, when no packet can get it any more. */
void ct_policy_free(struct vm_engine *e, uint16_t number);
/* nft_ct_timeout_obj_eval */
void ct_policy_assign(struct vm_pkt *pkt, uint8_t proto, uint16_t number);

#endif
