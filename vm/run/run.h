/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What running packets needs of the engine and of each worker: counters and the trace's scratch space.
 *
 * Counters are plain words of each worker, so that counting needs neither lock nor atomic instruction. A counter is a number: it finds
 * the two words of it in the worker's chunk. Its value is the sum over all workers plus a base, which the control thread keeps; a
 * reset moves the base.
 *
 *     counter 5000, chunks of 4096:  worker->run->chunk[1]->slot[904]
 */
#ifndef NFVM_VM_RUN_RUN_H
#define NFVM_VM_RUN_RUN_H

#include <stdatomic.h>

#include "base/buf.h"
#include "vm/worker.h"

enum { RUN_CHUNK = 4096, RUN_CHUNKS = 16384 };

struct run_slot {
	_Atomic uint64_t packets, bytes; /* one writer, relaxed */
};
struct run_chunk {
	struct run_slot slot[RUN_CHUNK];
};

/* A worker's part; vm_worker.run. */
struct run_worker {
	struct run_chunk *_Atomic chunk[RUN_CHUNKS];
	struct buf trace;            /* message being built */
	uint32_t n_traced;           /* packets that were traced */
	struct run_ring *_Atomic ring; /* of trace messages for subscribers; NULL: there never was one */
};

struct run;

/* The engine's part (vm_engine.run), made before any program and freed after the last. 0 or -ENOMEM. Control thread. */
int run_new(struct vm_engine *e);
void run_free(struct vm_engine *e);
/* A worker's part (vm_worker.run), before its first packet; what a worker has counted stays when it goes. 0 or -ENOMEM. Any thread. */
int run_worker_new(struct vm_worker *w);
void run_worker_free(struct vm_worker *w);

/* ---- trace messages for netlink subscribers ---- */

/* Whether anybody listens to NFNLGRP_NFTRACE; called when that changes. Control thread. */
void run_trace_listeners(struct vm_engine *e, bool any);
/* Somebody listens. Worker. */
bool run_trace_heard(const struct vm_worker *w);
/* Leaves a message for the control thread; false: no room. Worker. */
bool run_trace_put(struct vm_worker *w, const void *msg, uint32_t len);
/* Passes on what workers have left. Control thread. */
void run_trace_drain(struct vm_engine *e);
/* trace_ring.c, for counter.c's list of workers. */
int run_ring_new(struct vm_worker *w);
void run_ring_free(struct vm_worker *w);
void run_ring_drain(struct vm_worker *w);

/* ---- counters; control thread ---- */

/* A new counter that begins with these values. 0 and *id, or -ENOMEM. Workers may use it when they have seen a later publication. */
int run_counter_new(struct vm_engine *e, uint64_t packets, uint64_t bytes, uint32_t *id);
/* Its number may be used again at once: no worker may know it any more. */
void run_counter_free(struct vm_engine *e, uint32_t id);
/* What it has counted. Threads that count at the same time may be seen or not. */
void run_counter_get(struct vm_engine *e, uint32_t id, uint64_t *packets, uint64_t *bytes);
/* As run_counter_get, and goes on from zero; nothing that is counted meanwhile is lost. */
void run_counter_reset(struct vm_engine *e, uint32_t id, uint64_t *packets, uint64_t *bytes);
void run_counter_set(struct vm_engine *e, uint32_t id, uint64_t packets, uint64_t bytes);

/* ---- counters; worker ---- */

static inline void run_count(struct vm_worker *w, uint32_t id, uint32_t bytes)
{
	struct run_chunk *c = atomic_load_explicit(&w->run->chunk[id / RUN_CHUNK], memory_order_relaxed);
	struct run_slot *s = &c->slot[id % RUN_CHUNK];

	atomic_store_explicit(&s->packets, atomic_load_explicit(&s->packets, memory_order_relaxed) + 1, memory_order_relaxed);
	atomic_store_explicit(&s->bytes, atomic_load_explicit(&s->bytes, memory_order_relaxed) + bytes, memory_order_relaxed);
}

#endif
