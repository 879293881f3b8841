/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What set backends share; for set/ and the expressions that write sets (dynset). */
#ifndef NFVM_VM_SET_IMPL_H
#define NFVM_VM_SET_IMPL_H

#include "vm/set/set.h"
#include "vm/state/state.h"

extern const struct set_ops set_hash_rhash_ops, set_hash_fixed_ops, set_hash_fast_ops, set_hash_bitmap_ops, set_hash_rbtree_ops;
extern const struct set_ops set_interval_ops;
extern const struct set_ops set_concat_ops;

/* The kernel's judgement of its backends; set.c. */
bool set_estimate_hash(const struct set_desc *d, struct set_estimate *out);
bool set_estimate_hash_fast(const struct set_desc *d, struct set_estimate *out);
bool set_estimate_rhash(const struct set_desc *d, struct set_estimate *out);
bool set_estimate_bitmap(const struct set_desc *d, struct set_estimate *out);
bool set_estimate_rbtree_exact(const struct set_desc *d, struct set_estimate *out);
bool set_estimate_interval(const struct set_desc *d, struct set_estimate *out);
bool set_estimate_pipapo(const struct set_desc *d, struct set_estimate *out);

/* Matches for readers with this cursor at this time. */
static inline bool set_elem_live(const struct vm_elem *e, unsigned cursor, uint64_t now_ns)
{
	return vm_elem_active(e, cursor) && !vm_elem_expired(e, now_ns);
}

/* ---- packets that write sets (hash.c) ---- */

/*
 * Makes room for elements made by packets: up to elem_bytes each, as many as the set may hold (65535 where it has no size, which it then gets,
 * as the kernel's). Control thread, when a rule that writes the set is built. 0 or -ENOMEM.
 */
int set_hash_prepare(struct vm_set *s, size_t elem_bytes);
/* Memory of one element (not more than was prepared), NULL: full. It goes back by ops->release. Worker. */
void *set_hash_alloc(struct vm_set *s, size_t bytes);

#endif
