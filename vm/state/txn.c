/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions (nf_tables_commit(), __nf_tables_abort()).
 *
 * Commit, in this order: every step's check; the check of jumps and places; what readers will see of the next generation is built beside
 * what they see now; the generation number is stored; a grace period; the steps, in order, make their changes permanent, unlink
 * what is dead and tell listeners; what is dead is freed after another grace period, or when the last dump that holds pointers ends.
 * Abort undoes the steps in reverse; what readers see has not changed.
 *
 * Notifications are gathered into datagrams of up to a page, as the kernel does. Control thread.
 */
#include "vm/rcu.h"
#include "vm/state/internal.h"

enum { NOTE_MAX = 3776 }; /* NLMSG_GOODSIZE */

struct vm_txn *txn_of(const struct nl_req *q)
{
	return q->e->state->txn;
}

int txn_start(struct vm_engine *e, struct nfvm_socket *s, uint32_t port)
{
	struct vm_txn *t = calloc(1, sizeof(*t));
	struct txn_work *w = calloc(1, sizeof(*w));

	if (!t || !w) {
		free(t);
		free(w);
		return -ENOMEM;
	}
	t->engine = e;
	t->cur = state_cursor(e);
	t->next = !t->cur;
	t->now_ns = vm_now(e);
	t->port = port;
	t->work = w;
	w->sock = s;
	CDS_INIT_LIST_HEAD(&t->steps);
	CDS_INIT_LIST_HEAD(&w->chains);
	CDS_INIT_LIST_HEAD(&w->sets);
	CDS_INIT_LIST_HEAD(&w->checks);
	e->state->txn = t;
	return 0;
}

int txn_begin(struct vm_engine *e, struct nfvm_socket *s, uint32_t genid, bool replay)
{
	int err;

	if (genid && genid != state_genid(e))
		return -ERESTART;
	err = txn_start(e, s, nfvm_socket_port(s));
	if (!err)
		e->state->txn->validate_now = replay;
	return err;
}

static void txn_end(struct vm_txn *t)
{
	struct txn_step *s, *u;

	cds_list_for_each_entry_safe(s, u, &t->steps, list) {
		if (s->ops->free)
			s->ops->free(s);
		free(s);
	}
	validate_end(t);
	hash_free(&t->chain_ids);
	hash_free(&t->set_ids);
	hash_free(&t->rule_ids);
	buf_free(&t->work->notes);
	t->engine->state->txn = NULL;
	free(t->work);
	free(t);
}

struct txn_step *txn_add(struct nl_req *q, const struct step_ops *ops, uint16_t msg, void *what)
{
	struct txn_step *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->ops = ops;
	s->seq = q->nlh->nlmsg_seq;
	s->flags = q->nlh->nlmsg_flags;
	s->family = q->family;
	s->msg = msg;
	s->head = what;
	cds_list_add_tail(&s->list, &txn_of(q)->steps);
	return s;
}

void txn_drop(struct txn_step *s)
{
	cds_list_del(&s->list);
	if (s->ops->free)
		s->ops->free(s);
	free(s);
}

void txn_touch_chain(struct vm_txn *t, struct vm_chain *c)
{
	if (c->is_dirty)
		return;
	c->is_dirty = true;
	cds_list_add_tail(&c->dirty, &t->work->chains);
}

int txn_touch_set(struct vm_txn *t, struct vm_set *s)
{
	int err;

	if (s->is_touched)
		return 0;
	err = s->ops->begin ? s->ops->begin(s) : 0;
	if (err)
		return err;
	s->is_touched = true;
	cds_list_add_tail(&s->touched, &t->work->sets);
	return 0;
}

/* ---- commit ---- */

static int checks_run(struct vm_txn *t)
{
	struct txn_step *s;

	cds_list_for_each_entry(s, &t->steps, list) {
		int err = s->ops->check ? s->ops->check(t, s) : 0;

		if (err)
			return err;
	}
	return validate_run(t) ? -EAGAIN : 0;
}

static int sets_prepare(struct vm_txn *t)
{
	struct vm_set *s;

	cds_list_for_each_entry(s, &t->work->sets, touched) {
		int err = s->ops->commit ? s->ops->commit(s) : 0;

		if (err)
			return err;
		s->catchall[t->next] = catchall_find(s, t->next, 0);
	}
	return 0;
}

static void sets_publish(struct vm_txn *t)
{
	struct vm_set *s, *u;

	cds_list_for_each_entry_safe(s, u, &t->work->sets, touched) {
		s->catchall[t->cur] = s->catchall[t->next];
		s->is_touched = false;
		cds_list_del(&s->touched);
	}
}

/* Builds the next generation for readers, beside the current one. */
static int prepare(struct vm_txn *t)
{
	struct vm_chain *c;
	int err = hooks_prepare(t);

	if (!err)
		err = sets_prepare(t);
	if (err)
		return err;
	cds_list_for_each_entry(c, &t->work->chains, dirty)
		segment_prepare(t, c);
	return 0;
}

/* From here on readers see the next generation, and when this returns, no other. */
static void publish(struct vm_txn *t)
{
	struct vm_chain *c, *u;

	atomic_store_explicit(&t->engine->gen, t->engine->gen + 1, memory_order_release);
	vm_rcu_wait();
	cds_list_for_each_entry_safe(c, u, &t->work->chains, dirty) {
		segment_publish(t, c);
		c->is_dirty = false;
		cds_list_del(&c->dirty);
	}
	hooks_publish(t);
	sets_publish(t);
}

int txn_commit(struct vm_engine *e, struct nfvm_socket *sock, const struct nlmsghdr *first)
{
	struct vm_txn *t = e->state->txn;
	struct txn_step *s;
	int err;

	if (cds_list_empty(&t->steps)) {
		txn_end(t);
		return 0;
	}
	err = checks_run(t);
	if (!err)
		err = prepare(t);
	if (err)
		return err;
	publish(t);
	cds_list_for_each_entry(s, &t->steps, list)
		s->ops->commit(t, s);
	note_flush(t);
	gen_notify(t, first);
	txn_end(t);
	state_drain(e->state);
	return 0;
}

int txn_abort(struct vm_engine *e, struct nfvm_socket *sock, enum nl_abort how)
{
	struct vm_txn *t = e->state->txn;
	struct txn_step *s;
	struct vm_chain *c, *cn;
	struct vm_set *set, *sn;
	int err = 0;

	if (how == NL_ABORT_VALIDATE && !t->validate_now && validate_run(t))
		err = -EAGAIN;
	cds_list_for_each_entry_reverse(s, &t->steps, list)
		s->ops->abort(t, s);
	cds_list_for_each_entry_safe(set, sn, &t->work->sets, touched) {
		if (set->ops->abort)
			set->ops->abort(set);
		set->catchall[t->next] = set->catchall[t->cur];
		set->is_touched = false;
		cds_list_del(&set->touched);
	}
	cds_list_for_each_entry_safe(c, cn, &t->work->chains, dirty) {
		segment_abort(t, c);
		c->is_dirty = false;
		cds_list_del(&c->dirty);
	}
	hooks_abort(t);
	txn_end(t);
	state_drain(e->state);
	return err;
}

/* ---- notifications ---- */

bool note_wanted(const struct vm_txn *t, const struct txn_step *s)
{
	return t->work->sock && ((s->flags & NLM_F_ECHO) || nl_listeners(t->engine, NFNLGRP_NFTABLES));
}

struct fill note_fill(const struct vm_txn *t, const struct txn_step *s, uint16_t msg, uint16_t flags)
{
	return (struct fill){ .e = t->engine, .msg = msg, .flags = s->flags & flags, .family = s->family, .seq = s->seq, .port = t->port };
}

struct buf *note_begin(struct vm_txn *t, const struct txn_step *s)
{
	struct txn_work *w = t->work;
	bool echo = s->flags & NLM_F_ECHO;

	if (w->notes.len && w->note_echo != echo)
		note_flush(t);
	w->note_echo = echo;
	w->note_first = w->notes.len;
	return &w->notes;
}

/* The message just written may have been one too many for the datagram: it then begins the next. */
void note_end(struct vm_txn *t)
{
	struct txn_work *w = t->work;
	struct buf next = { 0 };

	if (!w->note_first || w->notes.len < NOTE_MAX)
		return;
	buf_put(&next, w->notes.p + w->note_first, w->notes.len - w->note_first);
	buf_cut(&w->notes, w->note_first);
	note_flush(t);
	w->notes = next;
}

void note_flush(struct vm_txn *t)
{
	nl_notify(t->engine, t->work->sock, NFNLGRP_NFTABLES, t->work->note_echo, &t->work->notes);
}
