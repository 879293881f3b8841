/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact keys, the part that packets write: room prepared for them, the pool their elements come from, and the insertion that several
 * workers may try at once. See hash.c for how, and for the table.
 *
 * The pool's free elements are a list by index, its head tagged, so that a head that came back to the same index is not taken for
 * the old one. Workers take and give, the control thread gives after grace periods.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "vm/expr/stateful.h"
#include "vm/set/hash_table.h"

/* ---- room ---- */

static struct pool *pool_new(uint32_t cap, size_t elem_bytes)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->elem_bytes = elem_bytes;
	p->cap = cap + cap / 4 + GC_SLACK;
	p->bytes = p->cap * (elem_bytes + sizeof(*p->next));
	p->mem = mmap(NULL, p->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p->mem == MAP_FAILED) {
		free(p);
		return NULL;
	}
	p->next = (_Atomic uint32_t *)(p->mem + p->cap * elem_bytes);
	return p;
}

int set_hash_prepare(struct vm_set *s, size_t elem_bytes)
{
	struct set_hash *x = hash_of(s);
	uint32_t cap, reached = FIRST_BUCKETS;
	struct pool *p;

	elem_bytes = (elem_bytes + 15) & ~(size_t)15;
	if (!s->size)
		s->size = DYNSET_SIZE;
	if (x->pool && elem_bytes <= x->pool->elem_bytes)
		return 0;
	cap = s->size < POOL_MAX ? s->size : POOL_MAX;
	while (reached * 4 < cap)
		reached *= 2;
	p = pool_new(cap, elem_bytes);
	if (!p)
		return -ENOMEM;
	if (!x->pool && set_hash_rebuild(s, reached, 2 * reached)) {
		munmap(p->mem, p->bytes);
		free(p);
		return -ENOMEM;
	}
	p->older = x->pool;
	atomic_store_explicit(&x->pool, p, memory_order_release);
	return 0;
}

/* ---- pool ---- */

static void *pool_at(const struct pool *p, uint32_t i)
{
	return p->mem + i * p->elem_bytes;
}

/* The list's head: tag << 32 | index + 1; a new one with the next tag. */
static uint64_t head_with(uint64_t head, uint32_t index1)
{
	return ((head >> 32) + 1) << 32 | index1;
}

void *set_hash_alloc(struct vm_set *s, size_t bytes)
{
	struct pool *p = atomic_load_explicit(&hash_of(s)->pool, memory_order_acquire);
	uint64_t head = atomic_load(&p->spare);
	uint32_t i;

	if (bytes > p->elem_bytes)
		return NULL;
	while ((uint32_t)head) {
		uint32_t first = (uint32_t)head - 1, next = atomic_load_explicit(&p->next[first], memory_order_relaxed);

		if (atomic_compare_exchange_weak(&p->spare, &head, head_with(head, next)))
			return pool_at(p, first);
	}
	i = atomic_load(&p->fresh);
	do {
		if (i == p->cap)
			return NULL;
	} while (!atomic_compare_exchange_weak(&p->fresh, &i, i + 1));
	return pool_at(p, i);
}

static void unalloc(struct pool *p, void *mem)
{
	uint32_t i = ((uint8_t *)mem - p->mem) / p->elem_bytes;
	uint64_t head = atomic_load(&p->spare);

	do
		atomic_store_explicit(&p->next[i], (uint32_t)head, memory_order_relaxed);
	while (!atomic_compare_exchange_weak(&p->spare, &head, head_with(head, i + 1)));
}

bool set_hash_release(struct vm_set *s, struct vm_elem *e)
{
	struct pool *p = hash_of(s)->pool;
	uint8_t *at = (uint8_t *)e;

	while (p && (at < p->mem || at >= p->mem + p->bytes))
		p = p->older;
	if (!p)
		return false;
	for (unsigned i = 0; i < e->n_exprs; i++)
		stateful_fini(vm_elem_exprs(e)[i]);
	unalloc(p, e);
	return true;
}

/* ---- insertion ---- */

/* There for all generations: what a batch is adding or deleting does not count (NFT_GENMASK_ANY). */
static bool settled(const struct vm_elem *e, uint64_t now_ns)
{
	return !atomic_load(&e->genmask) && !atomic_load(&e->dead) && !vm_elem_expired(e, now_ns);
}

static struct vm_elem *find_settled(const struct vm_set *s, struct table *t, uint64_t h, const uint32_t *key, uint64_t now_ns)
{
	for (struct bucket *b = first_bucket(t, h); b; b = next_bucket(t, b))
		for (unsigned i = 0; i < SLOTS; i++) {
			uint64_t w = atomic_load_explicit(&b->word[i], memory_order_acquire);

			if (w && (w & (TAG | PENDING)) == (h & TAG) && key_is(elem_of(w), key, s->key_len) && settled(elem_of(w), now_ns))
				return elem_of(w);
		}
	return NULL;
}

/*
 * Other words of a key: kills those that are pending; returns the valid one. own: the word that is not a rival.
 * An element behind a pending word may be anything by the time its key is read; then the exchange fails, or hits one that tries again.
 */
static struct vm_elem *rival(struct vm_set *s, struct table *t, uint64_t h, const uint32_t *key, const _Atomic uint64_t *own, uint64_t now_ns)
{
	for (struct bucket *b = first_bucket(t, h); b; b = next_bucket(t, b))
		for (unsigned i = 0; i < SLOTS; i++) {
			uint64_t w = atomic_load(&b->word[i]);

			if (!w || &b->word[i] == own || (w & TAG) != (h & TAG) || !key_is(elem_of(w), key, s->key_len))
				continue;
			if (w & PENDING && atomic_compare_exchange_strong(&b->word[i], &w, 0))
				continue;
			if (w && (w & (TAG | PENDING)) == (h & TAG) && key_is(elem_of(w), key, s->key_len) && settled(elem_of(w), now_ns))
				return elem_of(w);
		}
	return NULL;
}

struct vm_elem *set_hash_update(struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns, struct vm_elem *(*make)(void *ctx),
				void *ctx, bool *fresh)
{
	struct set_hash *x = hash_of(s);
	struct table *t = atomic_load_explicit(&x->t, memory_order_acquire);
	uint64_t h = hash_key(x, key, s->key_len);
	struct vm_elem *e = find_settled(s, t, h, key, now_ns), *mine;

	*fresh = false;
	if (e || !make)
		return e;
	mine = make(ctx);
	if (!mine)
		return NULL;
	for (;;) {
		uint64_t word = word_of(mine, h) | PENDING;
		_Atomic uint64_t *slot = set_hash_put(t, h, word);

		if (!slot)
			return NULL;
		e = rival(s, t, h, key, slot, now_ns);
		if (e) {
			/* fails where mine was killed meanwhile, which has freed the slot already */
			atomic_compare_exchange_strong(slot, &word, 0);
			return e;
		}
		if (atomic_compare_exchange_strong(slot, &word, word & ~PENDING)) {
			*fresh = true;
			return mine;
		}
	}
}
