/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection table itself: entries in a pool, found by either tuple, without locks.
 *
 * Buckets are cache lines of seven words {hash 32, index 31, direction 1} and a link to an overflow bucket; 0 is an empty word. Reading is comparing the seven
 * hashes, then the key in the entry. Inserting is one compare-and-swap for each tuple. Twins (two workers insert the same tuple at once) are found by
 * reading the bucket again after one's own swaps, which are full barriers: at least one of the two sees the other.
 *
 *     life:  FREE → UNCONFIRMED → PENDING → CONFIRMED → DEAD → (grace period) → FREE
 *
 * A reader holds entries only inside a burst. Taken out entries go to limbo with the epoch of their death, and are free when every reader has
 * begun a burst, or rests, since then: each reader publishes the epoch it read at the start of its burst.
 *
 * The free entries are a stack {tag, index}; each worker keeps a few of its own.
 */
#ifndef NFVM_VM_CT_TABLE_H
#define NFVM_VM_CT_TABLE_H

#include "vm/ct/ct.h"
#include "vm/worker.h"

enum { CT_SLOTS = 7, CT_READERS = VM_WORKERS_MAX + 1, CT_CONTROL = VM_WORKERS_MAX, CT_CACHE = 64, CT_TEMPLATES = 64 };

struct ct_bucket {
	_Atomic uint64_t slot[CT_SLOTS];
	_Atomic uint64_t more; /* index of an overflow bucket, 0: none */
} __attribute__((aligned(64)));

/* Buckets, a power of two of them, and those that overflow. */
struct ct_slots {
	struct ct_bucket *bucket, *overflow;
	unsigned bits;
	uint32_t overflow_size;
	_Alignas(64) _Atomic uint32_t overflow_used;
};

/* Epoch at which a reader's burst began; UINT64_MAX: it rests. */
struct ct_reader {
	_Atomic uint64_t epoch;
} __attribute__((aligned(64)));

/* Entries that died, oldest first: a ring of the reader's own. */
struct ct_limbo {
	uint32_t *index;
	uint64_t *epoch;
	uint32_t head, n, cap; /* cap: a power of two, room for the whole pool */
};
/* 0 or -ENOMEM. */
int ct_limbo_new(struct ct_limbo *l, uint32_t entries);
void ct_limbo_free(struct ct_limbo *l);

struct ct_worker {
	uint32_t cache[CT_CACHE], n;  /* free entries */
	struct ct_limbo limbo;
	uint32_t scan;                /* next entry to look at for expiry */
	uint64_t scan_ns;             /* when this pass began */
	uint64_t now_ns;              /* of the burst's last packet */
	struct ct_entry *templates;   /* CT_TEMPLATES of them in turn, outside of the pool: more than packets are under way at once */
	unsigned next_template;
};

/* Times and switches, from the host's sysctls; times in ns. */
struct ct_sysctl {
	bool loose, be_liberal, ignore_invalid_rst, checksum, acct;
	uint8_t max_retrans;
	uint64_t tcp[16];       /* by enum tcp_conntrack */
	uint64_t udp, udp_stream, icmp, icmpv6, generic, gre, gre_stream; /* those of a protocol side by side: unanswered, answered */
	uint64_t sctp[16];
};

struct ct_help;
struct ct_expects;

struct ct_table {
	struct vm_engine *e;
	struct ct_entry *entries;     /* [0] is never used */
	uint32_t size;                /* entries in the pool */
	uint32_t max;                 /* of living connections */
	_Atomic uint64_t (*labels)[2]; /* by index; where CT_HAS_LABELS is set */
	struct ct_slots tuples;       /* of both directions */
	struct ct_slots sources;      /* of connections whose source is translated, by ct_source_hash */
	uint64_t key[6];              /* of the hash */
	struct ct_sysctl sysctl;
	struct ct_help *help;         /* by index; where CT_HAS_HELP is set */
	struct ct_expects *expects;
	uint64_t (*policy)[16];       /* times by number, ns: in the order of the protocol's states */
	bool policy_used[4096];       /* control thread */
	_Alignas(64) _Atomic uint64_t epoch;
	_Alignas(64) _Atomic uint64_t free;      /* stack: tag << 32 | index */
	_Alignas(64) _Atomic uint32_t fresh;     /* entries from here on have never been used */
	_Alignas(64) _Atomic uint32_t count;     /* living connections, unconfirmed ones included */
	_Alignas(64) _Atomic uint64_t dropped, clashes, early_dropped;
	struct ct_reader readers[CT_READERS];
	struct ct_limbo control;      /* the control thread's dead */
	_Atomic uint32_t ids;
};

/* Where a tuple was found. */
struct ct_hit {
	struct ct_entry *ct;
	int dir;
};

uint32_t ct_hash(const struct ct_table *t, const struct ct_tuple *k);
static inline struct ct_bucket *ct_bucket(const struct ct_slots *s, uint32_t hash)
{
	return &s->bucket[(uint64_t)hash >> (32 - s->bits)];
}
/* The confirmed entry with this key in one of the directions of the mask `dirs` (1 << CT_ORIG, 1 << CT_REPLY). Inside a burst. */
struct ct_hit ct_table_find(const struct ct_table *t, const struct ct_tuple *k, uint32_t hash, unsigned dirs);
/* Hash of what names a source: its address, port or id, protocol, and zone. */
uint32_t ct_source_hash(const struct ct_table *t, const struct ct_tuple *k);
/*
 * Calls f for the confirmed connections with a translated source whose original source, port and protocol are k's, until it returns true. Of a source with
 * very many connections not all are known. Inside a burst.
 */
void ct_table_sources(const struct ct_table *t, const struct ct_tuple *k, bool (*f)(void *ctx, struct ct_entry *ct), void *ctx);
/* Brings the line of an entry that has this hash nearer, where there is one. */
void ct_table_prefetch(const struct ct_table *t, uint32_t hash);

/* An unconfirmed entry, zeroed but for life and id; NULL: the pool is empty. w: NULL for the control thread. */
struct ct_entry *ct_table_alloc(struct ct_table *t, struct ct_worker *w);
/* Gives back an entry that was never confirmed. */
void ct_table_unalloc(struct ct_table *t, struct ct_worker *w, struct ct_entry *ct);
/*
 * Puts an unconfirmed entry, whose tuples and hashes are set, into the table. False: one of its tuples is taken; it is unconfirmed
 * again (and other readers may have seen its words: it must go to limbo, see ct_table_bury).
 */
bool ct_table_insert(struct ct_table *t, struct ct_entry *ct);
/* CONFIRMED → DEAD and out of the buckets; false where somebody else did. The one who did buries it. */
bool ct_table_remove(struct ct_table *t, struct ct_entry *ct);
/* Into limbo; reader: the worker's id or CT_CONTROL. */
void ct_table_bury(struct ct_table *t, struct ct_limbo *l, struct ct_entry *ct);
/* Frees what has been long enough in limbo: to the worker's cache, or (w NULL) the stack. */
void ct_table_reap(struct ct_table *t, struct ct_limbo *l, struct ct_worker *w);

/* An entry that nobody knows goes to the stack of free ones. */
void ct_table_put(struct ct_table *t, uint32_t index);

/* Begin and end of a reader's burst. */
void ct_reader_enter(struct ct_table *t, unsigned reader);
void ct_reader_leave(struct ct_table *t, unsigned reader);

static inline uint32_t ct_index(const struct ct_table *t, const struct ct_entry *ct)
{
	return (uint32_t)(ct - t->entries);
}

#endif
