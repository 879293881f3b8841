/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grace periods; see rcu.h. */
#include "vm/rcu.h"

#include <assert.h>
#include <stdatomic.h>
#include <urcu/urcu-qsbr.h>

/* liburcu's own synchronisation is not seen by the thread sanitizer: this word says the same. */
#ifdef __SANITIZE_THREAD__
static atomic_uint seen;
#define READER_DONE() atomic_fetch_add_explicit(&seen, 1, memory_order_release)
#define WAITED()      atomic_load_explicit(&seen, memory_order_acquire)
#else
#define READER_DONE() ((void)0)
#define WAITED()      ((void)0)
#endif

static __thread unsigned depth;
static atomic_int readers;

void vm_rcu_register(void)
{
	if (depth++)
		return;
	urcu_qsbr_register_thread();
	atomic_fetch_add(&readers, 1);
}

void vm_rcu_unregister(void)
{
	assert(depth);
	if (--depth)
		return;
	READER_DONE();
	atomic_fetch_sub(&readers, 1);
	urcu_qsbr_unregister_thread();
}

void vm_rcu_quiescent(void)
{
	READER_DONE();
	urcu_qsbr_quiescent_state();
}

void vm_rcu_offline(void)
{
	READER_DONE();
	urcu_qsbr_thread_offline();
}

void vm_rcu_online(void)
{
	urcu_qsbr_thread_online();
}

/* One thread that is reader and writer needs no barrier: it is here, and so in no burst. */
void vm_rcu_wait(void)
{
	if (vm_rcu_readers() > (depth ? 1 : 0))
		urcu_qsbr_synchronize_rcu();
	WAITED();
}

int vm_rcu_readers(void)
{
	return atomic_load(&readers);
}
