/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*SET: descriptions of sets; their elements are in elem_*.c. Control thread. */
#include "vm/state/internal.h"

enum {
	SET_FLAGS = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT | NFT_SET_INTERVAL | NFT_SET_TIMEOUT | NFT_SET_MAP | NFT_SET_EVAL |
		    NFT_SET_OBJECT | NFT_SET_CONCAT | NFT_SET_EXPR,
	VERDICT_LEN = 16, /* what the kernel says of verdict data: sizeof(struct nft_verdict) */
	OBJECT_MAX = 10,  /* NFT_OBJECT_SYNPROXY */
};
#define MS UINT64_C(1000000)

/* ---- sizes ---- */

/* An interval has two elements, but for the user it is one (set->ops->ksize, usize of nft_set_rbtree.c). */
static uint32_t set_per_user(const struct vm_set *s)
{
	return strstr(s->ops->kernel_name, "rbtree") ? 2 : 1;
}

/* ---- messages out ---- */

static void fill_concat(struct bc_set *m, const struct vm_set *s, struct arena *a)
{
	struct bc_node **tail = &m->desc.concat;

	for (unsigned i = 0; i < s->n_fields; i++) {
		struct bc_set_field *f = bc_node_add(a, &tail, sizeof(*f));

		BC_SET(f, NFTA_SET_FIELD_LEN, len, s->field_len[i]);
	}
	BC_MARK(&m->desc, NFTA_SET_DESC_CONCAT);
}

static void fill_desc(struct bc_set *m, const struct vm_set *s, struct arena *a)
{
	BC_MARK(m, NFTA_SET_DESC);
	if (s->size)
		BC_SET(&m->desc, NFTA_SET_DESC_SIZE, size, s->size / set_per_user(s));
	if (s->n_fields > 1)
		fill_concat(m, s, a);
}

static void fill_exprs(struct bc_set *m, const struct vm_set *s, struct arena *a)
{
	struct bc_expr **tail = &m->exprs;

	if (s->n_exprs == 1)
		BC_SET(m, NFTA_SET_EXPR, expr, stateful_dump(s->exprs[0], a, false));
	if (s->n_exprs < 2)
		return;
	for (unsigned i = 0; i < s->n_exprs; i++) {
		*tail = stateful_dump(s->exprs[i], a, false);
		tail = &(*tail)->next;
	}
	BC_MARK(m, NFTA_SET_EXPRESSIONS);
}

static void fill_rest(struct bc_set *m, const struct vm_set *s, struct arena *a)
{
	if (s->flags)
		BC_SET(m, NFTA_SET_FLAGS, flags, s->flags);
	BC_SET(m, NFTA_SET_KEY_TYPE, key_type, s->key_type);
	BC_SET(m, NFTA_SET_KEY_LEN, key_len, s->key_len);
	if (s->flags & NFT_SET_MAP) {
		BC_SET(m, NFTA_SET_DATA_TYPE, data_type, s->data_type);
		BC_SET(m, NFTA_SET_DATA_LEN, data_len, s->data_len);
	}
	if (s->flags & NFT_SET_OBJECT)
		BC_SET(m, NFTA_SET_OBJ_TYPE, obj_type, s->obj_type);
	if (s->timeout_ns)
		BC_SET(m, NFTA_SET_TIMEOUT, timeout, s->timeout_ns / MS);
	if (s->gc_interval_ms)
		BC_SET(m, NFTA_SET_GC_INTERVAL, gc_interval, s->gc_interval_ms);
	if (s->policy != NFT_SET_POL_PERFORMANCE)
		BC_SET(m, NFTA_SET_POLICY, policy, s->policy);
	if (s->h.userdata.len)
		BC_SET(m, NFTA_SET_USERDATA, userdata, s->h.userdata);
	BC_SET(m, NFTA_SET_TYPE, type, s->ops->kernel_name);
	BC_SET(m, NFTA_SET_COUNT, count, atomic_load_explicit(&s->n_elems, memory_order_relaxed) / set_per_user(s));
	fill_desc(m, s, a);
	fill_exprs(m, s, a);
}

int fill_set(struct buf *out, const struct fill *f, const struct vm_set *s)
{
	struct arena *a = arena_new();
	struct bc_set m = { 0 };
	int err;

	BC_SET(&m, NFTA_SET_TABLE, table, s->table->h.name);
	BC_SET(&m, NFTA_SET_NAME, name, s->h.name);
	BC_SET(&m, NFTA_SET_HANDLE, handle, s->h.handle);
	if (!fill_is(f, NFT_MSG_DELSET, NFT_MSG_DESTROYSET))
		fill_rest(&m, s, a);
	err = fill_put(out, f, &bc_set_msg_desc, &m);
	arena_free(&a);
	return err;
}

static void notify(struct vm_txn *t, const struct txn_step *s, const struct vm_set *set, uint16_t msg)
{
	struct fill f = note_fill(t, s, msg, NLM_F_CREATE | NLM_F_EXCL);

	if (!note_wanted(t, s))
		return;
	f.family = set->table->family;
	fill_set(note_begin(t, s), &f, set);
	note_end(t);
}

/* ---- freeing ---- */

static void free_one(struct vm_set *s, struct vm_elem *x, void *ctx)
{
	elem_free(s, x);
}

void set_free(struct vm_set *s)
{
	struct catchall *c, *n;

	cds_list_for_each_entry_safe (c, n, &s->catchalls, list) {
		elem_free(s, c->elem);
		free(c);
	}
	if (s->backend)
		s->ops->destroy(s, free_one, NULL);
	for (unsigned i = 0; i < s->n_exprs; i++)
		stateful_free(&s->exprs[i]);
	head_free(&s->h);
	free(s);
}

void set_unlink(struct vm_txn *t, struct vm_set *s)
{
	s->dead = true;
	head_unlink(s->table, &s->h);
	state_retire(t->engine->state, (void (*)(void *))set_free, s);
}

void set_release(struct vm_txn *t, struct vm_set *s, const struct txn_step *why)
{
	notify(t, why, s, NFT_MSG_DELSET);
	set_unlink(t, s);
}

/* ---- steps ---- */

static int new_check(struct vm_txn *t, struct txn_step *s)
{
	return vm_set_is_anonymous(s->set) && cds_list_empty(&s->set->bindings) ? -EINVAL : 0;
}

static void new_commit(struct vm_txn *t, struct txn_step *s)
{
	struct vm_set *set = s->set;

	genmask_clear(&set->h);
	if (vm_set_is_anonymous(set) && !cds_list_empty(&set->bindings))
		set->table->h.use--;
	notify(t, s, set, NFT_MSG_NEWSET);
}

static void new_abort(struct vm_txn *t, struct txn_step *s)
{
	if (active_next(t, &s->set->h))
		set_name_taken(s->set->table, s->set->h.name, false);
	s->set->table->h.use--;
	set_unlink(t, s->set);
}

static const struct step_ops step_new = { .commit = new_commit, .abort = new_abort, .check = new_check };

/* What NEWSET may change of an existing set. */
struct update {
	uint64_t timeout_ns;
	uint32_t gc_interval_ms, size;
};

static void update_commit(struct vm_txn *t, struct txn_step *s)
{
	const struct update *u = s->more;

	s->set->timeout_ns = u->timeout_ns;
	s->set->gc_interval_ms = u->gc_interval_ms;
	if (u->size)
		s->set->size = u->size * set_per_user(s->set);
	notify(t, s, s->set, NFT_MSG_NEWSET);
}

static void update_abort(struct vm_txn *t, struct txn_step *s)
{
}

static void update_free(struct txn_step *s)
{
	free(s->more);
}

static const struct step_ops step_update = { .commit = update_commit, .abort = update_abort, .free = update_free };

static void del_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s, s->set, NFT_MSG_DELSET);
	set_unlink(t, s->set);
}

static void del_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_set *set = s->set;

	reactivate_next(t, &set->h);
	set->table->h.use++;
	set_name_taken(set->table, set->h.name, true);
	refs_map(t, set, true);
}

static const struct step_ops step_del = { .commit = del_commit, .abort = del_abort };

int set_delete(struct nl_req *q, struct vm_set *s)
{
	struct vm_txn *t = txn_of(q);

	if (!txn_add(q, &step_del, NFT_MSG_DELSET, s))
		return -ENOMEM;
	refs_map(t, s, false);
	deactivate_next(t, &s->h);
	set_name_taken(s->table, s->h.name, false);
	s->table->h.use--;
	return 0;
}

/* ---- what a message says ---- */

static int check_flags(uint32_t f)
{
	if (f & ~SET_FLAGS)
		return -EOPNOTSUPP;
	if ((f & NFT_SET_MAP && f & NFT_SET_OBJECT) || (f & NFT_SET_EVAL && f & NFT_SET_OBJECT))
		return -EOPNOTSUPP;
	if ((f & (NFT_SET_ANONYMOUS | NFT_SET_TIMEOUT | NFT_SET_EVAL)) == (NFT_SET_ANONYMOUS | NFT_SET_TIMEOUT) ||
	    (f & NFT_SET_CONSTANT && f & NFT_SET_TIMEOUT))
		return -EOPNOTSUPP;
	return 0;
}

static bool reserved(uint32_t type)
{
	return (type & NFT_DATA_RESERVED_MASK) == NFT_DATA_RESERVED_MASK;
}

static int read_data(const struct bc_set *m, struct vm_set *s)
{
	if (!BC_HAS(m, NFTA_SET_DATA_TYPE))
		return s->flags & NFT_SET_MAP ? -EINVAL : 0;
	if (!(s->flags & NFT_SET_MAP) || (reserved(m->data_type) && m->data_type != NFT_DATA_VERDICT))
		return -EINVAL;
	s->data_type = m->data_type;
	s->data_len = VERDICT_LEN;
	if (s->data_type == NFT_DATA_VERDICT)
		return 0;
	if (!BC_HAS(m, NFTA_SET_DATA_LEN) || !m->data_len || m->data_len > NFT_DATA_VALUE_MAXLEN)
		return -EINVAL;
	s->data_len = m->data_len;
	return 0;
}

static int read_obj(const struct bc_set *m, struct vm_set *s)
{
	if (!BC_HAS(m, NFTA_SET_OBJ_TYPE))
		return s->flags & NFT_SET_OBJECT ? -EINVAL : 0;
	if (!(s->flags & NFT_SET_OBJECT))
		return -EINVAL;
	s->obj_type = m->obj_type;
	return m->obj_type == NFT_OBJECT_UNSPEC || m->obj_type > OBJECT_MAX ? -EOPNOTSUPP : 0;
}

static int timed(const struct vm_set *s)
{
	if (!(s->flags & NFT_SET_TIMEOUT))
		return -EINVAL;
	return vm_set_is_anonymous(s) ? -EOPNOTSUPP : 0;
}

static int read_times(const struct bc_set *m, struct vm_set *s)
{
	int err;

	if (BC_HAS(m, NFTA_SET_TIMEOUT)) {
		err = timed(s);
		if (err)
			return err;
		if (m->timeout >= UINT64_MAX / MS)
			return -ERANGE;
		s->timeout_ns = m->timeout * MS;
	}
	if (BC_HAS(m, NFTA_SET_GC_INTERVAL)) {
		err = timed(s);
		if (err)
			return err;
		s->gc_interval_ms = m->gc_interval;
	}
	return 0;
}

static int read_concat(const struct bc_set *m, struct vm_set *s)
{
	uint32_t words = 0;

	for (const struct bc_node *n = m->desc.concat; n; n = n->next) {
		const struct bc_set_field *f = BC_BODY(n, struct bc_set_field);

		if (s->n_fields >= SET_FIELDS_MAX)
			return -E2BIG;
		if (!BC_HAS(f, NFTA_SET_FIELD_LEN) || !f->len || f->len > UINT8_MAX)
			return -EINVAL;
		s->field_len[s->n_fields++] = f->len;
		words += (f->len + 3) / 4;
	}
	return BC_HAS(&m->desc, NFTA_SET_DESC_CONCAT) && 4 * words != s->key_len ? -EINVAL : 0;
}

static int read_desc(const struct bc_set *m, struct vm_set *s)
{
	int err = 0;

	if (BC_HAS(m, NFTA_SET_DESC)) {
		if (BC_HAS(&m->desc, NFTA_SET_DESC_SIZE))
			s->size = m->desc.size;
		err = read_concat(m, s);
	}
	if (err)
		return err;
	return (s->n_fields > 1) != !!(s->flags & NFT_SET_CONCAT) ? -EINVAL : 0;
}

/* The description, without names and expressions, in the kernel's order of checks. */
static int set_read(const struct bc_set *m, struct vm_set *s)
{
	int err;

	if (!m->table || !m->name || !BC_HAS(m, NFTA_SET_KEY_LEN) || !BC_HAS(m, NFTA_SET_ID))
		return -EINVAL;
	s->key_type = m->key_type;
	if (reserved(m->key_type) || !m->key_len || m->key_len > NFT_DATA_VALUE_MAXLEN)
		return -EINVAL;
	s->key_len = m->key_len;
	s->flags = m->flags;
	err = check_flags(s->flags);
	if (!err)
		err = read_data(m, s);
	if (!err)
		err = read_obj(m, s);
	if (!err)
		err = read_times(m, s);
	if (err)
		return err;
	s->policy = BC_HAS(m, NFTA_SET_POLICY) ? m->policy : NFT_SET_POL_PERFORMANCE;
	if (s->policy > NFT_SET_POL_MEMORY)
		return -EOPNOTSUPP;
	return read_desc(m, s);
}

/* ---- expressions of sets and elements ---- */

static int expr_build(struct nl_req *q, struct vm_set *s, const struct bc_expr *x, struct vm_stateful **out)
{
	int err = stateful_build(txn_of(q), s->table, x, out, q->err);

	q->err->at = NULL; /* the kernel names no attribute here */
	if (!err && stateful_needs_gc(*out) && (s->flags & NFT_SET_TIMEOUT || !set_collects(s->ops))) {
		stateful_free(out);
		err = -EOPNOTSUPP;
	}
	return err;
}

int set_exprs_build(struct nl_req *q, struct vm_set *s, const struct bc_expr *one, const struct bc_expr *many, unsigned max,
		    struct vm_stateful *exprs[], uint8_t *n)
{
	int err = 0;

	*n = 0;
	if (one) {
		err = expr_build(q, s, one, &exprs[0]);
		*n = !err;
		return err;
	}
	for (; many && !err; many = many->next) {
		if (*n == max)
			return -E2BIG;
		err = expr_build(q, s, many, &exprs[*n]);
		*n += !err;
	}
	return err;
}

static int read_exprs(struct nl_req *q, const struct bc_set *m, struct vm_set *s)
{
	if (!BC_HAS(m, NFTA_SET_EXPR) && BC_HAS(m, NFTA_SET_EXPRESSIONS) && !(s->flags & NFT_SET_EXPR))
		return -EINVAL;
	return set_exprs_build(q, s, m->expr, m->exprs, SET_EXPRS_MAX, s->exprs, &s->n_exprs);
}

/* ---- new ---- */

static bool same(const struct vm_set *a, const struct vm_set *b)
{
	if (a->key_type != b->key_type || a->data_type != b->data_type || a->flags != b->flags || a->key_len != b->key_len ||
	    a->data_len != b->data_len || a->n_fields != b->n_fields || a->n_exprs != b->n_exprs)
		return false;
	for (unsigned i = 0; i < a->n_exprs; i++)
		if (!stateful_same(a->exprs[i], b->exprs[i]))
			return false;
	return !memcmp(a->field_len, b->field_len, a->n_fields);
}

static int set_update(struct nl_req *q, struct vm_set *old, const struct bc_set *m, struct vm_set *said)
{
	struct update *u;
	struct txn_step *s;
	int err;

	if (nl_flags(q) & NLM_F_EXCL)
		return nl_bad(q, NFTA_SET_NAME, -EEXIST);
	if (nl_flags(q) & NLM_F_REPLACE || vm_set_is_anonymous(old))
		return -EOPNOTSUPP;
	said->ops = old->ops;
	err = read_exprs(q, m, said);
	if (err)
		return err;
	if (!same(old, said))
		return nl_bad(q, NFTA_SET_NAME, -EEXIST);
	u = malloc(sizeof(*u));
	s = u ? txn_add(q, &step_update, NFT_MSG_NEWSET, old) : NULL;
	if (!s) {
		free(u);
		return -ENOMEM;
	}
	*u = (struct update){ said->timeout_ns, said->gc_interval_ms, said->size };
	s->more = u;
	return 0;
}

static int set_link(struct nl_req *q, const struct bc_set *m, struct vm_set *s)
{
	struct vm_txn *t = txn_of(q);
	int err = head_link(s->table, &s->h, STATE_SET, &s->table->sets, t->cur);

	if (err)
		return err;
	if (!use_inc(&s->table->h.use) || !txn_add(q, &step_new, NFT_MSG_NEWSET, s)) {
		head_unlink(s->table, &s->h);
		return -EMFILE;
	}
	s->id = m->id;
	hash_add(&t->set_ids, &s->by_id, hash_u64(m->id));
	set_name_taken(s->table, s->h.name, true);
	return 0;
}

static int set_create(struct nl_req *q, const struct bc_set *m, struct vm_set *s)
{
	struct vm_txn *t = txn_of(q);
	struct set_desc d = {
		.family = s->table->family,
		.flags = s->flags,
		.key_len = s->key_len,
		.data_len = s->data_len,
		.size = s->size,
		.policy = s->policy,
		.n_fields = s->n_fields,
		.has_expr = m->expr || m->exprs,
	};
	int err;

	memcpy(d.field_len, s->field_len, sizeof(d.field_len));
	if (!(nl_flags(q) & NLM_F_CREATE))
		return -ENOENT;
	s->ops = set_choose(&d);
	if (!s->ops)
		return -EOPNOTSUPP;
	if (set_too_large(s->ops, &d))
		return -ENOMEM;
	s->size *= set_per_user(s);
	err = set_name_new(t, s->table, m->name, &s->h.name);
	if (!err)
		err = head_userdata(&s->h, m->userdata);
	if (!err)
		err = s->ops->create(s, &d);
	if (!err)
		err = read_exprs(q, m, s);
	return err ? err : set_link(q, m, s);
}

int set_new(struct nl_req *q)
{
	const struct bc_set *m = q->body;
	struct vm_txn *t = txn_of(q);
	struct vm_set *s = calloc(1, sizeof(*s)), *old;
	int err;

	if (!s)
		return -ENOMEM;
	CDS_INIT_LIST_HEAD(&s->catchalls);
	CDS_INIT_LIST_HEAD(&s->bindings);
	err = set_read(m, s);
	if (!err) {
		err = find_table(q->e->state, q->family, m->table, t->next, t->port, &s->table);
		if (err)
			nl_bad(q, NFTA_SET_TABLE, err);
	}
	if (err) {
		set_free(s);
		return err;
	}
	old = find_set(s->table, m->name, t->next);
	err = old ? set_update(q, old, m, s) : set_create(q, m, s);
	if (err || old)
		set_free(s);
	return err;
}

/* ---- del ---- */

int set_del(struct nl_req *q)
{
	const struct bc_set *m = q->body;
	struct vm_txn *t = txn_of(q);
	bool by_handle = BC_HAS(m, NFTA_SET_HANDLE);
	uint16_t attr = by_handle ? NFTA_SET_HANDLE : NFTA_SET_NAME;
	struct vm_table *tb;
	struct vm_set *s;
	int err;

	if (q->family == NFPROTO_UNSPEC)
		return -EAFNOSUPPORT;
	err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);
	if (err)
		return nl_bad(q, NFTA_SET_TABLE, err);
	if (by_handle)
		s = (struct vm_set *)find_handle(tb, STATE_SET, m->handle, t->next);
	else
		s = m->name ? find_set(tb, m->name, t->next) : NULL;
	if (!s && (by_handle || m->name) && q->msg == NFT_MSG_DESTROYSET)
		return 0;
	if (!s)
		return nl_bad(q, attr, by_handle || m->name ? -ENOENT : -EINVAL);
	if (s->h.use || (nl_flags(q) & NLM_F_NONREC && s->n_elems > 0))
		return nl_bad(q, attr, -EBUSY);
	return set_delete(q, s);
}

/* ---- get ---- */

static int dump_put(struct dump *x, struct buf *out, void *item)
{
	const struct vm_set *s = item;
	struct fill f = dump_fill(x, NFT_MSG_NEWSET, 0);

	if (!state_active(&s->h, state_cursor(x->s->e)))
		return 0;
	f.family = s->table->family;
	return fill_set(out, &f, s);
}

static int set_dump(struct nl_req *q, const struct vm_table *only)
{
	struct dump *x = dump_new(q, dump_put);
	struct vm_table *tb;
	struct vm_set *s;

	if (!x)
		return -ENOMEM;
	cds_list_for_each_entry (tb, &q->e->state->tables, h.list) {
		if ((q->family != NFPROTO_UNSPEC && q->family != tb->family) || (only && only != tb))
			continue;
		cds_list_for_each_entry (s, &tb->sets, h.list)
			if (dump_add(x, s)) {
				dump_free(x);
				return -ENOMEM;
			}
	}
	return dump_start(q, x);
}

int set_get(struct nl_req *q)
{
	const struct bc_set *m = q->body;
	struct fill f = reply_fill(q, NFT_MSG_NEWSET);
	unsigned cursor = state_cursor(q->e);
	struct vm_table *tb = NULL;
	struct buf b = { 0 };
	struct vm_set *s;
	int err = m->table ? find_table(q->e->state, q->family, m->table, cursor, 0, &tb) : 0;

	if (err)
		return nl_bad(q, NFTA_SET_TABLE, err);
	if (nl_flags(q) & NLM_F_DUMP)
		return set_dump(q, tb);
	if (q->family == NFPROTO_UNSPEC)
		return -EAFNOSUPPORT;
	if (!tb)
		return -EINVAL;
	s = m->name ? find_set(tb, m->name, cursor) : NULL;
	if (!s)
		return nl_bad(q, NFTA_SET_NAME, m->name ? -ENOENT : -EINVAL);
	err = fill_set(&b, &f, s);
	if (!err)
		reply(q, &b);
	return err;
}
