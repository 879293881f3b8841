/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the hash backend: words, buckets, tables, the pool. See hash.c. */
#ifndef NFVM_VM_SET_HASH_TABLE_H
#define NFVM_VM_SET_HASH_TABLE_H

#include "vm/set/impl.h"

enum { SLOTS = 7, FIRST_BUCKETS = 4, DYNSET_SIZE = 0xffff, POOL_MAX = 1 << 24, GC_SLACK = 1024 };

#define ADDRESS UINT64_C(0x0000ffffffffffff)
#define PENDING UINT64_C(0x0001000000000000)
#define TAG     UINT64_C(0xfffe000000000000)

struct bucket {
	_Atomic uint64_t word[SLOTS];
	_Atomic uint32_t next; /* index of a further bucket, 0: none */
	uint32_t pad;
} __attribute__((aligned(64)));

struct table {
	uint32_t mask;              /* buckets that hashes reach, less one; further ones behind them */
	uint32_t cap;               /* all buckets */
	_Atomic uint32_t used;      /* buckets in use, reached or further */
	size_t bytes;
	struct bucket b[] __attribute__((aligned(64)));
};

struct pool {
	struct pool *older;         /* with smaller elements; nothing is taken from it any more */
	uint8_t *mem;
	_Atomic uint32_t *next;     /* of each element on the list of free ones; behind the elements in mem */
	size_t elem_bytes, bytes;
	uint32_t cap;
	_Atomic uint32_t fresh;     /* elements below this were in use once */
	_Atomic uint64_t spare;     /* head of the list of free ones: tag << 32 | index + 1 */
};

struct set_hash {
	struct table *_Atomic t;
	uint64_t seed;
	uint32_t n;                 /* control thread's elements inside */
	uint32_t gc_at;             /* bucket where the next collection begins */
	struct pool *_Atomic pool;  /* NULL: no packet writes it */
};

static inline struct set_hash *hash_of(const struct vm_set *s)
{
	return s->backend;
}

/* ---- keys ---- */

static inline uint32_t tail_mask(uint32_t len)
{
	return len % 4 ? (UINT32_C(1) << 8 * (len % 4)) - 1 : UINT32_MAX;
}

static inline uint64_t mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

static inline uint64_t hash_key(const struct set_hash *x, const uint32_t *key, uint32_t len)
{
	uint32_t words = (len + 3) / 4;
	uint64_t h = x->seed;

	for (uint32_t i = 0; i + 1 < words; i++)
		h = (h ^ key[i]) * 0x9fb21c651e98df25u + (h >> 29);
	return mix(h ^ (key[words - 1] & tail_mask(len)));
}

/* An element that another worker is just making may have no key yet. */
static inline bool key_is(const struct vm_elem *e, const uint32_t *key, uint32_t len)
{
	const uint8_t *k = vm_elem_key(e);

	if (!k)
		return false;
	return len == 4 ? *(const uint32_t *)k == *key : !memcmp(k, key, len);
}

static inline struct vm_elem *elem_of(uint64_t word)
{
	return (struct vm_elem *)(uintptr_t)(word & ADDRESS);
}

static inline uint64_t word_of(const struct vm_elem *e, uint64_t h)
{
	return (uint64_t)(uintptr_t)e | (h & TAG);
}

/* ---- tables ---- */

static inline struct bucket *first_bucket(struct table *t, uint64_t h)
{
	return &t->b[(uint32_t)h & t->mask];
}

static inline struct bucket *next_bucket(struct table *t, const struct bucket *b)
{
	uint32_t n = atomic_load_explicit(&b->next, memory_order_acquire);

	return n ? &t->b[n] : NULL;
}

/* Puts a word into a free slot of its chain; returns the slot, NULL: no room. Any thread. */
_Atomic uint64_t *set_hash_put(struct table *t, uint64_t h, uint64_t word);
/* Everything into a table of `reached` buckets; returns when no reader can be in the old one, which is freed. Control thread. 0 or -ENOMEM. */
int set_hash_rebuild(struct vm_set *s, uint32_t reached, uint32_t cap);

/* struct set_ops; hash_write.c */
bool set_hash_release(struct vm_set *s, struct vm_elem *e);
struct vm_elem *set_hash_update(struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns, struct vm_elem *(*make)(void *ctx),
				void *ctx, bool *fresh);

#endif
