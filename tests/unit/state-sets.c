/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements of sets in transactions: duplicates, sizes, times, the catch-all one; random batches beside a plain array. */
#include <stdio.h>
#include <time.h>

#include "tests/unit/state-util.h"

static void open_with_set(uint32_t flags, uint32_t size)
{
	client_open();
	batch();
	table("t");
	set("t", "s", flags, 1, size);
	commit();
}

static void add(uint32_t key)
{
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 0, elem(key));
}

static void del(uint32_t key)
{
	elem_put(NFT_MSG_DELSETELEM, "t", "s", 0, elem(key));
}

START_TEST(an_element_is_there_once)
{
	unsigned n;

	open_with_set(0, 0);
	batch();
	add(1);
	add(1);
	commit();
	batch();
	cl.flags |= NLM_F_EXCL;
	add(1);
	fails(-EEXIST);
	cl.flags &= ~NLM_F_EXCL;
	batch();
	del(2);
	fails(-ENOENT);
	batch();
	del(1);
	add(1);
	del(1);
	add(3);
	commit();
	ck_assert_uint_eq(keys("t", "s", &n)[0], 3);
	ck_assert_uint_eq(n, 1);
	client_close();
}
END_TEST

START_TEST(a_set_has_a_size)
{
	unsigned n;

	open_with_set(0, 2);
	batch();
	add(1);
	add(2);
	add(3);
	fails(-ENFILE);
	keys("t", "s", &n);
	ck_assert_uint_eq(n, 0);
	batch();
	add(1);
	add(2);
	commit();
	batch();
	del(1);
	add(3); /* what is deleted makes room in the same batch */
	commit();
	ck_assert_uint_eq(keys("t", "s", &n)[1], 3);
	batch();
	add(4);
	fails(-ENFILE);
	client_close();
}
END_TEST

START_TEST(elements_expire)
{
	struct bc_elem x;
	unsigned n;

	open_with_set(NFT_SET_TIMEOUT, 2);
	nfvm_engine_advance(cl.e, UINT64_C(1000000000));
	batch();
	x = elem(1);
	BC_SET(&x, NFTA_SET_ELEM_TIMEOUT, timeout, 5000);
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 0, x);
	add(2);
	commit();
	nfvm_engine_advance(cl.e, UINT64_C(5900000000));
	keys("t", "s", &n);
	ck_assert_uint_eq(n, 2);
	batch();
	add(3);
	fails(-ENFILE);
	nfvm_engine_advance(cl.e, UINT64_C(6000000000));
	ck_assert_uint_eq(keys("t", "s", &n)[0], 2);
	ck_assert_uint_eq(n, 1);
	batch();
	add(3);
	commit();
	/* a new timeout for one that is there */
	batch();
	x = elem(2);
	BC_SET(&x, NFTA_SET_ELEM_TIMEOUT, timeout, 1000);
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 0, x);
	commit();
	nfvm_engine_advance(cl.e, UINT64_C(7000000000));
	ck_assert_uint_eq(keys("t", "s", &n)[0], 3);
	ck_assert_uint_eq(n, 1);
	client_close();
}
END_TEST

START_TEST(catchall_is_one_element)
{
	struct bc_elem x = { 0 };
	unsigned n;

	open_with_set(0, 0);
	BC_SET(&x, NFTA_SET_ELEM_FLAGS, flags, NFT_SET_ELEM_CATCHALL);
	batch();
	add(1);
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 0, x);
	commit();
	batch();
	cl.flags |= NLM_F_EXCL;
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 0, x);
	fails(-EEXIST);
	cl.flags &= ~NLM_F_EXCL;
	ck_assert_uint_eq(keys("t", "s", &n)[1], UINT32_MAX);
	batch();
	elem_put(NFT_MSG_DELSETELEM, "t", "s", 0, x);
	del(7);
	fails(-ENOENT);
	keys("t", "s", &n);
	ck_assert_uint_eq(n, 2);
	batch();
	elem_put(NFT_MSG_DELSETELEM, "t", "s", 0, x);
	commit();
	keys("t", "s", &n);
	ck_assert_uint_eq(n, 1);
	client_close();
}
END_TEST

/* ---- random ---- */

enum { KEYS = 60 };

static uint32_t rnd(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return *s >> 33;
}

static void flush_set(void)
{
	struct bc_elems m = { 0 };

	BC_SET(&m, NFTA_SET_ELEM_LIST_TABLE, table, "t");
	BC_SET(&m, NFTA_SET_ELEM_LIST_SET, set, "s");
	put(NFT_MSG_DELSETELEM, &bc_elems_desc, &m);
}

/* One message; false: it must fail. */
static bool change(bool in[KEYS], uint64_t *seed)
{
	uint32_t k = rnd(seed) % KEYS, what = rnd(seed) % 40;

	if (what == 0) {
		flush_set();
		memset(in, 0, KEYS * sizeof(in[0]));
		return true;
	}
	if (what < 24) {
		add(k);
		in[k] = true;
		return true;
	}
	if (!in[k] && what < 38)
		return true;
	del(k);
	if (!in[k])
		return false;
	in[k] = false;
	return true;
}

START_TEST(random_batches)
{
	bool in[KEYS] = { false }, old[KEYS];
	uint64_t seed = time(NULL);

	printf("# seed %llu\n", (unsigned long long)seed);
	open_with_set(0, 0);
	for (int i = 0; i < 3000; i++) {
		bool good = true;
		unsigned n = 0, have;
		const uint32_t *k;

		memcpy(old, in, sizeof(in));
		batch();
		for (int j = rnd(&seed) % 8; j >= 0; j--)
			good &= change(in, &seed);
		fails(good ? 0 : -ENOENT);
		if (!good)
			memcpy(in, old, sizeof(in));
		k = keys("t", "s", &have);
		for (uint32_t x = 0; x < KEYS; x++)
			if (in[x])
				ck_assert_uint_eq(k[n++], x);
		ck_assert_uint_eq(n, have);
	}
	client_close();
}
END_TEST

UNIT_MAIN("state-sets", an_element_is_there_once, a_set_has_a_size, elements_expire, catchall_is_one_element, random_batches)
