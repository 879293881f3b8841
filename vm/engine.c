/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine as a whole: made and freed here, and its clock. Its sockets are in nl/socket.c, its workers and devices in host/.
 * Control thread.
 */
#include "vm/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "vm/ct/ct.h"
#include "vm/host/host.h"
#include "vm/nl/nl.h"
#include "vm/run/run.h"
#include "vm/state/api.h"

enum { CT_MAX = 262144 }; /* the kernel's nf_conntrack_max on a machine with 4 GiB */

static int rooms_new(struct nfvm_engine *e, const struct nfvm_options *o, char **error)
{
	int err = host_new(o->host_json, &e->host, error);

	if (err)
		return err;
	err = ct_table_new(e, host_sysctl_num(e->host, "net.netfilter.nf_conntrack_max", CT_MAX), e->seed, &e->ct);
	if (!err)
		err = run_new(e);
	if (!err)
		err = state_new(e, &e->state);
	if (!err)
		err = nl_new(e, &e->nl);
	if (!err)
		nl_on_gone(e, state_port_gone);
	return err;
}

int nfvm_engine_new(const struct nfvm_options *o, struct nfvm_engine **out, char **error)
{
	struct nfvm_options none = { 0 };
	struct nfvm_engine *e = calloc(1, sizeof(*e));
	int err;

	if (error)
		*error = NULL;
	if (!e)
		return -ENOMEM;
	if (!o)
		o = &none;
	e->gen = 1;
	e->real_time = o->real_time;
	e->check_only = o->check_only;
	e->seed = o->seed ? o->seed : 0x6e66766d;
	err = rooms_new(e, o, error);
	if (err) {
		nfvm_engine_free(&e);
		return err;
	}
	*out = e;
	return 0;
}

void nfvm_engine_free(struct nfvm_engine **e)
{
	struct nfvm_engine *x = *e;

	if (!x)
		return;
	nl_free(&x->nl);
	state_free(&x->state);
	run_free(x);
	ct_table_free(&x->ct);
	host_free(&x->host);
	free(x);
	*e = NULL;
}

uint64_t vm_now(const struct vm_engine *e)
{
	struct timespec ts;

	if (!e->real_time)
		return atomic_load_explicit(&e->now_ns, memory_order_relaxed);
	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void vm_clock_set(struct vm_engine *e, uint64_t time_ns)
{
	uint64_t now = atomic_load_explicit(&e->now_ns, memory_order_relaxed);

	while (time_ns > now && !atomic_compare_exchange_weak_explicit(&e->now_ns, &now, time_ns, memory_order_relaxed,
								      memory_order_relaxed))
		;
}

void nfvm_engine_advance(struct nfvm_engine *e, uint64_t time_ns)
{
	vm_clock_set(e, time_ns);
	state_tick(e);
	ct_collect(e);
	run_trace_drain(e);
}
