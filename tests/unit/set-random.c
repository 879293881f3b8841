/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set backends beside a naive list: random batches of insertions and deletions, committed or taken back, time that goes on, collection, and
 * lookups for both generations after each step. The seed is printed; SET_SEED repeats a run.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "tests/unit/unit.h"
#include "vm/set/impl.h"

static uint64_t rng;

static uint32_t rnd(uint32_t n)
{
	rng = rng * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(rng >> 33) % n;
}

static void seed(void)
{
	const char *s = getenv("SET_SEED");

	rng = s ? strtoull(s, NULL, 0) : (uint64_t)time(NULL);
	printf("# SET_SEED=%llu\n", (unsigned long long)rng);
	for (int i = 0; i < 4; i++)
		rnd(2);
}

/* ---- a set and its naive twin ---- */

enum { ELEMS = 4000 };

static struct vm_table table;
static struct vm_engine *engine;
static struct vm_set set;
static struct set_desc desc;
static struct vm_elem *list[ELEMS]; /* in order of insertion */
static unsigned n_list;
static uint64_t now_ns = 1000;
static unsigned cur;
static uint32_t max_elems;

static void open_set(struct set_desc d)
{
	engine = calloc(1, 4096);
	table = (struct vm_table){ .engine = engine };
	set = (struct vm_set){ .table = &table, .flags = d.flags, .key_len = d.key_len, .n_fields = d.n_fields };
	desc = d;
	set.ops = set_choose(&d);
	ck_assert_ptr_nonnull(set.ops);
	ck_assert_int_eq(set.ops->create(&set, &d), 0);
	n_list = 0;
	cur = 1;
}

static void free_elem(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	free(e);
}

static void close_set(void)
{
	set.ops->destroy(&set, free_elem, NULL);
	free(engine);
}

static struct vm_elem *elem(const uint8_t *key, const uint8_t *end, uint8_t flags)
{
	uint32_t padded = (desc.key_len + 7) & ~7u;
	struct vm_elem *e = calloc(1, sizeof(*e) + 2 * padded);

	e->flags = flags;
	e->off_key = sizeof(*e);
	memcpy((uint8_t *)e + e->off_key, key, desc.key_len);
	if (end) {
		e->off_key_end = sizeof(*e) + padded;
		memcpy((uint8_t *)e + e->off_key_end, end, desc.key_len);
	}
	return e;
}

/* ---- naive answers ---- */

static bool box_holds(const struct vm_elem *e, const uint8_t *key)
{
	const uint8_t *lo = vm_elem_key(e), *hi = vm_elem_key_end(e);
	unsigned at = 0;

	if (!hi)
		hi = lo;
	for (unsigned f = 0; f < desc.n_fields; f++) {
		if (memcmp(key + at, lo + at, desc.field_len[f]) < 0 || memcmp(key + at, hi + at, desc.field_len[f]) > 0)
			return false;
		at += (desc.field_len[f] + 3) & ~3u;
	}
	return true;
}

static bool is_end(const struct vm_elem *e)
{
	return e->flags & NFT_SET_ELEM_INTERVAL_END;
}

/* by key, then end before start */
static int order(const struct vm_elem *a, const struct vm_elem *b)
{
	int d = memcmp(vm_elem_key(a), vm_elem_key(b), desc.key_len);

	return d ? d : is_end(b) - is_end(a);
}

static struct vm_elem *naive_lookup(const uint8_t *key, unsigned cursor)
{
	struct vm_elem *best = NULL;

	for (unsigned i = 0; i < n_list; i++) {
		struct vm_elem *e = list[i];

		if (!set_elem_live(e, cursor, now_ns))
			continue;
		if (desc.n_fields) {
			if (box_holds(e, key))
				return e;
		} else if (!(desc.flags & NFT_SET_INTERVAL)) {
			if (!memcmp(vm_elem_key(e), key, desc.key_len))
				return e;
		} else if (memcmp(vm_elem_key(e), key, desc.key_len) <= 0 && (!best || order(e, best) > 0)) {
			best = e;
		}
	}
	return best && !is_end(best) ? best : NULL;
}

/* The neighbour below (dir -1) or above (1) an element, be it expired or not; skip: those already seen to be expired. */
static struct vm_elem *naive_neighbour(const struct vm_elem *e, int dir, unsigned next)
{
	struct vm_elem *best = NULL;

	for (unsigned i = 0; i < n_list; i++) {
		struct vm_elem *o = list[i];
		int d = memcmp(vm_elem_key(o), vm_elem_key(e), desc.key_len) * dir;

		if (vm_elem_active(o, next) && !vm_elem_expired(o, now_ns) && (d > 0 || (d == 0 && is_end(o) == (dir < 0))) &&
		    (!best || order(o, best) * dir < 0))
			best = o;
	}
	return best;
}

/* An expired start between an element and its neighbour takes its end with it. True: it did. */
static bool naive_bury(const struct vm_elem *e, int dir, const struct vm_elem *until, unsigned next)
{
	for (unsigned i = 0; i < n_list; i++) {
		struct vm_elem *o = list[i], *end = NULL;
		int d = memcmp(vm_elem_key(o), vm_elem_key(e), desc.key_len) * dir;

		if (!vm_elem_active(o, next) || !vm_elem_expired(o, now_ns) || d < 0 || (d == 0 && is_end(o) != (dir < 0)))
			continue;
		if (until && order(o, until) * dir > 0)
			continue;
		for (unsigned k = 0; k < n_list; k++)
			if (vm_elem_active(list[k], next) && order(list[k], o) > 0 && (!end || order(list[k], end) < 0))
				end = list[k];
		if (end && is_end(end) && !atomic_load(&end->genmask)) {
			atomic_store(&end->dead, true);
			return true;
		}
	}
	return false;
}

/* The kernel's rules for a new end or start among its neighbours, told by scans. */
static int naive_interval(const struct vm_elem *e, unsigned next)
{
	struct vm_elem *below, *above;

	do
		below = naive_neighbour(e, -1, next);
	while (naive_bury(e, -1, below, next));
	do
		above = naive_neighbour(e, 1, next);
	while (naive_bury(e, 1, above, next));
	if (!is_end(e)) {
		if (above && !memcmp(vm_elem_key(above), vm_elem_key(e), desc.key_len))
			return -EEXIST;
		return below && !is_end(below) ? -ENOTEMPTY : 0;
	}
	if (below && !memcmp(vm_elem_key(below), vm_elem_key(e), desc.key_len))
		return -EEXIST;
	return (below && is_end(below)) || (above && is_end(above)) ? -ENOTEMPTY : 0;
}

static int naive_insert(const struct vm_elem *e, unsigned next)
{
	const uint8_t *end = vm_elem_key_end(e);
	struct vm_elem *o;

	if (desc.flags & NFT_SET_INTERVAL && !desc.n_fields)
		return naive_interval(e, next);
	o = naive_lookup(vm_elem_key(e), next);
	if (!desc.n_fields)
		return o ? -EEXIST : 0;
	if (o)
		return !memcmp(vm_elem_key(o), vm_elem_key(e), desc.key_len) && !memcmp(vm_elem_key_end(o), end, desc.key_len) ? -EEXIST : -ENOTEMPTY;
	return naive_lookup(end, next) ? -ENOTEMPTY : 0;
}

/* ---- random keys: few values, so that they meet ---- */

static void put_be(uint8_t *p, uint32_t len, uint32_t v)
{
	memset(p, 0, len);
	for (uint32_t i = 0; i < len && i < 4; i++)
		p[len - 1 - i] = v >> 8 * i;
}

static uint32_t span;

static void random_key(uint8_t *key)
{
	unsigned at = 0;

	memset(key, 0, SET_KEY_MAX);
	for (unsigned f = 0; f < (desc.n_fields ? desc.n_fields : 1u); f++) {
		uint32_t len = desc.n_fields ? desc.field_len[f] : desc.key_len;

		put_be(key + at, len, rnd(span));
		at += (len + 3) & ~3u;
	}
}

static struct vm_elem *random_elem(void)
{
	_Alignas(8) uint8_t key[SET_KEY_MAX], end[SET_KEY_MAX];
	unsigned at = 0;

	random_key(key);
	if (!desc.n_fields)
		return elem(key, NULL, desc.flags & NFT_SET_INTERVAL && rnd(2) ? NFT_SET_ELEM_INTERVAL_END : 0);
	memcpy(end, key, sizeof(end));
	for (unsigned f = 0; f < desc.n_fields; f++) {
		uint32_t len = desc.field_len[f], v = 0;

		for (uint32_t i = 0; i < len; i++)
			v = v << 8 | key[at + i];
		v += rnd(3) * rnd(span / 4);
		put_be(end + at, len, len == 1 && v > 255 ? 255 : v);
		at += (len + 3) & ~3u;
	}
	return elem(key, end, 0);
}

/* ---- steps ---- */

static void compare(unsigned cursor)
{
	_Alignas(8) uint8_t key[SET_KEY_MAX];

	for (int i = 0; i < 8; i++) {
		struct vm_elem *a, *b, *burst[2];
		const uint32_t *keys[2] = { (uint32_t *)key, (uint32_t *)key };

		random_key(key);
		a = naive_lookup(key, cursor);
		b = set.ops->lookup(&set, cursor, (uint32_t *)key, now_ns);
		ck_assert_msg(a == b, "lookup: naive %p, backend %p, %u elements", (void *)a, (void *)b, n_list);
		if (set.ops->lookup_burst) {
			set.ops->lookup_burst(&set, cursor, keys, 2, now_ns, burst);
			ck_assert_ptr_eq(burst[1], a);
		}
	}
}

static void drop(unsigned i)
{
	memmove(&list[i], &list[i + 1], (--n_list - i) * sizeof(list[0]));
}

static void batch(void)
{
	unsigned next = !cur, before = n_list, steps = 1 + rnd(40);
	bool commit = rnd(4);

	while (steps--) {
		if (n_list < max_elems && rnd(3)) {
			struct vm_elem *e = random_elem(), *dup = NULL;
			int want = naive_insert(e, next), got;

			atomic_store(&e->genmask, 1 << cur);
			if (desc.flags & NFT_SET_TIMEOUT && !is_end(e) && rnd(2))
				atomic_store(&e->expires_ns, now_ns + 1 + rnd(3000));
			got = set.ops->insert(&set, e, next, now_ns, &dup);
			if (want == -EEXIST && is_end(e) && got == -ENOTEMPTY) /* there already, but the end of another start than the last */
				want = got;
			ck_assert_msg(got == want, "insert: naive %d, backend %d", want, got);
			if (got) {
				ck_assert(got != -EEXIST || dup);
				free(e);
			} else {
				list[n_list++] = e;
			}
		} else if (n_list) {
			struct vm_elem *probe = list[rnd(n_list)], *e;

			if (desc.n_fields)
				e = naive_lookup(vm_elem_key(probe), next);
			else
				e = set_elem_live(probe, next, now_ns) ? probe : NULL;
			if (!e)
				continue;
			ck_assert_ptr_eq(set.ops->find(&set, probe, next, now_ns), e);
			atomic_fetch_or(&e->genmask, 1 << next);
		}
		compare(cur);
		compare(next);
	}
	for (unsigned i = n_list; i-- > 0;) {
		struct vm_elem *e = list[i];
		bool fresh = i >= before;

		if (commit ? vm_elem_active(e, next) || atomic_load(&e->dead) : !fresh) {
			atomic_store(&e->genmask, 0);
			continue;
		}
		set.ops->remove(&set, e);
		drop(i);
		free(e);
	}
	if (commit)
		cur = next;
	compare(cur);
}

static void collected(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	for (unsigned i = 0; i < n_list; i++)
		if (list[i] == e) {
			drop(i);
			free(e);
			return;
		}
	ck_abort_msg("collected an element that is not there");
}

static int counted(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	struct vm_elem **last = ctx;

	if (*last && desc.flags & NFT_SET_INTERVAL && !desc.n_fields)
		ck_assert_int_le(order(e, *last), 0);
	*last = e;
	set.size++;
	return 0;
}

static void all_steps(struct set_desc d, uint32_t keys, uint32_t most, unsigned batches)
{
	open_set(d);
	span = keys;
	max_elems = most;
	for (unsigned i = 0; i < batches; i++) {
		struct vm_elem *last = NULL;

		batch();
		now_ns += rnd(500);
		if (!rnd(4) && d.flags & NFT_SET_TIMEOUT) {
			set.ops->gc(&set, now_ns, rnd(2) ? UINT32_MAX : 3, collected, NULL);
			compare(cur);
		}
		set.size = 0;
		set.ops->walk(&set, counted, &last);
		ck_assert_uint_eq(set.size, n_list);
	}
	close_set();
}

START_TEST(hash_words)
{
	seed();
	for (uint32_t len = 1; len <= SET_KEY_MAX; len += len < 8 ? 1 : 7)
		all_steps((struct set_desc){ .key_len = len, .flags = NFT_SET_TIMEOUT }, len == 1 ? 200 : 600, 500, 100);
}
END_TEST

START_TEST(interval)
{
	seed();
	for (uint32_t len = 1; len <= SET_KEY_MAX; len += len < 8 ? 1 : 7) {
		all_steps((struct set_desc){ .key_len = len, .flags = NFT_SET_INTERVAL }, len == 1 ? 256 : 5000, 3000, 200);
		all_steps((struct set_desc){ .key_len = len, .flags = NFT_SET_INTERVAL | NFT_SET_TIMEOUT }, 200, 3000, 100);
	}
}
END_TEST

START_TEST(concat)
{
	struct set_desc d = { .key_len = 8, .flags = NFT_SET_INTERVAL | NFT_SET_CONCAT, .n_fields = 2, .field_len = { 4, 2 } };
	struct set_desc d3 = { .key_len = 28, .flags = NFT_SET_INTERVAL | NFT_SET_CONCAT | NFT_SET_TIMEOUT, .n_fields = 4, .field_len = { 16, 2, 1, 3 } };

	seed();
	all_steps(d, 1000, 3000, 400);
	all_steps(d, 60, 3000, 200);
	all_steps(d3, 200, 2000, 300);
	all_steps(d3, 30, 2000, 200);
}
END_TEST

/* Which backend stands for which of the kernel's. */
START_TEST(choice)
{
	static const struct {
		struct set_desc d;
		const char *kernel;
	} cases[] = {
		{ { .key_len = 4 }, "nft_set_rhash_type" },
		{ { .key_len = 4, .size = 100 }, "nft_set_hash_fast_type" },
		{ { .key_len = 8, .size = 100 }, "nft_set_hash_type" },
		{ { .key_len = 2 }, "nft_set_bitmap_type" },
		{ { .key_len = 2, .size = 10 }, "nft_set_bitmap_type" },
		{ { .key_len = 2, .flags = NFT_SET_MAP }, "nft_set_rhash_type" },
		{ { .key_len = 4, .flags = NFT_SET_EVAL, .size = 100 }, "nft_set_rhash_type" },
		{ { .key_len = 4, .flags = NFT_SET_TIMEOUT }, "nft_set_rhash_type" },
		{ { .key_len = 4, .flags = NFT_SET_INTERVAL }, "nft_set_rbtree_type" },
		{ { .key_len = 4, .size = 100, .policy = NFT_SET_POL_MEMORY }, "nft_set_rbtree_type" },
		{ { .key_len = 8, .flags = NFT_SET_INTERVAL | NFT_SET_CONCAT, .n_fields = 2, .field_len = { 4, 2 } }, "nft_set_pipapo_type" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_str_eq(set_choose(&cases[i].d)->kernel_name, cases[i].kernel);
	ck_assert_ptr_null(set_choose(&(struct set_desc){ .key_len = 4, .flags = NFT_SET_INTERVAL | NFT_SET_EVAL }));
}
END_TEST

UNIT_MAIN("set-random", hash_words, interval, concat, choice)
