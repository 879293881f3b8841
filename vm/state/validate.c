/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check of jumps and places (nft_table_validate(), nft_chain_validate()): from a base chain no way of jumps and gotos may be 16 long (-EMLINK,
 * which covers loops), and every rule on such ways must suit the base chain's type and hook (prog_places(), -EOPNOTSUPP).
 *
 * The kernel walks the whole table after each change. Here each chain keeps bounds: the places of base chains from which it is
 * reached, the longest way there, and the places that all its rules allow. A new rule or element only carries its chain's bounds along its jumps,
 * on to where they are news. Deletions leave bounds too wide, so a violation seems to be one only: then the table's bounds are made
 * anew from its base chains, and that decides. A walk that ends in a violation leaves them half done: the table is walked whole until it passes.
 *
 *     base(input) → a → b        bounds: base depth 0, a depth 1, b depth 2, all reached from {filter input}
 *     new rule in b: jump c      seed b → c: c gets depth 3, {filter input}; c's own jumps go on from there
 *
 * Control thread.
 */
#include "vm/state/internal.h"

enum { CHAIN_DEPTH = VM_JUMP_DEPTH };

struct reach_seed {
	struct cds_list_head list;
	struct vm_chain *from;
	struct vm_rule *rule;        /* whose jumps are new; NULL: one jump to `to`, or the chain itself */
	struct vm_chain *to;
};

static int carry(struct vm_txn *t, struct vm_chain *c, unsigned depth, uint32_t from);

/* ---- ways out of a chain ---- */

struct way {
	struct vm_txn *t;
	const struct vm_chain *from;
};

static int carry_elem(struct vm_set *s, struct vm_elem *x, void *ctx)
{
	const struct way *w = ctx;
	const struct vm_verdict *v = x->off_data ? vm_elem_verdict(x) : NULL;

	if (!v || !v->chain || !vm_elem_active(x, w->t->next))
		return 0;
	return carry(w->t, v->chain, w->from->depth + 1, w->from->reached_from);
}

static bool jumps_by_map(const struct prog_ref *f)
{
	return f->kind == PROG_REF_SET && f->set->flags & NFT_SET_MAP && f->set->data_type == NFT_DATA_VERDICT && !f->dynset;
}

static int carry_rule(struct vm_txn *t, struct vm_chain *c, struct vm_rule *r)
{
	struct way w = { t, c };
	uint32_t n;
	const struct prog_ref *refs = prog_refs(r->prog, &n);
	int err = 0;

	for (uint32_t i = 0; i < n && !err; i++)
		if (refs[i].kind == PROG_REF_CHAIN)
			err = carry(t, refs[i].chain, c->depth + 1, c->reached_from);
		else if (jumps_by_map(&refs[i]))
			err = set_walk(refs[i].set, carry_elem, &w);
	return err;
}

static int check_places(const struct vm_chain *c)
{
	return c->reached_from & ~c->places ? -EOPNOTSUPP : 0;
}

/* Chain c is reached from places `from` by a way of `depth` jumps. */
static int carry(struct vm_txn *t, struct vm_chain *c, unsigned depth, uint32_t from)
{
	struct vm_rule *r;
	int err;

	if (depth >= CHAIN_DEPTH)
		return -EMLINK;
	if (c->reached_from && depth <= c->depth && !(from & ~c->reached_from))
		return 0;
	if (depth > c->depth)
		c->depth = depth;
	c->reached_from |= from;
	err = check_places(c);
	for (r = rule_first(c); r && !err; r = rule_next(r))
		if (active_next(t, &r->h))
			err = carry_rule(t, c, r);
	return err;
}

static uint32_t base_place(const struct vm_chain *c)
{
	return PROG_PLACE(c->base->type, c->base->hook);
}

/* ---- a table anew ---- */

static void chain_reset(struct vm_txn *t, struct vm_chain *c)
{
	struct vm_rule *r;

	c->reached_from = 0;
	c->depth = 0;
	c->places = PROG_ANYWHERE;
	for (r = rule_first(c); r; r = rule_next(r))
		if (active_next(t, &r->h))
			c->places &= prog_places(r->prog);
}

static int table_check(struct vm_txn *t, struct vm_table *tb)
{
	struct vm_chain *c;
	int err = 0;

	cds_list_for_each_entry(c, &tb->chains, h.list)
		chain_reset(t, c);
	cds_list_for_each_entry(c, &tb->chains, h.list)
		if (c->base && active_next(t, &c->h) && (err = carry(t, c, 0, base_place(c))))
			break;
	tb->unsound = err != 0;
	return err;
}

/* ---- seeds ---- */

static int seed_run(struct vm_txn *t, struct reach_seed *s)
{
	struct vm_chain *c = s->from;
	struct vm_table *tb = c->table;
	int err = 0;

	if (tb->unsound)
		return table_check(t, tb);
	if (!s->rule && !s->to)
		err = carry(t, c, 0, base_place(c));
	else if (!c->reached_from || (s->rule && !active_next(t, &s->rule->h)))
		return 0;
	else if (s->to)
		err = carry(t, s->to, c->depth + 1, c->reached_from);
	else
		err = check_places(c);
	if (!err && s->rule)
		err = carry_rule(t, c, s->rule);
	return err ? table_check(t, tb) : 0;
}

static int seed_add(struct vm_txn *t, struct reach_seed like)
{
	struct reach_seed *s;

	if (t->validate_now)
		return seed_run(t, &like);
	s = malloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	*s = like;
	cds_list_add_tail(&s->list, &t->work->checks);
	return 0;
}

static bool has_ways(const struct vm_rule *r)
{
	uint32_t n;
	const struct prog_ref *refs = prog_refs(r->prog, &n);

	for (uint32_t i = 0; i < n; i++)
		if (refs[i].kind == PROG_REF_CHAIN || jumps_by_map(&refs[i]))
			return true;
	return false;
}

int validate_seed_rule(struct vm_txn *t, struct vm_rule *r)
{
	uint32_t places = prog_places(r->prog);

	r->chain->places &= places;
	if (t->validate_now && r->chain->table->unsound)
		return table_check(t, r->chain->table);
	if (places == PROG_ANYWHERE && !has_ways(r))
		return 0;
	return seed_add(t, (struct reach_seed){ .from = r->chain, .rule = r });
}

int validate_seed_elem(struct vm_txn *t, struct vm_set *s, struct vm_elem *x)
{
	struct vm_chain *to = s->data_type == NFT_DATA_VERDICT && x->off_data ? vm_elem_verdict(x)->chain : NULL;
	struct set_binding *b;
	int err = 0;

	if (!to)
		return 0;
	cds_list_for_each_entry(b, &s->bindings, list)
		if (b->flags & NFT_SET_MAP && (err = seed_add(t, (struct reach_seed){ .from = b->rule->chain, .to = to })))
			break;
	return err;
}

void validate_seed_base(struct vm_txn *t, struct vm_chain *c)
{
	c->reached_from = base_place(c);
}

int validate_run(struct vm_txn *t)
{
	struct reach_seed *s;
	int err;

	cds_list_for_each_entry(s, &t->work->checks, list) {
		err = seed_run(t, s);
		if (err)
			return err;
	}
	return 0;
}

void validate_end(struct vm_txn *t)
{
	struct reach_seed *s, *u;

	cds_list_for_each_entry_safe(s, u, &t->work->checks, list)
		free(s);
	CDS_INIT_LIST_HEAD(&t->work->checks);
}
