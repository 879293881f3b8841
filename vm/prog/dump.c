/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Program → expressions as the kernel dumps them, and → text for people who look at programs. Control thread. */
#include "vm/prog/prog_impl.h"

struct bc_expr *prog_dump(const struct vm_prog *p, struct arena *a, bool reset)
{
	struct bc_expr *list = NULL, **tail = &list;

	for (const struct vm_ins *i = vm_prog_code(p); i->op != OP_END; i = vm_ins_next(i)) {
		const struct vm_expr *x = vm_exprs[i->kind];

		x->dump(i, p->e, a, bc_expr_add(a, &tail, x->name), reset);
	}
	return list;
}

static const char *const op_names[] = {
	[OP_CALL] = "call", [OP_END] = "end", [OP_IMM1] = "imm1", [OP_VERDICT] = "verdict", [OP_CMP1] = "cmp1", [OP_CMP2] = "cmp2",
	[OP_BITWISE1] = "bitwise1", [OP_PAYLOAD] = "payload", [OP_PAYLOAD_CMP] = "payload+cmp1",
	[OP_PAYLOAD_BITWISE_CMP] = "payload+bitwise1+cmp1", [OP_META] = "meta", [OP_META_CMP] = "meta+cmp1", [OP_LOOKUP] = "lookup",
	[OP_COUNTER] = "counter", [OP_CT_STATE] = "ctstate",
};

void prog_disasm(const struct vm_prog *p, struct buf *out)
{
	const struct vm_ins *i = vm_prog_code(p);

	for (;; i = vm_ins_next(i)) {
		buf_printf(out, "%4td  %-22s", (const char *)i - p->code, op_names[i->op]);
		if (i->op == OP_END)
			break;
		buf_printf(out, "%-10s", vm_exprs[i->kind]->name);
		if (vm_exprs[i->kind]->disasm)
			vm_exprs[i->kind]->disasm(i, out);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
}
