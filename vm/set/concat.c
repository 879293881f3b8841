/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Concatenations of ranges: an element is a box, a range in each field; a key matches the box, of several the one that was inserted first
 * (net/netfilter/nft_set_pipapo.c takes the lowest bit of its result, and bits are in order of insertion).
 *
 * The structure is a tree with three branches. A node cuts one field at a value; boxes wholly below it are in one branch, those wholly at or above it
 * in another, those across it in the third. A leaf lists boxes. A lookup goes to the side where its key lies and to those across, and leaves out branches
 * whose oldest box is younger than what it has found:
 *
 *     field 0 < 10.0.0.0 ──► leaf: 1.2.3.4 × 1-100, 1.2.3.5 × 7
 *             ≥          ──► leaf: 172.16.0.0/12 × 80
 *             across     ──► leaf: 0.0.0.0/0 × 53
 *
 * Concurrency: leaves do not change once published; the control thread copies the one it changes, or builds a subtree anew when a leaf has grown
 * or a node holds twice what it was built from, stores one pointer with release, and frees the old after a grace period. Counts
 * in inner nodes are the control thread's.
 */
#include <errno.h>
#include <stdlib.h>

#include "vm/rcu.h"
#include "vm/set/impl.h"

enum { LEAF = 8, LEAF_MAX = 16, RETIRED_MAX = 512, WORDS_MAX = SET_KEY_MAX / 4, SAMPLES = 32 };

struct box {
	struct vm_elem *e;
	uint64_t order;       /* of insertion */
	uint32_t w[];         /* lower ends of all words, then upper ends; host numbers, so that fields compare word by word */
};

/* A node is a leaf where field is NONE. Both begin alike. */
enum { NONE = 0xff };
struct node {
	uint8_t field;
	uint32_t n;                   /* boxes below; leaf: in boxes[] */
	uint32_t built;               /* n when it was built */
	uint64_t oldest;              /* no box below is older */
	union {
		struct {
			uint32_t cut[4];                    /* least value of the upper side, words of the field */
			struct node *_Atomic branch[3];     /* BELOW, ABOVE, ACROSS; NULL: empty */
		};
		struct box *boxes[0];
	};
};
enum { BELOW, ABOVE, ACROSS };

struct set_concat {
	struct node *_Atomic root;    /* NULL: empty */
	uint64_t order;               /* of the next element */
	uint32_t words;               /* of a key */
	uint8_t n_fields, first[SET_FIELDS_MAX + 1]; /* first word of each field */
	uint32_t last_mask[SET_FIELDS_MAX];          /* of the field's last word */
	uint32_t n_retired;
	void *retired[RETIRED_MAX];
};

static struct set_concat *concat_of(const struct vm_set *s)
{
	return s->backend;
}

/* ---- keys ---- */

static void key_words(const struct set_concat *x, uint32_t *out, const void *key)
{
	const uint8_t *p = key;

	for (uint32_t i = 0; i < x->words; i++)
		out[i] = be32_load(p + 4 * i);
	for (unsigned f = 0; f < x->n_fields; f++)
		out[x->first[f + 1] - 1] &= x->last_mask[f];
}

static inline int words_cmp(const uint32_t *a, const uint32_t *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static inline uint32_t field_words(const struct set_concat *x, unsigned f)
{
	return x->first[f + 1] - x->first[f];
}

static inline bool box_holds(const struct set_concat *x, const struct box *b, const uint32_t *key)
{
	for (unsigned f = 0; f < x->n_fields; f++) {
		uint32_t at = x->first[f], n = field_words(x, f);

		if (words_cmp(&b->w[at], &key[at], n) > 0 || words_cmp(&key[at], &b->w[x->words + at], n) > 0)
			return false;
	}
	return true;
}

static struct box *box_new(struct set_concat *x, struct vm_elem *e)
{
	const uint8_t *end = vm_elem_key_end(e);
	struct box *b = malloc(sizeof(*b) + 2 * x->words * sizeof(uint32_t));

	if (!b)
		return NULL;
	b->e = e;
	b->order = x->order++;
	key_words(x, b->w, vm_elem_key(e));
	key_words(x, b->w + x->words, end ? end : vm_elem_key(e));
	return b;
}

static void retire(struct set_concat *x, void *p)
{
	x->retired[x->n_retired++] = p;
	if (x->n_retired < RETIRED_MAX)
		return;
	vm_rcu_wait();
	while (x->n_retired)
		free(x->retired[--x->n_retired]);
}

/* ---- lookup ---- */

struct search {
	const struct set_concat *x;
	uint32_t key[WORDS_MAX];
	unsigned cursor;
	uint64_t now_ns;
	struct vm_elem *found;
	uint64_t order; /* of what is found */
};

static inline unsigned side(const struct set_concat *x, const struct node *n, const uint32_t *w)
{
	return words_cmp(&w[x->first[n->field]], n->cut, field_words(x, n->field)) < 0 ? BELOW : ABOVE;
}

static void search_leaf(struct search *q, const struct node *n)
{
	for (uint32_t i = 0; i < n->n; i++) {
		const struct box *b = n->boxes[i];

		if (b->order >= q->order)
			return; /* boxes of a leaf are in order */
		if (box_holds(q->x, b, q->key) && set_elem_live(b->e, q->cursor, q->now_ns)) {
			q->found = b->e;
			q->order = b->order;
			return;
		}
	}
}

static void search(struct search *q, struct node *const _Atomic *from)
{
	const struct node *n = atomic_load_explicit(from, memory_order_acquire);

	while (n && n->oldest < q->order) {
		if (n->field == NONE) {
			search_leaf(q, n);
			return;
		}
		search(q, &n->branch[side(q->x, n, q->key)]);
		n = atomic_load_explicit(&n->branch[ACROSS], memory_order_acquire);
	}
}

static struct vm_elem *lookup(const struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns)
{
	struct search q = { .x = concat_of(s), .cursor = cursor, .now_ns = now_ns, .order = UINT64_MAX };

	key_words(q.x, q.key, key);
	search(&q, &q.x->root);
	return q.found;
}

/* As the kernel's: what the start of a range leads to, wherever it ends. */
static struct vm_elem *find(const struct vm_set *s, const struct vm_elem *probe, unsigned next, uint64_t now_ns)
{
	return lookup(s, next, (const uint32_t *)vm_elem_key(probe), now_ns);
}

/* ---- building ---- */

static int by_order(const void *a, const void *b)
{
	const struct box *x = *(struct box *const *)a, *y = *(struct box *const *)b;

	return x->order < y->order ? -1 : x->order > y->order;
}

static size_t leaf_bytes(uint32_t n)
{
	size_t bytes = offsetof(struct node, boxes) + n * sizeof(struct box *);

	return bytes > sizeof(struct node) ? bytes : sizeof(struct node);
}

static struct node *leaf_new(struct box *const *boxes, uint32_t n)
{
	struct node *l = malloc(leaf_bytes(n));

	if (!l)
		return NULL;
	l->field = NONE;
	l->n = l->built = n;
	l->oldest = boxes[0]->order;
	memcpy(l->boxes, boxes, n * sizeof(*boxes));
	return l;
}

static unsigned box_side(const struct set_concat *x, const struct box *b, unsigned f, const uint32_t *cut)
{
	uint32_t at = x->first[f], n = field_words(x, f);

	if (words_cmp(&b->w[x->words + at], cut, n) < 0)
		return BELOW;
	return words_cmp(&b->w[at], cut, n) >= 0 ? ABOVE : ACROSS;
}

/* What a cut costs: the boxes that a lookup still has before it, of a sample. */
static uint32_t cost(const struct set_concat *x, struct box *const *boxes, uint32_t n, uint32_t step, unsigned f, const uint32_t *cut)
{
	uint32_t count[3] = { 0 };

	for (uint32_t i = 0; i < n; i += step)
		count[box_side(x, boxes[i], f, cut)]++;
	return (count[BELOW] > count[ABOVE] ? count[BELOW] : count[ABOVE]) + 2 * count[ACROSS];
}

/* The best of some cuts at lower ends of boxes; false: none separates anything. */
static bool choose(const struct set_concat *x, struct box *const *boxes, uint32_t n, uint8_t *field, uint32_t cut[4])
{
	uint32_t step = n > 512 ? n / 256 : 1, tries = n < SAMPLES ? n : SAMPLES, total = (n + step - 1) / step, best = total;

	for (unsigned f = 0; f < x->n_fields; f++)
		for (uint32_t t = 0; t < tries; t++) {
			const uint32_t *at = &boxes[(uint64_t)n * t / tries]->w[x->first[f]];
			uint32_t c = cost(x, boxes, n, step, f, at);

			if (c < best) {
				best = c;
				*field = f;
				memcpy(cut, at, field_words(x, f) * sizeof(uint32_t));
			}
		}
	return best < total;
}

static void free_nodes(struct node *n)
{
	if (n && n->field != NONE)
		for (unsigned i = 0; i < 3; i++)
			free_nodes(n->branch[i]);
	free(n);
}

/* Sorts boxes by their side of the node's cut, each group keeping its order; scratch: as many pointers. */
static void part(const struct set_concat *x, const struct node *n, struct box **boxes, struct box **scratch, uint32_t count[3])
{
	uint32_t k = 0;

	for (unsigned b = 0; b < 3; b++) {
		uint32_t from = k;

		for (uint32_t i = 0; i < n->n; i++)
			if (box_side(x, boxes[i], n->field, n->cut) == b)
				scratch[k++] = boxes[i];
		count[b] = k - from;
	}
	memcpy(boxes, scratch, k * sizeof(*boxes));
}

/* A tree of boxes (in order of insertion; the array is used up). NULL: no memory. */
static struct node *build(const struct set_concat *x, struct box **boxes, uint32_t n, struct box **scratch)
{
	uint32_t count[3], cut[4];
	struct node *node;
	uint8_t field = 0;

	if (n <= LEAF || !choose(x, boxes, n, &field, cut))
		return leaf_new(boxes, n);
	node = calloc(1, sizeof(*node));
	if (!node)
		return NULL;
	*node = (struct node){ .field = field, .n = n, .built = n, .oldest = boxes[0]->order };
	memcpy(node->cut, cut, field_words(x, field) * sizeof(uint32_t));
	part(x, node, boxes, scratch, count);
	for (unsigned b = 0; b < 3; boxes += count[b++]) {
		if (!count[b])
			continue;
		node->branch[b] = build(x, boxes, count[b], scratch);
		if (!node->branch[b]) {
			free_nodes(node);
			return NULL;
		}
	}
	return node;
}

static struct box **gather(const struct node *n, struct box **out)
{
	if (!n)
		return out;
	if (n->field == NONE) {
		memcpy(out, n->boxes, n->n * sizeof(*out));
		return out + n->n;
	}
	for (unsigned i = 0; i < 3; i++)
		out = gather(n->branch[i], out);
	return out;
}

static void retire_nodes(struct set_concat *x, struct node *n)
{
	if (n && n->field != NONE)
		for (unsigned i = 0; i < 3; i++)
			retire_nodes(x, n->branch[i]);
	if (n)
		retire(x, n);
}

/* Replaces a subtree by one built anew, with one box more where b is not NULL. 0 or -ENOMEM. */
static int rebuild(struct set_concat *x, struct node *_Atomic *at, struct box *b)
{
	struct node *old = *at, *fresh = NULL;
	uint32_t n = old->n + !!b;
	struct box **boxes = malloc(2 * n * sizeof(*boxes)), **end;

	if (boxes) {
		end = gather(old, boxes);
		if (b)
			*end++ = b;
		qsort(boxes, end - boxes, sizeof(*boxes), by_order);
		fresh = build(x, boxes, end - boxes, boxes + n);
		free(boxes);
	}
	if (!fresh)
		return -ENOMEM;
	atomic_store_explicit(at, fresh, memory_order_release);
	retire_nodes(x, old);
	return 0;
}

/* ---- changing ---- */

static int put(struct set_concat *x, struct box *b)
{
	struct node *_Atomic *path[256], *_Atomic *at = &x->root;
	struct node *fresh, *n;
	unsigned depth = 0;
	int err;

	for (; (n = *at) && n->field != NONE && n->n < 2 * n->built + LEAF_MAX && depth < ARRAY_SIZE(path);
	     at = &n->branch[box_side(x, b, n->field, n->cut)])
		path[depth++] = at;
	if (!n) {
		fresh = leaf_new(&b, 1);
		if (!fresh)
			return -ENOMEM;
		atomic_store_explicit(at, fresh, memory_order_release);
	} else {
		err = rebuild(x, at, b);
		if (err)
			return err;
	}
	while (depth)
		(*path[--depth])->n++;
	return 0;
}

/* A leaf without one of its boxes; NULL where nothing is left or, with *err, without memory. */
static struct node *leaf_without(const struct node *l, const struct vm_elem *e, struct box **gone, int *err)
{
	struct node *fresh = malloc(leaf_bytes(l->n));
	uint32_t k = 0;

	if (!fresh) {
		*err = -ENOMEM;
		return NULL;
	}
	for (uint32_t i = 0; i < l->n; i++)
		if (l->boxes[i]->e == e)
			*gone = l->boxes[i];
		else
			fresh->boxes[k++] = l->boxes[i];
	fresh->field = NONE;
	fresh->n = fresh->built = k;
	fresh->oldest = l->oldest;
	if (k)
		return fresh;
	free(fresh);
	return NULL;
}

static bool take(struct set_concat *x, struct node *_Atomic *at, const uint32_t *lo, const uint32_t *hi, const struct vm_elem *e, struct box **gone)
{
	struct node *n = *at, *fresh;
	int err = 0;

	if (!n)
		return false;
	if (n->field != NONE) {
		uint32_t first = x->first[n->field], words = field_words(x, n->field);
		unsigned b = words_cmp(&hi[first], n->cut, words) < 0 ? BELOW : words_cmp(&lo[first], n->cut, words) >= 0 ? ABOVE : ACROSS;

		if (!take(x, &n->branch[b], lo, hi, e, gone))
			return false;
		n->n--;
		return true;
	}
	fresh = leaf_without(n, e, gone, &err);
	if (!*gone || err) {
		free(fresh);
		return false;
	}
	atomic_store_explicit(at, fresh, memory_order_release);
	retire(x, n);
	return true;
}

static void remove_elem(struct vm_set *s, struct vm_elem *e)
{
	struct set_concat *x = concat_of(s);
	uint32_t lo[WORDS_MAX], hi[WORDS_MAX];
	struct box *gone = NULL;
	const uint8_t *end = vm_elem_key_end(e);

	key_words(x, lo, vm_elem_key(e));
	key_words(x, hi, end ? end : vm_elem_key(e));
	if (take(x, &x->root, lo, hi, e, &gone))
		retire(x, gone);
}

/* pipapo refuses a box in which the new one's lower or upper corner lies, and only that. */
static int insert(struct vm_set *s, struct vm_elem *e, unsigned next, uint64_t now_ns, struct vm_elem **dup)
{
	struct set_concat *x = concat_of(s);
	const uint8_t *key = vm_elem_key(e), *end = vm_elem_key_end(e);
	struct vm_elem *other = lookup(s, next, (const uint32_t *)key, now_ns);
	struct box *b;
	int err;

	if (!end)
		end = key;
	if (other) {
		const uint8_t *other_end = vm_elem_key_end(other);

		*dup = other;
		return !memcmp(vm_elem_key(other), key, s->key_len) && !memcmp(other_end ? other_end : vm_elem_key(other), end, s->key_len) ?
			       -EEXIST : -ENOTEMPTY;
	}
	other = lookup(s, next, (const uint32_t *)end, now_ns);
	if (other) {
		*dup = other;
		return -ENOTEMPTY;
	}
	b = box_new(x, e);
	if (!b)
		return -ENOMEM;
	for (unsigned f = 0; f < x->n_fields; f++)
		if (words_cmp(&b->w[x->first[f]], &b->w[x->words + x->first[f]], field_words(x, f)) > 0) {
			free(b);
			return -EINVAL;
		}
	err = put(x, b);
	if (err)
		free(b);
	return err;
}

/* ---- the rest ---- */

static int create(struct vm_set *s, const struct set_desc *d)
{
	struct set_concat *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	x->n_fields = d->n_fields;
	for (unsigned f = 0; f < d->n_fields; f++) {
		unsigned rest = d->field_len[f] % 4;

		x->first[f + 1] = x->first[f] + (d->field_len[f] + 3) / 4;
		x->last_mask[f] = rest ? ~(UINT32_MAX >> 8 * rest) : UINT32_MAX;
	}
	x->words = x->first[d->n_fields];
	s->backend = x;
	return 0;
}

/* All boxes in order of insertion; *n of them, to be freed. NULL: none, or no memory. */
static struct box **all(const struct set_concat *x, uint32_t *n)
{
	struct box **boxes;

	*n = x->root ? x->root->n : 0;
	boxes = *n ? malloc(*n * sizeof(*boxes)) : NULL;
	if (!boxes)
		return NULL;
	gather(x->root, boxes);
	qsort(boxes, *n, sizeof(*boxes), by_order);
	return boxes;
}

static int walk(struct vm_set *s, set_walk_fn fn, void *ctx)
{
	uint32_t n;
	struct box **boxes = all(concat_of(s), &n);
	int rc = n && !boxes ? -ENOMEM : 0;

	for (uint32_t i = 0; boxes && i < n && !rc; i++)
		rc = fn(s, boxes[i]->e, ctx);
	free(boxes);
	return rc;
}

static void destroy_below(struct vm_set *s, struct node *n, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx)
{
	if (!n)
		return;
	if (n->field != NONE) {
		for (unsigned i = 0; i < 3; i++)
			destroy_below(s, n->branch[i], fn, ctx);
	} else {
		for (uint32_t i = 0; i < n->n; i++) {
			if (fn)
				fn(s, n->boxes[i]->e, ctx);
			free(n->boxes[i]);
		}
	}
	free(n);
}

static void destroy(struct vm_set *s, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx)
{
	struct set_concat *x = concat_of(s);

	if (!x)
		return;
	destroy_below(s, x->root, fn, ctx);
	while (x->n_retired)
		free(x->retired[--x->n_retired]);
	free(x);
	s->backend = NULL;
}

static uint32_t gc(struct vm_set *s, uint64_t now_ns, uint32_t max, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx)
{
	uint32_t n, done = 0;
	struct box **boxes = all(concat_of(s), &n);

	for (uint32_t i = 0; boxes && i < n && done < max; i++) {
		struct vm_elem *e = boxes[i]->e;

		if (atomic_load(&e->genmask) || (!atomic_load(&e->dead) && !vm_elem_expired(e, now_ns)))
			continue;
		atomic_store(&e->dead, true);
		remove_elem(s, e);
		fn(s, e, ctx);
		done++;
	}
	free(boxes);
	return done;
}

const struct set_ops set_concat_ops = {
	.name = "concat", .kernel_name = "nft_set_pipapo_type", .estimate = set_estimate_pipapo, .create = create, .destroy = destroy,
	.insert = insert, .find = find, .get = find, .remove = remove_elem, .walk = walk, .gc = gc, .lookup = lookup,
};
