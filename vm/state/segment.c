/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of a chain, twice: as a list for the control thread, and as blocks of pointers for the workers.
 *
 * The list is cut into segments of at most SEGMENT_MAX rules. Each has a block: an immutable array of its rules that are active. What workers
 * read, chain->rules[cursor], is an array of the blocks. A batch marks the segments that it changes; commit builds these segments' blocks anew,
 * and the array of all blocks: one rule more among 50,000 copies 128 and 400 pointers. Blocks of other segments are shared by both generations.
 *
 *     segments   [a b c d] [e f g h] [i j]        insert x behind f
 *     published   A         B         C           B' = [e f x g h], array A B' C in the other slot; B is freed a grace period later
 *
 * An aborted batch may leave segments split or merged; they stay marked, and the published blocks keep to the old cut until the next commit.
 */
#include "vm/state/internal.h"

enum { SEGMENT_MAX = 128, SEGMENT_FEW = 32 };

struct rule_segment {
	struct cds_list_head list;  /* in chain->segments */
	struct cds_list_head rules;
	uint32_t n;                 /* rules linked */
	bool dirty;                 /* block is not (only) what active rules of this segment say */
	struct vm_rule_block *block, *staged; /* published; to be */
};

#define RULE(p)    cds_list_entry(p, struct vm_rule, h.list)
#define SEGMENT(p) cds_list_entry(p, struct rule_segment, list)

/* ---- the list ---- */

static struct vm_rule *first_from(const struct vm_chain *c, struct cds_list_head *p)
{
	for (; p != &c->segments; p = p->next)
		if (!cds_list_empty(&SEGMENT(p)->rules))
			return RULE(SEGMENT(p)->rules.next);
	return NULL;
}

struct vm_rule *rule_first(const struct vm_chain *c)
{
	return first_from(c, c->segments.next);
}

struct vm_rule *rule_next(const struct vm_rule *r)
{
	if (r->h.list.next != &r->segment->rules)
		return RULE(r->h.list.next);
	return first_from(r->chain, r->segment->list.next);
}

struct vm_rule *rule_prev(const struct vm_rule *r)
{
	struct cds_list_head *p;

	if (r->h.list.prev != &r->segment->rules)
		return RULE(r->h.list.prev);
	for (p = r->segment->list.prev; p != &r->chain->segments; p = p->prev)
		if (!cds_list_empty(&SEGMENT(p)->rules))
			return RULE(SEGMENT(p)->rules.prev);
	return NULL;
}

/* ---- changing it ---- */

static struct rule_segment *segment_new(struct cds_list_head *behind)
{
	struct rule_segment *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	CDS_INIT_LIST_HEAD(&s->rules);
	s->dirty = true;
	cds_list_add(&s->list, behind);
	return s;
}

static void segment_drop(struct rule_segment *s)
{
	cds_list_del(&s->list);
	free(s->block);
	free(s->staged);
	free(s);
}

/* Moves rules from the list's place p on to its end into another, empty segment. */
static void move_tail(struct rule_segment *from, struct cds_list_head *p, struct rule_segment *to)
{
	while (p != &from->rules) {
		struct cds_list_head *next = p->next;

		cds_list_move(p, to->rules.prev);
		RULE(p)->segment = to;
		from->n--;
		to->n++;
		p = next;
	}
}

/* Makes room in a full segment beside rule `at`. False: no memory. */
static bool split(struct rule_segment *s)
{
	struct rule_segment *t = segment_new(&s->list);
	struct cds_list_head *p = s->rules.next;

	if (!t)
		return false;
	for (unsigned i = 0; i < SEGMENT_MAX / 2; i++)
		p = p->next;
	move_tail(s, p, t);
	s->dirty = true;
	return true;
}

/* The segment that takes a rule at the chain's very beginning or end. */
static struct rule_segment *segment_end(struct vm_chain *c, bool behind)
{
	struct cds_list_head *p = behind ? c->segments.prev : c->segments.next;

	if (p != &c->segments && SEGMENT(p)->n < SEGMENT_MAX)
		return SEGMENT(p);
	return segment_new(behind ? c->segments.prev : &c->segments);
}

int segment_insert(struct vm_chain *c, struct vm_rule *r, struct vm_rule *at, bool behind)
{
	struct rule_segment *s;

	if (at && (behind ? !rule_next(at) : !rule_prev(at)))
		at = NULL;
	if (at && at->segment->n >= SEGMENT_MAX && !split(at->segment))
		return -ENOMEM;
	s = at ? at->segment : segment_end(c, behind);
	if (!s)
		return -ENOMEM;
	if (at)
		cds_list_add(&r->h.list, behind ? &at->h.list : at->h.list.prev);
	else
		cds_list_add(&r->h.list, behind ? s->rules.prev : &s->rules);
	r->chain = c;
	r->segment = s;
	s->n++;
	s->dirty = true;
	c->n_rules++;
	return 0;
}

void segment_remove(struct vm_rule *r)
{
	struct rule_segment *s = r->segment;

	cds_list_del(&r->h.list);
	r->segment = NULL;
	r->chain->n_rules--;
	if (!--s->n && !s->block && !s->staged)
		segment_drop(s);
}

void segment_dirty(struct vm_rule *r)
{
	r->segment->dirty = true;
}

/* ---- publishing ---- */

/* Few rules beside few: one segment instead of two. The emptied one goes when its block does. */
static void merge(struct vm_chain *c, struct rule_segment *s)
{
	while (s->n < SEGMENT_FEW && s->list.next != &c->segments) {
		struct rule_segment *t = SEGMENT(s->list.next);

		if (t->n >= SEGMENT_FEW)
			return;
		move_tail(t, t->rules.next, s);
		t->dirty = true;
		if (t->block)
			return;
		segment_drop(t);
	}
}

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static struct vm_rule_block *block_new(const struct vm_txn *t, const struct rule_segment *s)
{
	struct vm_rule_block *b;
	struct vm_rule *r;
	uint32_t n = 0;

	cds_list_for_each_entry(r, &s->rules, h.list)
		n += active_next(t, &r->h);
	if (!n)
		return NULL;
	b = must(malloc(sizeof(*b) + n * sizeof(b->rule[0])));
	b->n = 0;
	cds_list_for_each_entry(r, &s->rules, h.list)
		if (active_next(t, &r->h))
			b->rule[b->n++] = (struct vm_rule_ref){ r->prog, r };
	return b;
}

/* Few allocations of known size, behind the last point where a batch may fail: without memory for them nothing can go on. */
void segment_prepare(struct vm_txn *t, struct vm_chain *c)
{
	struct rule_segment *s;
	struct vm_rules *all;
	uint32_t n = 0;

	cds_list_for_each_entry(s, &c->segments, list) {
		if (s->dirty) {
			merge(c, s);
			s->staged = block_new(t, s);
		}
		n += (s->dirty ? s->staged : s->block) != NULL;
	}
	all = must(malloc(sizeof(*all) + n * sizeof(all->block[0])));
	all->n_blocks = all->n_rules = 0;
	cds_list_for_each_entry(s, &c->segments, list) {
		const struct vm_rule_block *b = s->dirty ? s->staged : s->block;

		if (!b)
			continue;
		all->block[all->n_blocks++] = b;
		all->n_rules += b->n;
	}
	if (!n) {
		free(all);
		all = NULL;
	}
	atomic_store_explicit(&c->rules[t->next], all, memory_order_release);
}

void segment_publish(struct vm_txn *t, struct vm_chain *c)
{
	struct rule_segment *s, *u;

	free((void *)(uintptr_t)c->rules[t->cur]);
	c->rules[t->cur] = c->rules[t->next];
	cds_list_for_each_entry_safe(s, u, &c->segments, list) {
		if (!s->dirty)
			continue;
		free(s->block);
		s->block = s->staged;
		s->staged = NULL;
		s->dirty = false;
		if (!s->n)
			segment_drop(s);
	}
}

void segment_abort(struct vm_txn *t, struct vm_chain *c)
{
	struct rule_segment *s, *u;

	if (c->rules[t->next] != c->rules[t->cur])
		free((void *)(uintptr_t)c->rules[t->next]);
	c->rules[t->next] = c->rules[t->cur];
	cds_list_for_each_entry_safe(s, u, &c->segments, list) {
		free(s->staged);
		s->staged = NULL;
		if (!s->n && !s->block)
			segment_drop(s);
	}
}

void segment_free(struct vm_chain *c)
{
	struct rule_segment *s, *t;

	if (c->rules[0] != c->rules[1])
		free((void *)(uintptr_t)c->rules[1]);
	free((void *)(uintptr_t)c->rules[0]);
	cds_list_for_each_entry_safe(s, t, &c->segments, list)
		segment_drop(s);
}
