/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection table; what it is and its order of memory accesses: table.h. */
#include "vm/ct/help.h"

#include <assert.h>
#include <limits.h>
#include <stddef.h>

/* ---- hash ---- */

/* Both halves of a product, mixed: every bit of the words and the key reaches every bit of the result. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t p = (__uint128_t)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint32_t ct_hash(const struct ct_table *t, const struct ct_tuple *k)
{
	uint64_t w[5], h;

	memcpy(w, k, sizeof(w));
	h = mix(w[0] ^ t->key[0], w[1] ^ t->key[1]) ^ mix(w[2] ^ t->key[2], w[3] ^ t->key[3]);
	h = mix(h ^ w[4] ^ t->key[4], t->key[5]);
	return (uint32_t)(h >> 32) | 1; /* never 0, so that a slot in use is never 0 */
}

uint32_t ct_source_hash(const struct ct_table *t, const struct ct_tuple *k)
{
	struct ct_tuple source = *k;

	memset(source.dst, 0, sizeof(source.dst));
	source.dport = 0;
	return ct_hash(t, &source);
}

static inline bool same_key(const struct ct_tuple *a, const struct ct_tuple *b)
{
	uint64_t x[5], y[5];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4]));
}

/* ---- slots ---- */

static inline uint64_t slot_of(const struct ct_table *t, const struct ct_entry *ct, int dir)
{
	return (uint64_t)ct->dir[dir].hash << 32 | (uint64_t)ct_index(t, ct) << 1 | (unsigned)dir;
}

static inline struct ct_entry *slot_entry(const struct ct_table *t, uint64_t slot)
{
	return &t->entries[(uint32_t)slot >> 1];
}

static inline struct ct_bucket *next_bucket(const struct ct_slots *s, const struct ct_bucket *b)
{
	uint64_t more = atomic_load_explicit(&b->more, memory_order_acquire); /* release: add_overflow */

	return more ? &s->overflow[more] : NULL;
}

struct ct_hit ct_table_find(const struct ct_table *t, const struct ct_tuple *k, uint32_t hash, unsigned dirs)
{
	const struct ct_bucket *b = ct_bucket(&t->tuples, hash);

	for (; b; b = next_bucket(&t->tuples, b)) {
		for (unsigned i = 0; i < CT_SLOTS; i++) {
			uint64_t s = atomic_load_explicit(&b->slot[i], memory_order_acquire); /* release: claim */
			struct ct_entry *ct;

			if (s >> 32 != hash || !(dirs >> (s & 1) & 1))
				continue;
			ct = slot_entry(t, s);
			if (same_key(&ct->dir[s & 1].tuple, k) && atomic_load_explicit(&ct->life, memory_order_acquire) == CT_CONFIRMED)
				return (struct ct_hit){ ct, (int)(s & 1) };
		}
	}
	return (struct ct_hit){ NULL, 0 };
}

void ct_table_prefetch(const struct ct_table *t, uint32_t hash)
{
	const struct ct_bucket *b = ct_bucket(&t->tuples, hash);

	for (unsigned i = 0; i < CT_SLOTS; i++) {
		uint64_t s = atomic_load_explicit(&b->slot[i], memory_order_relaxed);

		if (s >> 32 == hash) {
			const struct ct_entry *ct = slot_entry(t, s);

			__builtin_prefetch(&ct->dir[s & 1], 1);
			__builtin_prefetch(&ct->life, 1);
			__builtin_prefetch(&ct->proto, 1);
			return;
		}
	}
}

/* Links an overflow bucket behind b; the one that another worker linked first counts. NULL: there are no more. */
static struct ct_bucket *add_overflow(struct ct_slots *s, struct ct_bucket *b)
{
	uint64_t none = 0;
	uint32_t n = atomic_load_explicit(&s->overflow_used, memory_order_relaxed);

	do {
		if (n >= s->overflow_size)
			return NULL;
	} while (!atomic_compare_exchange_weak_explicit(&s->overflow_used, &n, n + 1, memory_order_relaxed, memory_order_relaxed));
	if (!atomic_compare_exchange_strong(&b->more, &none, n))
		n = (uint32_t)none; /* ours is lost until the table is made anew */
	return &s->overflow[n];
}

/* Writes a slot into the first empty word of the chain, at most `far` buckets away. */
static bool claim(struct ct_slots *s, uint64_t slot, unsigned far)
{
	struct ct_bucket *b = ct_bucket(s, (uint32_t)(slot >> 32)), *next;

	for (;; far--) {
		for (unsigned i = 0; i < CT_SLOTS; i++) {
			uint64_t empty = 0;

			if (!atomic_load_explicit(&b->slot[i], memory_order_relaxed) &&
			    atomic_compare_exchange_strong(&b->slot[i], &empty, slot))
				return true;
		}
		if (!far)
			return false;
		next = next_bucket(s, b);
		if (!next)
			next = add_overflow(s, b);
		if (!next)
			return false;
		b = next;
	}
}

static void unclaim(struct ct_slots *s, uint64_t slot)
{
	struct ct_bucket *b = ct_bucket(s, (uint32_t)(slot >> 32));

	for (; b; b = next_bucket(s, b)) {
		for (unsigned i = 0; i < CT_SLOTS; i++) {
			if (atomic_load_explicit(&b->slot[i], memory_order_relaxed) == slot) {
				atomic_store_explicit(&b->slot[i], 0, memory_order_release);
				return;
			}
		}
	}
}

/* ---- sources ---- */

enum { SOURCE_FAR = 32 }; /* buckets that connections of one source may take */

static bool same_source(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return a->sport == b->sport && a->proto == b->proto && a->l3 == b->l3 && a->zone == b->zone && !memcmp(a->src, b->src, 16);
}

void ct_table_sources(const struct ct_table *t, const struct ct_tuple *k, bool (*f)(void *ctx, struct ct_entry *ct), void *ctx)
{
	uint32_t hash = ct_source_hash(t, k);
	const struct ct_bucket *b = ct_bucket(&t->sources, hash);

	for (; b; b = next_bucket(&t->sources, b)) {
		for (unsigned i = 0; i < CT_SLOTS; i++) {
			uint64_t s = atomic_load_explicit(&b->slot[i], memory_order_acquire); /* release: claim */
			struct ct_entry *ct = slot_entry(t, s);

			if (s >> 32 != hash || !same_source(&ct->dir[CT_ORIG].tuple, k))
				continue;
			if (atomic_load_explicit(&ct->life, memory_order_acquire) == CT_CONFIRMED && f(ctx, ct))
				return;
		}
	}
}

static uint64_t source_slot(const struct ct_table *t, const struct ct_entry *ct)
{
	return (uint64_t)ct_source_hash(t, &ct->dir[CT_ORIG].tuple) << 32 | (uint64_t)ct_index(t, ct) << 1;
}

static void source_add(struct ct_table *t, struct ct_entry *ct)
{
	if (claim(&t->sources, source_slot(t, ct), SOURCE_FAR))
		atomic_fetch_or_explicit(&ct->has, CT_HAS_SOURCE, memory_order_relaxed);
}

static void source_remove(struct ct_table *t, struct ct_entry *ct)
{
	if (atomic_load_explicit(&ct->has, memory_order_relaxed) & CT_HAS_SOURCE)
		unclaim(&t->sources, source_slot(t, ct));
}

/* Our slots are in: does another entry have this tuple? Of two that are pending, the one with the lower index stays. */
static bool taken(struct ct_table *t, struct ct_entry *me, int dir)
{
	const struct ct_tuple *k = &me->dir[dir].tuple;
	uint32_t hash = me->dir[dir].hash;
	const struct ct_bucket *b = ct_bucket(&t->tuples, hash);

	for (; b; b = next_bucket(&t->tuples, b)) {
		for (unsigned i = 0; i < CT_SLOTS; i++) {
			uint64_t s = atomic_load(&b->slot[i]);
			uint32_t life = CT_PENDING;
			struct ct_entry *ct;

			if (s >> 32 != hash)
				continue;
			ct = slot_entry(t, s);
			if (ct == me || !same_key(&ct->dir[s & 1].tuple, k))
				continue;
			if (atomic_load(&ct->life) == CT_PENDING && ct > me)
				atomic_compare_exchange_strong(&ct->life, &life, CT_DEAD);
			life = atomic_load(&ct->life);
			if (life == CT_CONFIRMED || (life == CT_PENDING && ct < me))
				return true;
		}
	}
	return false;
}

bool ct_table_insert(struct ct_table *t, struct ct_entry *ct)
{
	uint64_t s0 = slot_of(t, ct, CT_ORIG), s1 = slot_of(t, ct, CT_REPLY);
	uint32_t pending = CT_PENDING;
	bool in0, in1;

	atomic_store(&ct->life, CT_PENDING);
	if (ct_status(ct) & IPS_SRC_NAT)
		source_add(t, ct);
	/* the reply first: where both are the same, a packet is taken for an answer, as by the kernel */
	in1 = claim(&t->tuples, s1, UINT_MAX);
	in0 = in1 && claim(&t->tuples, s0, UINT_MAX);
	if (in0 && !taken(t, ct, CT_ORIG) && !taken(t, ct, CT_REPLY) && atomic_compare_exchange_strong(&ct->life, &pending, CT_CONFIRMED))
		return true;
	if (in0)
		unclaim(&t->tuples, s0);
	if (in1)
		unclaim(&t->tuples, s1);
	source_remove(t, ct);
	atomic_store(&ct->life, CT_UNCONFIRMED);
	atomic_fetch_add_explicit(&t->clashes, 1, memory_order_relaxed);
	return false;
}

bool ct_table_remove(struct ct_table *t, struct ct_entry *ct)
{
	uint32_t confirmed = CT_CONFIRMED;

	if (!atomic_compare_exchange_strong(&ct->life, &confirmed, CT_DEAD))
		return false;
	atomic_fetch_or_explicit(&ct->status, IPS_DYING, memory_order_relaxed); /* its packet may still be asked */
	unclaim(&t->tuples, slot_of(t, ct, CT_ORIG));
	unclaim(&t->tuples, slot_of(t, ct, CT_REPLY));
	source_remove(t, ct);
	ct_expect_master_gone(t, ct);
	return true;
}

/* ---- the pool ---- */

static uint32_t pop_free(struct ct_table *t)
{
	uint64_t top = atomic_load_explicit(&t->free, memory_order_acquire), next;
	uint32_t index;

	for (;;) {
		index = (uint32_t)top;
		if (!index)
			break;
		/* may be stale where another worker took it meanwhile: then the tag differs, and the swap fails */
		next = (top + (UINT64_C(1) << 32)) & ~UINT64_C(0xffffffff);
		next |= atomic_load_explicit(&t->entries[index].dir[0].next_free, memory_order_relaxed);
		if (atomic_compare_exchange_weak_explicit(&t->free, &top, next, memory_order_acq_rel, memory_order_acquire))
			return index;
	}
	index = atomic_load_explicit(&t->fresh, memory_order_relaxed);
	while (index < t->size && !atomic_compare_exchange_weak_explicit(&t->fresh, &index, index + 1, memory_order_relaxed, memory_order_relaxed))
		;
	return index < t->size ? index : 0;
}

void ct_table_put(struct ct_table *t, uint32_t index)
{
	uint64_t top = atomic_load_explicit(&t->free, memory_order_relaxed), next;

	do {
		atomic_store_explicit(&t->entries[index].dir[0].next_free, (uint32_t)top, memory_order_relaxed);
		next = ((top + (UINT64_C(1) << 32)) & ~UINT64_C(0xffffffff)) | index;
	} while (!atomic_compare_exchange_weak_explicit(&t->free, &top, next, memory_order_acq_rel, memory_order_relaxed));
}

static void give_back(struct ct_table *t, struct ct_worker *w, uint32_t index)
{
	atomic_store_explicit(&t->entries[index].life, CT_FREE, memory_order_relaxed);
	if (w && w->n < CT_CACHE)
		w->cache[w->n++] = index;
	else
		ct_table_put(t, index);
}

struct ct_entry *ct_table_alloc(struct ct_table *t, struct ct_worker *w)
{
	uint32_t index = w && w->n ? w->cache[--w->n] : pop_free(t);
	struct ct_entry *ct = &t->entries[index];

	if (!index)
		return NULL;
	memset((char *)ct + offsetof(struct ct_entry, status), 0, sizeof(*ct) - offsetof(struct ct_entry, status));
	for (int d = 0; d < CT_DIRS; d++)
		ct->dir[d].packets = ct->dir[d].bytes = 0;
	ct->refs = 1;
	ct->id = atomic_fetch_add_explicit(&t->ids, 1, memory_order_relaxed) + 1;
	atomic_store_explicit(&ct->life, CT_UNCONFIRMED, memory_order_relaxed);
	return ct;
}

void ct_table_unalloc(struct ct_table *t, struct ct_worker *w, struct ct_entry *ct)
{
	give_back(t, w, ct_index(t, ct));
}

/* ---- limbo ---- */

void ct_table_bury(struct ct_table *t, struct ct_limbo *l, struct ct_entry *ct)
{
	uint32_t at;

	atomic_store_explicit(&ct->life, CT_DEAD, memory_order_relaxed);
	assert(l->n < l->cap); /* it has room for the whole pool */
	at = (l->head + l->n++) & (l->cap - 1);
	l->index[at] = ct_index(t, ct);
	/* with the fence of ct_reader_enter: whoever's epoch the reaper does not see will see that the entry's words are gone */
	atomic_thread_fence(memory_order_seq_cst);
	l->epoch[at] = atomic_fetch_add(&t->epoch, 1);
}

void ct_table_reap(struct ct_table *t, struct ct_limbo *l, struct ct_worker *w)
{
	uint64_t oldest = UINT64_MAX;

	if (!l->n)
		return;
	for (unsigned i = 0; i < CT_READERS; i++) {
		uint64_t e = atomic_load(&t->readers[i].epoch);

		oldest = e < oldest ? e : oldest;
	}
	while (l->n && l->epoch[l->head] < oldest) {
		give_back(t, w, l->index[l->head]);
		l->head = (l->head + 1) & (l->cap - 1);
		l->n--;
	}
}

void ct_reader_enter(struct ct_table *t, unsigned reader)
{
	atomic_store(&t->readers[reader].epoch, atomic_load(&t->epoch));
	/* the store must be seen before anything of the table is read */
	atomic_thread_fence(memory_order_seq_cst);
}

void ct_reader_leave(struct ct_table *t, unsigned reader)
{
	atomic_store_explicit(&t->readers[reader].epoch, UINT64_MAX, memory_order_release);
}
