/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*TABLE. A table's deletion takes everything in it along (nft_flush_table()). Control thread. */
#include "vm/state/internal.h"

enum {
	TABLE_FLAGS = NFT_TABLE_F_DORMANT | NFT_TABLE_F_OWNER | NFT_TABLE_F_PERSIST,
	/* until the batch ends: */
	WAS_DORMANT = 1u << 28,
	WAS_AWAKE = 1u << 29,
	WAS_ORPHAN = 1u << 30,
};

bool family_supported(uint8_t family)
{
	return family == NFPROTO_INET || family == NFPROTO_IPV4 || family == NFPROTO_IPV6 || family == NFPROTO_ARP ||
	       family == NFPROTO_BRIDGE || family == NFPROTO_NETDEV;
}

int fill_table(struct buf *out, const struct fill *f, const struct vm_table *t)
{
	struct bc_table m = { 0 };

	BC_SET(&m, NFTA_TABLE_NAME, name, t->h.name);
	BC_SET(&m, NFTA_TABLE_USE, use, t->h.use);
	BC_SET(&m, NFTA_TABLE_HANDLE, handle, t->h.handle);
	if (!fill_is(f, NFT_MSG_DELTABLE, NFT_MSG_DESTROYTABLE)) {
		BC_SET(&m, NFTA_TABLE_FLAGS, flags, t->flags & TABLE_FLAGS);
		if (t->flags & NFT_TABLE_F_OWNER)
			BC_SET(&m, NFTA_TABLE_OWNER, owner, t->owner);
		if (t->h.userdata.p)
			BC_SET(&m, NFTA_TABLE_USERDATA, userdata, t->h.userdata);
	}
	return fill_put(out, f, &bc_table_desc, &m);
}

static void notify(struct vm_txn *t, const struct txn_step *s)
{
	struct fill f = note_fill(t, s, s->msg, NLM_F_CREATE | NLM_F_EXCL);

	if (!note_wanted(t, s))
		return;
	f.family = s->table->family;
	fill_table(note_begin(t, s), &f, s->table);
	note_end(t);
}

/* ---- unlinking and freeing ---- */

void table_free(struct vm_table *t)
{
	set_names_free(t);
	hash_free(&t->names);
	hash_free(&t->handles_of);
	head_free(&t->h);
	free(t);
}

static void table_unlink(struct vm_txn *t, struct vm_table *tb)
{
	tb->h.genmask = GENMASK_DEAD;
	hash_del(&t->engine->state->table_names, &tb->h.by_name);
	cds_list_del(&tb->h.list);
	state_retire(t->engine->state, (void (*)(void *))table_free, tb);
}

/* ---- steps ---- */

static void new_commit(struct vm_txn *t, struct txn_step *s)
{
	genmask_clear(&s->table->h);
	notify(t, s);
}

static void new_abort(struct vm_txn *t, struct txn_step *s)
{
	table_unlink(t, s->table);
}

static const struct step_ops step_new = { .commit = new_commit, .abort = new_abort };

static void update_commit(struct vm_txn *t, struct txn_step *s)
{
	s->table->flags &= ~TABLE_UPDATED;
	notify(t, s);
}

static void update_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_table *tb = s->table;

	if (tb->flags & WAS_DORMANT)
		tb->flags |= NFT_TABLE_F_DORMANT;
	if (tb->flags & WAS_AWAKE)
		tb->flags &= ~NFT_TABLE_F_DORMANT;
	if (tb->flags & WAS_ORPHAN) {
		tb->flags &= ~NFT_TABLE_F_OWNER;
		tb->owner = 0;
	}
	tb->flags &= ~TABLE_UPDATED;
}

static const struct step_ops step_update = { .commit = update_commit, .abort = update_abort };

static void del_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s);
	table_unlink(t, s->table);
}

static void del_abort(struct vm_txn *t, struct txn_step *s)
{
	reactivate_next(t, &s->table->h);
}

static const struct step_ops step_del = { .commit = del_commit, .abort = del_abort };

/* ---- new ---- */

/* Base chains come back as though registered anew, in the order of the table. */
static void awaken(struct vm_txn *t, struct vm_table *tb)
{
	struct vm_chain *c;

	cds_list_for_each_entry (c, &tb->chains, h.list)
		if (c->base && active_next(t, &c->h))
			c->base->order = ++t->engine->state->hook_order;
}

/* Its owner has gone, and it has stayed: it may be adopted. */
static bool is_orphan(const struct vm_table *tb)
{
	return (tb->flags & (NFT_TABLE_F_OWNER | NFT_TABLE_F_PERSIST)) == NFT_TABLE_F_PERSIST;
}

/* No games of off and on within a batch (nft_table_pending_update()). */
static bool pending(const struct vm_txn *t, const struct vm_table *tb)
{
	const struct txn_step *s;

	if (tb->flags & TABLE_UPDATED)
		return true;
	cds_list_for_each_entry (s, &t->steps, list)
		if (chain_step_pending(s, tb))
			return true;
	return false;
}

static int table_update(struct nl_req *q, struct vm_table *tb)
{
	const struct bc_table *m = q->body;
	struct vm_txn *t = txn_of(q);
	uint32_t changed = (m->flags ^ tb->flags) & TABLE_FLAGS;

	if (!BC_HAS(m, NFTA_TABLE_FLAGS))
		return 0;
	if (m->flags & ~TABLE_FLAGS)
		return -EOPNOTSUPP;
	if (!changed)
		return 0;
	if (m->flags & NFT_TABLE_F_OWNER ? !is_orphan(tb) : tb->flags & NFT_TABLE_F_OWNER)
		return -EOPNOTSUPP;
	if (changed & NFT_TABLE_F_PERSIST)
		return -EOPNOTSUPP;
	if (pending(t, tb))
		return -EINVAL;
	if (!txn_add(q, &step_update, NFT_MSG_NEWTABLE, tb))
		return -ENOMEM;
	if (changed & NFT_TABLE_F_DORMANT) {
		tb->flags |= tb->flags & NFT_TABLE_F_DORMANT ? WAS_DORMANT : WAS_AWAKE;
		tb->flags ^= NFT_TABLE_F_DORMANT;
		if (tb->flags & WAS_DORMANT)
			awaken(t, tb);
		t->work->hooks = true;
	}
	if (changed & NFT_TABLE_F_OWNER) {
		tb->owner = t->port;
		tb->flags |= NFT_TABLE_F_OWNER | WAS_ORPHAN;
	}
	return 0;
}

static int table_make(struct nl_req *q, const struct bc_table *m, struct vm_table **out)
{
	struct state *st = q->e->state;
	struct vm_table *tb = calloc(1, sizeof(*tb));

	if (!tb)
		return -ENOMEM;
	tb->engine = q->e;
	tb->family = q->family;
	tb->flags = m->flags;
	if (tb->flags & NFT_TABLE_F_OWNER)
		tb->owner = txn_of(q)->port;
	CDS_INIT_LIST_HEAD(&tb->chains);
	CDS_INIT_LIST_HEAD(&tb->sets);
	CDS_INIT_LIST_HEAD(&tb->objs);
	CDS_INIT_LIST_HEAD(&tb->flowtables);
	CDS_INIT_LIST_HEAD(&tb->patterns);
	if (head_name(&tb->h, m->name) || head_userdata(&tb->h, m->userdata) ||
	    hash_add(&st->table_names, &tb->h.by_name, name_hash(STATE_TABLE, m->name))) {
		table_free(tb);
		return -ENOMEM;
	}
	*out = tb;
	return 0;
}

static int table_create(struct nl_req *q, const struct bc_table *m)
{
	struct state *st = q->e->state;
	struct vm_table *tb;
	int err;

	if (m->flags & ~TABLE_FLAGS)
		return -EOPNOTSUPP;
	err = table_make(q, m, &tb);
	if (err)
		return err;
	if (!txn_add(q, &step_new, NFT_MSG_NEWTABLE, tb)) {
		hash_del(&st->table_names, &tb->h.by_name);
		table_free(tb);
		return -ENOMEM;
	}
	tb->h.kind = STATE_TABLE;
	tb->h.genmask = 1u << txn_of(q)->cur;
	tb->h.handle = ++st->table_handles;
	cds_list_add_tail(&tb->h.list, &st->tables);
	return 0;
}

int table_new(struct nl_req *q)
{
	const struct bc_table *m = q->body;
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	int err;

	if (!family_supported(q->family))
		return -EOPNOTSUPP;
	err = find_table(q->e->state, q->family, m->name, t->next, t->port, &tb);
	if (err)
		return err == -ENOENT ? table_create(q, m) : err;
	if (nl_flags(q) & NLM_F_EXCL)
		return nl_bad(q, NFTA_TABLE_NAME, -EEXIST);
	if (nl_flags(q) & NLM_F_REPLACE)
		return -EOPNOTSUPP;
	return table_update(q, tb);
}

/* ---- del ---- */

#define EACH_NEXT(x, list_)                                                                                                        \
	cds_list_for_each_entry (x, list_, h.list)                                                                                 \
		if (active_next(t, &(x)->h))

/* Deletes all that a table holds, then the table. */
static int table_flush(struct nl_req *q, struct vm_table *tb)
{
	struct vm_txn *t = txn_of(q);
	struct vm_flowtable *ft;
	struct vm_chain *c;
	struct vm_set *s;
	struct vm_obj *o;
	int err = 0;

	EACH_NEXT(c, &tb->chains)
	if (!chain_is_binding(c) && (err = rule_delete_all(q, c)))
		return err;
	EACH_NEXT(s, &tb->sets)
	if (!vm_set_is_anonymous(s) && (err = set_delete(q, s)))
		return err;
	EACH_NEXT(ft, &tb->flowtables)
	if ((err = flowtable_delete(q, ft)))
		return err;
	EACH_NEXT(o, &tb->objs)
	if ((err = obj_delete(q, o)))
		return err;
	EACH_NEXT(c, &tb->chains)
	if (!chain_is_binding(c) && (err = chain_delete(q, c)))
		return err;
	if (!txn_add(q, &step_del, NFT_MSG_DELTABLE, tb))
		return -ENOMEM;
	deactivate_next(t, &tb->h);
	return 0;
}

/* All tables of a family (or all there are) that are not somebody else's. */
static int tables_flush(struct nl_req *q, const char *name)
{
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	int err;

	EACH_NEXT(tb, &q->e->state->tables)
	{
		if (q->family != NFPROTO_UNSPEC && tb->family != q->family)
			continue;
		if ((tb->flags & NFT_TABLE_F_OWNER && tb->owner != t->port) || (name && strcmp(name, tb->h.name) != 0))
			continue;
		err = table_flush(q, tb);
		if (err)
			return err;
	}
	return 0;
}

static int find_by_handle(struct nl_req *q, uint64_t handle, struct vm_table **out)
{
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;

	EACH_NEXT(tb, &q->e->state->tables)
	{
		if (tb->h.handle != handle || tb->family != q->family)
			continue;
		if (tb->flags & NFT_TABLE_F_OWNER && tb->owner != t->port)
			return -EPERM;
		*out = tb;
		return 0;
	}
	return -ENOENT;
}

int table_del(struct nl_req *q)
{
	const struct bc_table *m = q->body;
	struct vm_txn *t = txn_of(q);
	bool by_handle = BC_HAS(m, NFTA_TABLE_HANDLE);
	struct vm_table *tb;
	int err;

	if (q->family == NFPROTO_UNSPEC || (!m->name && !by_handle))
		return tables_flush(q, m->name);
	err = by_handle ? find_by_handle(q, m->handle, &tb) : find_table(q->e->state, q->family, m->name, t->next, t->port, &tb);
	if (err == -ENOENT && q->msg == NFT_MSG_DESTROYTABLE)
		return 0;
	if (err)
		return nl_bad(q, by_handle ? NFTA_TABLE_HANDLE : NFTA_TABLE_NAME, err);
	if (nl_flags(q) & NLM_F_NONREC && tb->h.use > 0)
		return -EBUSY;
	return table_flush(q, tb);
}

/* ---- get ---- */

static int dump_put(struct dump *x, struct buf *out, void *item)
{
	const struct vm_table *tb = item;
	struct fill f = dump_fill(x, NFT_MSG_NEWTABLE, 0);

	f.family = tb->family;
	return state_active(&tb->h, state_cursor(x->s->e)) ? fill_table(out, &f, tb) : 0;
}

static int table_dump(struct nl_req *q)
{
	struct dump *x = dump_new(q, dump_put);
	struct vm_table *tb;

	if (!x)
		return -ENOMEM;
	cds_list_for_each_entry (tb, &q->e->state->tables, h.list)
		if ((q->family == NFPROTO_UNSPEC || q->family == tb->family) && dump_add(x, tb)) {
			dump_free(x);
			return -ENOMEM;
		}
	return dump_start(q, x);
}

int table_get(struct nl_req *q)
{
	const struct bc_table *m = q->body;
	struct fill f = reply_fill(q, NFT_MSG_NEWTABLE);
	struct buf b = { 0 };
	struct vm_table *tb;
	int err;

	if (nl_flags(q) & NLM_F_DUMP)
		return table_dump(q);
	err = find_table(q->e->state, q->family, m->name, state_cursor(q->e), 0, &tb);
	if (err)
		return nl_bad(q, NFTA_TABLE_NAME, err);
	err = fill_table(&b, &f, tb);
	if (!err)
		reply(q, &b);
	return err;
}

/* ---- owners ---- */

static void flush_owned(struct vm_engine *e, uint32_t port)
{
	struct nlmsghdr h = { .nlmsg_len = sizeof(h) };
	struct bc_err err;
	struct nl_req q = { .e = e, .nlh = &h, .err = &err };
	struct vm_table *tb;
	struct vm_txn *t;

	if (txn_start(e, NULL, port))
		return;
	t = e->state->txn;
	EACH_NEXT(tb, &e->state->tables)
	if (tb->flags & NFT_TABLE_F_OWNER && tb->owner == port && !(tb->flags & NFT_TABLE_F_PERSIST)) {
		q.family = tb->family;
		table_flush(&q, tb);
	}
	e->state->uncounted++;
	txn_commit(e, NULL, &h);
}

void state_port_gone(struct vm_engine *e, uint32_t port)
{
	struct vm_table *tb;
	bool any = false;

	cds_list_for_each_entry (tb, &e->state->tables, h.list) {
		if (!(tb->flags & NFT_TABLE_F_OWNER) || tb->owner != port)
			continue;
		any |= !(tb->flags & NFT_TABLE_F_PERSIST);
		if (tb->flags & NFT_TABLE_F_PERSIST) {
			tb->flags &= ~NFT_TABLE_F_OWNER;
			tb->owner = 0;
		}
	}
	if (any)
		flush_owned(e, port);
}
