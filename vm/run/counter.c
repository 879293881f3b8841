/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's part of running: its workers, and counters: numbers, chunks of per-worker slots, bases. See run.h.
 *
 * Synchronization: the mutex guards the list of workers, the bases and the making of chunks. A chunk is stored for every worker
 * before the first of its numbers is given out, so a worker that learns of a number by the publication of a program finds it there.
 */
#include "vm/run/run.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "vm/engine.h"

struct base {
	uint64_t packets, bytes; /* added to the sum of all workers, modulo 2^64 */
};

struct run {
	pthread_mutex_t lock;
	struct vm_worker *worker[VM_WORKERS_MAX];
	uint32_t n_workers;
	struct base *base[RUN_CHUNKS]; /* RUN_CHUNK each */
	uint32_t n_chunks, n_ids;      /* ids below n_ids have been given out at some time */
	uint32_t *spare, n_spare, cap_spare;
	_Atomic bool heard;            /* somebody listens to traces */
};

int run_new(struct vm_engine *e)
{
	struct run *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	pthread_mutex_init(&r->lock, NULL);
	e->run = r;
	return 0;
}

void run_free(struct vm_engine *e)
{
	struct run *r = e->run;

	if (!r)
		return;
	for (uint32_t i = 0; i < r->n_chunks; i++)
		free(r->base[i]);
	free(r->spare);
	pthread_mutex_destroy(&r->lock);
	free(r);
	e->run = NULL;
}

static int worker_chunk(struct vm_worker *w, uint32_t n)
{
	struct run_chunk *c = aligned_alloc(64, sizeof(*c));

	if (!c)
		return -ENOMEM;
	memset(c, 0, sizeof(*c));
	atomic_store_explicit(&w->run->chunk[n], c, memory_order_release);
	return 0;
}

static void worker_chunks_free(struct vm_worker *w, uint32_t n)
{
	for (uint32_t i = 0; i <= n && i < RUN_CHUNKS; i++)
		free(w->run->chunk[i]);
	buf_free(&w->run->trace);
	run_ring_free(w);
	free(w->run);
	w->run = NULL;
}

int run_worker_new(struct vm_worker *w)
{
	struct run *r = w->e->run;
	uint32_t i = 0;
	int err = 0;

	w->run = calloc(1, sizeof(*w->run));
	if (!w->run)
		return -ENOMEM;
	pthread_mutex_lock(&r->lock);
	for (; i < r->n_chunks && !err; i++)
		err = worker_chunk(w, i);
	if (!err && r->heard)
		err = run_ring_new(w);
	if (!err && r->n_workers == VM_WORKERS_MAX)
		err = -ENOMEM;
	if (!err)
		r->worker[r->n_workers++] = w;
	else
		worker_chunks_free(w, i);
	pthread_mutex_unlock(&r->lock);
	return err;
}

void run_worker_free(struct vm_worker *w)
{
	struct run *r = w->e->run;

	if (!w->run)
		return;
	pthread_mutex_lock(&r->lock);
	for (uint32_t id = 0; id < r->n_ids; id++) {
		struct run_slot *s = &w->run->chunk[id / RUN_CHUNK]->slot[id % RUN_CHUNK];
		struct base *b = &r->base[id / RUN_CHUNK][id % RUN_CHUNK];

		b->packets += s->packets;
		b->bytes += s->bytes;
	}
	for (uint32_t i = 0; i < r->n_workers; i++)
		if (r->worker[i] == w)
			r->worker[i] = r->worker[--r->n_workers];
	worker_chunks_free(w, r->n_chunks);
	pthread_mutex_unlock(&r->lock);
}

static struct base *base_of(struct run *r, uint32_t id)
{
	return &r->base[id / RUN_CHUNK][id % RUN_CHUNK];
}

static void sum(struct run *r, uint32_t id, uint64_t *packets, uint64_t *bytes)
{
	*packets = *bytes = 0;
	for (uint32_t i = 0; i < r->n_workers; i++) {
		struct run_slot *s = &r->worker[i]->run->chunk[id / RUN_CHUNK]->slot[id % RUN_CHUNK];

		*packets += atomic_load_explicit(&s->packets, memory_order_relaxed);
		*bytes += atomic_load_explicit(&s->bytes, memory_order_relaxed);
	}
}

static void set(struct run *r, uint32_t id, uint64_t packets, uint64_t bytes)
{
	uint64_t p, b;

	sum(r, id, &p, &b);
	*base_of(r, id) = (struct base){ packets - p, bytes - b };
}

static int chunk_new(struct run *r)
{
	uint32_t n = r->n_chunks;

	if (n == RUN_CHUNKS)
		return -ENOMEM;
	if (!r->base[n])
		r->base[n] = calloc(RUN_CHUNK, sizeof(struct base));
	if (!r->base[n])
		return -ENOMEM;
	for (uint32_t i = 0; i < r->n_workers; i++)
		if (!r->worker[i]->run->chunk[n] && worker_chunk(r->worker[i], n))
			return -ENOMEM;
	r->n_chunks++;
	return 0;
}

int run_counter_new(struct vm_engine *e, uint64_t packets, uint64_t bytes, uint32_t *id)
{
	struct run *r = e->run;
	int err = 0;

	pthread_mutex_lock(&r->lock);
	if (!r->n_spare && r->n_ids == r->n_chunks * RUN_CHUNK)
		err = chunk_new(r);
	if (!err) {
		*id = r->n_spare ? r->spare[--r->n_spare] : r->n_ids++;
		set(r, *id, packets, bytes);
	}
	pthread_mutex_unlock(&r->lock);
	return err;
}

void run_counter_free(struct vm_engine *e, uint32_t id)
{
	struct run *r = e->run;

	pthread_mutex_lock(&r->lock);
	if (r->n_spare == r->cap_spare) {
		uint32_t cap = r->cap_spare ? 2 * r->cap_spare : 64;
		uint32_t *p = realloc(r->spare, cap * sizeof(*p));

		if (p) {
			r->spare = p;
			r->cap_spare = cap;
		}
	}
	if (r->n_spare < r->cap_spare)
		r->spare[r->n_spare++] = id;
	pthread_mutex_unlock(&r->lock);
}

void run_counter_get(struct vm_engine *e, uint32_t id, uint64_t *packets, uint64_t *bytes)
{
	struct run *r = e->run;

	pthread_mutex_lock(&r->lock);
	sum(r, id, packets, bytes);
	*packets += base_of(r, id)->packets;
	*bytes += base_of(r, id)->bytes;
	pthread_mutex_unlock(&r->lock);
}

void run_counter_reset(struct vm_engine *e, uint32_t id, uint64_t *packets, uint64_t *bytes)
{
	struct run *r = e->run;
	struct base *b;

	pthread_mutex_lock(&r->lock);
	b = base_of(r, id);
	sum(r, id, packets, bytes);
	*packets += b->packets;
	*bytes += b->bytes;
	b->packets -= *packets;
	b->bytes -= *bytes;
	pthread_mutex_unlock(&r->lock);
}

void run_counter_set(struct vm_engine *e, uint32_t id, uint64_t packets, uint64_t bytes)
{
	struct run *r = e->run;

	pthread_mutex_lock(&r->lock);
	set(r, id, packets, bytes);
	pthread_mutex_unlock(&r->lock);
}

/* ---- traces ---- */

void run_trace_listeners(struct vm_engine *e, bool any)
{
	struct run *r = e->run;

	pthread_mutex_lock(&r->lock);
	for (uint32_t i = 0; any && !r->heard && i < r->n_workers; i++)
		run_ring_new(r->worker[i]); /* without memory it is not heard */
	atomic_store_explicit(&r->heard, any, memory_order_release);
	pthread_mutex_unlock(&r->lock);
}

bool run_trace_heard(const struct vm_worker *w)
{
	return atomic_load_explicit(&w->e->run->heard, memory_order_relaxed);
}

void run_trace_drain(struct vm_engine *e)
{
	struct run *r = e->run;

	if (!r || !r->heard)
		return;
	pthread_mutex_lock(&r->lock);
	for (uint32_t i = 0; i < r->n_workers; i++)
		run_ring_drain(r->worker[i]);
	pthread_mutex_unlock(&r->lock);
}
