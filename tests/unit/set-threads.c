/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets that several threads read and write while the control thread collects and changes them: no key twice, nothing lost, nothing read
 * after it was given back. Run it with the thread and address sanitizers too.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "vm/rcu.h"
#include "vm/set/impl.h"

enum { THREADS = 3, KEYS = 500, BURSTS = 500, BURST = 32 };

static struct vm_engine *engine;
static struct vm_table table;
static struct vm_set set;
static _Atomic uint64_t now_ns;
static _Atomic unsigned running;
static _Atomic uint64_t made, found;

static void open_set(uint32_t flags)
{
	struct set_desc d = { .key_len = 4, .flags = flags };

	engine = calloc(1, 4096);
	table.engine = engine;
	memset(&set, 0, sizeof(set));
	set.table = &table;
	set.flags = flags;
	set.key_len = 4;
	set.ops = set_choose(&d);
	ck_assert_int_eq(set.ops->create(&set, &d), 0);
	now_ns = 1;
}

/* ---- packets that write ---- */

struct making {
	uint32_t key;
	uint64_t until;
	void *mem;
};

static struct vm_elem *make(void *ctx)
{
	struct making *m = ctx;
	struct elem_spec x = { .key = &m->key, .timeout_ns = 10, .expires_ns = m->until };

	m->mem = set_hash_alloc(&set, elem_size(&set, &x));
	return m->mem ? elem_init(m->mem, &set, &x) : NULL;
}

static void write_one(uint64_t *rng)
{
	struct making m = { .until = now_ns + 50 };
	struct vm_elem *e;
	bool fresh;

	*rng = *rng * 6364136223846793005u + 1442695040888963407u;
	m.key = (uint32_t)(*rng >> 33) % KEYS;
	if (m.key % 50 == 7) {
		set.ops->take(&set, 1, &m.key, now_ns);
		return;
	}
	e = set.ops->update(&set, 1, &m.key, now_ns, make, &m, &fresh);
	ck_assert_ptr_nonnull(e);
	ck_assert_mem_eq(vm_elem_key(e), &m.key, 4);
	if (m.mem && !fresh)
		set.ops->release(&set, m.mem);
	atomic_fetch_add(fresh ? &made : &found, 1);
}

static void *writer(void *ctx)
{
	uint64_t rng = (uint64_t)(uintptr_t)ctx;

	vm_rcu_register();
	for (int b = 0; b < BURSTS; b++) {
		for (int i = 0; i < BURST; i++)
			write_one(&rng);
		atomic_fetch_add(&now_ns, 4);
		vm_rcu_quiescent();
	}
	vm_rcu_unregister();
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static struct vm_elem *dead[4096];
static unsigned n_dead, collected;

static void bury(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	dead[n_dead++] = e;
}

static void free_dead(void)
{
	vm_rcu_wait();
	collected += n_dead;
	while (n_dead)
		ck_assert(set.ops->release(&set, dead[--n_dead]));
}

static int live_of_key[KEYS];

static int count_live(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	if (set_elem_live(e, 1, now_ns))
		live_of_key[*(const uint32_t *)vm_elem_key(e)]++;
	++*(unsigned *)ctx;
	return 0;
}

static void free_pooled(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	s->ops->release(s, e);
}

START_TEST(update)
{
	pthread_t t[THREADS];
	unsigned inside = 0;

	open_set(NFT_SET_EVAL | NFT_SET_TIMEOUT);
	ck_assert_int_eq(set_hash_prepare(&set, sizeof(struct vm_elem) + 8), 0);
	running = THREADS;
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, writer, (void *)(i + 1));
	while (running) {
		set.ops->gc(&set, now_ns, 4096, bury, NULL);
		free_dead();
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	set.ops->walk(&set, count_live, &inside);
	for (int i = 0; i < KEYS; i++)
		ck_assert_msg(live_of_key[i] <= 1, "key %d is there %d times", i, live_of_key[i]);
	ck_assert_uint_eq(inside, made - collected);
	printf("# made %llu, found %llu, collected %u\n", (unsigned long long)made, (unsigned long long)found, collected);
	set.ops->destroy(&set, free_pooled, NULL);
	free(engine);
}
END_TEST

/* ---- readers beside a control thread that changes intervals ---- */

enum { FIXED = 64 };

/* Keys n * 1024 + 1 lie in intervals that are always there, keys n * 1024 + 700 in none; intervals of other generations come and go. */
static void *reader(void *ctx)
{
	uint64_t rng = (uint64_t)(uintptr_t)ctx;

	vm_rcu_register();
	for (int b = 0; b < BURSTS * 4; b++) {
		for (int i = 0; i < BURST; i++) {
			uint32_t base, key;

			rng = rng * 6364136223846793005u + 1442695040888963407u;
			base = (uint32_t)(rng >> 33) % FIXED * 1024;
			be32_store(&key, base + 1);
			ck_assert_ptr_nonnull(set.ops->lookup(&set, 1, &key, 0));
			be32_store(&key, base + 700);
			ck_assert_ptr_null(set.ops->lookup(&set, 1, &key, 0));
		}
		vm_rcu_quiescent();
	}
	vm_rcu_unregister();
	atomic_fetch_sub(&running, 1);
	return NULL;
}

/* mask 2: for generations that the readers do not have */
static struct vm_elem *bound(uint32_t key, bool end, uint8_t mask)
{
	uint32_t be;
	struct elem_spec x = { .key = &be, .flags = end ? NFT_SET_ELEM_INTERVAL_END : 0 };
	struct vm_elem *e, *dup;

	be32_store(&be, key);
	e = elem_init(malloc(elem_size(&set, &x)), &set, &x);
	e->genmask = mask;
	ck_assert_int_eq(set.ops->insert(&set, e, 0, 0, &dup), 0);
	return e;
}

static void free_plain(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	free(e);
}

START_TEST(intervals)
{
	pthread_t t[THREADS];
	struct vm_elem *come[2][64];
	unsigned rounds = 0;

	open_set(NFT_SET_INTERVAL);
	for (uint32_t i = 0; i < FIXED; i++) {
		bound(i * 1024, false, 0);
		bound(i * 1024 + 2, true, 0);
	}
	running = THREADS;
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, reader, (void *)(i + 1));
	for (; running; rounds++) {
		uint32_t at = rounds % FIXED * 1024 + 100;

		for (int i = 0; i < 64; i++) {
			come[0][i] = bound(at + 4 * i, false, 2);
			come[1][i] = bound(at + 4 * i + 1 + rounds % 2, true, 2);
		}
		for (int i = 0; i < 64; i++)
			for (int k = 0; k < 2; k++) {
				atomic_store(&come[k][i]->dead, true);
				set.ops->remove(&set, come[k][i]);
			}
		vm_rcu_wait();
		for (int i = 0; i < 64; i++)
			for (int k = 0; k < 2; k++)
				free(come[k][i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	printf("# %u rounds of 128 changes\n", rounds);
	set.ops->destroy(&set, free_plain, NULL);
	free(engine);
}
END_TEST

UNIT_MAIN("set-threads", update, intervals)
