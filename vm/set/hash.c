/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact keys: a hash table of cache lines. A bucket is seven words and a link to a further bucket; a word is an element's address and
 * 15 bits of its key's hash, so that a lookup reads one line, and the element of the word that fits:
 *
 *     63      49 48 47                      0
 *     | hash   | p |  address of vm_elem    |     p: pending, see below. 0: free.
 *
 * Concurrency. Readers load words and never wait. Words change by compare-and-swap, since workers insert too (update). Two workers that insert the
 * same key at once must not both succeed: each puts its element in as pending, kills any other pending word of its key, gives up for
 * a word of its key that is no longer pending, and then turns its own from pending to valid, which fails where it was killed; then it
 * starts anew. For any two, one's scan comes after the other's insertion, so at most one becomes valid.
 *
 * Growing: only tables that no packet writes grow (control thread: copy, publish, grace period, free). A table that packets write has room for all its set
 * may hold from the beginning (set_hash_prepare), in memory that costs nothing until it is touched. Their elements come from a pool with
 * an index list that workers pop and the control thread pushes, tagged against reuse in between.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "vm/engine.h"
#include "vm/expr/stateful.h"
#include "vm/rcu.h"
#include "vm/set/hash_table.h"

/* ---- tables ---- */

static struct table *table_new(uint32_t reached, uint32_t cap)
{
	size_t bytes = sizeof(struct table) + (size_t)cap * sizeof(struct bucket);
	struct table *t = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (t == MAP_FAILED)
		return NULL;
	t->mask = reached - 1;
	t->cap = cap;
	t->used = reached;
	t->bytes = bytes;
	return t;
}

static void table_free(struct table *t)
{
	if (t)
		munmap(t, t->bytes);
}

/* Links a further bucket behind b; the one another worker has linked meanwhile will do as well. */
static struct bucket *grow_chain(struct table *t, struct bucket *b)
{
	uint32_t n = atomic_load(&t->used), none = 0;

	do {
		if (n >= t->cap)
			return NULL;
	} while (!atomic_compare_exchange_weak(&t->used, &n, n + 1));
	if (atomic_compare_exchange_strong(&b->next, &none, n))
		return &t->b[n];
	atomic_store(&t->b[n].next, 0); /* lost for this table */
	return &t->b[none];
}

_Atomic uint64_t *set_hash_put(struct table *t, uint64_t h, uint64_t word)
{
	for (struct bucket *b = first_bucket(t, h), *next; b; b = next) {
		for (unsigned i = 0; i < SLOTS; i++) {
			uint64_t none = 0;

			if (!atomic_load_explicit(&b->word[i], memory_order_relaxed) &&
			    atomic_compare_exchange_strong(&b->word[i], &none, word))
				return &b->word[i];
		}
		next = next_bucket(t, b);
		if (!next)
			next = grow_chain(t, b);
	}
	return NULL;
}

/* The slot that holds e, NULL: none. */
static _Atomic uint64_t *slot_of(struct table *t, uint64_t h, const struct vm_elem *e)
{
	for (struct bucket *b = first_bucket(t, h); b; b = next_bucket(t, b))
		for (unsigned i = 0; i < SLOTS; i++)
			if (elem_of(atomic_load_explicit(&b->word[i], memory_order_relaxed)) == e)
				return &b->word[i];
	return NULL;
}

/* ---- lookup ---- */

static inline struct vm_elem *scan(struct table *t, uint64_t h, const uint32_t *key, uint32_t len, unsigned cursor, uint64_t now_ns)
{
	uint64_t tag = h & TAG;

	for (struct bucket *b = first_bucket(t, h); b; b = next_bucket(t, b))
		for (unsigned i = 0; i < SLOTS; i++) {
			uint64_t w = atomic_load_explicit(&b->word[i], memory_order_acquire);
			struct vm_elem *e;

			if ((w & (TAG | PENDING)) != tag || !w)
				continue;
			e = elem_of(w);
			if (key_is(e, key, len) && set_elem_live(e, cursor, now_ns))
				return e;
		}
	return NULL;
}

static struct vm_elem *lookup(const struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns)
{
	const struct set_hash *x = hash_of(s);
	struct table *t = atomic_load_explicit(&x->t, memory_order_acquire);

	return scan(t, hash_key(x, key, s->key_len), key, s->key_len, cursor, now_ns);
}

static void lookup_burst(const struct vm_set *s, unsigned cursor, const uint32_t *const *keys, unsigned n, uint64_t now_ns, struct vm_elem **out)
{
	const struct set_hash *x = hash_of(s);
	struct table *t = atomic_load_explicit(&x->t, memory_order_acquire);
	uint64_t h[64];

	for (unsigned i = 0; i < n; i++) {
		h[i] = hash_key(x, keys[i], s->key_len);
		__builtin_prefetch(first_bucket(t, h[i]));
	}
	for (unsigned i = 0; i < n; i++) {
		struct bucket *b = first_bucket(t, h[i]);

		for (unsigned k = 0; k < SLOTS; k++) {
			uint64_t w = atomic_load_explicit(&b->word[k], memory_order_relaxed);

			if (w && (w & TAG) == (h[i] & TAG))
				__builtin_prefetch(elem_of(w));
		}
	}
	for (unsigned i = 0; i < n; i++)
		out[i] = scan(t, h[i], keys[i], s->key_len, cursor, now_ns);
}

/* ---- control thread ---- */

static int create(struct vm_set *s, const struct set_desc *d)
{
	struct set_hash *x = calloc(1, sizeof(*x));
	struct table *t = table_new(FIRST_BUCKETS, 2 * FIRST_BUCKETS);

	if (!x || !t) {
		free(x);
		table_free(t);
		return -ENOMEM;
	}
	x->seed = mix((s->table ? s->table->engine->seed : 0) + s->h.handle + 1);
	x->t = t;
	s->backend = x;
	return 0;
}

static int walk(struct vm_set *s, set_walk_fn fn, void *ctx)
{
	struct table *t = hash_of(s)->t;
	uint32_t used = t->used;

	for (uint32_t i = 0; i < used; i++)
		for (unsigned k = 0; k < SLOTS; k++) {
			uint64_t w = atomic_load_explicit(&t->b[i].word[k], memory_order_acquire);
			int rc = w && !(w & PENDING) ? fn(s, elem_of(w), ctx) : 0;

			if (rc)
				return rc;
		}
	return 0;
}

struct destroying {
	void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx);
	void *ctx;
};

static int destroy_one(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	struct destroying *d = ctx;

	d->fn(s, e, d->ctx);
	return 0;
}

static void destroy(struct vm_set *s, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx)
{
	struct set_hash *x = hash_of(s);
	struct destroying d = { fn, ctx };

	if (!x)
		return;
	if (fn)
		walk(s, destroy_one, &d);
	table_free(x->t);
	for (struct pool *p = x->pool, *older; p; p = older) {
		older = p->older;
		munmap(p->mem, p->bytes);
		free(p);
	}
	free(x);
	s->backend = NULL;
}

int set_hash_rebuild(struct vm_set *s, uint32_t reached, uint32_t cap)
{
	struct set_hash *x = hash_of(s);
	struct table *old = x->t, *t = table_new(reached, cap);

	if (!t)
		return -ENOMEM;
	for (uint32_t i = 0; i < old->used; i++)
		for (unsigned k = 0; k < SLOTS; k++) {
			uint64_t w = old->b[i].word[k];
			struct vm_elem *e = elem_of(w);
			uint64_t h;

			if (!w)
				continue;
			h = hash_key(x, (const uint32_t *)vm_elem_key(e), s->key_len);
			if (!set_hash_put(t, h, word_of(e, h))) {
				table_free(t);
				return -ENOMEM;
			}
		}
	atomic_store_explicit(&x->t, t, memory_order_release);
	vm_rcu_wait();
	table_free(old);
	return 0;
}

static int insert(struct vm_set *s, struct vm_elem *e, unsigned next, uint64_t now_ns, struct vm_elem **dup)
{
	struct set_hash *x = hash_of(s);
	const uint32_t *key = (const uint32_t *)vm_elem_key(e);
	uint64_t h = hash_key(x, key, s->key_len);
	struct vm_elem *other = scan(x->t, h, key, s->key_len, next, now_ns);
	struct table *t = x->t;

	if (other) {
		*dup = other;
		return -EEXIST;
	}
	if (!x->pool && x->n >= (t->mask + 1) * 4) {
		int err = set_hash_rebuild(s, (t->mask + 1) * 2, (t->mask + 1) * 4);

		if (err)
			return err;
		t = x->t;
	}
	while (!set_hash_put(t, h, word_of(e, h))) {
		if (x->pool || set_hash_rebuild(s, (t->mask + 1) * 2, (t->mask + 1) * 4))
			return -ENOMEM;
		t = x->t;
	}
	x->n++;
	return 0;
}

static struct vm_elem *find(const struct vm_set *s, const struct vm_elem *probe, unsigned next, uint64_t now_ns)
{
	return lookup(s, next, (const uint32_t *)vm_elem_key(probe), now_ns);
}

static void take_out(struct set_hash *x, _Atomic uint64_t *slot)
{
	atomic_store_explicit(slot, 0, memory_order_release);
	if (x->n)
		x->n--;
}

static void remove_elem(struct vm_set *s, struct vm_elem *e)
{
	struct set_hash *x = hash_of(s);
	_Atomic uint64_t *slot = slot_of(x->t, hash_key(x, (const uint32_t *)vm_elem_key(e), s->key_len), e);

	if (slot)
		take_out(x, slot);
}

static bool idle(const struct vm_elem *e)
{
	for (unsigned i = 0; i < e->n_exprs; i++)
		if (stateful_idle(vm_elem_exprs(e)[i]))
			return true;
	return false;
}

/* Elements that a batch is about to add or delete are left to it. */
static bool collectable(const struct vm_elem *e, uint64_t now_ns)
{
	return !atomic_load(&e->genmask) && (atomic_load(&e->dead) || vm_elem_expired(e, now_ns) || idle(e));
}

static uint32_t gc(struct vm_set *s, uint64_t now_ns, uint32_t max, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx)
{
	struct set_hash *x = hash_of(s);
	struct table *t = x->t;
	uint32_t used = t->used, n = 0;

	for (uint32_t left = used; left > 0 && n < max; left--) {
		struct bucket *b = &t->b[x->gc_at = (x->gc_at + 1) % used];

		for (unsigned k = 0; k < SLOTS && n < max; k++) {
			uint64_t w = atomic_load_explicit(&b->word[k], memory_order_acquire);

			if (!w || w & PENDING || !collectable(elem_of(w), now_ns))
				continue;
			atomic_store(&elem_of(w)->dead, true);
			take_out(x, &b->word[k]);
			fn(s, elem_of(w), ctx);
			n++;
		}
	}
	return n;
}

/* ---- packets that write: the rest is in hash_write.c ---- */

static bool take(struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns)
{
	struct vm_elem *e = lookup(s, cursor, key, now_ns);
	bool alive = false;

	return e && atomic_compare_exchange_strong(&e->dead, &alive, true);
}

#define HASH_OPS(variable, kernel, estimator, ...) \
	const struct set_ops variable = { \
		.name = "hash", .kernel_name = kernel, .estimate = estimator, .create = create, .destroy = destroy, .insert = insert, \
		.find = find, .get = find, .remove = remove_elem, .walk = walk, .gc = gc, .release = set_hash_release, .lookup = lookup, \
		.lookup_burst = lookup_burst, __VA_ARGS__ \
	}

HASH_OPS(set_hash_rhash_ops, "nft_set_rhash_type", set_estimate_rhash, .update = set_hash_update, .take = take);
HASH_OPS(set_hash_fixed_ops, "nft_set_hash_type", set_estimate_hash, );
HASH_OPS(set_hash_fast_ops, "nft_set_hash_fast_type", set_estimate_hash_fast, );
HASH_OPS(set_hash_bitmap_ops, "nft_set_bitmap_type", set_estimate_bitmap, );
HASH_OPS(set_hash_rbtree_ops, "nft_set_rbtree_type", set_estimate_rbtree_exact, );
