/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grace periods: a thin skin over liburcu's QSBR flavour.
 *
 * A worker's thread registers, and is a reader at all times but when it says it is not: vm_rcu_quiescent() at the end of each burst, vm_rcu_offline() before it
 * blocks. The control thread publishes, waits with vm_rcu_wait(), and then frees. One thread may be both: vm_rcu_wait() takes the calling
 * thread for quiescent.
 */
#ifndef NFVM_VM_RCU_H
#define NFVM_VM_RCU_H

/* Of the calling thread; calls nest (a thread may have several workers). */
void vm_rcu_register(void);
void vm_rcu_unregister(void);
/* The calling thread holds nothing that it read from shared structures. */
void vm_rcu_quiescent(void);
void vm_rcu_offline(void);
void vm_rcu_online(void);
/* Returns when every registered thread has been quiescent or offline since the call. Never from inside a burst. */
void vm_rcu_wait(void);
/* True while any thread is registered: without readers nothing need be waited for. */
int vm_rcu_readers(void);

#endif
