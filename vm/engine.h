/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's struct: what holds the rooms of vm/ together. Each room's part is opaque here, made and freed by its room,
 * in this order: host, ct, state, nl.
 */
#ifndef NFVM_VM_ENGINE_H
#define NFVM_VM_ENGINE_H

#include <stdatomic.h>
#include <urcu/list.h>

#include "vm/vm.h"
#include "vm/worker.h"

struct state; /* state/: the ruleset */
struct nl;    /* nl/: sockets */
struct run;   /* run/ */
struct host;  /* host/ */
struct ct_table; /* ct/ */

struct nfvm_engine {
	/* Published generation; readers: once per burst, acquire. Starts at 1, as the kernel's; its low 32 bits are NFTA_GEN_ID. */
	_Atomic uint64_t gen;
	_Atomic uint64_t now_ns;   /* clock of offline runs; see vm_now() */
	bool real_time, check_only;
	uint64_t seed;
	uint32_t n_workers;        /* alive; worker numbers are below VM_WORKERS_MAX */
	struct host *host;
	struct ct_table *ct;
	struct state *state;
	struct nl *nl;
	/* What became of frames, by enum nfvm_verdict; each worker's are written by it alone. */
	struct {
		_Atomic uint64_t n[8];
	} verdicts[VM_WORKERS_MAX];
	struct run *run;           /* run/: counters; made before state, freed after it */
};

/* Sets the clock forward (never back). By the worker at a packet, or the control thread. */
void vm_clock_set(struct vm_engine *e, uint64_t time_ns);

#endif
