/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Set elements: their layout, their life, and how they are told. elem_init() and elem_size() by any thread, the rest by the control
 * thread. */
#include "vm/state/internal.h"

#define MS UINT64_C(1000000)

static size_t pad4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}
static size_t pad8(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* Where the parts of an element lie; size: of all. */
struct layout {
	size_t key, key_end, data, exprs, userdata, size;
};

static struct layout layout(const struct vm_set *s, const struct elem_spec *x)
{
	struct layout l = { .size = pad8(sizeof(struct vm_elem)) };

	if (x->key) {
		l.key = l.size;
		l.size += pad4(s->key_len);
	}
	if (x->key_end) {
		l.key_end = l.size;
		l.size += pad4(s->key_len);
	}
	if (x->data || x->verdict) {
		l.data = pad8(l.size);
		l.size = l.data + (x->verdict ? sizeof(struct vm_verdict) : pad4(s->data_len));
	}
	if (x->n_exprs) {
		l.exprs = pad8(l.size);
		l.size = l.exprs + x->n_exprs * sizeof(struct vm_stateful *);
	}
	if (x->userdata.len) {
		l.userdata = l.size;
		l.size += 1 + x->userdata.len;
	}
	l.size = pad8(l.size);
	return l;
}

size_t elem_size(const struct vm_set *s, const struct elem_spec *x)
{
	return layout(s, x).size;
}

struct vm_elem *elem_init(void *mem, const struct vm_set *s, const struct elem_spec *x)
{
	struct layout l = layout(s, x);
	struct vm_elem *e = mem;
	uint8_t *p = mem;

	memset(mem, 0, l.size);
	e->flags = x->flags;
	e->n_exprs = x->n_exprs;
	e->off_key = l.key;
	e->off_key_end = l.key_end;
	e->off_data = l.data;
	e->off_exprs = l.exprs;
	e->off_userdata = l.userdata;
	e->size = l.size;
	e->timeout_ns = x->timeout_ns;
	e->expires_ns = x->expires_ns;
	if (l.key)
		memcpy(p + l.key, x->key, s->key_len);
	if (l.key_end)
		memcpy(p + l.key_end, x->key_end, s->key_len);
	if (x->verdict)
		memcpy(p + l.data, x->verdict, sizeof(*x->verdict));
	else if (l.data)
		memcpy(p + l.data, x->data, s->data_len);
	if (l.userdata) {
		p[l.userdata] = x->userdata.len - 1;
		memcpy(p + l.userdata + 1, x->userdata.p, x->userdata.len);
	}
	return e;
}

void elem_free(struct vm_set *s, struct vm_elem *x)
{
	struct vm_stateful **exprs = vm_elem_exprs(x);

	if (s && s->ops->release && s->ops->release(s, x))
		return;
	for (unsigned i = 0; i < x->n_exprs; i++)
		if (exprs[i])
			stateful_free(&exprs[i]);
	free(x);
}

void elem_retire(struct state *st, struct vm_set *s, struct vm_elem *x)
{
	x->genmask = GENMASK_DEAD;
	x->dead = true;
	state_retire_elem(st, s, x);
}

/* ---- messages out ---- */

static struct bc_data value(const uint8_t *p, uint32_t len)
{
	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = len, .value = p };
}

static void dump_data(const struct vm_set *s, const struct vm_elem *e, struct bc_elem *out)
{
	const struct vm_verdict *v;

	if (s->data_type != NFT_DATA_VERDICT) {
		BC_SET(out, NFTA_SET_ELEM_DATA, data, value(vm_elem_data(e), s->data_len));
		return;
	}
	v = vm_elem_verdict(e);
	out->data = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = v->code };
	if (v->chain)
		out->data.chain = v->chain->h.name;
	BC_MARK(out, NFTA_SET_ELEM_DATA);
}

static void dump_exprs(const struct vm_elem *e, struct arena *a, bool reset, struct bc_elem *out)
{
	struct vm_stateful **exprs = vm_elem_exprs(e);
	struct bc_expr **tail = &out->exprs;

	if (e->n_exprs == 1)
		BC_SET(out, NFTA_SET_ELEM_EXPR, expr, stateful_dump(exprs[0], a, reset));
	if (e->n_exprs < 2)
		return;
	for (unsigned i = 0; i < e->n_exprs; i++) {
		*tail = stateful_dump(exprs[i], a, reset);
		tail = &(*tail)->next;
	}
	BC_MARK(out, NFTA_SET_ELEM_EXPRESSIONS);
}

static void dump_times(const struct vm_set *s, const struct vm_elem *e, uint64_t now_ns, struct bc_elem *out)
{
	uint64_t expires = e->expires_ns;

	if (!(s->flags & NFT_SET_TIMEOUT))
		return;
	if (e->timeout_ns != s->timeout_ns)
		BC_SET(out, NFTA_SET_ELEM_TIMEOUT, timeout, e->timeout_ns / MS);
	if (e->timeout_ns)
		BC_SET(out, NFTA_SET_ELEM_EXPIRATION, expiration, expires > now_ns ? (expires - now_ns) / MS : 0);
}

void elem_dump(const struct vm_set *s, const struct vm_elem *e, struct arena *a, uint64_t now_ns, bool reset, struct bc_elem *out)
{
	const uint8_t *ud = vm_elem_at(e, e->off_userdata);

	*out = (struct bc_elem){ 0 };
	if (e->off_key)
		BC_SET(out, NFTA_SET_ELEM_KEY, key, value(vm_elem_key(e), s->key_len));
	if (e->off_key_end)
		BC_SET(out, NFTA_SET_ELEM_KEY_END, key_end, value(vm_elem_key_end(e), s->key_len));
	if (e->off_data)
		dump_data(s, e, out);
	dump_exprs(e, a, reset, out);
	if (e->obj)
		BC_SET(out, NFTA_SET_ELEM_OBJREF, objref, e->obj->h.name);
	if (e->flags)
		BC_SET(out, NFTA_SET_ELEM_FLAGS, flags, e->flags);
	dump_times(s, e, now_ns, out);
	if (ud)
		BC_SET(out, NFTA_SET_ELEM_USERDATA, userdata, ((struct bc_bytes){ ud + 1, ud[0] + 1u }));
}

int fill_elem(struct buf *out, const struct fill *f, struct vm_set *s, struct vm_elem *x)
{
	struct arena *a = arena_new();
	struct bc_elems m = { 0 };
	struct bc_node **tail = &m.elems;
	int err;

	BC_SET(&m, NFTA_SET_ELEM_LIST_TABLE, table, s->table->h.name);
	BC_SET(&m, NFTA_SET_ELEM_LIST_SET, set, s->h.name);
	BC_MARK(&m, NFTA_SET_ELEM_LIST_ELEMENTS);
	elem_dump(s, x, a, vm_now(f->e), f->reset, bc_node_add(a, &tail, sizeof(struct bc_elem)));
	err = fill_put(out, f, &bc_elems_desc, &m);
	arena_free(&a);
	return err;
}
