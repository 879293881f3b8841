/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fusion: where a simple load is followed by (mask and) compare of the same register, the first instruction's operation becomes one that
 * does all of it. The others stay behind it, as its operands and for the dump:
 *
 *     payload R4 := network, 9, 1        →   payload+cmp1
 *     cmp1    R4 == 6                         (read by the instruction before)
 *
 * The register is written all the same, since later instructions may read it.
 */
#include "vm/expr/hot.h"
#include "vm/prog/prog_impl.h"

static void fuse_payload(struct vm_ins *i)
{
	const struct vm_ins *j = vm_ins_next(i), *k;

	if (i->len > 4)
		return;
	if (j->op == OP_CMP1 && j->a == i->a) {
		i->op = OP_PAYLOAD_CMP;
		return;
	}
	if (j->op != OP_BITWISE1 || j->a != i->a || j->b != i->a)
		return;
	k = vm_ins_next(j);
	if (k->op == OP_CMP1 && k->a == i->a)
		i->op = OP_PAYLOAD_BITWISE_CMP;
}

void prog_fuse(struct vm_prog *p)
{
	for (struct vm_ins *i = (struct vm_ins *)p->code; i->op != OP_END; i = (struct vm_ins *)vm_ins_next(i)) {
		if (i->op == OP_PAYLOAD)
			fuse_payload(i);
		else if (i->op == OP_META && vm_ins_next(i)->op == OP_CMP1 && vm_ins_next(i)->a == i->a)
			i->op = OP_META_CMP;
	}
}
