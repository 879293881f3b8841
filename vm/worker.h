/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker: one thread's way to run packets. Its struct is the rooms' meeting place; each has its private part behind a pointer.
 * Only the worker's thread touches it, except where noted.
 */
#ifndef NFVM_VM_WORKER_H
#define NFVM_VM_WORKER_H

#include "vm/vm.h"

enum { VM_WORKERS_MAX = 64 };

struct host_worker; /* buffers, packets that wait, fragments (host/) */
struct run_worker;  /* counters, trace (run/) */
struct ct_worker;   /* free entries and those in their grace period (ct/) */

struct vm_worker {
	struct vm_engine *e;
	uint64_t gen;       /* generation of this burst */
	uint64_t now_ns;    /* time of the frame that runs; never back */
	uint32_t id;        /* 0 … VM_WORKERS_MAX - 1, unique among living workers: index of per-worker counters */
	uint32_t in;        /* number in its burst of the frame that runs */
	bool trace_all;
	uint64_t rng;       /* state of vm_random */
	struct nfvm_sink sink;
	struct host_worker *host;
	struct ct_worker *ct;
	struct run_worker *run;
};

/* 32 random bits; repeats with the engine's seed (one worker). */
static inline uint32_t vm_random(struct vm_worker *w)
{
	uint64_t z = (w->rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

#endif
