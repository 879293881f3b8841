/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "dynset": packets write into a set: `add`, `update` (the element lives on), `delete`; with what the elements carry.
 * Reference: net/netfilter/nft_dynset.c.
 *
 * An element made here lies in memory of the set's pool, with the states of its expressions behind it:
 *
 *     struct vm_elem, key, data, exprs[2] | struct vm_stateful 0 | struct vm_stateful 1
 *
 * Concurrency: exec by workers, without locks; the set's backend settles who of several is first.
 */
#include <errno.h>

#include "vm/expr/hot.h"
#include "vm/expr/stateful.h"
#include "vm/set/impl.h"

#define NS_PER_MS UINT64_C(1000000)

struct ins_dynset {
	struct vm_ins head; /* a: key, b: data, c: NFT_DYNSET_OP_*, len: number of expressions */
	struct vm_set *set;
	uint64_t timeout_ns; /* 0: the set's */
	bool invert, map;
	struct vm_stateful *expr[SET_EXPRS_MAX];
};

/* ---- packets ---- */

static uint64_t timeout_of(const struct ins_dynset *i)
{
	return i->timeout_ns ? i->timeout_ns : i->set->timeout_ns;
}

struct making {
	const struct ins_dynset *i;
	const struct vm_regs *regs;
	uint64_t now_ns;
	void *mem;
};

/* A place among the set's elements, against its size. */
static bool place_take(struct vm_set *s)
{
	uint32_t n = atomic_load_explicit(&s->n_elems, memory_order_relaxed);

	do {
		if (n == s->size)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(&s->n_elems, &n, n + 1, memory_order_relaxed, memory_order_relaxed));
	return true;
}

static void place_give(struct vm_set *s)
{
	atomic_fetch_sub_explicit(&s->n_elems, 1, memory_order_relaxed);
}

static struct elem_spec spec(const struct ins_dynset *i, const struct vm_regs *regs, uint64_t now_ns)
{
	struct elem_spec x = { .key = &regs->w[i->head.a], .n_exprs = i->head.len };

	if (i->map)
		x.data = &regs->w[i->head.b];
	if (i->set->flags & NFT_SET_TIMEOUT && timeout_of(i)) {
		x.timeout_ns = timeout_of(i);
		x.expires_ns = now_ns + x.timeout_ns;
	}
	return x;
}

static void exprs_make(const struct ins_dynset *i, struct vm_elem *e)
{
	uint8_t *at = (uint8_t *)e + e->size;

	for (unsigned n = 0; n < i->head.len; n++) {
		vm_elem_exprs(e)[n] = (struct vm_stateful *)at;
		stateful_clone_at(at, i->expr[n]);
		at += (stateful_size(i->expr[n]) + 7) & ~(size_t)7;
	}
}

/* Bytes of an element of this rule with the states of its expressions. */
static size_t bytes(const struct ins_dynset *i, const struct elem_spec *x)
{
	size_t n = elem_size(i->set, x);

	for (unsigned k = 0; k < i->head.len; k++)
		n += (stateful_size(i->expr[k]) + 7) & ~(size_t)7;
	return n;
}

static struct vm_elem *make(void *ctx)
{
	struct making *m = ctx;
	struct elem_spec x = spec(m->i, m->regs, m->now_ns);
	struct vm_elem *e;

	if (!place_take(m->i->set))
		return NULL;
	m->mem = set_hash_alloc(m->i->set, bytes(m->i, &x));
	if (!m->mem) {
		place_give(m->i->set);
		return NULL;
	}
	e = elem_init(m->mem, m->i->set, &x);
	exprs_make(m->i, e);
	return e;
}

/* What was made and is not needed. */
static void unmake(struct making *m)
{
	m->i->set->ops->release(m->i->set, m->mem);
	place_give(m->i->set);
}

static bool exprs_eval(struct vm_elem *e, struct vm_regs *regs, struct vm_pkt *pkt)
{
	for (unsigned n = 0; n < e->n_exprs; n++) {
		stateful_eval(vm_elem_exprs(e)[n], regs, pkt);
		if (regs->verdict.code == NFT_BREAK)
			return false;
	}
	return true;
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_dynset *i = (const struct ins_dynset *)ins;
	struct making m = { .i = i, .regs = regs, .now_ns = pkt->w->now_ns };
	const struct set_ops *ops = i->set->ops;
	unsigned cursor = pkt->w->gen & 1;
	struct vm_elem *e;
	bool fresh;

	if (ins->c == NFT_DYNSET_OP_DELETE) {
		ops->take(i->set, cursor, &regs->w[ins->a], m.now_ns);
		return;
	}
	e = ops->update(i->set, cursor, &regs->w[ins->a], m.now_ns, make, &m, &fresh);
	if (m.mem && !fresh)
		unmake(&m);
	if (e && ins->c == NFT_DYNSET_OP_UPDATE && e->timeout_ns)
		atomic_store_explicit(&e->expires_ns, m.now_ns + timeout_of(i), memory_order_relaxed);
	if (e ? !exprs_eval(e, regs, pkt) || i->invert : !i->invert)
		vm_break(regs);
}

/* ---- settings ---- */

/* One expression of the rule, at its place among those of the set. */
static int add_expr(struct expr_build *b, struct ins_dynset *i, const struct bc_expr *x)
{
	struct vm_set *s = i->set;
	struct vm_stateful *st;
	int err;

	if (i->head.len == SET_EXPRS_MAX)
		return -E2BIG;
	err = stateful_build(b->txn, b->table, x, &st, b->err);
	if (err)
		return expr_fail(b, err, b->err->msg);
	i->expr[i->head.len++] = st;
	if (stateful_needs_ct(st))
		b->flags |= PROG_NEEDS_CT;
	if (stateful_needs_gc(st) && s->flags & NFT_SET_TIMEOUT)
		return -EOPNOTSUPP;
	if (s->n_exprs < i->head.len)
		return s->n_exprs ? -EINVAL : 0;
	return stateful_same(st, s->exprs[i->head.len - 1]) ? 0 : -EOPNOTSUPP;
}

static int clone_exprs(struct expr_build *b, struct ins_dynset *i)
{
	for (; i->head.len < i->set->n_exprs; i->head.len++) {
		i->expr[i->head.len] = stateful_clone(i->set->exprs[i->head.len]);
		if (!i->expr[i->head.len])
			return -ENOMEM;
		if (stateful_needs_ct(i->expr[i->head.len]))
			b->flags |= PROG_NEEDS_CT;
	}
	return 0;
}

static int take_exprs(struct expr_build *b, const struct bc_dynset *x, struct ins_dynset *i)
{
	uint8_t want = i->set->n_exprs;
	int err = 0;

	if ((x->expr || x->exprs) && !(i->set->flags & NFT_SET_EVAL))
		return -EINVAL;
	if (x->expr) {
		err = add_expr(b, i, x->expr);
		return err ? err : want > 1 ? -EOPNOTSUPP : 0;
	}
	if (!BC_HAS(x, NFTA_DYNSET_EXPRESSIONS))
		return clone_exprs(b, i);
	if (!(x->flags & NFT_DYNSET_F_EXPR))
		return -EINVAL;
	for (const struct bc_expr *e = x->exprs; e && !err; e = e->next)
		err = add_expr(b, i, e);
	return err ? err : want && want != i->head.len ? -EOPNOTSUPP : 0;
}

static int prepare(const struct ins_dynset *i)
{
	struct vm_regs regs = { 0 };
	struct elem_spec x = spec(i, &regs, 0);

	return set_hash_prepare(i->set, bytes(i, &x));
}

static int check_data(struct expr_build *b, const struct bc_dynset *x, struct ins_dynset *i)
{
	const struct vm_set *s = i->set;

	if (!BC_HAS(x, NFTA_DYNSET_SREG_DATA))
		return s->flags & NFT_SET_MAP ? -EINVAL : 0;
	if (!(s->flags & NFT_SET_MAP) || s->data_type == NFT_DATA_VERDICT)
		return -EOPNOTSUPP;
	i->map = true;
	return expr_load(b, x->sreg_data, s->data_len, &i->head.b);
}

static int check_set(const struct bc_dynset *x, const struct vm_set *s)
{
	if (s->flags & NFT_SET_OBJECT || !s->ops->update)
		return -EOPNOTSUPP;
	if (s->flags & NFT_SET_CONSTANT)
		return -EBUSY;
	return x->op > NFT_DYNSET_OP_DELETE ? -EOPNOTSUPP : 0;
}

static int check_timeout(const struct bc_dynset *x, struct ins_dynset *i)
{
	if (!BC_HAS(x, NFTA_DYNSET_TIMEOUT))
		return 0;
	if (!(i->set->flags & NFT_SET_TIMEOUT))
		return -EOPNOTSUPP;
	if (x->timeout >= UINT64_MAX / NS_PER_MS)
		return -ERANGE;
	i->timeout_ns = x->timeout * NS_PER_MS;
	return 0;
}

static int fill(struct expr_build *b, const struct bc_dynset *x, struct ins_dynset *i)
{
	int err = check_set(x, i->set);

	i->head.c = x->op;
	i->invert = x->flags & NFT_DYNSET_F_INV;
	if (!err)
		err = check_timeout(x, i);
	if (!err)
		err = expr_load(b, x->sreg_key, i->set->key_len, &i->head.a);
	if (!err)
		err = check_data(b, x, i);
	if (!err)
		err = take_exprs(b, x, i);
	return err ? err : prepare(i);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_dynset *x = body;
	struct ins_dynset *i;
	struct prog_ref *r;
	struct vm_set *s;
	int err;

	if (!BC_HAS(x, NFTA_DYNSET_SET_NAME) || !BC_HAS(x, NFTA_DYNSET_OP) || !BC_HAS(x, NFTA_DYNSET_SREG_KEY))
		return -EINVAL;
	if (x->flags & ~(uint32_t)(NFT_DYNSET_F_INV | NFT_DYNSET_F_EXPR))
		return -EOPNOTSUPP;
	s = state_find_set(b->txn, b->table, x->set, BC_HAS(x, NFTA_DYNSET_SET_ID), x->set_id);
	if (!s)
		return -ENOENT;
	i = expr_emit(b, OP_CALL, sizeof(*i)); /* destroy() undoes what a failure leaves half done */
	i->set = s;
	err = fill(b, x, i);
	if (err)
		return err;
	r = expr_ref(b, PROG_REF_SET, s);
	r->dynset = true;
	r->flags = s->flags & NFT_SET_EVAL;
	return 0;
}

static void destroy(struct vm_engine *e, struct vm_ins *ins)
{
	struct ins_dynset *i = (struct ins_dynset *)ins;

	for (unsigned n = 0; n < ins->len; n++)
		stateful_free(&i->expr[n]);
}

/* Expressions that every element of the set has are told with the set. */
static void dump_exprs(const struct ins_dynset *i, struct arena *a, struct bc_dynset *x, bool reset)
{
	struct bc_expr **tail = &x->exprs;

	if (i->set->n_exprs || !i->head.len)
		return;
	if (i->head.len == 1) {
		BC_SET(x, NFTA_DYNSET_EXPR, expr, stateful_dump(i->expr[0], a, reset));
		return;
	}
	for (unsigned n = 0; n < i->head.len; n++) {
		*tail = stateful_dump(i->expr[n], a, reset);
		tail = &(*tail)->next;
	}
	BC_MARK(x, NFTA_DYNSET_EXPRESSIONS);
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_dynset *i = (const struct ins_dynset *)ins;
	struct bc_dynset *x = body;

	BC_SET(x, NFTA_DYNSET_SREG_KEY, sreg_key, expr_reg(ins->a));
	if (i->map)
		BC_SET(x, NFTA_DYNSET_SREG_DATA, sreg_data, expr_reg(ins->b));
	BC_SET(x, NFTA_DYNSET_OP, op, ins->c);
	BC_SET(x, NFTA_DYNSET_SET_NAME, set, i->set->h.name);
	BC_SET(x, NFTA_DYNSET_TIMEOUT, timeout, i->timeout_ns / NS_PER_MS);
	dump_exprs(i, a, x, reset);
	BC_SET(x, NFTA_DYNSET_FLAGS, flags, i->invert ? NFT_DYNSET_F_INV : 0);
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	static const char *const ops[] = { "add", "update", "delete" };
	const struct ins_dynset *i = (const struct ins_dynset *)ins;

	buf_printf(out, "%s%s R%u to %s, %u expressions", i->invert ? "not " : "", ops[ins->c], ins->a, i->set->h.name, ins->len);
}

const struct vm_expr vm_expr_dynset = {
	.name = "dynset",
	.kernel_size = 88,
	.build = build,
	.exec = exec,
	.dump = dump,
	.destroy = destroy,
	.disasm = disasm,
};
