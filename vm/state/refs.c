/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who refers to whom: use counts, bindings of sets to rules, and what lives and dies with its only user (anonymous sets, binding chains).
 *
 * A rule's references (prog_refs) are taken when it is made. Its deletion first only takes them out of the next generation (deactivate), which an
 * abort gives back (activate); commit releases the rest. What refers to a binding chain carries the chain's own rules along through all of this, as
 * nft_immediate_activate() and its kin do. Control thread.
 */
#include "vm/state/internal.h"

/* ---- elements ---- */

static bool is_verdict_map(const struct vm_set *s)
{
	return s->flags & NFT_SET_MAP && s->data_type == NFT_DATA_VERDICT;
}

static struct vm_chain *elem_chain(const struct vm_set *s, const struct vm_elem *x)
{
	return is_verdict_map(s) && x->off_data ? vm_elem_verdict(x)->chain : NULL;
}

int refs_take_elem(struct vm_set *s, struct vm_elem *x)
{
	struct vm_chain *c = elem_chain(s, x);

	if (c && !use_inc(&c->h.use))
		return -EMFILE;
	if (x->obj && !use_inc(&x->obj->h.use)) {
		if (c)
			c->h.use--;
		return -EMFILE;
	}
	return 0;
}

void refs_drop_elem(struct vm_set *s, struct vm_elem *x)
{
	struct vm_chain *c = elem_chain(s, x);

	if (c)
		c->h.use--;
	if (x->obj)
		x->obj->h.use--;
}

struct map_walk {
	struct vm_txn *t;
	bool take;
};

static int map_elem(struct vm_set *s, struct vm_elem *x, void *ctx)
{
	const struct map_walk *w = ctx;

	if (!vm_elem_active(x, w->t->next))
		return 0;
	if (w->take)
		refs_take_elem(s, x);
	else
		refs_drop_elem(s, x);
	return 0;
}

void refs_map(struct vm_txn *t, struct vm_set *s, bool take)
{
	struct map_walk w = { t, take };

	if (s->flags & NFT_SET_OBJECT || is_verdict_map(s))
		set_walk(s, map_elem, &w);
}

/* ---- one reference ---- */

static int set_bind(struct vm_set *s, struct set_binding *b)
{
	if (!cds_list_empty(&s->bindings) && vm_set_is_anonymous(s))
		return -EBUSY;
	if (!use_inc(&s->h.use))
		return -EMFILE;
	cds_list_add_tail(&b->list, &s->bindings);
	return 0;
}

static void set_next(struct vm_txn *t, struct vm_set *s, bool active)
{
	if (!vm_set_is_anonymous(s))
		return;
	if (active) {
		reactivate_next(t, &s->h);
		refs_map(t, s, true);
	} else {
		refs_map(t, s, false);
		deactivate_next(t, &s->h);
	}
	set_name_taken(s->table, s->h.name, active);
}

static void chain_next(struct vm_txn *t, struct vm_chain *c, bool active)
{
	struct vm_rule *r;

	if (!chain_is_binding(c))
		return;
	if (active)
		reactivate_next(t, &c->h);
	for (r = rule_first(c); r; r = rule_next(r)) {
		if (active) {
			reactivate_next(t, &r->h);
			refs_activate(t, r);
		} else if (active_next(t, &r->h)) {
			refs_deactivate(t, r);
			deactivate_next(t, &r->h);
		}
	}
	if (!active)
		deactivate_next(t, &c->h);
}

static struct state_head *ref_head(const struct prog_ref *f)
{
	return f->p;
}

static int ref_take(const struct prog_ref *f, struct set_binding *b)
{
	if (f->kind == PROG_REF_SET)
		return set_bind(f->set, b);
	if (!use_inc(&ref_head(f)->use))
		return -EMFILE;
	if (f->kind == PROG_REF_CHAIN && chain_is_binding(f->chain)) { /* the jump counts, and so does the binding */
		f->chain->bound = true;
		f->chain->h.use++;
	}
	return 0;
}

static void ref_untake(const struct prog_ref *f, struct set_binding *b)
{
	ref_head(f)->use--;
	if (f->kind == PROG_REF_SET)
		cds_list_del(&b->list);
	else if (f->kind == PROG_REF_CHAIN && chain_is_binding(f->chain)) {
		f->chain->bound = false;
		f->chain->h.use--;
	}
}

/* ---- rules ---- */

/* A binding chain belongs to one rule, and that to a chain of another kind. */
static int ref_check(const struct vm_rule *r, const struct prog_ref *f)
{
	if (f->kind != PROG_REF_CHAIN || !chain_is_binding(f->chain))
		return 0;
	if (chain_is_binding(r->chain))
		return -EOPNOTSUPP;
	return f->chain->bound ? -EBUSY : 0;
}

static struct set_binding *bindings_new(struct vm_rule *r, const struct prog_ref *refs, uint32_t n)
{
	uint32_t sets = 0;

	for (uint32_t i = 0; i < n; i++)
		sets += refs[i].kind == PROG_REF_SET;
	r->bindings = calloc(sets ? sets : 1, sizeof(*r->bindings));
	return r->bindings;
}

int refs_take(struct vm_txn *t, struct vm_rule *r, const struct prog_ref **bad)
{
	uint32_t n, i, sets = 0;
	const struct prog_ref *refs = prog_refs(r->prog, &n);
	struct set_binding *b = bindings_new(r, refs, n);
	int err = b ? 0 : -ENOMEM;

	for (i = 0; i < n && !err; i++) {
		err = ref_check(r, &refs[i]);
		if (refs[i].kind == PROG_REF_SET)
			b[sets] = (struct set_binding){ .rule = r, .flags = refs[i].flags };
		if (!err)
			err = ref_take(&refs[i], &b[sets]);
		sets += !err && refs[i].kind == PROG_REF_SET;
		*bad = &refs[i];
	}
	r->n_bindings = sets;
	if (!err)
		return 0;
	if (i)
		i--;
	while (i-- > 0) {
		sets -= refs[i].kind == PROG_REF_SET;
		ref_untake(&refs[i], &b[sets]);
	}
	r->n_bindings = 0;
	return err;
}

void refs_deactivate(struct vm_txn *t, struct vm_rule *r)
{
	uint32_t n;
	const struct prog_ref *refs = prog_refs(r->prog, &n);

	for (uint32_t i = 0; i < n; i++) {
		if (refs[i].kind == PROG_REF_SET)
			set_next(t, refs[i].set, false);
		else if (refs[i].kind == PROG_REF_CHAIN)
			chain_next(t, refs[i].chain, false);
		ref_head(&refs[i])->use--;
	}
}

void refs_activate(struct vm_txn *t, struct vm_rule *r)
{
	uint32_t n;
	const struct prog_ref *refs = prog_refs(r->prog, &n);

	for (uint32_t i = n; i-- > 0;) {
		ref_head(&refs[i])->use++;
		if (refs[i].kind == PROG_REF_SET)
			set_next(t, refs[i].set, true);
		else if (refs[i].kind == PROG_REF_CHAIN)
			chain_next(t, refs[i].chain, true);
	}
}

void refs_drop(struct vm_txn *t, struct vm_rule *r)
{
	uint32_t n, sets = r->n_bindings;
	const struct prog_ref *refs = prog_refs(r->prog, &n);

	while (n-- > 0) {
		sets -= refs[n].kind == PROG_REF_SET;
		ref_untake(&refs[n], &r->bindings[sets]);
	}
	r->n_bindings = 0;
}

/* The chain that only this rule could reach, with its rules. */
static void release_chain(struct vm_txn *t, struct vm_chain *c, const struct txn_step *why)
{
	struct vm_rule *r;

	while ((r = rule_first(c))) {
		refs_release(t, r, why);
		rule_unlink(t, r);
	}
	c->table->h.use--;
	c->bound = false;
	chain_unlink(t, c);
}

void refs_release(struct vm_txn *t, struct vm_rule *r, const struct txn_step *why)
{
	uint32_t n, sets = 0;
	const struct prog_ref *refs = prog_refs(r->prog, &n);

	for (uint32_t i = 0; i < n; i++) {
		if (refs[i].kind == PROG_REF_SET) {
			cds_list_del(&r->bindings[sets++].list);
			if (vm_set_is_anonymous(refs[i].set))
				set_release(t, refs[i].set, why);
		} else if (refs[i].kind == PROG_REF_CHAIN && chain_is_binding(refs[i].chain)) {
			release_chain(t, refs[i].chain, why);
		}
	}
	r->n_bindings = 0;
}
