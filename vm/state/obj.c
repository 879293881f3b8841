/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*OBJ. What an object of a type may hold is in obj_type.c. Control thread. */
#include "vm/ct/help.h"
#include "vm/state/internal.h"
#include "vm/state/obj_type.h"

/* ---- messages out ---- */

int fill_obj(struct buf *out, const struct fill *f, const struct vm_obj *o)
{
	struct arena *a = arena_new();
	struct bc_obj m = { 0 };
	int err;

	BC_SET(&m, NFTA_OBJ_TABLE, table, o->table->h.name);
	BC_SET(&m, NFTA_OBJ_NAME, name, o->h.name);
	BC_SET(&m, NFTA_OBJ_HANDLE, handle, o->h.handle);
	BC_SET(&m, NFTA_OBJ_TYPE, type, o->type);
	if (!fill_is(f, NFT_MSG_DELOBJ, NFT_MSG_DESTROYOBJ)) {
		BC_SET(&m, NFTA_OBJ_USE, use, o->h.use);
		BC_SET(&m, NFTA_OBJ_DATA, data, o->stateful ? stateful_dump_object(o->stateful, a, f->reset) : o->data);
		if (o->h.userdata.p)
			BC_SET(&m, NFTA_OBJ_USERDATA, userdata, o->h.userdata);
	}
	err = fill_put(out, f, &bc_obj_desc, &m);
	arena_free(&a);
	return err;
}

static void notify(struct vm_txn *t, const struct txn_step *s)
{
	struct fill f = note_fill(t, s, s->msg, NLM_F_CREATE | NLM_F_EXCL);

	if (!note_wanted(t, s))
		return;
	f.family = s->obj->table->family;
	fill_obj(note_begin(t, s), &f, s->obj);
	note_end(t);
}

/* ---- life ---- */

void obj_free(struct vm_obj *o)
{
	if (o->stateful)
		stateful_free(&o->stateful);
	if (o->type == NFT_OBJECT_CT_TIMEOUT)
		ct_policy_free(o->e, o->ct);
	if (o->arena)
		arena_free(&o->arena);
	head_free(&o->h);
	free(o);
}

static void obj_unlink(struct vm_txn *t, struct vm_obj *o)
{
	head_unlink(o->table, &o->h);
	state_retire(t->engine->state, (void (*)(void *))obj_free, o);
}

/* ---- steps ---- */

static void new_commit(struct vm_txn *t, struct txn_step *s)
{
	genmask_clear(&s->obj->h);
	notify(t, s);
}

static void new_abort(struct vm_txn *t, struct txn_step *s)
{
	s->obj->table->h.use--;
	obj_unlink(t, s->obj);
}

static const struct step_ops step_new = { .commit = new_commit, .abort = new_abort };

static void update_commit(struct vm_txn *t, struct txn_step *s)
{
	stateful_update(s->obj->stateful, s->more);
	notify(t, s);
}

static void update_abort(struct vm_txn *t, struct txn_step *s)
{
}

static void update_free(struct txn_step *s)
{
	struct vm_stateful *st = s->more;

	if (st)
		stateful_free(&st);
}

static const struct step_ops step_update = { .commit = update_commit, .abort = update_abort, .free = update_free };

/* Settings that are replaced: more = an object that has the new ones. */
static void resettle_commit(struct vm_txn *t, struct txn_step *s)
{
	struct vm_obj *o = s->obj, *with = s->more;
	struct arena *arena = o->arena;
	void *data = o->data;

	o->arena = with->arena;
	o->data = with->data;
	with->arena = arena;
	with->data = data;
	notify(t, s);
	state_retire(t->engine->state, (void (*)(void *))obj_free, with);
	s->more = NULL;
}

static void resettle_free(struct txn_step *s)
{
	if (s->more)
		obj_free(s->more);
}

static const struct step_ops step_resettle = { .commit = resettle_commit, .abort = update_abort, .free = resettle_free };

static void del_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s);
	obj_unlink(t, s->obj);
}

static void del_abort(struct vm_txn *t, struct txn_step *s)
{
	reactivate_next(t, &s->obj->h);
	s->obj->table->h.use++;
}

static const struct step_ops step_del = { .commit = del_commit, .abort = del_abort };

int obj_delete(struct nl_req *q, struct vm_obj *o)
{
	if (!txn_add(q, &step_del, NFT_MSG_DELOBJ, o))
		return -ENOMEM;
	deactivate_next(txn_of(q), &o->h);
	o->table->h.use--;
	return 0;
}

/* ---- new ---- */

/* What packets need of the object. */
static int ct_number(struct vm_engine *e, struct vm_obj *o)
{
	const struct bc_ct_helper_obj *helper = o->data;
	const struct bc_ct_timeout_obj *timeout = o->data;

	o->e = e;
	if (o->type == NFT_OBJECT_CT_HELPER)
		o->ct = ct_helper_find(helper->name, helper->l4proto);
	if (o->type == NFT_OBJECT_CT_TIMEOUT)
		return ct_policy_new(e, timeout->l4proto, timeout->policy.p, timeout->policy.len, &o->ct);
	return 0;
}

static int obj_build(struct nl_req *q, const struct bc_obj *m, struct vm_obj *o)
{
	const struct obj_type *type = obj_type(m->type, q->family);
	int err;

	txn_of(q)->family = q->family;
	if (!type)
		return -ENOENT;
	o->type = m->type;
	if (type->stateful)
		return stateful_build_object(txn_of(q), m->type, m->data, &o->stateful, q->err);
	o->arena = arena_new();
	o->data = bc_copy(o->arena, bc_obj_data_desc(m->type), m->data);
	err = type->check(q->family, o->data, o->arena);
	return err ? err : ct_number(q->e, o);
}

static int obj_resettle(struct nl_req *q, const struct bc_obj *m, struct vm_obj *o)
{
	struct vm_obj *with = calloc(1, sizeof(*with));
	struct txn_step *s = NULL;
	int err = with ? obj_build(q, m, with) : -ENOMEM;

	if (!err) {
		s = txn_add(q, &step_resettle, NFT_MSG_NEWOBJ, o);
		err = s ? 0 : -ENOMEM;
	}
	if (err && with)
		obj_free(with);
	if (s)
		s->more = with;
	return err;
}

static int obj_update(struct nl_req *q, const struct bc_obj *m, struct vm_obj *o)
{
	struct vm_stateful *st = NULL;
	struct txn_step *s;
	int err;

	if (nl_flags(q) & NLM_F_EXCL)
		return nl_bad(q, NFTA_OBJ_NAME, -EEXIST);
	if (nl_flags(q) & NLM_F_REPLACE)
		return -EOPNOTSUPP;
	if (!o->stateful)
		return obj_type(o->type, q->family)->updates ? obj_resettle(q, m, o) : 0;
	if (!stateful_can_update(o->stateful))
		return 0;
	txn_of(q)->family = q->family;
	err = stateful_build_object(txn_of(q), o->type, m->data, &st, q->err);
	if (err)
		return err;
	s = txn_add(q, &step_update, NFT_MSG_NEWOBJ, o);
	if (!s) {
		stateful_free(&st);
		return -ENOMEM;
	}
	s->more = st;
	return 0;
}

static int obj_create(struct nl_req *q, const struct bc_obj *m, struct vm_table *tb)
{
	struct vm_obj *o = calloc(1, sizeof(*o));
	int err;

	if (!o)
		return -ENOMEM;
	o->table = tb;
	err = obj_build(q, m, o);
	if (!err)
		err = head_name(&o->h, m->name);
	if (!err)
		err = head_userdata(&o->h, m->userdata);
	if (!err)
		err = head_link(tb, &o->h, STATE_OBJ, &tb->objs, txn_of(q)->cur);
	if (err) {
		obj_free(o);
		return err;
	}
	if (!use_inc(&tb->h.use) || !txn_add(q, &step_new, NFT_MSG_NEWOBJ, o)) {
		head_unlink(tb, &o->h);
		obj_free(o);
		return -EMFILE;
	}
	return 0;
}

int obj_new(struct nl_req *q)
{
	const struct bc_obj *m = q->body;
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	struct vm_obj *o;
	int err;

	if (!BC_HAS(m, NFTA_OBJ_TYPE) || !m->name || !BC_HAS(m, NFTA_OBJ_DATA))
		return -EINVAL;
	err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);
	if (err)
		return nl_bad(q, NFTA_OBJ_TABLE, err);
	o = find_obj(tb, m->name, m->type, t->next);
	return o ? obj_update(q, m, o) : obj_create(q, m, tb);
}

/* ---- del ---- */

int obj_del(struct nl_req *q)
{
	const struct bc_obj *m = q->body;
	struct vm_txn *t = txn_of(q);
	bool by_handle = BC_HAS(m, NFTA_OBJ_HANDLE);
	uint16_t attr = by_handle ? NFTA_OBJ_HANDLE : NFTA_OBJ_NAME;
	struct vm_table *tb;
	struct vm_obj *o;
	int err;

	if (!BC_HAS(m, NFTA_OBJ_TYPE) || (!m->name && !by_handle))
		return -EINVAL;
	err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);
	if (err)
		return nl_bad(q, NFTA_OBJ_TABLE, err);
	if (by_handle)
		o = (struct vm_obj *)find_handle(tb, STATE_OBJ, m->handle, t->next);
	else
		o = find_obj(tb, m->name, m->type, t->next);
	if (o && o->type != m->type)
		o = NULL;
	if (!o)
		return q->msg == NFT_MSG_DESTROYOBJ ? 0 : nl_bad(q, attr, -ENOENT);
	return o->h.use > 0 ? nl_bad(q, attr, -EBUSY) : obj_delete(q, o);
}

/* ---- get ---- */

static int dump_put(struct dump *x, struct buf *out, void *item)
{
	const struct vm_obj *o = item;
	struct fill f = dump_fill(x, NFT_MSG_NEWOBJ, NLM_F_APPEND);

	if (!state_active(&o->h, state_cursor(x->s->e)))
		return 0;
	f.family = o->table->family;
	return fill_obj(out, &f, o);
}

static int obj_dump(struct nl_req *q, const struct bc_obj *m)
{
	struct dump *x = dump_new(q, dump_put);
	struct vm_table *tb;
	struct vm_obj *o;

	if (!x)
		return -ENOMEM;
	x->reset = q->msg == NFT_MSG_GETOBJ_RESET;
	cds_list_for_each_entry (tb, &q->e->state->tables, h.list) {
		if ((q->family != NFPROTO_UNSPEC && q->family != tb->family) || (m->table && strcmp(m->table, tb->h.name) != 0))
			continue;
		cds_list_for_each_entry (o, &tb->objs, h.list)
			if ((!m->type || m->type == o->type) && dump_add(x, o)) {
				dump_free(x);
				return -ENOMEM;
			}
	}
	return dump_start(q, x);
}

int obj_get(struct nl_req *q)
{
	const struct bc_obj *m = q->body;
	struct fill f = reply_fill(q, NFT_MSG_NEWOBJ);
	unsigned cursor = state_cursor(q->e);
	struct buf b = { 0 };
	struct vm_table *tb;
	struct vm_obj *o;
	int err;

	if (nl_flags(q) & NLM_F_DUMP)
		return obj_dump(q, m);
	if (!m->name || !BC_HAS(m, NFTA_OBJ_TYPE))
		return -EINVAL;
	err = find_table(q->e->state, q->family, m->table, cursor, 0, &tb);
	if (err)
		return nl_bad(q, NFTA_OBJ_TABLE, err);
	o = find_obj(tb, m->name, m->type, cursor);
	if (!o)
		return nl_bad(q, NFTA_OBJ_NAME, -ENOENT);
	f.reset = q->msg == NFT_MSG_GETOBJ_RESET;
	err = fill_obj(&b, &f, o);
	if (!err)
		reply(q, &b);
	return err;
}
