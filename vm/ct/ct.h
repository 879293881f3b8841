/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connection tracking: the table and what packets do to it.
 *
 * One table for all workers, lock-free (ct/table.c). An entry is 256 bytes in a pool of entries, known by its index; readers find it under
 * QSBR: an entry that a worker has found stays what it is until the worker's burst ends. A packet's own new entry is unconfirmed: no
 * other packet can find it, and it dies with the packet unless confirmed.
 *
 * Fields below that several workers change are atomic, and changed with relaxed order: a flow's packets that race see some serial order.
 */
#ifndef NFVM_VM_CT_H
#define NFVM_VM_CT_H

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>

#include "vm/vm.h"

#define IP_CT_UNTRACKED 7 /* pkt->ctinfo after notrack; the kernel's header hides it from user space */

enum { CT_ORIG, CT_REPLY, CT_DIRS };

/* One side of a connection. IPv4 addresses are the first 4 bytes, the rest zero. All in network order but zone. */
struct ct_tuple {
	uint8_t src[16], dst[16];
	be16 sport, dport; /* ports; ICMP: sport the id, dport type << 8 | code as bytes; GRE: keys; else 0 */
	uint8_t proto;     /* IPPROTO_* */
	uint8_t l3;        /* NFPROTO_IPV4, NFPROTO_IPV6 */
	uint16_t zone;
};
_Static_assert(sizeof(struct ct_tuple) == 40, "compared as five words");

enum ct_life { CT_FREE, CT_UNCONFIRMED, CT_PENDING, CT_CONFIRMED, CT_DEAD, CT_TEMPLATE };

/* Of one direction of a TCP connection; see ct/tcp.c. */
struct ct_tcp_side {
	uint32_t end, maxend, maxwin, maxack;
	uint8_t scale, flags;
};

/* State of the protocols that keep one. */
union ct_proto {
	struct {
		struct ct_tcp_side seen[CT_DIRS];
		uint8_t state, last_dir, retrans, last_index;
		uint32_t last_seq, last_ack, last_end;
		uint16_t last_win;
		uint8_t last_wscale, last_flags;
	} tcp;
	struct {
		uint8_t state, last_dir, flags, init[CT_DIRS];
		be32 vtag[CT_DIRS];
	} sctp;
	struct {
		uint64_t stream_ns;
	} udp;
	struct {
		uint32_t timeout_s, stream_timeout_s;
	} gre;
};

enum { CT_HAS_LABELS = 1, CT_HAS_SOURCE = 2, CT_HAS_HELP = 4 };

/* A direction: its key, the key's hash, and what has passed. One cache line. */
struct ct_dir {
	struct ct_tuple tuple;
	uint32_t hash;
	_Atomic uint32_t next_free; /* dir[0]: the pool's stack of free entries */
	_Atomic uint64_t packets, bytes; /* only where the flow has accounting */
};

struct ct_entry {
	struct ct_dir dir[CT_DIRS];
	/* third line */
	_Atomic uint32_t life;      /* enum ct_life */
	_Atomic uint32_t status;    /* IPS_* */
	_Atomic uint64_t expires_ns;
	_Atomic uint32_t mark, secmark;
	uint8_t zone_dirs;          /* bit 1 << CT_ORIG, 1 << CT_REPLY: directions the zone counts for */
	bool acct;
	uint16_t zone;
	uint32_t id;                /* unique while it lives; what `ct id` and ctnetlink show */
	uint32_t refs;              /* unconfirmed: packets that hold it */
	uint16_t helper, timeouts;  /* numbers (help.h); 0: none, the protocol's */
	_Atomic uint32_t master;    /* index of the entry that expected this one, 0: none */
	_Atomic uint32_t busy;      /* somebody changes `proto` */
	_Atomic uint32_t has;       /* CT_HAS_*: parts outside of the entry that are in use */
	uint32_t eventmask;
	uint32_t masq;              /* device whose address is the source by masquerading, 0: none */
	/* fourth line */
	union ct_proto proto;
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct ct_entry) == 256, "four cache lines");

struct ct_table;
struct ct_worker;

/* ---- life of a worker's part; any thread ------------------------------------------------------------ */

/* w->e and w->id must be set. 0 or -ENOMEM. */
int ct_worker_new(struct vm_worker *w);
void ct_worker_free(struct vm_worker *w);
/* Around each burst; entries that packets found hold in between. */
void ct_burst_begin(struct vm_worker *w);
void ct_burst_end(struct vm_worker *w);

/* ---- life of the table; control thread -------------------------------------------------------------- */

/* max: entries (nf_conntrack_max). 0 or -ENOMEM. */
int ct_table_new(struct vm_engine *e, uint32_t max, uint64_t seed, struct ct_table **out);
void ct_table_free(struct ct_table **t);

/* ---- packets; worker's thread ------------------------------------------------------------------------- */

/*
 * Finds or begins the packet's connection and moves its state (nf_conntrack_in), at priority -200 of prerouting and output: sets pkt->ct and
 * pkt->ctinfo. NF_ACCEPT, also for invalid packets (ct NULL, ctinfo 0), or NF_DROP (table full).
 */
uint32_t ct_in(struct vm_pkt *pkt);
/* At the end of input and postrouting: puts a new entry into the table. NF_ACCEPT, or NF_DROP where it lost a clash. */
uint32_t ct_confirm(struct vm_pkt *pkt);
/* The packet ends here: an entry that is still unconfirmed goes back to the pool. Clears pkt->ct. */
void ct_release(struct vm_pkt *pkt);
/* pkt is a copy of a packet: both hold its connection, unconfirmed until one of them is confirmed. */
void ct_share(struct vm_pkt *pkt);
/* A reset of the host's own ends the packet's TCP connection (nf_conntrack_tcp_set_closing). */
void ct_tcp_set_closing(struct vm_pkt *pkt);
/* For answers to pkt: same entry, state related, other direction (nf_conntrack_attach). */
void ct_attach(struct vm_pkt *answer, const struct vm_pkt *pkt);

/* ---- what the ct expression reads and sets ------------------------------------------------------------- */

static inline int ct_info_dir(uint8_t ctinfo)
{
	return ctinfo >= IP_CT_IS_REPLY ? CT_REPLY : CT_ORIG;
}
/* NFT_CT_STATE: 1 << state bits as NF_CT_STATE_BIT has them; NF_CT_STATE_INVALID_BIT, NF_CT_STATE_UNTRACKED_BIT without an entry. */
static inline uint32_t ct_state_bits(const struct vm_pkt *pkt)
{
	if (pkt->ct)
		return NF_CT_STATE_BIT(pkt->ctinfo);
	return pkt->ctinfo == IP_CT_UNTRACKED ? NF_CT_STATE_UNTRACKED_BIT : NF_CT_STATE_INVALID_BIT;
}
static inline uint32_t ct_status(const struct ct_entry *ct)
{
	return atomic_load_explicit(&ct->status, memory_order_relaxed);
}
static inline bool ct_is_template(const struct ct_entry *ct)
{
	return atomic_load_explicit(&ct->life, memory_order_relaxed) == CT_TEMPLATE;
}
static inline uint32_t ct_mark(const struct ct_entry *ct)
{
	return atomic_load_explicit(&ct->mark, memory_order_relaxed);
}
static inline void ct_set_mark(struct ct_entry *ct, uint32_t mark)
{
	atomic_store_explicit(&ct->mark, mark, memory_order_relaxed);
}
static inline uint32_t ct_secmark(const struct ct_entry *ct)
{
	return atomic_load_explicit(&ct->secmark, memory_order_relaxed);
}
static inline void ct_set_secmark(struct ct_entry *ct, uint32_t secmark)
{
	atomic_store_explicit(&ct->secmark, secmark, memory_order_relaxed);
}
static inline const struct ct_tuple *ct_tuple(const struct ct_entry *ct, int dir)
{
	return &ct->dir[dir].tuple;
}
/* Zone of a direction (nf_ct_zone_id), of both where dir is CT_DIRS (NFT_CT_ZONE without a direction: nf_ct_zone(ct)->id). */
uint16_t ct_zone(const struct ct_entry *ct, int dir);
/* Milliseconds until it expires, whole jiffies of the kernel's (nf_ct_expires, jiffies_to_msecs). */
uint32_t ct_expires_ms(const struct vm_pkt *pkt);
/* Counters of a direction, or the sum where dir is CT_DIRS; both 0 without accounting. */
void ct_counters(const struct ct_entry *ct, int dir, uint64_t *packets, uint64_t *bytes);
/* Of the connection that expected this one; "" where there is none, or it has none. */
const char *ct_helper_name(const struct vm_pkt *pkt);
/* 128 bits, NULL where no rule ever set labels of it. */
const uint8_t *ct_labels(const struct vm_pkt *pkt);
/* Bits of `set` are or-ed in (nf_connlabels_replace with value and mask the same). False: no room. */
bool ct_set_labels(struct vm_pkt *pkt, const uint8_t set[16]);
/* `ct zone set` before tracking: pkt->ct becomes a template. dir CT_ORIG, CT_REPLY, CT_DIRS: both. False: drop. */
bool ct_set_zone(struct vm_pkt *pkt, int dir, uint16_t zone);
/* `notrack` */
void ct_notrack(struct vm_pkt *pkt);
/* Event mask; false on a confirmed entry without one. */
bool ct_set_eventmask(struct vm_pkt *pkt, uint32_t mask);

/* ---- looking at the table; any thread under QSBR, control thread ---------------------------------------- */

/* The connection a tuple belongs to and the direction it has there; NULL: none. */
struct ct_entry *ct_find(struct vm_engine *e, const struct ct_tuple *t, int *dir);
/* The packet's tuple (nf_ct_get_tuplepr), false where it has none. */
bool ct_pkt_tuple(const struct vm_pkt *pkt, struct ct_tuple *t);
/* The tuple of answers to t; false where the protocol has none (ICMP types without an answer). */
bool ct_invert(struct ct_tuple *out, const struct ct_tuple *t);
bool ct_expired(const struct vm_engine *e, const struct ct_entry *ct);
/* Calls f for every live entry, in no order, until it returns not 0. */
int ct_walk(struct vm_engine *e, int (*f)(void *ctx, struct ct_entry *ct), void *ctx);
/* Takes it out of the table; false where somebody else did. */
bool ct_delete(struct vm_engine *e, struct ct_entry *ct);
/* Collects what has expired at the engine's time. */
void ct_collect(struct vm_engine *e);
/* The whole table as one JSON array (malloc'ed text), sorted, in the words of /proc/net/nf_conntrack. */
char *ct_dump_json(struct vm_engine *e);

#endif
