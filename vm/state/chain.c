/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*CHAIN. Control thread. */
#include <stdio.h>

#include "vm/state/internal.h"

enum { CHAIN_FLAGS = NFT_CHAIN_BASE | NFT_CHAIN_HW_OFFLOAD | NFT_CHAIN_BINDING };

/* ---- messages out ---- */

static void fill_base(struct bc_chain *m, const struct fill *f, const struct vm_base *b, struct arena *a)
{
	const char *only = NULL;

	BC_MARK(m, NFTA_CHAIN_HOOK);
	BC_SET(&m->hook, NFTA_HOOK_HOOKNUM, hooknum, b->hook);
	BC_SET(&m->hook, NFTA_HOOK_PRIORITY, priority, (uint32_t)b->priority);
	if (hook_is_netdev(f->family, b->hook)) {
		BC_MARK(&m->hook, NFTA_HOOK_DEVS);
		m->hook.devs =
			f->devs ? hook_devs_fill(f->devs, 2, a, &only) : hook_devs_fill(&b->devs, state_cursor(f->e), a, &only);
		if (only)
			BC_SET(&m->hook, NFTA_HOOK_DEV, dev, only);
	}
}

static void fill_policy(struct bc_chain *m, const struct fill *f, const struct vm_base *b)
{
	struct vm_stateful *counters = b->counters;

	BC_SET(m, NFTA_CHAIN_POLICY, policy, b->policy[f->policy]);
	BC_SET(m, NFTA_CHAIN_TYPE, type, chain_type_name(b->type));
	if (counters) {
		BC_MARK(m, NFTA_CHAIN_COUNTERS);
		BC_MARK(&m->counters, NFTA_COUNTER_PACKETS);
		BC_MARK(&m->counters, NFTA_COUNTER_BYTES);
		stateful_counter_get(counters, &m->counters.packets, &m->counters.bytes);
	}
}

int fill_chain(struct buf *out, const struct fill *f, const struct vm_chain *c)
{
	bool gone = fill_is(f, NFT_MSG_DELCHAIN, NFT_MSG_DESTROYCHAIN) && !f->devs;
	struct arena *a = arena_new();
	struct bc_chain m = { 0 };
	int err;

	BC_SET(&m, NFTA_CHAIN_TABLE, table, c->table->h.name);
	BC_SET(&m, NFTA_CHAIN_NAME, name, c->h.name);
	BC_SET(&m, NFTA_CHAIN_HANDLE, handle, c->h.handle);
	if (!gone) {
		if (c->base) {
			fill_base(&m, f, c->base, a);
			fill_policy(&m, f, c->base);
		}
		if (c->flags)
			BC_SET(&m, NFTA_CHAIN_FLAGS, flags, c->flags);
		BC_SET(&m, NFTA_CHAIN_USE, use, c->h.use);
		if (c->h.userdata.p)
			BC_SET(&m, NFTA_CHAIN_USERDATA, userdata, c->h.userdata);
	}
	err = fill_put(out, f, &bc_chain_desc, &m);
	arena_free(&a);
	return err;
}

static void notify(struct vm_txn *t, const struct txn_step *s, const struct cds_list_head *devs)
{
	struct fill f = note_fill(t, s, s->msg, NLM_F_CREATE | NLM_F_EXCL);

	if (!note_wanted(t, s))
		return;
	f.family = s->chain->table->family;
	f.devs = devs;
	f.policy = t->cur;
	fill_chain(note_begin(t, s), &f, s->chain);
	note_end(t);
}

/* ---- freeing ---- */

static void base_free(struct vm_base *b)
{
	struct vm_stateful *counters;

	if (!b)
		return;
	counters = b->counters;
	if (counters)
		stateful_free(&counters);
	hook_devs_free(&b->devs);
	free(b);
}

void chain_free(struct vm_chain *c)
{
	segment_free(c);
	base_free(c->base);
	head_free(&c->h);
	free(c);
}

void chain_unlink(struct vm_txn *t, struct vm_chain *c)
{
	head_unlink(c->table, &c->h);
	state_retire(t->engine->state, (void (*)(void *))chain_free, c);
}

/* ---- steps: a new chain ---- */

static int new_check(struct vm_txn *t, struct txn_step *s)
{
	return chain_is_binding(s->chain) && !s->chain->bound ? -EINVAL : 0;
}

static void new_commit(struct vm_txn *t, struct txn_step *s)
{
	genmask_clear(&s->chain->h);
	notify(t, s, NULL);
}

static void new_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_chain *c = s->chain;

	c->table->h.use--;
	t->work->hooks |= c->base != NULL;
	chain_unlink(t, c);
}

static const struct step_ops step_new = { .commit = new_commit, .abort = new_abort, .check = new_check };

static int base_counters(struct nl_req *q, struct vm_table *tb, const struct bc_chain *m, struct vm_stateful **out)
{
	struct bc_expr *x;
	struct bc_counter *c;
	struct bc_err err;

	if (!BC_HAS(&m->counters, NFTA_COUNTER_BYTES) || !BC_HAS(&m->counters, NFTA_COUNTER_PACKETS))
		return -EINVAL;
	x = bc_expr_new(q->arena, "counter");
	c = BC_EXPR_BODY(x, struct bc_counter);
	BC_SET(c, NFTA_COUNTER_BYTES, bytes, m->counters.bytes);
	BC_SET(c, NFTA_COUNTER_PACKETS, packets, m->counters.packets);
	return stateful_build(txn_of(q), tb, x, out, &err);
}

/* No device here can; a chain without devices is taken (nft_chain_offload_support()). */
static bool can_offload(struct vm_base *b)
{
	return b->priority > 0 && b->priority <= UINT16_MAX && cds_list_empty(&b->devs);
}

static int base_make(struct nl_req *q, struct vm_table *tb, const struct bc_chain *m, uint32_t flags, struct vm_base **out)
{
	struct vm_base *b = calloc(1, sizeof(*b));
	struct vm_stateful *counters = NULL;
	int err;

	if (!b)
		return -ENOMEM;
	CDS_INIT_LIST_HEAD(&b->devs);
	b->policy[0] = b->policy[1] = BC_HAS(m, NFTA_CHAIN_POLICY) ? (uint8_t)m->policy : NF_ACCEPT;
	err = chain_hook_parse(q, m, b);
	if (!err && BC_HAS(m, NFTA_CHAIN_COUNTERS))
		err = base_counters(q, tb, m, &counters);
	if (!err && flags & NFT_CHAIN_HW_OFFLOAD && !can_offload(b))
		err = -EOPNOTSUPP;
	b->counters = counters;
	b->order = ++q->e->state->hook_order;
	if (err)
		base_free(b);
	else
		*out = b;
	return err;
}

static int chain_name(struct nl_req *q, const struct bc_chain *m, struct vm_chain *c)
{
	char name[32];

	if (m->name)
		return head_name(&c->h, m->name);
	if (!chain_is_binding(c))
		return -EINVAL;
	snprintf(name, sizeof(name), "__chain%llu", (unsigned long long)++q->e->state->chain_names);
	return head_name(&c->h, name);
}

static int chain_link(struct nl_req *q, const struct bc_chain *m, struct vm_chain *c)
{
	struct vm_txn *t = txn_of(q);
	int err;

	c->h.handle = ++c->table->handles;
	err = chain_name(q, m, c);
	if (!err)
		err = head_userdata(&c->h, m->userdata);
	if (!err)
		err = head_link(c->table, &c->h, STATE_CHAIN, &c->table->chains, t->cur);
	if (err)
		return err;
	if (!use_inc(&c->table->h.use) || !txn_add(q, &step_new, NFT_MSG_NEWCHAIN, c)) {
		head_unlink(c->table, &c->h);
		return -EMFILE;
	}
	if (BC_HAS(m, NFTA_CHAIN_ID)) {
		c->id = m->id;
		hash_add(&t->chain_ids, &c->by_id, hash_u64(m->id));
	}
	if (c->base) {
		t->work->hooks = true;
		validate_seed_base(t, c);
	}
	return 0;
}

static int chain_create(struct nl_req *q, const struct bc_chain *m, struct vm_table *tb, uint32_t flags)
{
	struct vm_base *base = NULL;
	struct vm_chain *c;
	int err = 0;

	if (BC_HAS(m, NFTA_CHAIN_HOOK)) {
		if (tb->flags & TABLE_UPDATED)
			return -EINVAL;
		err = flags & NFT_CHAIN_BINDING ? -EOPNOTSUPP : base_make(q, tb, m, flags, &base);
		flags |= NFT_CHAIN_BASE;
	} else if (flags & NFT_CHAIN_BASE) {
		err = -EINVAL;
	} else if (flags & NFT_CHAIN_HW_OFFLOAD) {
		err = -EOPNOTSUPP;
	}
	if (err)
		return err;
	c = calloc(1, sizeof(*c));
	if (!c) {
		base_free(base);
		return -ENOMEM;
	}
	c->base = base;
	c->table = tb;
	c->flags = flags;
	c->places = PROG_ANYWHERE;
	CDS_INIT_LIST_HEAD(&c->segments);
	err = chain_link(q, m, c);
	if (err)
		chain_free(c);
	return err;
}

/* ---- steps: a changed chain ---- */

struct update {
	char *name;                   /* NULL: stays */
	int policy;                   /* -1: stays */
	struct vm_stateful *counters; /* NULL: stay */
	bool devs;                    /* there are new ones */
};

static void update_free(struct txn_step *s)
{
	struct update *u = s->more;

	if (!u)
		return;
	free(u->name);
	if (u->counters)
		stateful_free(&u->counters);
	free(u);
}

static void counters_free(void *p)
{
	struct vm_stateful *s = p;

	stateful_free(&s);
}

/* New devices are told alone. */
static void take_fresh(struct vm_txn *t, struct vm_base *b, struct cds_list_head *fresh)
{
	struct vm_hook_dev *d, *n;

	cds_list_for_each_entry_safe (d, n, &b->devs, list)
		if (d->genmask >> t->cur & 1) {
			d->genmask &= ~(1u << t->cur);
			cds_list_move(&d->list, fresh->prev);
		}
}

static void update_commit(struct vm_txn *t, struct txn_step *s)
{
	struct vm_chain *c = s->chain;
	struct update *u = s->more;
	struct cds_list_head fresh;

	CDS_INIT_LIST_HEAD(&fresh);
	if (u->name) {
		head_rename(c->table, &c->h, u->name);
		u->name = NULL;
	}
	if (c->base) {
		if (u->policy >= 0) /* notifications tell it as it was at their step */
			c->base->policy[t->cur] = u->policy;
		if (u->counters) {
			if (c->base->counters)
				state_retire(t->engine->state, counters_free, c->base->counters);
			c->base->counters = u->counters;
			u->counters = NULL;
		}
		take_fresh(t, c->base, &fresh);
	}
	notify(t, s, &fresh);
	if (c->base)
		cds_list_splice(&fresh, &c->base->devs);
}

static void update_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_base *b = s->chain->base;

	if (!b)
		return;
	b->policy[t->next] = b->policy[t->cur];
	hook_devs_drop(&b->devs, t->cur);
}

static const struct step_ops step_update = { .commit = update_commit, .abort = update_abort, .free = update_free };

/* True where another rename in this batch took the name. */
static bool name_promised(struct vm_txn *t, const struct vm_table *tb, const char *name)
{
	struct txn_step *s;

	cds_list_for_each_entry (s, &t->steps, list) {
		const struct update *u = s->more;

		if (s->ops == &step_update && s->chain->table == tb && u && u->name && !strcmp(u->name, name))
			return true;
	}
	return false;
}

static bool renames(const struct bc_chain *m)
{
	return BC_HAS(m, NFTA_CHAIN_HANDLE) && m->name;
}

static int update_rename(struct nl_req *q, const struct bc_chain *m, struct vm_chain *c, struct update *u)
{
	if (!renames(m))
		return 0;
	if (name_promised(txn_of(q), c->table, m->name))
		return nl_bad(q, NFTA_CHAIN_NAME, -EEXIST);
	u->name = strdup(m->name);
	return u->name ? 0 : -ENOMEM;
}

/* A device that another update in this batch brings to the table. */
static bool dev_promised(struct vm_txn *t, const struct vm_table *tb, const struct vm_hook_dev *d)
{
	const struct txn_step *s;

	cds_list_for_each_entry (s, &t->steps, list)
		if (s->ops == &step_update && s->chain->table == tb && s->chain->base &&
		    hook_devs_find(&s->chain->base->devs, d, 1u << t->cur))
			return true;
	return false;
}

/* Leaves the devices that are new. */
static int devs_check(struct vm_txn *t, const struct vm_chain *c, struct cds_list_head *devs)
{
	struct vm_hook_dev *d, *n;

	cds_list_for_each_entry_safe (d, n, devs, list) {
		if (hook_devs_find(&c->base->devs, d, 0))
			hook_devs_take(d);
		else if (dev_promised(t, c->table, d))
			return -EEXIST;
	}
	return 0;
}

static void update_devs(struct vm_txn *t, struct vm_base *b, struct cds_list_head *devs)
{
	struct vm_hook_dev *d, *n;

	cds_list_for_each_entry_safe (d, n, devs, list) {
		d->genmask = 1u << t->cur;
		cds_list_del(&d->list);
		cds_list_add_tail(&d->list, &b->devs);
		t->work->hooks = true;
	}
}

static int update_fill(struct nl_req *q, const struct bc_chain *m, struct vm_chain *c, struct update *u, struct cds_list_head *devs)
{
	int err = 0;

	u->policy = BC_HAS(m, NFTA_CHAIN_POLICY) ? (uint8_t)m->policy : -1;
	if (BC_HAS(m, NFTA_CHAIN_HOOK)) {
		uint16_t name = BC_HAS(m, NFTA_CHAIN_HANDLE) ? NFTA_CHAIN_HANDLE : NFTA_CHAIN_NAME;

		err = c->base ? chain_hook_check(q, m, c, devs) : nl_bad(q, name, -EEXIST);
		if (!err && hook_is_netdev(q->family, c->base->hook) && c->table->flags & TABLE_UPDATED)
			err = nl_bad(q, name, -EOPNOTSUPP);
		if (!err)
			err = devs_check(txn_of(q), c, devs);
	}
	if (!err && renames(m) && find_chain(c->table, m->name, txn_of(q)->next))
		err = nl_bad(q, NFTA_CHAIN_NAME, -EEXIST);
	if (!err && BC_HAS(m, NFTA_CHAIN_COUNTERS))
		err = c->base ? base_counters(q, c->table, m, &u->counters) : -EOPNOTSUPP;
	return err ? err : update_rename(q, m, c, u);
}

static int chain_update(struct nl_req *q, const struct bc_chain *m, struct vm_chain *c, uint32_t flags)
{
	struct vm_txn *t = txn_of(q);
	struct cds_list_head devs;
	struct update *u;
	struct txn_step *s;
	int err;

	if (c->flags ^ flags)
		return -EOPNOTSUPP;
	CDS_INIT_LIST_HEAD(&devs);
	s = txn_add(q, &step_update, NFT_MSG_NEWCHAIN, c);
	u = s ? calloc(1, sizeof(*u)) : NULL;
	if (!u) {
		if (s)
			txn_drop(s);
		return -ENOMEM;
	}
	err = update_fill(q, m, c, u, &devs);
	s->more = u;
	if (err) {
		hook_devs_free(&devs);
		txn_drop(s);
		return err;
	}
	if (u->policy >= 0)
		c->base->policy[t->next] = u->policy;
	if (c->base)
		update_devs(t, c->base, &devs);
	return 0;
}

/* ---- new ---- */

/* The chain that NEWCHAIN means; *out NULL: a new one. */
static int chain_meant(struct nl_req *q, const struct bc_chain *m, struct vm_table *tb, struct vm_chain **out)
{
	unsigned next = txn_of(q)->next;

	*out = NULL;
	if (BC_HAS(m, NFTA_CHAIN_HANDLE)) {
		*out = (struct vm_chain *)find_handle(tb, STATE_CHAIN, m->handle, next);
		return *out ? 0 : nl_bad(q, NFTA_CHAIN_HANDLE, -ENOENT);
	}
	if (m->name)
		*out = find_chain(tb, m->name, next);
	else if (!BC_HAS(m, NFTA_CHAIN_ID))
		return -EINVAL;
	return 0;
}

static int policy_check(struct nl_req *q, const struct bc_chain *m, const struct vm_chain *c)
{
	if (!BC_HAS(m, NFTA_CHAIN_POLICY))
		return 0;
	if (c ? !c->base : !BC_HAS(m, NFTA_CHAIN_HOOK))
		return nl_bad(q, NFTA_CHAIN_POLICY, -EOPNOTSUPP);
	/* the kernel keeps the lowest byte */
	return (uint8_t)m->policy == NF_DROP || (uint8_t)m->policy == NF_ACCEPT ? 0 : -EINVAL;
}

int chain_new(struct nl_req *q)
{
	const struct bc_chain *m = q->body;
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	struct vm_chain *c;
	uint32_t flags;
	int err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);

	if (err)
		return nl_bad(q, NFTA_CHAIN_TABLE, err);
	err = chain_meant(q, m, tb, &c);
	if (!err)
		err = policy_check(q, m, c);
	if (err)
		return err;
	flags = BC_HAS(m, NFTA_CHAIN_FLAGS) ? m->flags : c ? c->flags : 0;
	if (flags & ~CHAIN_FLAGS)
		return -EOPNOTSUPP;
	if (!c)
		return chain_create(q, m, tb, flags);
	if (chain_is_binding(c))
		return -EINVAL;
	if (nl_flags(q) & NLM_F_EXCL)
		return nl_bad(q, BC_HAS(m, NFTA_CHAIN_HANDLE) ? NFTA_CHAIN_HANDLE : NFTA_CHAIN_NAME, -EEXIST);
	if (nl_flags(q) & NLM_F_REPLACE)
		return -EOPNOTSUPP;
	return chain_update(q, m, c, flags | (c->flags & NFT_CHAIN_BASE));
}

/* ---- del ---- */

static void del_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s, NULL);
	chain_unlink(t, s->chain);
}

static void del_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_chain *c = s->chain;

	reactivate_next(t, &c->h);
	c->table->h.use++;
	t->work->hooks |= c->base != NULL;
}

static const struct step_ops step_del = { .commit = del_commit, .abort = del_abort };

int chain_delete(struct nl_req *q, struct vm_chain *c)
{
	struct vm_txn *t = txn_of(q);

	if (!txn_add(q, &step_del, NFT_MSG_DELCHAIN, c))
		return -ENOMEM;
	c->table->h.use--;
	deactivate_next(t, &c->h);
	t->work->hooks |= c->base != NULL;
	return 0;
}

static void unhook_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s, s->more);
	hook_devs_drop(&s->chain->base->devs, t->next);
}

static void unhook_abort(struct vm_txn *t, struct txn_step *s)
{
	hook_devs_restore(&s->chain->base->devs, s->more, t->next);
	t->work->hooks = true;
}

static void unhook_free(struct txn_step *s)
{
	if (!s->more)
		return;
	hook_devs_free(s->more);
	free(s->more);
}

static const struct step_ops step_unhook = { .commit = unhook_commit, .abort = unhook_abort, .free = unhook_free };

/* Takes devices off a netdev chain (nft_delchain_hook()). */
static int chain_unhook(struct nl_req *q, const struct bc_chain *m, struct vm_chain *c)
{
	struct txn_step *s = txn_add(q, &step_unhook, NFT_MSG_DELCHAIN, c);
	struct cds_list_head *devs = s ? malloc(sizeof(*devs)) : NULL;
	struct vm_txn *t = txn_of(q);
	int err = -ENOMEM;

	if (!devs)
		goto fail;
	CDS_INIT_LIST_HEAD(devs);
	s->more = devs;
	err = chain_hook_check(q, m, c, devs);
	if (!err)
		err = hook_devs_delete(&c->base->devs, devs, t->next);
	if (err)
		goto fail;
	t->work->hooks = true;
	return 0;
fail:
	if (s)
		txn_drop(s);
	return err;
}

/* Deletes the chain's rules first; what else refers to it must not. */
static int chain_delete_whole(struct nl_req *q, struct vm_chain *c, uint16_t attr)
{
	struct vm_txn *t = txn_of(q);
	uint32_t use = c->h.use;
	struct vm_rule *r;

	for (r = rule_first(c); r; r = rule_next(r)) {
		int err;

		if (!active_next(t, &r->h))
			continue;
		use--;
		err = rule_delete(q, r);
		if (err)
			return err;
	}
	return use ? nl_bad(q, attr, -EBUSY) : chain_delete(q, c);
}

int chain_del(struct nl_req *q)
{
	const struct bc_chain *m = q->body;
	struct vm_txn *t = txn_of(q);
	bool by_handle = BC_HAS(m, NFTA_CHAIN_HANDLE);
	uint16_t attr = by_handle ? NFTA_CHAIN_HANDLE : NFTA_CHAIN_NAME;
	struct vm_table *tb;
	struct vm_chain *c;
	int err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);

	if (err)
		return nl_bad(q, NFTA_CHAIN_TABLE, err);
	if (by_handle)
		c = (struct vm_chain *)find_handle(tb, STATE_CHAIN, m->handle, t->next);
	else
		c = m->name ? find_chain(tb, m->name, t->next) : NULL;
	if (!c && (by_handle || m->name) && q->msg == NFT_MSG_DESTROYCHAIN)
		return 0;
	if (!c)
		return nl_bad(q, attr, by_handle || m->name ? -ENOENT : -EINVAL);
	if (chain_is_binding(c))
		return -EOPNOTSUPP;
	if (BC_HAS(m, NFTA_CHAIN_HOOK)) {
		if (q->msg == NFT_MSG_DESTROYCHAIN || c->flags & NFT_CHAIN_HW_OFFLOAD)
			return -EOPNOTSUPP;
		if (c->base && hook_is_netdev(q->family, c->base->hook))
			return chain_unhook(q, m, c);
	}
	if (nl_flags(q) & NLM_F_NONREC && c->h.use > 0)
		return -EBUSY;
	return chain_delete_whole(q, c, attr);
}

bool chain_step_pending(const struct txn_step *s, const struct vm_table *tb)
{
	if (s->ops != &step_update && s->ops != &step_del && s->ops != &step_unhook)
		return false;
	return s->chain->table == tb && (s->ops == &step_update || s->chain->base);
}

/* ---- get ---- */

static int dump_put(struct dump *x, struct buf *out, void *item)
{
	const struct vm_chain *c = item;
	struct fill f = dump_fill(x, NFT_MSG_NEWCHAIN, 0);

	if (!state_active(&c->h, state_cursor(x->s->e)))
		return 0;
	f.family = c->table->family;
	f.policy = state_cursor(x->s->e);
	return fill_chain(out, &f, c);
}

static int chain_dump(struct nl_req *q)
{
	struct dump *x = dump_new(q, dump_put);
	struct vm_table *tb;
	struct vm_chain *c;

	if (!x)
		return -ENOMEM;
	cds_list_for_each_entry (tb, &q->e->state->tables, h.list) {
		if (q->family != NFPROTO_UNSPEC && q->family != tb->family)
			continue;
		cds_list_for_each_entry (c, &tb->chains, h.list)
			if (dump_add(x, c)) {
				dump_free(x);
				return -ENOMEM;
			}
	}
	return dump_start(q, x);
}

int chain_get(struct nl_req *q)
{
	const struct bc_chain *m = q->body;
	struct fill f = reply_fill(q, NFT_MSG_NEWCHAIN);
	unsigned cursor = state_cursor(q->e);
	struct buf b = { 0 };
	struct vm_table *tb;
	struct vm_chain *c;
	int err;

	if (nl_flags(q) & NLM_F_DUMP)
		return chain_dump(q);
	err = find_table(q->e->state, q->family, m->table, cursor, 0, &tb);
	if (err)
		return nl_bad(q, NFTA_CHAIN_TABLE, err);
	c = m->name ? find_chain(tb, m->name, cursor) : NULL;
	if (!c)
		return nl_bad(q, NFTA_CHAIN_NAME, m->name ? -ENOENT : -EINVAL);
	f.policy = cursor;
	err = fill_chain(&b, &f, c);
	if (!err)
		reply(q, &b);
	return err;
}
