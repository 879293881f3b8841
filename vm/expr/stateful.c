/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions with state, on their own: of set elements and objects, and as the instruction of a rule. See struct vm_stateful in
 * expr.h and vm/prog/prog.h for the contract.
 */
#include <errno.h>
#include <stdlib.h>

#include "vm/expr/expr.h"
#include "vm/expr/stateful.h"

size_t stateful_size(const struct vm_stateful *s)
{
	return s->bytes;
}

static int make(struct expr_build *b, const struct vm_expr *type, const void *body, bool element, struct vm_stateful **out)
{
	const struct vm_stateful_ops *ops = type->stateful;
	size_t bytes = sizeof(struct vm_stateful) + ops->size + (ops->room ? ops->room(body) : 0);
	struct vm_stateful *s = calloc(1, bytes);
	int err;

	if (!s)
		return -ENOMEM;
	s->type = type;
	s->e = b->e;
	s->bytes = bytes;
	if (ops->needs_ct)
		b->flags |= PROG_NEEDS_CT;
	err = type->stateful->init(b, s->state, body, element);
	if (err)
		free(s);
	else
		*out = s;
	return err;
}

/* ---- elements and objects ---- */

static int report(struct expr_build *b, int err)
{
	if (err && b->err->err != err)
		expr_fail(b, err, NULL);
	return err;
}

int stateful_build(struct vm_txn *txn, struct vm_table *table, const struct bc_expr *x, struct vm_stateful **out,
		   struct bc_err *err)
{
	struct expr_build b = { .txn = txn, .e = txn->engine, .table = table, .family = table->family, .err = err, .at = x->at };
	int kind = vm_expr_kind(x->type->name), rc;

	*err = (struct bc_err){ 0 };
	if (kind < 0)
		return expr_fail(&b, -EOPNOTSUPP, "nfvm does not execute this expression yet");
	if (vm_exprs[kind]->precheck && (rc = vm_exprs[kind]->precheck(&b, x->body)))
		return report(&b, rc);
	if (!vm_exprs[kind]->stateful)
		return report(&b, -EOPNOTSUPP);
	return report(&b, make(&b, vm_exprs[kind], x->body, true, out));
}

int stateful_build_object(struct vm_txn *txn, uint32_t type, const void *data, struct vm_stateful **out, struct bc_err *err)
{
	struct expr_build b = { .txn = txn, .e = txn->engine, .family = txn->family, .err = err };

	*err = (struct bc_err){ 0 };
	for (unsigned i = 0; i < vm_exprs_n; i++)
		if (vm_exprs[i]->stateful && vm_exprs[i]->stateful->object == type)
			return report(&b, make(&b, vm_exprs[i], data, false, out));
	return report(&b, -EOPNOTSUPP);
}

void stateful_clone_at(void *mem, const struct vm_stateful *s)
{
	struct vm_stateful *n = mem;

	memset(mem, 0, stateful_size(s));
	n->type = s->type;
	n->e = s->e;
	n->bytes = s->bytes;
	s->type->stateful->clone(n->state, s->state);
}

struct vm_stateful *stateful_clone(const struct vm_stateful *s)
{
	struct vm_stateful *n = malloc(stateful_size(s));

	if (n)
		stateful_clone_at(n, s);
	return n;
}

void stateful_fini(struct vm_stateful *s)
{
	if (s->type->stateful->fini)
		s->type->stateful->fini(s->e, s->state);
}

void stateful_free(struct vm_stateful **s)
{
	if (!*s)
		return;
	stateful_fini(*s);
	free(*s);
	*s = NULL;
}

const struct bc_expr_type *stateful_type(const struct vm_stateful *s)
{
	return bc_expr_type(s->type->name);
}

bool stateful_same(const struct vm_stateful *a, const struct vm_stateful *b)
{
	return a->type == b->type && (!a->type->stateful->same || a->type->stateful->same(a->state, b->state));
}

bool stateful_needs_ct(const struct vm_stateful *s)
{
	return s->type->stateful->needs_ct;
}

bool stateful_idle(struct vm_stateful *s)
{
	return s->type->stateful->idle && s->type->stateful->idle(s->state);
}

bool stateful_needs_gc(const struct vm_stateful *s)
{
	return s->type->stateful->needs_gc;
}

struct bc_expr *stateful_dump(const struct vm_stateful *s, struct arena *a, bool reset)
{
	struct bc_expr *x = bc_expr_new(a, s->type->name);

	s->type->stateful->dump(s->e, (void *)s->state, a, x->body, reset);
	return x;
}

void *stateful_dump_object(const struct vm_stateful *s, struct arena *a, bool reset)
{
	return stateful_dump(s, a, reset)->body;
}

bool stateful_can_update(const struct vm_stateful *s)
{
	return s->type->stateful->update;
}

void stateful_update(struct vm_stateful *s, const struct vm_stateful *from)
{
	s->type->stateful->update(s->state, from->state);
}

void stateful_eval(struct vm_stateful *s, struct vm_regs *regs, struct vm_pkt *pkt)
{
	s->type->stateful->eval(s->state, regs, pkt);
}

/* ---- instructions ---- */

int expr_stateful_build(struct expr_build *b, const void *body)
{
	struct vm_stateful *s = NULL;
	struct ins_stateful *i;
	int err = make(b, vm_exprs[b->kind], body, false, &s);

	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->s = s;
	return 0;
}

void expr_stateful_exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	stateful_eval(((const struct ins_stateful *)ins)->s, regs, pkt);
}

void expr_stateful_dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct vm_stateful *s = ((const struct ins_stateful *)ins)->s;

	s->type->stateful->dump(e, s->state, a, body, reset);
}

void expr_stateful_destroy(struct vm_engine *e, struct vm_ins *ins)
{
	stateful_free(&((struct ins_stateful *)ins)->s);
}
