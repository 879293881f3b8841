/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions with state in memory that workers have: of elements that packets make. Any thread. */
#ifndef NFVM_VM_EXPR_STATEFUL_H
#define NFVM_VM_EXPR_STATEFUL_H

#include "vm/expr/expr.h"

/* Bytes of the whole struct vm_stateful. */
size_t stateful_size(const struct vm_stateful *s);
/* A fresh one of the same settings in mem (stateful_size() bytes, 8-byte aligned). */
void stateful_clone_at(void *mem, const struct vm_stateful *s);
/* Rules that lead to it need the packets' connections. */
bool stateful_needs_ct(const struct vm_stateful *s);
/* It is kept for connections that have all ended: elements that carry it go (NFT_EXPR_GC). Any thread. */
bool stateful_idle(struct vm_stateful *s);
/* Gives back what it holds, not its memory. */
void stateful_fini(struct vm_stateful *s);

#endif
