/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grace periods; see rcu.h. */
#include "vm/rcu.h"

#include <assert.h>
#include <stdatomic.h>
#include <urcu/urcu-qsbr.h>

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
	atomic_fetch_sub(&readers, 1);
	urcu_qsbr_unregister_thread();
}

void vm_rcu_quiescent(void)
{
	urcu_qsbr_quiescent_state();
}

void vm_rcu_offline(void)
{
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
}

int vm_rcu_readers(void)
{
	return atomic_load(&readers);
}
