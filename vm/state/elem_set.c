/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NFT_MSG_NEWSETELEM, DELSETELEM, DESTROYSETELEM: elements come and go. A message's elements are one step, in their order.
 * Control thread.
 */
#include "vm/state/internal.h"

/* One element of a step; the rest is for elements that were there and get new times. */
struct change {
	struct vm_elem *elem;
	bool update, timeout, expiration;
	uint64_t timeout_ns, expiration_ns;
};

struct changes {
	size_t n, cap;
	/*
	 * Of a set's changes in a row the kernel makes one transaction, which is told with the flags of the first: the first `lead`
	 * elements have those of the step before; `tail` elements are in the transaction that ends here.
	 */
	size_t lead, tail;
	uint16_t lead_flags;
	struct change of[];
};

static struct change *change_add(struct txn_step *s, struct vm_elem *x)
{
	struct changes *c = s->more;

	if (!c || c->n == c->cap) {
		size_t cap = c ? 2 * c->cap : 4;
		struct changes *p = realloc(c, sizeof(*p) + cap * sizeof(p->of[0]));

		if (!p)
			return NULL;
		if (!c)
			memset(p, 0, sizeof(*p));
		p->cap = cap;
		s->more = c = p;
	}
	c->of[c->n] = (struct change){ .elem = x };
	return &c->of[c->n++];
}

/* A step that changes nothing makes no generation. */
static void step_keep(struct txn_step *s)
{
	if (!s->more)
		txn_drop(s);
}

static void changes_free(struct txn_step *s)
{
	free(s->more);
}

/* Joins the step before, as the kernel does (nft_trans_try_collapse()). */
static void step_join(struct vm_txn *t, struct txn_step *s)
{
	enum { ELEMS_MAX = 124 }; /* NFT_MAX_SET_NELEMS */
	struct changes *c = s->more, *before;
	struct txn_step *prev;

	if (!c)
		return;
	c->tail = c->n;
	if (s->list.prev != &t->steps) {
		prev = cds_list_entry(s->list.prev, struct txn_step, list);
		before = prev->more;
		if (prev->ops == s->ops && prev->set == s->set && before && before->tail < ELEMS_MAX) {
			c->lead = ELEMS_MAX - before->tail;
			c->lead_flags = before->tail > before->n || before->lead >= before->n ? before->lead_flags : prev->flags;
			if (c->lead > c->n)
				c->lead = c->n;
			c->tail = c->n > c->lead ? c->n - c->lead : before->tail + c->n;
		}
	}
	c->tail = c->tail > ELEMS_MAX ? (c->tail - 1) % ELEMS_MAX + 1 : c->tail;
}

static bool is_catchall(const struct vm_elem *x)
{
	return x->flags & NFT_SET_ELEM_CATCHALL;
}

/* The i-th of a step's elements. */
static void notify(struct vm_txn *t, const struct txn_step *s, size_t i)
{
	const struct changes *c = s->more;
	struct txn_step as = *s;
	struct fill f;

	if (i < c->lead)
		as.flags = c->lead_flags;
	if (!note_wanted(t, &as))
		return;
	f = note_fill(t, &as, s->msg, NLM_F_CREATE | NLM_F_EXCL);
	f.family = s->set->table->family;
	f.seq = 0; /* as the kernel has it */
	fill_elem(note_begin(t, &as), &f, s->set, c->of[i].elem);
	note_end(t);
}

/* ---- steps ---- */

static void elem_remove(struct vm_txn *t, struct vm_set *s, struct vm_elem *x)
{
	if (is_catchall(x)) {
		catchall_remove(s, x);
	} else {
		s->ops->remove(s, x);
		atomic_fetch_sub_explicit(&s->n_elems, 1, memory_order_relaxed);
	}
	elem_retire(t->engine->state, s, x);
}

static void update_apply(struct vm_txn *t, const struct change *c)
{
	if (c->timeout)
		c->elem->timeout_ns = c->timeout_ns;
	if (c->timeout && !c->timeout_ns)
		c->elem->expires_ns = 0;
	if (c->expiration)
		c->elem->expires_ns = t->now_ns + c->expiration_ns;
}

static void new_commit(struct vm_txn *t, struct txn_step *s)
{
	struct changes *c = s->more;

	for (size_t i = 0; c && i < c->n; i++) {
		if (c->of[i].update)
			update_apply(t, &c->of[i]);
		else
			atomic_store_explicit(&c->of[i].elem->genmask, 0, memory_order_relaxed);
		notify(t, s, i);
	}
}

static void new_abort(struct vm_txn *t, struct txn_step *s)
{
	struct changes *c = s->more;

	for (size_t i = c ? c->n : 0; i-- > 0;)
		if (!c->of[i].update) {
			refs_drop_elem(s->set, c->of[i].elem);
			elem_remove(t, s->set, c->of[i].elem);
		}
}

static const struct step_ops step_new = { .commit = new_commit, .abort = new_abort, .free = changes_free };

static void del_commit(struct vm_txn *t, struct txn_step *s)
{
	struct changes *c = s->more;

	for (size_t i = 0; c && i < c->n; i++) {
		notify(t, s, i);
		s->set->n_dead -= !is_catchall(c->of[i].elem);
		elem_remove(t, s->set, c->of[i].elem);
	}
}

static void del_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_set *set = s->set;
	struct changes *c = s->more;

	for (size_t i = c ? c->n : 0; i-- > 0;) {
		struct vm_elem *x = c->of[i].elem;

		atomic_fetch_and_explicit(&x->genmask, ~(1u << t->next), memory_order_relaxed);
		if (set->ops->activity && !is_catchall(x))
			set->ops->activity(set, x, t->next, true);
		set->n_dead -= !is_catchall(x);
		refs_take_elem(set, x);
	}
}

static const struct step_ops step_del = { .commit = del_commit, .abort = del_abort, .free = changes_free };

/* ---- new ---- */

static bool same_data(const struct vm_set *s, const struct vm_elem *a, const struct vm_elem *b)
{
	if (!a->off_data != !b->off_data || a->obj != b->obj)
		return false;
	if (!a->off_data)
		return true;
	if (s->data_type != NFT_DATA_VERDICT)
		return !memcmp(vm_elem_data(a), vm_elem_data(b), s->data_len);
	return vm_elem_verdict(a)->code == vm_elem_verdict(b)->code && vm_elem_verdict(a)->chain == vm_elem_verdict(b)->chain;
}

/* The element was there already: an error, or new times for it. */
static int merge(struct nl_req *q, struct txn_step *st, struct vm_elem *old, const struct elem_parsed *p)
{
	struct vm_set *s = st->set;
	bool timeout, expiration;
	struct change *c;

	if (!same_data(s, old, p->elem) || nl_flags(q) & NLM_F_EXCL)
		return -EEXIST;
	if (!(s->flags & NFT_SET_TIMEOUT) || old->flags & NFT_SET_ELEM_INTERVAL_END)
		return 0;
	timeout = p->timeout_ns != old->timeout_ns;
	expiration = p->expiration_ns || (timeout && p->timeout_ns);
	if (!timeout && !expiration)
		return 0;
	c = change_add(st, old);
	if (!c)
		return -ENOMEM;
	c->update = true;
	c->timeout = timeout;
	c->timeout_ns = p->timeout_ns;
	c->expiration = expiration;
	c->expiration_ns = p->expiration_ns ? p->expiration_ns : p->timeout_ns;
	return 0;
}

/* The last one, of the least key, has the last word. */
static int is_free_end(struct vm_set *s, struct vm_elem *x, void *ctx)
{
	*(bool *)ctx = x->flags & NFT_SET_ELEM_INTERVAL_END && !memchr(vm_elem_key(x), 1, s->key_len);
	return 0;
}

/*
 * Clients begin an interval set with an end at zero, for all that lies below its first interval; nobody counts that one. The kernel
 * takes any end that comes first for it, if no byte of its key is 1 (nft_rbtree_adjust_maxsize()).
 */
static bool has_free_end(struct vm_set *s)
{
	bool is_free = false;

	if (s->flags & NFT_SET_INTERVAL && s->n_fields < 2)
		s->ops->walk(s, is_free_end, &is_free);
	return is_free;
}

static bool is_over(struct vm_set *s)
{
	uint64_t max = (uint64_t)s->size + s->n_dead;

	if (!s->size || s->n_elems <= max)
		return false;
	return s->n_elems > max + 1 || !has_free_end(s);
}

/* *full: the element is one too many. It is in all the same, until the batch is undone. */
static int insert(struct vm_txn *t, struct vm_set *s, struct vm_elem *x, struct vm_elem **dup, bool *full)
{
	int err;

	x->genmask = 1u << t->cur;
	if (is_catchall(x))
		return catchall_insert(s, x, t->next, t->now_ns, dup);
	err = s->ops->insert(s, x, t->next, t->now_ns, dup);
	if (err == -ENOTEMPTY) { /* overlaps: there is no such element to merge with */
		*dup = NULL;
		return -EEXIST;
	}
	if (err)
		return err;
	atomic_fetch_add_explicit(&s->n_elems, 1, memory_order_relaxed);
	*full = is_over(s);
	return 0;
}

static int elem_add(struct nl_req *q, struct txn_step *st, const struct bc_elem *m)
{
	struct vm_txn *t = txn_of(q);
	struct vm_elem *dup = NULL;
	bool full = false;
	struct elem_parsed p;
	int err = elem_parse(q, st->set, m, &p);

	if (err)
		return err;
	err = refs_take_elem(st->set, p.elem);
	if (err) {
		elem_free(NULL, p.elem);
		return err;
	}
	err = insert(t, st->set, p.elem, &dup, &full);
	if (!err && change_add(st, p.elem))
		return full ? -ENFILE : 0;
	refs_drop_elem(st->set, p.elem);
	if (!err) {
		elem_remove(t, st->set, p.elem);
		return -ENOMEM;
	}
	if (err == -EEXIST && dup)
		err = merge(q, st, dup, &p);
	elem_free(NULL, p.elem);
	return err;
}

/* Elements whose jumps are new are checked together, as the kernel does. */
static int seed_all(struct vm_txn *t, const struct txn_step *st)
{
	const struct changes *c = st->more;
	int err = 0;

	if (st->set->data_type != NFT_DATA_VERDICT)
		return 0;
	for (size_t i = 0; c && i < c->n && !err; i++)
		err = validate_seed_elem(t, st->set, c->of[i].elem);
	return err;
}

static int new_meant(struct nl_req *q, const struct bc_elems *m, struct vm_set **out)
{
	bool has_id = BC_HAS(m, NFTA_SET_ELEM_LIST_SET_ID);
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	struct vm_set *s;
	int err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);
	if (err)
		return nl_bad(q, NFTA_SET_ELEM_LIST_TABLE, err);
	s = state_find_set(t, tb, m->set, has_id, m->set_id);
	if (!s)
		return nl_bad(q, NFTA_SET_ELEM_LIST_SET, m->set || has_id ? -ENOENT : -EINVAL);
	if (!cds_list_empty(&s->bindings) && s->flags & (NFT_SET_CONSTANT | NFT_SET_ANONYMOUS))
		return -EBUSY;
	*out = s;
	return 0;
}

int elems_new_early(struct nl_req *q)
{
	struct vm_set *s;

	return new_meant(q, q->body, &s);
}

int elems_new(struct nl_req *q)
{
	const struct bc_elems *m = q->body;
	struct vm_txn *t = txn_of(q);
	const struct bc_node *n;
	struct txn_step *st;
	struct vm_set *s;
	int err;

	if (!BC_HAS(m, NFTA_SET_ELEM_LIST_ELEMENTS))
		return -EINVAL;
	err = new_meant(q, m, &s);
	if (!err)
		err = txn_touch_set(t, s);
	if (err)
		return err;
	st = txn_add(q, &step_new, NFT_MSG_NEWSETELEM, s);
	if (!st)
		return -ENOMEM;
	for (n = m->elems; n; n = n->next) {
		err = elem_add(q, st, BC_BODY(n, struct bc_elem));
		if (err) {
			q->err->at = n->at;
			return err;
		}
	}
	err = seed_all(t, st);
	step_join(t, st);
	step_keep(st);
	return err;
}

/* ---- del ---- */

static int elem_kill(struct vm_txn *t, struct txn_step *st, struct vm_elem *x)
{
	struct vm_set *s = st->set;

	if (!change_add(st, x))
		return -ENOMEM;
	atomic_fetch_or_explicit(&x->genmask, 1u << t->next, memory_order_relaxed);
	if (s->ops->activity && !is_catchall(x))
		s->ops->activity(s, x, t->next, false);
	s->n_dead += !is_catchall(x);
	refs_drop_elem(s, x);
	return 0;
}

struct flush {
	struct vm_txn *t;
	struct txn_step *st;
};

static int flush_one(struct vm_set *s, struct vm_elem *x, void *ctx)
{
	struct flush *f = ctx;

	return vm_elem_active(x, f->t->next) ? elem_kill(f->t, f->st, x) : 0;
}

static int elem_del(struct nl_req *q, struct txn_step *st, const struct bc_elem *m)
{
	struct vm_txn *t = txn_of(q);
	struct vm_set *s = st->set;
	struct vm_elem *probe, *x;
	int err = elem_parse_key(q, s, m, false, &probe);

	if (err)
		return err;
	x = is_catchall(probe) ? catchall_find(s, t->next, 0) : s->ops->find(s, probe, t->next, t->now_ns);
	if (!x || (s->ops->may_leave && !is_catchall(x) && !s->ops->may_leave(s, x, t->next)))
		return -ENOENT;
	return elem_kill(t, st, x);
}

static int del_meant(struct nl_req *q, const struct bc_elems *m, struct vm_set **out)
{
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	int err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);

	if (err)
		return nl_bad(q, NFTA_SET_ELEM_LIST_TABLE, err);
	*out = m->set ? find_set(tb, m->set, t->next) : NULL;
	if (!*out)
		return nl_bad(q, NFTA_SET_ELEM_LIST_SET, m->set ? -ENOENT : -EINVAL);
	if (vm_set_is_anonymous(*out))
		return -EOPNOTSUPP;
	return !cds_list_empty(&(*out)->bindings) && (*out)->flags & NFT_SET_CONSTANT ? -EBUSY : txn_touch_set(t, *out);
}

int elems_del_early(struct nl_req *q)
{
	struct vm_set *s;

	return del_meant(q, q->body, &s);
}

int elems_del(struct nl_req *q)
{
	const struct bc_elems *m = q->body;
	struct vm_txn *t = txn_of(q);
	struct txn_step *st;
	struct vm_set *s = NULL;
	int err = del_meant(q, m, &s);

	if (err)
		return err;
	st = txn_add(q, &step_del, NFT_MSG_DELSETELEM, s);
	if (!st)
		return -ENOMEM;
	if (!BC_HAS(m, NFTA_SET_ELEM_LIST_ELEMENTS))
		err = set_walk(s, flush_one, &(struct flush){ t, st });
	for (const struct bc_node *n = m->elems; n; n = n->next) {
		err = elem_del(q, st, BC_BODY(n, struct bc_elem));
		if (err == -ENOENT && q->msg == NFT_MSG_DESTROYSETELEM)
			continue;
		if (err) {
			q->err->at = n->at;
			return err;
		}
	}
	step_join(t, st);
	step_keep(st);
	return err == -ENOENT ? 0 : err;
}
