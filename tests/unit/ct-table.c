/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection table beside a plain list of pairs of tuples, and datagrams being put together beside a list of runs: random steps, seeds printed
 * where they differ. Tuples and offsets come from small pools, so that clashes, answers to oneself, duplicates and overlaps are frequent.
 */
#include <stdio.h>
#include <string.h>

#include "nfvm/engine.h"
#include "tests/unit/unit.h"
#include "vm/ct/table.h"
#include "vm/engine.h"
#include "vm/host/frag.h"

static uint64_t rng;

static unsigned below(unsigned n)
{
	rng = rng * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(rng >> 33) % n;
}

/* ---- connections ---- */

enum { LIVE = 600, STEPS = 20000 };

static struct {
	struct ct_tuple tuple[CT_DIRS];
	struct ct_entry *ct;
} list[LIVE];
static unsigned n_list;

static struct ct_tuple random_tuple(void)
{
	struct ct_tuple k = { .proto = below(8) ? 17 : 6, .l3 = NFPROTO_IPV4, .zone = (uint16_t)(below(10) == 0) };

	k.src[0] = (uint8_t)below(5);
	k.dst[0] = (uint8_t)below(5);
	k.sport = (be16)below(6);
	k.dport = (be16)below(6);
	return k;
}

/* Where the list has a tuple: number of the pair; -1: nowhere. */
static int in_list(const struct ct_tuple *k, unsigned dirs, int *dir)
{
	for (unsigned i = 0; i < n_list; i++)
		for (int d = CT_DIRS - 1; d >= 0; d--)
			if ((dirs >> d & 1) && !memcmp(&list[i].tuple[d], k, sizeof(*k))) {
				*dir = d;
				return (int)i;
			}
	return -1;
}

static void add(struct ct_table *t)
{
	struct ct_tuple orig = random_tuple(), reply = random_tuple();
	unsigned both = 1 << CT_ORIG | 1 << CT_REPLY;
	struct ct_entry *ct;
	int dir;
	bool free_pair;

	if (below(4)) { /* the usual: source and destination change places */
		reply = orig;
		memcpy(reply.src, orig.dst, 16);
		memcpy(reply.dst, orig.src, 16);
		reply.sport = orig.dport;
		reply.dport = orig.sport;
	}
	free_pair = in_list(&orig, both, &dir) < 0 && in_list(&reply, both, &dir) < 0;
	ct = ct_table_alloc(t, NULL);
	ck_assert_ptr_nonnull(ct);
	ct->dir[CT_ORIG].tuple = orig;
	ct->dir[CT_REPLY].tuple = reply;
	ct->dir[CT_ORIG].hash = ct_hash(t, &orig);
	ct->dir[CT_REPLY].hash = ct_hash(t, &reply);
	ck_assert_int_eq(ct_table_insert(t, ct), free_pair);
	if (!free_pair) {
		ct_table_bury(t, &t->control, ct);
		return;
	}
	list[n_list].tuple[CT_ORIG] = orig;
	list[n_list].tuple[CT_REPLY] = reply;
	list[n_list++].ct = ct;
}

static void drop(struct ct_table *t)
{
	unsigned i = below(n_list);

	ck_assert(ct_table_remove(t, list[i].ct));
	ck_assert(!ct_table_remove(t, list[i].ct));
	ct_table_bury(t, &t->control, list[i].ct);
	list[i] = list[--n_list];
}

static void find(struct ct_table *t)
{
	unsigned dirs = 1 + below(3);
	int dir = 0, want;
	struct ct_tuple k = random_tuple();
	struct ct_hit hit;

	if (n_list && below(2))
		k = list[below(n_list)].tuple[below(2)];
	want = in_list(&k, dirs, &dir);
	hit = ct_table_find(t, &k, ct_hash(t, &k), dirs);
	ck_assert_ptr_eq(hit.ct, want < 0 ? NULL : list[want].ct);
	if (want >= 0 && memcmp(&list[want].tuple[CT_ORIG], &list[want].tuple[CT_REPLY], sizeof(k)) != 0)
		ck_assert_int_eq(hit.dir, dir);
}

START_TEST(table_beside_a_list)
{
	static const struct nfvm_options options;
	struct nfvm_engine *e;
	unsigned seed = 1;

	ck_assert_int_eq(nfvm_engine_new(&options, &e, NULL), 0);
	rng = seed;
	n_list = 0;
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned what = below(10), wanted = i / 2000 % 2 ? 100 : LIVE - 1; /* it fills and empties by turns */

		if (what < 4 && n_list < wanted)
			add(e->ct);
		else if (what < 6 && n_list > (wanted > 100 ? 0 : 20))
			drop(e->ct);
		else
			find(e->ct);
		ct_table_reap(e->ct, &e->ct->control, NULL);
	}
	while (n_list)
		drop(e->ct);
	for (unsigned i = 0; i < 1000; i++)
		find(e->ct);
	nfvm_engine_free(&e);
}
END_TEST

/* ---- fragments ---- */

enum { RUNS = 64, UNIT = 8 };

static struct {
	uint32_t from, to;
} runs[RUNS];
static unsigned n_runs;

/* What becomes of a piece: one behind all others goes on their last run or begins one; another is inside of a run, touches some, or begins one. */
static enum frag_insert expected(uint32_t from, uint32_t to)
{
	unsigned last = 0;

	for (unsigned i = 1; i < n_runs; i++)
		if (runs[i].to > runs[last].to)
			last = i;
	if (n_runs && runs[last].to < to) {
		if (from < runs[last].to)
			return FRAG_OVERLAP;
		if (from == runs[last].to) {
			runs[last].to = to;
			return FRAG_OK;
		}
	} else {
		for (unsigned i = 0; i < n_runs; i++)
			if (from < runs[i].to && to > runs[i].from)
				return from >= runs[i].from && to <= runs[i].to ? FRAG_DUPLICATE : FRAG_OVERLAP;
	}
	runs[n_runs].from = from;
	runs[n_runs++].to = to;
	return FRAG_OK;
}

static void put_together(struct frag_queue *q)
{
	static uint8_t datagram[RUNS * UNIT];
	uint32_t have = 0;

	n_runs = q->n = 0;
	q->have = 0;
	for (unsigned i = 0; i < sizeof(datagram); i++)
		datagram[i] = (uint8_t)below(256);
	memset(q->bytes + FRAG_HEAD, 0, sizeof(datagram));
	for (unsigned i = 0; i < 40; i++) {
		uint32_t from = below(RUNS - 8) * UNIT, len = (1 + below(below(4) ? 3 : 8)) * UNIT;
		enum frag_insert want = expected(from, from + len);

		ck_assert_int_eq(frag_insert(q, datagram + from, from, len), want);
		have += want == FRAG_OK ? len : 0;
		ck_assert_uint_eq(q->have, have);
	}
	for (unsigned i = 0; i < n_runs; i++)
		ck_assert_int_eq(memcmp(q->bytes + FRAG_HEAD + runs[i].from, datagram + runs[i].from, runs[i].to - runs[i].from), 0);
}

START_TEST(fragments_beside_a_list)
{
	struct frag_queue *q = calloc(1, sizeof(*q));

	q->bytes = malloc(FRAG_HEAD + FRAG_MAX);
	rng = 7;
	for (unsigned i = 0; i < 500; i++)
		put_together(q);
	free(q->bytes);
	free(q);
}
END_TEST

START_TEST(fragments_have_their_limits)
{
	struct frag_queue *q = calloc(1, sizeof(*q));
	static uint8_t data[64];

	q->bytes = malloc(FRAG_HEAD + FRAG_MAX);
	ck_assert_int_eq(frag_insert(q, data, FRAG_MAX - 8, 16), FRAG_OVERLAP); /* beyond what a datagram can be */
	ck_assert_int_eq(frag_insert(q, data, FRAG_MAX - 8, 8), FRAG_OK);
	for (uint32_t i = 1; i < sizeof(q->piece) / sizeof(q->piece[0]); i++)
		ck_assert_int_eq(frag_insert(q, data, FRAG_MAX - 8 - 16 * i, 8), FRAG_OK);
	ck_assert_int_eq(frag_insert(q, data, 0, 8), FRAG_OVERLAP); /* no room: the datagram is given up */
	ck_assert_int_eq(frag_ecn(1 << 2 | 1 << 3), 3);             /* ECT and CE */
	ck_assert_int_eq(frag_ecn(1 << 0 | 1 << 2), -1);            /* not ECT and ECT */
	free(q->bytes);
	free(q);
}
END_TEST

UNIT_MAIN("ct table", table_beside_a_list, fragments_beside_a_list, fragments_have_their_limits)
