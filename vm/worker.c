/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers: made, freed, and their burst. A burst reads the generation once and is a reader of all shared structures from its begin to its
 * end; in between, the worker holds nothing. A frame runs to its end, with all that it leads to, before the next one begins.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "vm/ct/ct.h"
#include "vm/engine.h"
#include "vm/host/frame.h"
#include "vm/rcu.h"
#include "vm/run/run.h"
#include "vm/worker.h"

static _Atomic uint64_t ids[VM_WORKERS_MAX / 64]; /* of all engines: counters and readers are kept by them */

static int take_id(uint32_t *id)
{
	for (unsigned i = 0; i < ARRAY_SIZE(ids); i++) {
		uint64_t used = atomic_load(&ids[i]);

		while (~used) {
			unsigned bit = (unsigned)__builtin_ctzll(~used);

			if (atomic_compare_exchange_weak(&ids[i], &used, used | UINT64_C(1) << bit)) {
				*id = i * 64 + bit;
				return 0;
			}
		}
	}
	return -ENOSPC;
}

static void give_id(uint32_t id)
{
	atomic_fetch_and(&ids[id / 64], ~(UINT64_C(1) << (id % 64)));
}

int nfvm_worker_new(struct nfvm_engine *e, const struct nfvm_sink *sink, struct nfvm_worker **out)
{
	struct vm_worker *w = calloc(1, sizeof(*w));
	int err = w ? take_id(&w->id) : -ENOMEM;

	if (err) {
		free(w);
		return err;
	}
	w->e = e;
	w->rng = e->seed;
	if (sink)
		w->sink = *sink;
	err = ct_worker_new(w);
	if (!err)
		err = run_worker_new(w);
	if (!err)
		err = host_worker_new(w);
	if (err) {
		nfvm_worker_free(&w);
		return err;
	}
	*out = w;
	return 0;
}

void nfvm_worker_free(struct nfvm_worker **wp)
{
	struct vm_worker *w = *wp;

	*wp = NULL;
	if (!w)
		return;
	host_worker_free(w);
	run_worker_free(w);
	ct_worker_free(w);
	give_id(w->id);
	free(w);
}

void nfvm_worker_trace_all(struct nfvm_worker *w, bool on)
{
	w->trace_all = on;
}

/* The thread is a reader from here on; it counts as one between its bursts too, unless it says that it rests. */
static void begin(struct vm_worker *w)
{
	vm_rcu_register();
	w->gen = atomic_load_explicit(&w->e->gen, memory_order_acquire); /* release: commit */
	ct_burst_begin(w);
}

static void end(struct vm_worker *w)
{
	ct_burst_end(w);
	vm_rcu_quiescent();
	vm_rcu_unregister();
}

static void count_verdict(struct vm_worker *w, uint8_t verdict)
{
	_Atomic uint64_t *n = &w->e->verdicts[w->id].n[verdict];

	atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + 1, memory_order_relaxed);
}

void nfvm_worker_run(struct nfvm_worker *w, const struct nfvm_frame *frames, unsigned n, uint8_t *verdicts)
{
	begin(w);
	for (unsigned i = 0; i < n; i++) {
		if (!w->e->real_time)
			vm_clock_set(w->e, frames[i].time_ns);
		w->now_ns = vm_now(w->e);
		w->in = i;
		verdicts[i] = (uint8_t)host_frame(w, &frames[i]);
		count_verdict(w, verdicts[i]);
	}
	end(w);
}
