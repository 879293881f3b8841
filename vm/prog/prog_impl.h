/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program looks like inside; for prog/ and run/ only. */
#ifndef NFVM_VM_PROG_IMPL_H
#define NFVM_VM_PROG_IMPL_H

#include "vm/expr/expr.h"
#include "vm/prog/prog.h"

/* One block, aligned to a cache line; short programs lie in that line whole. */
struct vm_prog {
	struct vm_engine *e;
	struct prog_ref *refs;  /* NULL where n_refs is 0 */
	uint16_t n_refs, size;  /* size: bytes of code, OP_END included */
	uint8_t flags, pad[3];
	uint32_t places;
	uint32_t pad2;
	char code[] __attribute__((aligned(8)));
};
_Static_assert(offsetof(struct vm_prog, code) == 32, "half a cache line");

static inline const struct vm_ins *vm_prog_code(const struct vm_prog *p)
{
	return (const struct vm_ins *)p->code;
}

/* Puts fused operations in place of the first of several instructions (prog/fuse.c). Dumps are not affected. */
void prog_fuse(struct vm_prog *p);

#endif
