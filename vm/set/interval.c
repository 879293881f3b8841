/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intervals: elements are the ends of half-open intervals, as they come on the wire. [10, 20) is a start 10 and an end 20
 * (NFT_SET_ELEM_INTERVAL_END). A key matches where the greatest element not above it is a start:
 *
 *     10 start   20 end   20 start   30 end          25 → 20 start: match; 35 → 30 end: none
 *
 * Order is by key, then end before start. The structure is a B+ tree (struct node) of at most NODE entries a node, whose keys are
 * stored as big-endian words beside the pointers, so that a lookup touches an element only when it has found it.
 *
 * Concurrency: nodes do not change once published, but for the pointers to children. The control thread copies the leaf it changes
 * (and the inner nodes above, where it splits), stores one pointer with release, and frees the old nodes after a grace period. A
 * reader between two versions sees the same active elements in both, since elements come and go inactive.
 *
 * What collides with what is net/netfilter/nft_set_rbtree.c: __nft_rbtree_insert, in other words (see insert()).
 */
#include <errno.h>
#include <stdlib.h>

#include "vm/rcu.h"
#include "vm/set/impl.h"

enum { NODE = 32, DEPTH = 16, RETIRED_MAX = 512, GC_PASS = 256, KEY_WORDS = SET_KEY_MAX / 8 };

struct node {
	uint16_t n;
	bool leaf;
	uint32_t starts;         /* bit i: entry i (of an inner node: the least below child i) is a start */
	void *_Atomic ptr[NODE]; /* leaf: struct vm_elem; inner: struct node */
	uint64_t key[];          /* words of entry i from i * x->words; of an inner node: least key below child i */
};

struct set_interval {
	struct node *_Atomic root;
	uint32_t words; /* of a key */
	uint32_t key_len;
	uint32_t n_retired;
	struct node *retired[RETIRED_MAX];
	/* start that was added or deleted last, while its end is awaited; only compared (start_rbe_cookie) */
	const struct vm_elem *start;
};

/* Where something stands in the order. */
struct probe {
	uint64_t key[KEY_WORDS];
	bool start;
};

/* A place in the tree: path from the root to an entry of a leaf. depth -1: none. */
struct cursor {
	int depth;
	struct node *node[DEPTH];
	uint16_t at[DEPTH];
};

static struct set_interval *interval_of(const struct vm_set *s)
{
	return s->backend;
}

static bool is_end(const struct vm_elem *e)
{
	return e->flags & NFT_SET_ELEM_INTERVAL_END;
}

static inline void key_words(uint64_t *out, const void *key, uint32_t len)
{
	const uint8_t *p = key;

	if (len == 4) {
		out[0] = (uint64_t)be32_load(p) << 32;
		return;
	}
	for (; len >= 8; len -= 8, p += 8)
		*out++ = be64_load(p);
	if (len) {
		uint8_t last[8] = { 0 };

		memcpy(last, p, len);
		*out = be64_load(last);
	}
}

static struct probe probe_of(const struct set_interval *x, const struct vm_elem *e)
{
	struct probe p = { .start = !is_end(e) };

	key_words(p.key, vm_elem_key(e), x->key_len);
	return p;
}

static inline int key_cmp(const uint64_t *a, const uint64_t *b, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static inline bool not_above(const struct set_interval *x, const struct node *n, unsigned i, const struct probe *p)
{
	int d = key_cmp(&n->key[i * x->words], p->key, x->words);

	return d < 0 || (d == 0 && (p->start || !(n->starts >> i & 1)));
}

/* Number of entries that are not above the probe. */
static inline unsigned rank(const struct set_interval *x, const struct node *n, const struct probe *p)
{
	unsigned lo = 0, hi = n->n;

	if (x->words == 1 && p->start) {
		unsigned k = 0;

		for (unsigned i = 0; i < hi; i++)
			k += n->key[i] <= p->key[0];
		return k;
	}
	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (not_above(x, n, mid, p))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static inline void *child(const struct node *n, unsigned i)
{
	return atomic_load_explicit(&n->ptr[i], memory_order_acquire);
}

/* ---- moving about ---- */

static inline struct vm_elem *cursor_elem(const struct cursor *c)
{
	return c->depth < 0 ? NULL : child(c->node[c->depth], c->at[c->depth]);
}

/* To the last (or first) entry below node[from]. */
static void run_down(struct cursor *c, int from, bool last)
{
	c->depth = from;
	while (!c->node[c->depth]->leaf) {
		struct node *n = child(c->node[c->depth], c->at[c->depth]);

		c->node[++c->depth] = n;
		c->at[c->depth] = last ? n->n - 1 : 0;
	}
}

static void step_back(struct cursor *c)
{
	for (int d = c->depth; d >= 0; d--)
		if (c->at[d]) {
			c->at[d]--;
			run_down(c, d, true);
			return;
		}
	c->depth = -1;
}

static void step_on(struct cursor *c)
{
	for (int d = c->depth; d >= 0; d--)
		if (c->at[d] + 1 < c->node[d]->n) {
			c->at[d]++;
			run_down(c, d, false);
			return;
		}
	c->depth = -1;
}

/*
 * Path to the leaf where the probe belongs; the cursor is at the last entry there that is not above it, or at the first. Returns
 * the number of entries of the leaf that are not above.
 */
static unsigned descend(const struct set_interval *x, struct cursor *c, const struct probe *p)
{
	struct node *n = atomic_load_explicit(&x->root, memory_order_acquire);

	for (c->depth = 0;; c->depth++) {
		unsigned r = rank(x, n, p);

		c->node[c->depth] = n;
		c->at[c->depth] = r ? r - 1 : 0;
		if (n->leaf)
			return r;
		n = child(n, c->at[c->depth]);
	}
}

/* The last entry that is not above the probe: true. False: there is none, and the cursor is at the first of all (depth -1: empty
 * tree). */
static bool seek(const struct set_interval *x, struct cursor *c, const struct probe *p)
{
	if (descend(x, c, p))
		return true;
	for (int d = c->depth - 1; d >= 0; d--)
		if (c->at[d]) {
			step_back(c); /* the leaf has lost what was there */
			return true;
		}
	if (!c->node[c->depth]->n)
		c->depth = -1;
	return false;
}

/* ---- lookup ---- */

static struct vm_elem *lookup(const struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns)
{
	const struct set_interval *x = interval_of(s);
	struct probe p = { .start = true };
	struct cursor c;

	key_words(p.key, key, x->key_len);
	if (!seek(x, &c, &p))
		return NULL;
	for (struct vm_elem *e; (e = cursor_elem(&c)); step_back(&c))
		if (set_elem_live(e, cursor, now_ns))
			return is_end(e) ? NULL : e;
	return NULL;
}

static struct vm_elem *find(const struct vm_set *s, const struct vm_elem *probe, unsigned next, uint64_t now_ns)
{
	const struct set_interval *x = interval_of(s);
	struct probe p = probe_of(x, probe);
	struct cursor c;

	if (!seek(x, &c, &p))
		return NULL;
	for (struct vm_elem *e; (e = cursor_elem(&c)) && !memcmp(vm_elem_key(e), vm_elem_key(probe), x->key_len); step_back(&c))
		if (is_end(e) == is_end(probe) && set_elem_live(e, next, now_ns))
			return e;
	return NULL;
}

/* The live element below: is it a start? */
static bool behind_start(struct cursor c, unsigned cursor, uint64_t now_ns)
{
	step_back(&c);
	for (struct vm_elem *e; (e = cursor_elem(&c)); step_back(&c))
		if (set_elem_live(e, cursor, now_ns))
			return !is_end(e);
	return false;
}

/*
 * The interval that holds a key begins at the greatest start not above it, and ends at the least end not below; or, where another
 * begins at once, at that one's start.
 */
static struct vm_elem *get(const struct vm_set *s, const struct vm_elem *probe, unsigned cursor, uint64_t now_ns)
{
	const struct set_interval *x = interval_of(s);
	struct probe p = probe_of(x, probe);
	struct cursor c;
	bool found;

	if (!is_end(probe))
		return lookup(s, cursor, (const uint32_t *)vm_elem_key(probe), now_ns);
	p.start = false;
	found = seek(x, &c, &p);
	for (struct vm_elem *e = cursor_elem(&c); found && e && !memcmp(vm_elem_key(e), vm_elem_key(probe), x->key_len);
	     e = cursor_elem(&c)) {
		if (set_elem_live(e, cursor, now_ns))
			return behind_start(c, cursor, now_ns) ? e : NULL;
		step_back(&c);
	}
	p.start = true;
	if (seek(x, &c, &p))
		step_on(&c);
	for (struct vm_elem *e; (e = cursor_elem(&c)); step_on(&c))
		if (set_elem_live(e, cursor, now_ns))
			return lookup(s, cursor, (const uint32_t *)vm_elem_key(probe), now_ns)
				       ? e
				       : NULL; /* an end, or the next start */
	return NULL;
}

/* ---- changing the tree ---- */

static struct node *node_new(const struct set_interval *x, bool leaf)
{
	struct node *n = malloc(sizeof(*n) + NODE * x->words * sizeof(uint64_t));

	if (n) {
		n->n = 0;
		n->leaf = leaf;
		n->starts = 0;
	}
	return n;
}

/* Appends entry i of another node. */
static void append(const struct set_interval *x, struct node *to, const struct node *from, unsigned i)
{
	unsigned n = to->n++;

	memcpy(&to->key[n * x->words], &from->key[i * x->words], x->words * sizeof(uint64_t));
	to->starts |= (from->starts >> i & 1) << n;
	atomic_store_explicit(&to->ptr[n], child(from, i), memory_order_relaxed);
}

static void append_new(const struct set_interval *x, struct node *to, const uint64_t *key, bool start, void *ptr)
{
	unsigned n = to->n++;

	memcpy(&to->key[n * x->words], key, x->words * sizeof(uint64_t));
	to->starts |= (uint32_t)start << n;
	atomic_store_explicit(&to->ptr[n], ptr, memory_order_relaxed);
}

static void retire(struct set_interval *x, struct node *n)
{
	x->retired[x->n_retired++] = n;
	if (x->n_retired < RETIRED_MAX)
		return;
	vm_rcu_wait();
	while (x->n_retired)
		free(x->retired[--x->n_retired]);
}

/* What becomes of one entry of a node: replaced by these, 0 to 2 of them. */
struct change {
	unsigned at; /* the entry; where insert is set, the place of what comes in between */
	bool insert;
	unsigned n;
	const uint64_t *key[2];
	bool start[2];
	void *ptr[2];
};

/*
 * A copy of a node with a change, in one node or, where it does not fit, in two. Returns their number, -1: no memory. 0: nothing is
 * left. A node that grows at its end is cut there, so that ascending insertions leave full nodes behind.
 */
static int changed(const struct set_interval *x, const struct node *old, const struct change *c, struct node *out[2])
{
	unsigned total = old->n + c->n - !c->insert, cut = total, k = 0;

	if (!total)
		return 0;
	out[0] = node_new(x, old->leaf);
	out[1] = NULL;
	if (total > NODE) {
		cut = c->at + 1 >= old->n ? NODE : total / 2;
		out[1] = node_new(x, old->leaf);
	}
	if (!out[0] || (total > NODE && !out[1])) {
		free(out[0]);
		free(out[1]);
		return -1;
	}
	for (unsigned i = 0; i <= old->n; i++) {
		if (i == c->at)
			for (unsigned j = 0; j < c->n; j++, k++)
				append_new(x, out[k >= cut], c->key[j], c->start[j], c->ptr[j]);
		if (i < old->n && (i != c->at || c->insert))
			append(x, out[k++ >= cut], old, i);
	}
	return out[1] ? 2 : 1;
}

/*
 * Applies a change to the node at depth d of a path and what follows from it above. New nodes are made from the bottom up and
 * published by one store. 0 or -ENOMEM, with nothing changed.
 */
static int apply(struct set_interval *x, const struct cursor *path, int d, const struct change *c)
{
	struct node *out[2] = { NULL, NULL }, *old = path->node[d], *root;
	struct change up = { .insert = false };
	int n = changed(x, old, c, out), err = 0;

	if (n < 0)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		up.key[i] = out[i]->key;
		up.start[i] = out[i]->starts & 1;
		up.ptr[i] = out[i];
	}
	up.n = n;
	if (d > 0 && n == 1) {
		atomic_store_explicit(&path->node[d - 1]->ptr[path->at[d - 1]], out[0], memory_order_release);
	} else if (d > 0) {
		up.at = path->at[d - 1];
		err = apply(x, path, d - 1, &up);
	} else {
		root = n == 1 ? out[0] : node_new(x, n == 0);
		if (root && n == 2)
			for (int i = 0; i < 2; i++)
				append_new(x, root, up.key[i], up.start[i], up.ptr[i]);
		if (root)
			atomic_store_explicit(&x->root, root, memory_order_release);
		else
			err = -ENOMEM;
	}
	if (err) {
		free(out[0]);
		free(out[1]);
	} else {
		retire(x, old);
	}
	return err;
}

static int tree_insert(struct set_interval *x, struct vm_elem *e)
{
	struct probe p = probe_of(x, e);
	struct change c = { .insert = true, .n = 1, .key = { p.key }, .start = { p.start }, .ptr = { e } };
	struct cursor at;

	c.at = descend(x, &at, &p);
	return apply(x, &at, at.depth, &c);
}

static void remove_elem(struct vm_set *s, struct vm_elem *e)
{
	struct set_interval *x = interval_of(s);
	struct probe p = probe_of(x, e);
	struct change c = { .n = 0 };
	struct cursor at;

	if (!seek(x, &at, &p))
		return;
	while (cursor_elem(&at) && cursor_elem(&at) != e)
		step_back(&at);
	if (at.depth < 0)
		return;
	c.at = at.at[at.depth];
	apply(x, &at, at.depth, &c); /* without memory it stays where it is, dead */
}

/* ---- collisions ---- */

/* The end that belongs to a start: the next element of the next generation, if it is an end. */
static struct vm_elem *end_of(struct cursor c, unsigned next)
{
	for (step_on(&c); c.depth >= 0; step_on(&c)) {
		struct vm_elem *e = cursor_elem(&c);

		if (vm_elem_active(e, next))
			return is_end(e) ? e : NULL;
	}
	return NULL;
}

/* An expired interval counts as gone; its end, which knows no time, goes with it. Both stay in the tree until gc(). */
static bool bury_expired(const struct cursor *c, unsigned next, uint64_t now_ns)
{
	struct vm_elem *e = cursor_elem(c), *end;

	if (is_end(e) || !vm_elem_expired(e, now_ns))
		return false;
	end = end_of(*c, next);
	if (end && !atomic_load(&end->genmask))
		atomic_store(&end->dead, true);
	return true;
}

/* From the cursor on, backwards or forwards, the first element that counts in the next generation. */
static struct vm_elem *counting(struct cursor *c, void (*step)(struct cursor *c), unsigned next, uint64_t now_ns)
{
	for (; c->depth >= 0; step(c)) {
		struct vm_elem *e = cursor_elem(c);

		if (vm_elem_active(e, next) && !bury_expired(c, next, now_ns) && vm_elem_active(e, next))
			return e;
	}
	return NULL;
}

static bool same_key(const struct vm_set *s, const struct vm_elem *a, const struct vm_elem *b)
{
	return !memcmp(vm_elem_key(a), vm_elem_key(b), s->key_len);
}

/* The next element down that is, or is not, active for `next`. */
static struct vm_elem *next_below(struct set_interval *x, const struct vm_elem *e, unsigned next, bool active)
{
	struct cursor c;
	struct probe p = probe_of(x, e);

	if (!seek(x, &c, &p))
		return NULL;
	while (c.depth >= 0 && cursor_elem(&c) != e)
		step_back(&c);
	for (step_back(&c); c.depth >= 0; step_back(&c))
		if (vm_elem_active(cursor_elem(&c), next) == active)
			return cursor_elem(&c);
	return NULL;
}

/* An end belongs to the start before it: both are of the interval that the client means. */
static bool ends_what_began(struct set_interval *x, const struct vm_elem *end, unsigned next, bool active)
{
	const struct vm_elem *start = x->start;

	x->start = NULL;
	return !start || next_below(x, end, next, active) == start;
}

static bool may_leave(struct vm_set *s, const struct vm_elem *e, unsigned next)
{
	struct set_interval *x = interval_of(s);

	if (is_end(e))
		return ends_what_began(x, e, next, false);
	x->start = e;
	return true;
}

/*
 * With `below` the neighbour at or under the new element's key (where the keys are equal, an end) and `above` that at or over it
 * (where they are equal, a start):
 *   a new start on a start above, or a new end on an end below, is the same element: -EEXIST
 *   a new start behind a start lies in an interval: -ENOTEMPTY; anonymous sets may have two starts in a row, if no end follows
 *   a new end behind an end has no start of its own: -ENOTEMPTY
 *   a new end before an end lies in an interval: -ENOTEMPTY
 */
static int collide(const struct vm_set *s, const struct vm_elem *e, struct vm_elem *below, struct vm_elem *above,
		   struct vm_elem **dup)
{
	struct vm_elem *same = is_end(e) ? below : above;

	if (same && same_key(s, same, e) && is_end(same) == is_end(e)) {
		*dup = same;
		return -EEXIST;
	}
	if (!is_end(e))
		return below && !is_end(below) && (!vm_set_is_anonymous(s) || (above && is_end(above))) ? -ENOTEMPTY : 0;
	return (below && is_end(below)) || (above && is_end(above)) ? -ENOTEMPTY : 0;
}

static int insert(struct vm_set *s, struct vm_elem *e, unsigned next, uint64_t now_ns, struct vm_elem **dup)
{
	struct set_interval *x = interval_of(s);
	struct vm_elem *below, *above;
	struct probe p = probe_of(x, e);
	struct cursor c;
	int err;

	p.start = false;
	below = seek(x, &c, &p) ? counting(&c, step_back, next, now_ns) : NULL;
	if (seek(x, &c, &p))
		step_on(&c);
	above = counting(&c, step_on, next, now_ns);
	err = collide(s, e, below, above, dup);
	if (err == -EEXIST && !is_end(e))
		x->start = *dup;
	else if (err == -EEXIST && !ends_what_began(x, *dup, next, true))
		err = -ENOTEMPTY;
	return err ? err : tree_insert(x, e);
}

/* ---- the rest ---- */

static int create(struct vm_set *s, const struct set_desc *d)
{
	struct set_interval *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	x->key_len = d->key_len;
	x->words = (d->key_len + 7) / 8;
	x->root = node_new(x, true);
	if (!x->root) {
		free(x);
		return -ENOMEM;
	}
	s->backend = x;
	return 0;
}

static void free_below(struct node *n)
{
	for (unsigned i = 0; !n->leaf && i < n->n; i++)
		free_below(n->ptr[i]);
	free(n);
}

/* The kernel's order: from the highest down. */
static int walk_below(struct vm_set *s, struct node *n, set_walk_fn fn, void *ctx)
{
	for (unsigned i = n->n; i-- > 0;) {
		int rc = n->leaf ? fn(s, n->ptr[i], ctx) : walk_below(s, n->ptr[i], fn, ctx);

		if (rc)
			return rc;
	}
	return 0;
}

static int walk(struct vm_set *s, set_walk_fn fn, void *ctx)
{
	return walk_below(s, interval_of(s)->root, fn, ctx);
}

static void destroy(struct vm_set *s, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx)
{
	struct set_interval *x = interval_of(s);
	struct cursor c = { .depth = 0 };

	if (!x)
		return;
	c.node[0] = x->root;
	if (fn && c.node[0]->n)
		for (run_down(&c, 0, false); c.depth >= 0; step_on(&c))
			fn(s, cursor_elem(&c), ctx);
	free_below(x->root);
	while (x->n_retired)
		free(x->retired[--x->n_retired]);
	free(x);
	s->backend = NULL;
}

/* Up to `max` elements that may be collected: expired, or buried. With an expired start its end is buried too. */
static uint32_t collectable(struct set_interval *x, uint64_t now_ns, struct vm_elem **out, uint32_t max)
{
	struct cursor c = { .depth = 0 };
	uint32_t n = 0;

	c.node[0] = x->root;
	if (!c.node[0]->n)
		return 0;
	for (run_down(&c, 0, false); c.depth >= 0 && n < max; step_on(&c)) {
		struct vm_elem *e = cursor_elem(&c);

		if (!atomic_load(&e->genmask) && (atomic_load(&e->dead) || bury_expired(&c, 0, now_ns)))
			out[n++] = e;
	}
	return n;
}

static uint32_t gc(struct vm_set *s, uint64_t now_ns, uint32_t max, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx),
		   void *ctx)
{
	struct vm_elem *some[GC_PASS];
	uint32_t n, total = 0;

	do {
		n = collectable(interval_of(s), now_ns, some, max - total < GC_PASS ? max - total : GC_PASS);
		for (uint32_t i = 0; i < n; i++) {
			atomic_store(&some[i]->dead, true);
			remove_elem(s, some[i]);
			fn(s, some[i], ctx);
		}
		total += n;
	} while (n == GC_PASS && total < max);
	return total;
}

const struct set_ops set_interval_ops = {
	.name = "interval",
	.kernel_name = "nft_set_rbtree_type",
	.estimate = set_estimate_interval,
	.create = create,
	.destroy = destroy,
	.insert = insert,
	.find = find,
	.get = get,
	.may_leave = may_leave,
	.remove = remove_elem,
	.walk = walk,
	.gc = gc,
	.lookup = lookup,
};
