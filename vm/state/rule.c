/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_*RULE. Control thread. */
#include "vm/state/internal.h"

/* ---- messages out ---- */

int fill_rule(struct buf *out, const struct fill *f, const struct vm_rule *r)
{
	struct arena *a = arena_new();
	struct bc_rule m = { 0 };
	int err;

	BC_SET(&m, NFTA_RULE_TABLE, table, r->chain->table->h.name);
	BC_SET(&m, NFTA_RULE_CHAIN, chain, r->chain->h.name);
	BC_SET(&m, NFTA_RULE_HANDLE, handle, r->h.handle);
	if (f->position && !fill_is(f, NFT_MSG_DELRULE, NFT_MSG_DESTROYRULE))
		BC_SET(&m, NFTA_RULE_POSITION, position, f->position);
	BC_SET(&m, NFTA_RULE_EXPRESSIONS, exprs, prog_dump(r->prog, a, f->reset));
	if (r->h.userdata.len)
		BC_SET(&m, NFTA_RULE_USERDATA, userdata, r->h.userdata);
	err = fill_put(out, f, &bc_rule_desc, &m);
	arena_free(&a);
	return err;
}

static void notify(struct vm_txn *t, const struct txn_step *s)
{
	struct fill f = note_fill(t, s, s->msg, NLM_F_APPEND | NLM_F_CREATE | NLM_F_EXCL);
	const struct vm_rule *prev;

	if (!note_wanted(t, s))
		return;
	if (s->flags & NLM_F_REPLACE)
		f.flags |= NLM_F_APPEND;
	f.family = s->rule->chain->table->family;
	prev = rule_prev(s->rule);
	if (s->msg == NFT_MSG_NEWRULE && prev && rule_next(s->rule))
		f.position = prev->h.handle;
	fill_rule(note_begin(t, s), &f, s->rule);
	note_end(t);
}

/* ---- life ---- */

void rule_free(struct vm_rule *r)
{
	if (r->prog)
		prog_free(&r->prog);
	free(r->bindings);
	head_free(&r->h);
	free(r);
}

/* Conntrack runs for a family as long as there is a rule that needs it, as nf_ct_netns_get() and _put() count. */
static void ct_users(struct state *st, uint8_t family, int by)
{
	if (family == NFPROTO_INET) {
		ct_users(st, NFPROTO_IPV4, by);
		ct_users(st, NFPROTO_IPV6, by);
		return;
	}
	if (family < VM_NFPROTOS && !atomic_fetch_add(&st->ct_users[family], by))
		atomic_store_explicit(&st->ct_order[family], ++st->hook_order, memory_order_relaxed);
}

bool state_needs_ct(const struct vm_engine *e, uint64_t gen, uint8_t pf)
{
	return atomic_load_explicit(&e->state->ct_users[pf], memory_order_relaxed) > 0;
}

bool state_ct_before(const struct vm_engine *e, uint8_t pf, const struct vm_chain *c)
{
	return atomic_load_explicit(&e->state->ct_order[pf], memory_order_relaxed) > c->base->order;
}

void rule_unlink(struct vm_txn *t, struct vm_rule *r)
{
	struct state *st = t->engine->state;

	if (r->needs_ct)
		ct_users(st, r->chain->table->family, -1);
	segment_remove(r);
	head_unlink(r->chain->table, &r->h);
	state_retire(st, (void (*)(void *))rule_free, r);
}

/* ---- steps ---- */

static void new_commit(struct vm_txn *t, struct txn_step *s)
{
	genmask_clear(&s->rule->h);
	notify(t, s);
}

static void new_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_rule *r = s->rule;

	if (active_next(t, &r->h))
		r->chain->h.use--;
	refs_drop(t, r);
	rule_unlink(t, r);
}

static const struct step_ops step_new = { .commit = new_commit, .abort = new_abort };

static void del_commit(struct vm_txn *t, struct txn_step *s)
{
	notify(t, s);
	refs_release(t, s->rule, s);
	rule_unlink(t, s->rule);
}

static void del_abort(struct vm_txn *t, struct txn_step *s)
{
	struct vm_rule *r = s->rule;

	reactivate_next(t, &r->h);
	r->chain->h.use++;
	refs_activate(t, r);
}

static const struct step_ops step_del = { .commit = del_commit, .abort = del_abort };

/* ---- delete ---- */

int rule_delete(struct nl_req *q, struct vm_rule *r)
{
	struct vm_txn *t = txn_of(q);

	if (!active_next(t, &r->h))
		return -ENOENT;
	if (!txn_add(q, &step_del, NFT_MSG_DELRULE, r))
		return -ENOMEM;
	deactivate_next(t, &r->h);
	r->chain->h.use--;
	refs_deactivate(t, r);
	segment_dirty(r);
	txn_touch_chain(t, r->chain);
	return 0;
}

int rule_delete_all(struct nl_req *q, struct vm_chain *c)
{
	struct vm_txn *t = txn_of(q);
	struct vm_rule *r;
	int err;

	for (r = rule_first(c); r; r = rule_next(r)) {
		if (!active_next(t, &r->h))
			continue;
		err = rule_delete(q, r);
		if (err)
			return err;
	}
	return 0;
}

static int delete_everywhere(struct nl_req *q, struct vm_table *tb)
{
	struct vm_txn *t = txn_of(q);
	struct vm_chain *c;
	int err = 0;

	cds_list_for_each_entry (c, &tb->chains, h.list) {
		if (active_next(t, &c->h) && !chain_is_binding(c))
			err = rule_delete_all(q, c);
		if (err)
			return err;
	}
	return 0;
}

/* A rule without NFTA_RULE_ID has the id 0 in its batch. */
static struct vm_rule *find_id_0(struct vm_txn *t, const struct vm_chain *c)
{
	struct txn_step *s;

	cds_list_for_each_entry (s, &t->steps, list)
		if (s->msg == NFT_MSG_NEWRULE && s->rule->chain == c && !s->rule->id)
			return s->rule;
	return NULL;
}

static struct vm_rule *find_by_id(struct vm_txn *t, const struct vm_chain *c, uint32_t id)
{
	if (!id)
		return find_id_0(t, c);
	for (struct hash_node *n = hash_first(&t->rule_ids, hash_u64(id)); n; n = hash_next(n)) {
		struct vm_rule *r = cds_list_entry(n, struct vm_rule, by_id);

		if (r->id == id && r->chain == c)
			return r;
	}
	return NULL;
}

static int delete_in_chain(struct nl_req *q, const struct bc_rule *m, struct vm_chain *c)
{
	struct vm_txn *t = txn_of(q);
	struct vm_rule *r;

	if (BC_HAS(m, NFTA_RULE_HANDLE)) {
		r = state_find_rule(t, c, m->handle);
		if (!r && q->msg == NFT_MSG_DESTROYRULE)
			return 0;
		return r ? rule_delete(q, r) : nl_bad(q, NFTA_RULE_HANDLE, -ENOENT);
	}
	if (BC_HAS(m, NFTA_RULE_ID)) {
		r = find_by_id(t, c, m->id);
		return r ? rule_delete(q, r) : nl_bad(q, NFTA_RULE_ID, -ENOENT);
	}
	return rule_delete_all(q, c);
}

int rule_del(struct nl_req *q)
{
	const struct bc_rule *m = q->body;
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	struct vm_chain *c;
	int err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);

	if (err)
		return nl_bad(q, NFTA_RULE_TABLE, err);
	if (!m->chain)
		return delete_everywhere(q, tb);
	c = find_chain(tb, m->chain, t->next);
	if (!c)
		return q->msg == NFT_MSG_DESTROYRULE ? 0 : nl_bad(q, NFTA_RULE_CHAIN, -ENOENT);
	return chain_is_binding(c) ? -EOPNOTSUPP : delete_in_chain(q, m, c);
}

/* ---- new ---- */

static int chain_meant(struct nl_req *q, const struct bc_rule *m, struct vm_chain **out)
{
	struct vm_txn *t = txn_of(q);
	struct vm_table *tb;
	int err = find_table(q->e->state, q->family, m->table, t->next, t->port, &tb);

	if (err)
		return nl_bad(q, NFTA_RULE_TABLE, err);
	if (m->chain)
		*out = find_chain(tb, m->chain, t->next);
	else if (BC_HAS(m, NFTA_RULE_CHAIN_ID))
		*out = state_find_chain_id(t, tb, m->chain_id);
	else
		return -EINVAL;
	if (!*out)
		return nl_bad(q, m->chain ? NFTA_RULE_CHAIN : NFTA_RULE_CHAIN_ID, -ENOENT);
	return chain_is_bound(*out) ? -EOPNOTSUPP : 0;
}

/* Where a new rule goes: beside *at (NULL: the chain's end or beginning), or instead of it; and its handle, which a failure uses
 * up, too. */
static int place_meant(struct nl_req *q, const struct bc_rule *m, struct vm_chain *c, struct vm_rule **at, uint64_t *handle)
{
	struct vm_txn *t = txn_of(q);
	uint16_t flags = nl_flags(q);

	*at = NULL;
	if (BC_HAS(m, NFTA_RULE_HANDLE)) {
		*handle = m->handle;
		*at = state_find_rule(t, c, m->handle);
		if (!*at)
			return nl_bad(q, NFTA_RULE_HANDLE, -ENOENT);
		if (flags & NLM_F_EXCL)
			return nl_bad(q, NFTA_RULE_HANDLE, -EEXIST);
		return flags & NLM_F_REPLACE ? 0 : -EOPNOTSUPP;
	}
	if (!(flags & NLM_F_CREATE) || flags & NLM_F_REPLACE)
		return -EINVAL;
	*handle = ++c->table->handles;
	if (BC_HAS(m, NFTA_RULE_POSITION)) {
		*at = state_find_rule(t, c, m->position);
		return *at ? 0 : nl_bad(q, NFTA_RULE_POSITION, -ENOENT);
	}
	if (BC_HAS(m, NFTA_RULE_POSITION_ID)) {
		*at = find_by_id(t, c, m->position_id);
		return *at ? 0 : nl_bad(q, NFTA_RULE_POSITION_ID, -ENOENT);
	}
	return 0;
}

static int rule_build(struct nl_req *q, const struct bc_rule *m, struct vm_chain *c, struct vm_rule *r)
{
	struct vm_txn *t = txn_of(q);
	const struct prog_ref *bad = NULL;
	int err;

	t->rule = m;
	err = prog_build(t, c->table, c, m->exprs, &r->prog, q->err);
	t->rule = NULL;
	if (!err)
		err = head_userdata(&r->h, m->userdata);
	if (err)
		return err;
	err = refs_take(t, r, &bad);
	if (err)
		q->err->at = bad ? bad->at : NULL;
	return err;
}

/* Puts a built rule into its chain, with its step. */
static int rule_link(struct nl_req *q, const struct bc_rule *m, struct vm_chain *c, struct vm_rule *r, struct vm_rule *at)
{
	uint16_t flags = nl_flags(q);
	struct vm_txn *t = txn_of(q);
	int err;

	if (!use_inc(&c->h.use))
		return -EMFILE;
	r->h.kind = STATE_RULE;
	err = flags & NLM_F_REPLACE ? chain_is_binding(c) ? -EOPNOTSUPP : rule_delete(q, at) : 0;
	if (!err)
		err = segment_insert(c, r, at, flags & NLM_F_APPEND && !(flags & NLM_F_REPLACE));
	if (err) {
		c->h.use--;
		return err;
	}
	if (head_link(c->table, &r->h, STATE_RULE, NULL, t->cur) || !txn_add(q, &step_new, NFT_MSG_NEWRULE, r)) {
		segment_remove(r);
		c->h.use--;
		return -ENOMEM;
	}
	if (BC_HAS(m, NFTA_RULE_ID)) {
		r->id = m->id;
		hash_add(&t->rule_ids, &r->by_id, hash_u64(m->id));
	}
	txn_touch_chain(t, c);
	r->needs_ct = prog_flags(r->prog) & PROG_NEEDS_CT;
	if (r->needs_ct)
		ct_users(q->e->state, c->table->family, 1);
	return 0;
}

int rule_new_early(struct nl_req *q)
{
	const struct bc_rule *m = q->body;
	struct vm_rule *at;
	struct vm_chain *c;
	uint64_t handle;
	int err = chain_meant(q, m, &c);

	return err ? err : place_meant(q, m, c, &at, &handle);
}

int rule_new(struct nl_req *q)
{
	const struct bc_rule *m = q->body;
	struct vm_rule *at, *r;
	struct vm_chain *c;
	uint64_t handle;
	int err = chain_meant(q, m, &c);

	if (!err)
		err = place_meant(q, m, c, &at, &handle);
	if (!err && c->flags & NFT_CHAIN_HW_OFFLOAD)
		err = -EOPNOTSUPP; /* no device here takes rules */
	if (err)
		return err;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->chain = c;
	r->h.handle = handle;
	err = rule_build(q, m, c, r);
	if (!err) {
		err = rule_link(q, m, c, r, at);
		if (err)
			refs_drop(txn_of(q), r);
	}
	if (err) {
		rule_free(r);
		return err;
	}
	return validate_seed_rule(txn_of(q), r);
}

/* ---- get ---- */

static int dump_put(struct dump *x, struct buf *out, void *item)
{
	const struct vm_rule *r = item;
	struct fill f = dump_fill(x, NFT_MSG_NEWRULE, NLM_F_APPEND);

	if (!state_active(&r->h, state_cursor(x->s->e)))
		return 0;
	f.family = r->chain->table->family;
	f.position = x->chain == r->chain ? x->last : 0;
	x->chain = r->chain;
	x->last = r->h.handle;
	return fill_rule(out, &f, r);
}

static int dump_chain(struct dump *x, struct vm_chain *c, unsigned cursor)
{
	struct vm_rule *r;

	for (r = rule_first(c); r; r = rule_next(r))
		if (state_active(&r->h, cursor) && dump_add(x, r))
			return -ENOMEM;
	return 0;
}

static int dump_table(struct dump *x, const struct bc_rule *m, struct vm_table *tb, unsigned cursor)
{
	struct vm_chain *c;
	int err = 0;

	if (m->table && m->chain) {
		c = find_chain(tb, m->chain, cursor);
		return c ? dump_chain(x, c, cursor) : 0;
	}
	cds_list_for_each_entry (c, &tb->chains, h.list)
		if (state_active(&c->h, cursor) && (err = dump_chain(x, c, cursor)))
			break;
	return err;
}

static int rule_dump(struct nl_req *q)
{
	const struct bc_rule *m = q->body;
	struct dump *x = dump_new(q, dump_put);
	unsigned cursor = state_cursor(q->e);
	struct vm_table *tb;
	int err;

	if (!x)
		return -ENOMEM;
	x->reset = q->msg == NFT_MSG_GETRULE_RESET;
	cds_list_for_each_entry (tb, &q->e->state->tables, h.list) {
		if ((q->family != NFPROTO_UNSPEC && q->family != tb->family) || (m->table && strcmp(m->table, tb->h.name) != 0))
			continue;
		err = state_active(&tb->h, cursor) ? dump_table(x, m, tb, cursor) : 0;
		if (err) {
			dump_free(x);
			return err;
		}
	}
	return dump_start(q, x);
}

static struct vm_rule *find_current(const struct vm_chain *c, uint64_t handle, unsigned cursor)
{
	struct vm_rule *r = (struct vm_rule *)find_handle(c->table, STATE_RULE, handle, cursor);

	return r && r->chain == c ? r : NULL;
}

int rule_get(struct nl_req *q)
{
	const struct bc_rule *m = q->body;
	struct fill f = reply_fill(q, NFT_MSG_NEWRULE);
	unsigned cursor = state_cursor(q->e);
	struct buf b = { 0 };
	struct vm_table *tb;
	struct vm_chain *c;
	struct vm_rule *r;
	int err;

	if (nl_flags(q) & NLM_F_DUMP)
		return rule_dump(q);
	err = find_table(q->e->state, q->family, m->table, cursor, 0, &tb);
	if (err)
		return nl_bad(q, NFTA_RULE_TABLE, err);
	c = m->chain ? find_chain(tb, m->chain, cursor) : NULL;
	if (!c)
		return nl_bad(q, NFTA_RULE_CHAIN, m->chain ? -ENOENT : -EINVAL);
	r = BC_HAS(m, NFTA_RULE_HANDLE) ? find_current(c, m->handle, cursor) : NULL;
	if (!r)
		return nl_bad(q, NFTA_RULE_HANDLE, BC_HAS(m, NFTA_RULE_HANDLE) ? -ENOENT : -EINVAL);
	f.reset = q->msg == NFT_MSG_GETRULE_RESET;
	err = fill_rule(&b, &f, r);
	if (!err)
		reply(q, &b);
	return err;
}
