/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*FLOWTABLE. Control thread. */
#include "vm/state/internal.h"

enum { FLOWTABLE_FLAGS = 3 }; /* NFT_FLOWTABLE_HW_OFFLOAD, NFT_FLOWTABLE_COUNTER */

/* ---- messages out ---- */

int fill_flowtable(struct buf *out, const struct fill *f, const struct vm_flowtable *ft)
{
	bool gone = fill_is(f, NFT_MSG_DELFLOWTABLE, NFT_MSG_DESTROYFLOWTABLE) && !f->devs;
	struct arena *a = arena_new();
	struct bc_flowtable m = { 0 };
	const char *only;
	int err;

	BC_SET(&m, NFTA_FLOWTABLE_TABLE, table, ft->table->h.name);
	BC_SET(&m, NFTA_FLOWTABLE_NAME, name, ft->h.name);
	BC_SET(&m, NFTA_FLOWTABLE_HANDLE, handle, ft->h.handle);
	if (!gone) {
		BC_SET(&m, NFTA_FLOWTABLE_USE, use, ft->h.use);
		BC_SET(&m, NFTA_FLOWTABLE_FLAGS, flags, ft->flags);
		BC_MARK(&m, NFTA_FLOWTABLE_HOOK);
		BC_SET(&m.hook, NFTA_FLOWTABLE_HOOK_NUM, hooknum, ft->hook);
		BC_SET(&m.hook, NFTA_FLOWTABLE_HOOK_PRIORITY, priority, (uint32_t)ft->priority);
		BC_MARK(&m.hook, NFTA_FLOWTABLE_HOOK_DEVS);
		m.hook.devs = f->devs ? hook_devs_fill(f->devs, 2, a, &only) :
					hook_devs_fill(&ft->devs, state_cursor(f->e), a, &only);
	}
	err = fill_put(out, f, &bc_flowtable_desc, &m);
	arena_free(&a);
	return err;
}

static void notify(struct vm_txn *t, const struct txn_step *s, const struct cds_list_head *devs)
{
	struct fill f = note_fill(t, s, s->msg, NLM_F_CREATE | NLM_F_EXCL);

	if (!note_wanted(t, s))
		return;
	f.family = s->flowtable->table->family;
	f.devs = devs;
	fill_flowtable(note_begin(t, s), &f, s->flowtable);
	note_end(t);
}

/* ---- life ---- */

void flowtable_free(struct vm_flowtable *ft)
{
	hook_devs_free(&ft->devs);
	head_free(&ft->h);
	free(ft);
}

static void flowtable_unlink(struct vm_txn *t, struct vm_flowtable *ft)
{
	head_unlink(ft->table, &ft->h);
	state_retire(t->engine->state, (void (*)(void *))flowtable_free, ft);
}

/* ---- steps ---- */

static void new_commit(struct vm_txn *t, struct txn_step *s)
{
	genmask_clear(&s->flowtable->h);
	notify(t, s, NULL);
}

static void new_abort(struct vm_txn *t, struct txn_step *s)
{
	s->flowtable->table->h.use--;
	flowtable_unlink(t, s->flowtable);
}

static const struct step_ops step_new = { .commit = new_commit, .abort = new_abort };

static void devs_settle(struct vm_flowtable *ft, unsigned cursor)
{
	struct vm_hook_dev *d;

	cds_list_for_each_entry(d, &ft->devs, list)
		d->genmask &= ~(1u << cursor);
}

/* update: more = the new flags */
static void update_commit(struct vm_txn *t, struct txn_step *s)
{
	s->flowtable->flags = (uint32_t)(uintptr_t)s->more;
	devs_settle(s->flowtable, t->cur);
	notify(t, s, NULL);
}

static void update_abort(struct vm_txn *t, struct txn_step *s)
{
	hook_devs_drop(&s->flowtable->devs, t->cur);
}

static const struct step_ops step_update = { .commit = update_commit, .abort = update_abort };

static void del_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s, NULL);
	flowtable_unlink(t, s->flowtable);
}

static void del_abort(struct vm_txn *t, struct txn_step *s)
{
	reactivate_next(t, &s->flowtable->h);
	s->flowtable->table->h.use++;
}

static const struct step_ops step_del = { .commit = del_commit, .abort = del_abort };

int flowtable_delete(struct nl_req *q, struct vm_flowtable *ft)
{
	if (!txn_add(q, &step_del, NFT_MSG_DELFLOWTABLE, ft))
		return -ENOMEM;
	deactivate_next(txn_of(q), &ft->h);
	ft->table->h.use--;
	return 0;
}

/* ---- new ---- */

static int read_hook(struct nl_req *q, const struct bc_flowtable *m, struct vm_flowtable *ft, bool add, struct cds_list_head *devs)
{
	const struct bc_flowtable_hook *h = &m->hook;

	if (add) {
		if (!BC_HAS(h, NFTA_FLOWTABLE_HOOK_NUM) || !BC_HAS(h, NFTA_FLOWTABLE_HOOK_PRIORITY))
			return nl_bad(q, NFTA_FLOWTABLE_NAME, -ENOENT);
		if (h->hooknum != NF_NETDEV_INGRESS)
			return -EOPNOTSUPP;
		ft->hook = h->hooknum;
		ft->priority = (int32_t)h->priority;
	} else if ((BC_HAS(h, NFTA_FLOWTABLE_HOOK_NUM) && h->hooknum != ft->hook) ||
		   (BC_HAS(h, NFTA_FLOWTABLE_HOOK_PRIORITY) && (int32_t)h->priority != ft->priority)) {
		return -EOPNOTSUPP;
	}
	return hook_devs_parse(q, h->devs, NULL, NULL, devs);
}

/* A device belongs to one flowtable of a table. */
static int devs_taken(struct vm_txn *t, const struct vm_table *tb, const struct vm_flowtable *self, const struct cds_list_head *devs)
{
	const struct vm_flowtable *ft;
	const struct vm_hook_dev *d;

	cds_list_for_each_entry(ft, &tb->flowtables, h.list)
		if (ft != self && active_next(t, &ft->h))
			cds_list_for_each_entry(d, devs, list)
				if (hook_devs_find(&ft->devs, d, 0))
					return -EEXIST;
	return 0;
}

static int flowtable_update(struct nl_req *q, const struct bc_flowtable *m, struct vm_flowtable *ft)
{
	struct vm_txn *t = txn_of(q);
	uint32_t flags = BC_HAS(m, NFTA_FLOWTABLE_FLAGS) ? m->flags : ft->flags;
	struct cds_list_head devs;
	struct vm_hook_dev *d, *n;
	struct txn_step *s;
	int err;

	CDS_INIT_LIST_HEAD(&devs);
	if (nl_flags(q) & NLM_F_EXCL)
		return nl_bad(q, NFTA_FLOWTABLE_NAME, -EEXIST);
	err = read_hook(q, m, ft, false, &devs);
	if (!err && (flags & ~FLOWTABLE_FLAGS || (flags ^ ft->flags) & NFT_FLOWTABLE_HW_OFFLOAD))
		err = -EOPNOTSUPP;
	if (!err)
		err = devs_taken(t, ft->table, ft, &devs);
	s = err ? NULL : txn_add(q, &step_update, NFT_MSG_NEWFLOWTABLE, ft);
	if (!s) {
		hook_devs_free(&devs);
		return err ? err : -ENOMEM;
	}
	s->more = (void *)(uintptr_t)flags;
	cds_list_for_each_entry_safe(d, n, &devs, list)
		if (!hook_devs_find(&ft->devs, d, 0)) {
			d->genmask = 1u << t->cur;
			cds_list_move(&d->list, &ft->devs);
		}
	hook_devs_free(&devs);
	return 0;
}

static int flowtable_fill(struct nl_req *q, const struct bc_flowtable *m, struct vm_flowtable *ft)
{
	int err;

	if (q->family != NFPROTO_IPV4 && q->family != NFPROTO_IPV6 && q->family != NFPROTO_INET)
		return -ENOENT;
	if (m->flags & ~FLOWTABLE_FLAGS || m->flags & NFT_FLOWTABLE_HW_OFFLOAD)
		return -EOPNOTSUPP;
	ft->flags = m->flags;
	err = read_hook(q, m, ft, true, &ft->devs);
	if (!err)
		err = devs_taken(txn_of(q), ft->table, ft, &ft->devs);
	if (!err)
		err = head_name(&ft->h, m->name);
	return err ? err : head_link(ft->table, &ft->h, STATE_FLOWTABLE, &ft->table->flowtables, txn_of(q)->cur);
}

static int flowtable_create(struct nl_req *q, const struct bc_flowtable *m, struct vm_table *tb)
{
	struct vm_flowtable *ft = calloc(1, sizeof(*ft));
	int err;

	if (!ft)
		return -ENOMEM;
	CDS_INIT_LIST_HEAD(&ft->devs);
	ft->table = tb;
	ft->h.handle = ++tb->handles;
	err = flowtable_fill(q, m, ft);
	if (!err && (!use_inc(&tb->h.use) || !txn_add(q, &step_new, NFT_MSG_NEWFLOWTABLE, ft))) {
		head_unlink(tb, &ft->h);
		err = -EMFILE;
	}
	if (err)
		flowtable_free(ft);
	return err;
}

int flowtable_new(struct nl_req *q)
{
	const struct bc_flowtable *m = q->body;
	struct vm_txn *t = txn_of(q);
	struct vm_flowtable *ft;
	struct vm_table *tb;
	int err;

	if (!m->table || !m->name || !BC_HAS(m, NFTA_FLOWTABLE_HOOK))
		return -EINVAL;
	err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);
	if (err)
		return nl_bad(q, NFTA_FLOWTABLE_TABLE, err);
	ft = find_flowtable(tb, m->name, t->next);
	return ft ? flowtable_update(q, m, ft) : flowtable_create(q, m, tb);
}

/* ---- del ---- */

static void unhook_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s, s->more);
	hook_devs_drop(&s->flowtable->devs, t->next);
}

static void unhook_abort(struct vm_txn *t, struct txn_step *s)
{
	hook_devs_restore(&s->flowtable->devs, s->more, t->next);
}

static void unhook_free(struct txn_step *s)
{
	if (s->more)
		hook_devs_free(s->more);
	free(s->more);
}

static const struct step_ops step_unhook = { .commit = unhook_commit, .abort = unhook_abort, .free = unhook_free };

static int flowtable_unhook(struct nl_req *q, const struct bc_flowtable *m, struct vm_flowtable *ft)
{
	struct txn_step *s = txn_add(q, &step_unhook, NFT_MSG_DELFLOWTABLE, ft);
	struct cds_list_head *devs = s ? malloc(sizeof(*devs)) : NULL;
	struct vm_txn *t = txn_of(q);
	int err = -ENOMEM;

	if (devs) {
		CDS_INIT_LIST_HEAD(devs);
		s->more = devs;
		err = read_hook(q, m, ft, false, devs);
	}
	if (!err)
		err = hook_devs_delete(&ft->devs, devs, t->next);
	if (err && s)
		txn_drop(s);
	return err;
}

int flowtable_del(struct nl_req *q)
{
	const struct bc_flowtable *m = q->body;
	struct vm_txn *t = txn_of(q);
	bool by_handle = BC_HAS(m, NFTA_FLOWTABLE_HANDLE);
	uint16_t attr = by_handle ? NFTA_FLOWTABLE_HANDLE : NFTA_FLOWTABLE_NAME;
	struct vm_flowtable *ft;
	struct vm_table *tb;
	int err;

	if (!m->table || (!m->name && !by_handle))
		return -EINVAL;
	err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);
	if (err)
		return nl_bad(q, NFTA_FLOWTABLE_TABLE, err);
	if (by_handle)
		ft = (struct vm_flowtable *)find_handle(tb, STATE_FLOWTABLE, m->handle, t->next);
	else
		ft = find_flowtable(tb, m->name, t->next);
	if (!ft)
		return q->msg == NFT_MSG_DESTROYFLOWTABLE ? 0 : nl_bad(q, attr, -ENOENT);
	if (BC_HAS(m, NFTA_FLOWTABLE_HOOK))
		return flowtable_unhook(q, m, ft);
	return ft->h.use > 0 ? nl_bad(q, attr, -EBUSY) : flowtable_delete(q, ft);
}

/* ---- get ---- */

static int dump_put(struct dump *x, struct buf *out, void *item)
{
	const struct vm_flowtable *ft = item;
	struct fill f = dump_fill(x, NFT_MSG_NEWFLOWTABLE, NLM_F_APPEND);

	if (!state_active(&ft->h, state_cursor(x->s->e)))
		return 0;
	f.family = ft->table->family;
	return fill_flowtable(out, &f, ft);
}

static int flowtable_dump(struct nl_req *q, const struct bc_flowtable *m)
{
	struct dump *x = dump_new(q, dump_put);
	struct vm_flowtable *ft;
	struct vm_table *tb;

	if (!x)
		return -ENOMEM;
	cds_list_for_each_entry(tb, &q->e->state->tables, h.list) {
		if ((q->family != NFPROTO_UNSPEC && q->family != tb->family) || (m->table && strcmp(m->table, tb->h.name) != 0))
			continue;
		cds_list_for_each_entry(ft, &tb->flowtables, h.list)
			if (dump_add(x, ft)) {
				dump_free(x);
				return -ENOMEM;
			}
	}
	return dump_start(q, x);
}

int flowtable_get(struct nl_req *q)
{
	const struct bc_flowtable *m = q->body;
	struct fill f = reply_fill(q, NFT_MSG_NEWFLOWTABLE);
	unsigned cursor = state_cursor(q->e);
	struct vm_flowtable *ft;
	struct buf b = { 0 };
	struct vm_table *tb;
	int err;

	if (nl_flags(q) & NLM_F_DUMP)
		return flowtable_dump(q, m);
	if (!m->name)
		return -EINVAL;
	err = find_table(q->e->state, q->family, m->table, cursor, 0, &tb);
	if (err)
		return nl_bad(q, NFTA_FLOWTABLE_TABLE, err);
	ft = find_flowtable(tb, m->name, cursor);
	if (!ft)
		return nl_bad(q, NFTA_FLOWTABLE_NAME, -ENOENT);
	err = fill_flowtable(&b, &f, ft);
	if (!err)
		reply(q, &b);
	return err;
}
