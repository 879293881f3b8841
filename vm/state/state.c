/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ruleset as a whole: made, freed, ticked; names and handles; what is dead and waits for its readers. Control thread. */
#include "vm/rcu.h"
#include "vm/state/internal.h"

enum { GC_MAX = 100000 }; /* elements taken out of a set at a tick */

int state_new(struct vm_engine *e, struct state **out)
{
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->e = e;
	CDS_INIT_LIST_HEAD(&s->tables);
	*out = s;
	return 0;
}

static void drop_all(struct cds_list_head *list, void (*fn)(void *))
{
	struct state_head *h, *t;

	cds_list_for_each_entry_safe (h, t, list, list)
		fn(h);
}

/* Everything of a table, as at the engine's end: no counts, no order. */
static void table_drop(struct vm_table *t)
{
	struct vm_chain *c;

	cds_list_for_each_entry (c, &t->chains, h.list) {
		struct vm_rule *r;

		while ((r = rule_first(c))) {
			segment_remove(r);
			rule_free(r);
		}
	}
	drop_all(&t->sets, (void (*)(void *))set_free);
	drop_all(&t->objs, (void (*)(void *))obj_free);
	drop_all(&t->flowtables, (void (*)(void *))flowtable_free);
	drop_all(&t->chains, (void (*)(void *))chain_free);
	table_free(t);
}

void state_free(struct state **s)
{
	struct state *x = *s;
	struct vm_table *t, *u;

	if (!x)
		return;
	x->pins = 0;
	state_drain(x);
	hooks_free(x);
	cds_list_for_each_entry_safe (t, u, &x->tables, h.list)
		table_drop(t);
	hash_free(&x->table_names);
	free(x->retired);
	free(x);
	*s = NULL;
}

/* ---- dead things ---- */

static void retired_free(const struct retired *r)
{
	if (r->fn)
		r->fn(r->p);
	else
		elem_free(r->set, r->p);
}

static void retire(struct state *s, struct retired what)
{
	if (s->n_retired == s->cap_retired) {
		size_t cap = s->cap_retired ? 2 * s->cap_retired : 64;
		struct retired *r = realloc(s->retired, cap * sizeof(*r));

		if (!r) { /* better lost than freed under a reader */
			if (s->pins)
				return;
			state_drain(s);
			vm_rcu_wait();
			retired_free(&what);
			return;
		}
		s->retired = r;
		s->cap_retired = cap;
	}
	s->retired[s->n_retired++] = what;
}

void state_retire(struct state *s, void (*fn)(void *p), void *p)
{
	retire(s, (struct retired){ .fn = fn, .p = p });
}

void state_retire_elem(struct state *s, struct vm_set *set, struct vm_elem *x)
{
	retire(s, (struct retired){ .p = x, .set = set });
}

void state_drain(struct state *s)
{
	if (s->pins || !s->n_retired)
		return;
	vm_rcu_wait();
	for (size_t i = 0; i < s->n_retired; i++)
		retired_free(&s->retired[i]);
	s->n_retired = 0;
	if (s->cap_retired > 4096) {
		free(s->retired);
		s->retired = NULL;
		s->cap_retired = 0;
	}
}

static void gc_one(struct vm_set *s, struct vm_elem *x, void *ctx)
{
	if (x->off_data || x->obj)
		refs_drop_elem(s, x);
	atomic_fetch_sub_explicit(&s->n_elems, 1, memory_order_relaxed);
	elem_retire(ctx, s, x);
}

static void catchall_gc(struct state *st, struct vm_set *s, uint64_t now)
{
	struct catchall *c, *t;

	cds_list_for_each_entry_safe (c, t, &s->catchalls, list) {
		struct vm_elem *x = c->elem;

		if (!vm_elem_expired(x, now))
			continue;
		refs_drop_elem(s, x);
		for (unsigned i = 0; i < 2; i++)
			if (s->catchall[i] == x)
				s->catchall[i] = NULL;
		catchall_remove(s, x);
		elem_retire(st, s, x);
	}
}

void state_tick(struct vm_engine *e)
{
	struct state *st = e->state;
	uint64_t now = vm_now(e);
	struct vm_table *t;
	struct vm_set *s;

	cds_list_for_each_entry (t, &st->tables, h.list)
		cds_list_for_each_entry (s, &t->sets, h.list)
			if (s->flags & (NFT_SET_TIMEOUT | NFT_SET_EVAL)) {
				s->ops->gc(s, now, GC_MAX, gc_one, st);
				catchall_gc(st, s, now);
			}
	state_drain(st);
}

/* ---- heads: names, handles, lists ---- */

uint32_t name_hash(enum state_kind kind, const char *name)
{
	return hash_str(name, kind);
}

int head_name(struct state_head *h, const char *name)
{
	h->name = strdup(name);
	return h->name ? 0 : -ENOMEM;
}

int head_userdata(struct state_head *h, struct bc_bytes ud)
{
	uint8_t *p;

	if (!ud.p)
		return 0;
	p = malloc(ud.len + 1);
	if (!p)
		return -ENOMEM;
	if (ud.len)
		memcpy(p, ud.p, ud.len);
	h->userdata = (struct bc_bytes){ p, ud.len };
	return 0;
}

int head_link(struct vm_table *t, struct state_head *h, enum state_kind kind, struct cds_list_head *list, unsigned cur)
{
	h->kind = kind;
	h->genmask = 1u << cur;
	if (!h->handle)
		h->handle = ++t->handles;
	if (hash_add(&t->handles_of, &h->by_handle, hash_u64(h->handle)))
		return -ENOMEM;
	if (h->name && hash_add(&t->names, &h->by_name, name_hash(kind, h->name))) {
		hash_del(&t->handles_of, &h->by_handle);
		return -ENOMEM;
	}
	if (list)
		cds_list_add_tail(&h->list, list);
	return 0;
}

void head_unlink(struct vm_table *t, struct state_head *h)
{
	h->genmask = GENMASK_DEAD;
	hash_del(&t->handles_of, &h->by_handle);
	if (h->name)
		hash_del(&t->names, &h->by_name);
	if (h->kind != STATE_RULE)
		cds_list_del(&h->list);
}

void head_rename(struct vm_table *t, struct state_head *h, char *name)
{
	hash_del(&t->names, &h->by_name);
	free(h->name);
	h->name = name;
	hash_add(&t->names, &h->by_name, name_hash(h->kind, name));
}

void head_free(struct state_head *h)
{
	free(h->name);
	free((void *)(uintptr_t)h->userdata.p);
}

/* ---- finding ---- */

#define NAMED(n)   cds_list_entry(n, struct state_head, by_name)
#define HANDLED(n) cds_list_entry(n, struct state_head, by_handle)

int find_table(struct state *s, uint8_t family, const char *name, unsigned cursor, uint32_t port, struct vm_table **out)
{
	struct hash_node *n;

	if (!name)
		return -EINVAL;
	for (n = hash_first(&s->table_names, name_hash(STATE_TABLE, name)); n; n = hash_next(n)) {
		struct vm_table *t = (struct vm_table *)NAMED(n);

		if (t->family != family || !state_active(&t->h, cursor) || strcmp(t->h.name, name) != 0)
			continue;
		if ((t->flags & NFT_TABLE_F_OWNER) && port && t->owner != port)
			return -EPERM;
		*out = t;
		return 0;
	}
	return -ENOENT;
}

struct state_head *find_named(const struct vm_table *t, enum state_kind kind, const char *name, unsigned cursor)
{
	struct hash_node *n;

	for (n = hash_first(&t->names, name_hash(kind, name)); n; n = hash_next(n)) {
		struct state_head *h = NAMED(n);

		if (h->kind == kind && state_active(h, cursor) && !strcmp(h->name, name))
			return h;
	}
	return NULL;
}

struct state_head *find_handle(const struct vm_table *t, enum state_kind kind, uint64_t handle, unsigned cursor)
{
	struct hash_node *n;

	for (n = hash_first(&t->handles_of, hash_u64(handle)); n; n = hash_next(n)) {
		struct state_head *h = HANDLED(n);

		if (h->kind == kind && h->handle == handle && state_active(h, cursor))
			return h;
	}
	return NULL;
}

struct vm_chain *find_chain(const struct vm_table *t, const char *name, unsigned cursor)
{
	return (struct vm_chain *)find_named(t, STATE_CHAIN, name, cursor);
}

struct vm_set *find_set(const struct vm_table *t, const char *name, unsigned cursor)
{
	return (struct vm_set *)find_named(t, STATE_SET, name, cursor);
}

struct vm_flowtable *find_flowtable(const struct vm_table *t, const char *name, unsigned cursor)
{
	return (struct vm_flowtable *)find_named(t, STATE_FLOWTABLE, name, cursor);
}

struct vm_obj *find_obj(const struct vm_table *t, const char *name, uint32_t type, unsigned cursor)
{
	struct hash_node *n;

	for (n = hash_first(&t->names, name_hash(STATE_OBJ, name)); n; n = hash_next(n)) {
		struct vm_obj *o = (struct vm_obj *)NAMED(n);

		if (o->h.kind == STATE_OBJ && o->type == type && state_active(&o->h, cursor) && !strcmp(o->h.name, name))
			return o;
	}
	return NULL;
}

/* ---- for the program's builders ---- */

struct vm_table *state_find_table(struct vm_txn *t, uint8_t family, const char *name)
{
	struct vm_table *tb;

	return find_table(t->engine->state, family, name, t->next, 0, &tb) ? NULL : tb;
}

struct vm_chain *state_find_chain(struct vm_txn *t, struct vm_table *tb, const char *name)
{
	return name ? find_chain(tb, name, t->next) : NULL;
}

/* A chain without NFTA_CHAIN_ID has the id 0 in the batch that makes or changes it. */
static struct vm_chain *find_chain_id_0(struct vm_txn *t, struct vm_table *tb)
{
	struct txn_step *s;

	cds_list_for_each_entry (s, &t->steps, list)
		if (s->msg == NFT_MSG_NEWCHAIN && s->chain->table == tb && !s->chain->id && active_next(t, &s->chain->h))
			return s->chain;
	return NULL;
}

struct vm_chain *state_find_chain_id(struct vm_txn *t, struct vm_table *tb, uint32_t id)
{
	if (!id)
		return find_chain_id_0(t, tb);
	for (struct hash_node *n = hash_first(&t->chain_ids, hash_u64(id)); n; n = hash_next(n)) {
		struct vm_chain *c = cds_list_entry(n, struct vm_chain, by_id);

		if (c->id == id && c->table == tb && active_next(t, &c->h))
			return c;
	}
	return NULL;
}

struct vm_rule *state_find_rule(struct vm_txn *t, struct vm_chain *c, uint64_t handle)
{
	struct vm_rule *dead = NULL;

	for (struct hash_node *n = hash_first(&c->table->handles_of, hash_u64(handle)); n; n = hash_next(n)) {
		struct vm_rule *r = (struct vm_rule *)HANDLED(n);

		if (r->h.kind != STATE_RULE || r->h.handle != handle || r->chain != c)
			continue;
		if (active_next(t, &r->h))
			return r;
		dead = r;
	}
	return dead;
}

struct vm_set *state_find_set(struct vm_txn *t, struct vm_table *tb, const char *name, bool has_id, uint32_t id)
{
	struct vm_set *s = name ? find_set(tb, name, t->next) : NULL;

	if (s || !has_id)
		return s;
	for (struct hash_node *n = hash_first(&t->set_ids, hash_u64(id)); n; n = hash_next(n)) {
		struct vm_set *x = cds_list_entry(n, struct vm_set, by_id);

		if (x->id == id && x->table == tb && active_next(t, &x->h))
			s = x; /* the last one counts */
	}
	return s;
}

struct vm_obj *state_find_obj(struct vm_txn *t, struct vm_table *tb, const char *name, uint32_t type)
{
	return name ? find_obj(tb, name, type, t->next) : NULL;
}

struct vm_flowtable *state_find_flowtable(struct vm_txn *t, struct vm_table *tb, const char *name)
{
	return name ? find_flowtable(tb, name, t->next) : NULL;
}

static struct vm_chain *verdict_chain(struct vm_txn *t, struct vm_table *tb, const struct bc_data *d)
{
	return d->chain ? state_find_chain(t, tb, d->chain) : state_find_chain_id(t, tb, d->chain_id);
}

int state_verdict(struct vm_txn *t, struct vm_table *tb, const struct bc_data *d, bool elem, struct vm_verdict *out)
{
	struct vm_verdict v = { .code = d->verdict };

	if (d->kind != BC_DATA_VERDICT)
		return -EINVAL;
	switch (v.code) {
	case NF_ACCEPT:
	case NF_DROP:
	case NFT_CONTINUE:
	case NFT_BREAK:
	case NFT_RETURN:
		break;
	case NFT_JUMP:
	case NFT_GOTO:
		if (!d->chain && !d->has_chain_id)
			return -EINVAL;
		v.chain = verdict_chain(t, tb, d);
		if (!v.chain)
			return -ENOENT;
		if (v.chain->base)
			return -EOPNOTSUPP;
		if (chain_is_bound(v.chain) || (elem && chain_is_binding(v.chain)))
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	*out = v;
	return 0;
}
