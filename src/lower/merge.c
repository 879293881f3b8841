/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets that merge: what is added is joined with the intervals that are there and touch it, what is deleted is cut out of the one
 * that holds it.
 *
 *     { 10.0.0.0-10.0.0.9 }   add 10.0.0.10       delete 10.0.0.0-10.0.0.9, add 10.0.0.0-10.0.0.10
 *                             delete 10.0.0.5     delete 10.0.0.0-10.0.0.9, add 10.0.0.0-10.0.0.4, 10.0.0.6-10.0.0.9
 *
 * The intervals of such a set are read from the target once, and then kept up to date with what the run sends. For a few elements
 * only those are asked for that touch their ends.
 */
#include <stdlib.h>
#include <string.h>

#include "src/lower/lower_priv.h"
#include "src/lower/ranges.h"

enum { KEY_MAX = 64, CUT = 1u << 31, FEW = 128 };

/* The intervals of a set; with each, one more than the number of its properties, and CUT where it has not been sent yet. */
struct have {
	struct ranges r;
	struct telem_props *props;
	uint32_t n_props, cap_props;
	struct ranges asked; /* where only some have been asked for: these, as the target has them */
	bool some;
};

/* ---- keys as numbers ---------------------------------------------------------------------------------- */

static bool add_one(const uint8_t *key, uint32_t n, uint8_t *out)
{
	memcpy(out, key, n);
	while (n--)
		if (++out[n])
			return true;
	return false;
}

static bool take_one(const uint8_t *key, uint32_t n, uint8_t *out)
{
	memcpy(out, key, n);
	while (n--)
		if (out[n]--)
			return true;
	return false;
}

/* ---- what a set has -------------------------------------------------------------------------------------- */

static uint32_t keep_props(struct lower *l, struct have *h, const struct telem_props *p)
{
	struct telem_props *kept;

	if (!p || (!p->comment && !p->has_timeout))
		return 0;
	if (h->n_props == h->cap_props) {
		h->cap_props = h->cap_props ? h->cap_props * 2 : 16;
		h->props = realloc(h->props, h->cap_props * sizeof(*h->props));
		if (!h->props)
			abort();
	}
	kept = &h->props[h->n_props++];
	*kept = (struct telem_props){ .has_timeout = p->has_timeout, .timeout_ms = p->timeout_ms };
	kept->comment = p->comment ? arena_strdup(l->a, p->comment) : NULL;
	return h->n_props;
}

static const struct telem_props *props_of(struct lower *l, const struct have *h, uint32_t info)
{
	struct telem_props *p;

	if (!(info & ~CUT))
		return NULL;
	p = arena_new_of(l->scratch, struct telem_props);
	*p = h->props[(info & ~CUT) - 1];
	return p;
}

/* An element as the target tells it: where an interval begins, or where one ends. */
struct bound {
	uint32_t end;
	uint32_t info;
	uint8_t key[KEY_MAX];
};

struct reading {
	struct lower *l;
	struct have *h;
	struct bound *all;
	uint32_t n, cap;
};

static void read_element(void *ctx, const struct bc_elem *e)
{
	struct reading *rd = ctx;
	struct telem_props p = { .has_timeout = BC_HAS(e, NFTA_SET_ELEM_TIMEOUT), .timeout_ms = e->timeout };
	struct bc_bytes text;
	struct bound *b;

	if (!BC_HAS(e, NFTA_SET_ELEM_KEY) || e->key.kind != BC_DATA_VALUE || e->key.len != rd->h->r.klen)
		return;
	if (BC_HAS(e, NFTA_SET_ELEM_USERDATA) && bc_ud_get(e->userdata, BC_UD_ELEM_COMMENT, &text) && text.len)
		p.comment = arena_memdup(rd->l->scratch, text.p, text.len);
	if (rd->n == rd->cap) {
		rd->cap = rd->cap ? rd->cap * 2 : 64;
		rd->all = realloc(rd->all, rd->cap * sizeof(*rd->all));
		if (!rd->all)
			abort();
	}
	b = &rd->all[rd->n++];
	b->end = BC_HAS(e, NFTA_SET_ELEM_FLAGS) && (e->flags & NFT_SET_ELEM_INTERVAL_END);
	b->info = keep_props(rd->l, rd->h, &p);
	memcpy(b->key, e->key.value, e->key.len);
	memset(b->key + e->key.len, 0, KEY_MAX - e->key.len);
}

/* An end first: the interval before ends where the next one begins. */
static int by_bound(const void *a, const void *b)
{
	const struct bound *x = a, *y = b;
	int c = memcmp(x->key, y->key, KEY_MAX);

	return c ? c : (int)y->end - (int)x->end;
}

static void pair_up(struct reading *rd, const uint8_t *last)
{
	const struct bound *open = NULL;
	uint8_t before[KEY_MAX];

	if (rd->n)
		qsort(rd->all, rd->n, sizeof(*rd->all), by_bound);
	for (uint32_t i = 0; i < rd->n; i++) {
		if (open && take_one(rd->all[i].key, rd->h->r.klen, before) && memcmp(before, open->key, rd->h->r.klen) >= 0)
			ranges_insert(&rd->h->r, open->key, before, open->info);
		open = rd->all[i].end ? NULL : &rd->all[i];
	}
	if (open)
		ranges_insert(&rd->h->r, open->key, last, open->info);
}

static void last_key(const struct tset *s, uint32_t n, uint8_t *out)
{
	memset(out, 0xff, n);
	out[0] = (uint8_t)(0xff >> (8 - s->key->bits % 8) % 8);
}

/* ---- asking for some ------------------------------------------------------------------------------------- */

static const struct bc_elem *ask(struct lower *l, const struct tset *s, const uint8_t *key, uint32_t klen, uint32_t flags)
{
	struct bc_elem e = { 0 };

	BC_SET(&e, NFTA_SET_ELEM_KEY, key, ((struct bc_data){ .kind = BC_DATA_VALUE, .len = klen, .value = key }));
	if (flags)
		BC_SET(&e, NFTA_SET_ELEM_FLAGS, flags, flags);
	return l->env->element(l->env->ctx, s->family, s->table, s->name, &e);
}

/* Whether a range of r meets lo-hi. */
static bool meets(const struct ranges *r, const uint8_t *lo, const uint8_t *hi)
{
	struct range_at at;
	uint32_t info;

	return ranges_seek(r, lo, &at) && memcmp(ranges_get(r, at, &info), hi, r->klen) <= 0;
}

/* The target's interval that holds the key, if there is one, becomes known. -1: it meets what this run has put there. */
static int ask_for(struct lower *l, const struct tset *s, struct have *h, const uint8_t *key)
{
	uint8_t next[KEY_MAX], last[KEY_MAX];
	const struct bc_elem *first, *end = NULL;
	struct telem_props p = { 0 };
	struct bc_bytes text;
	uint32_t k = h->r.klen;

	if (meets(&h->asked, key, key))
		return 0;
	first = ask(l, s, key, k, 0);
	if (!first || first->key.len != k)
		return 0;
	if (add_one(key, k, next))
		end = ask(l, s, next, k, NFT_SET_ELEM_INTERVAL_END);
	last_key(s, k, last);
	if (end && end->key.len == k)
		take_one(end->key.value, k, last);
	if (BC_HAS(first, NFTA_SET_ELEM_USERDATA) && bc_ud_get(first->userdata, BC_UD_ELEM_COMMENT, &text) && text.len)
		p.comment = arena_memdup(l->scratch, text.p, text.len);
	p.has_timeout = BC_HAS(first, NFTA_SET_ELEM_TIMEOUT);
	p.timeout_ms = first->timeout;
	ranges_insert(&h->asked, first->key.value, last, 0);
	if (meets(&h->r, first->key.value, last))
		return -1;
	ranges_insert(&h->r, first->key.value, last, keep_props(l, h, &p));
	return 0;
}

static int ask_around(struct lower *l, const struct tset *s, struct have *h, const struct telem *e)
{
	uint8_t edge[KEY_MAX];
	uint32_t k = h->r.klen;

	if (ask_for(l, s, h, e->key) || ask_for(l, s, h, e->key + k))
		return -1;
	if (take_one(e->key, k, edge) && ask_for(l, s, h, edge))
		return -1;
	return add_one(e->key + k, k, edge) ? ask_for(l, s, h, edge) : 0;
}

static struct have *have_some(struct lower *l, struct tset *s, uint32_t klen)
{
	struct have *h = calloc(1, sizeof(*h));

	if (!h)
		abort();
	ranges_init(&h->r, klen);
	ranges_init(&h->asked, klen);
	h->some = l->guessed = true;
	return s->have = h;
}

static struct have *read_all(struct lower *l, struct tset *s, uint32_t klen);

/* What is there of a set, as far as it has to do with these elements. */
static struct have *have_of(struct lower *l, struct tset *s, const struct telems *list)
{
	bool few = list->n <= FEW && !l->whole && l->env && l->env->element && list->klen <= KEY_MAX;
	struct have *h = s->have;

	if (!h && !(few && s->from_target && !set_wiped(l, s->family, s->table, s->name)))
		return read_all(l, s, list->klen);
	if (!h)
		h = have_some(l, s, list->klen);
	for (uint32_t i = 0; h->some && i < list->n; i++) {
		const struct telem *e = telem_at(list, i);

		if (!(e->flags & ELEM_CATCHALL) && ask_around(l, s, h, e)) {
			diag_error(l->d, e->at, "interval overlaps with an existing one");
			return h;
		}
	}
	return h;
}

static struct have *read_all(struct lower *l, struct tset *s, uint32_t klen)
{
	struct have *h;
	struct reading rd = { .l = l };
	uint8_t last[KEY_MAX];
	bool ok = true;

	h = calloc(1, sizeof(*h));
	if (!h)
		abort();
	ranges_init(&h->r, klen);
	rd.h = h;
	if (!set_wiped(l, s->family, s->table, s->name)) {
		ok = l->env && l->env->elements && !l->env->elements(l->env->ctx, s->family, s->table, s->name, read_element, &rd);
		last_key(s, klen, last);
		pair_up(&rd, last);
	}
	free(rd.all);
	if (!ok && s->from_target) {
		free(h);
		return NULL;
	}
	s->have = h;
	return h;
}

void have_free(struct have *h)
{
	if (!h)
		return;
	ranges_free(&h->r);
	if (h->some)
		ranges_free(&h->asked);
	free(h->props);
	free(h);
}

/* ---- adding --------------------------------------------------------------------------------------------------- */

static struct telem *append(struct telems *list, const struct telems *like, const uint8_t *ends)
{
	struct telem *e;

	list->klen = like->klen;
	list->size = like->size;
	e = telems_new(list);
	memcpy(e->key, ends, 2 * like->klen);
	return e;
}

/* The first interval that touches lo-hi. */
static bool first_touching(const struct have *h, const uint8_t *lo, const uint8_t *hi, struct range_at *at)
{
	uint8_t from[KEY_MAX], to[KEY_MAX];
	uint32_t info, k = h->r.klen;

	if (!take_one(lo, k, from))
		memcpy(from, lo, k);
	if (!add_one(hi, k, to))
		memcpy(to, hi, k);
	return ranges_seek(&h->r, from, at) && memcmp(ranges_get(&h->r, *at, &info), to, k) <= 0;
}

/* False: it lies within one that is there. */
static bool join(struct lower *l, struct have *h, struct telem *e, const struct telems *list, struct telems *purge)
{
	uint32_t k = list->klen, info;
	struct range_at at;

	while (first_touching(h, e->key, e->key + k, &at)) {
		const uint8_t *old = ranges_get(&h->r, at, &info);

		if (!memcmp(old, e->key, 2 * k))
			return true;
		if (memcmp(old, e->key, k) <= 0 && memcmp(old + k, e->key + k, k) >= 0)
			return false;
		append(purge, list, old)->at = e->at;
		if (memcmp(old, e->key, k) < 0)
			memcpy(e->key, old, k);
		if (memcmp(old + k, e->key + k, k) > 0)
			memcpy(e->key + k, old + k, k);
		ranges_remove(&h->r, at);
	}
	ranges_insert(&h->r, e->key, e->key + k, keep_props(l, h, e->props));
	return true;
}

void merge_add(struct lower *l, struct tset *s, struct telems *list, bool create, struct telems *purge)
{
	struct have *h = have_of(l, s, list);
	uint32_t n = 0;

	for (uint32_t i = 0; h && i < list->n; i++) {
		struct telem *e = telem_at(list, i);

		if (!(e->flags & ELEM_CATCHALL) && !join(l, h, e, list, purge) && !create)
			continue;
		if (n != i)
			memcpy(telem_at(list, n), e, list->size);
		n++;
	}
	if (h)
		list->n = n;
}

/* ---- deleting ------------------------------------------------------------------------------------------------------ */

/* What is left of an interval on either side of what is cut out. */
static void cut(struct have *h, const uint8_t *old, const uint8_t *ends, uint32_t info)
{
	uint8_t edge[KEY_MAX];
	uint32_t k = h->r.klen;

	if (memcmp(old, ends, k) < 0 && take_one(ends, k, edge))
		ranges_insert(&h->r, old, edge, info | CUT);
	if (memcmp(old + k, ends + k, k) > 0 && add_one(ends + k, k, edge))
		ranges_insert(&h->r, edge, old + k, info | CUT);
}

/* What has been left over in an interval is sent, as whole as it is in the end. */
static void collect(struct lower *l, struct have *h, const struct telems *whole, const struct telems *like, struct telems *add)
{
	struct range_at at;
	uint32_t k = h->r.klen, info;

	for (uint32_t i = 0; i < whole->n; i++) {
		uint8_t from[KEY_MAX];

		memcpy(from, telem_at(whole, i)->key, k);
		while (ranges_seek(&h->r, from, &at)) {
			uint8_t ends[2 * KEY_MAX];

			memcpy(ends, ranges_get(&h->r, at, &info), 2 * k);
			if (!(info & CUT) || memcmp(ends, telem_at(whole, i)->key + k, k) > 0)
				break;
			append(add, like, ends)->props = props_of(l, h, info);
			ranges_remove(&h->r, at);
			ranges_insert(&h->r, ends, ends + k, info & ~CUT);
			if (!add_one(ends + k, k, from))
				break;
		}
	}
}

int merge_delete(struct lower *l, struct tset *s, struct telems *list, bool destroy, struct telems *add)
{
	struct have *h = have_of(l, s, list);
	uint32_t n = 0, k = list->klen, info;
	uint8_t old[2 * KEY_MAX];
	struct range_at at;

	for (uint32_t i = 0; h && i < list->n; i++) {
		struct telem *e = telem_at(list, i);
		bool there = !(e->flags & ELEM_CATCHALL) && ranges_seek(&h->r, e->key, &at);

		if (there) {
			memcpy(old, ranges_get(&h->r, at, &info), 2 * k);
			there = memcmp(old, e->key, k) <= 0 && memcmp(old + k, e->key + k, k) >= 0;
		}
		if (there) {
			ranges_remove(&h->r, at);
			cut(h, old, e->key, info);
			if (info & CUT)
				continue;
			memcpy(e->key, old, 2 * k);
			e->props = NULL;
		} else if (!(e->flags & ELEM_CATCHALL)) {
			if (destroy)
				continue;
			return diag_error(l->d, e->at, "element does not exist");
		}
		if (n != i)
			memcpy(telem_at(list, n), e, list->size);
		n++;
	}
	if (!h)
		return 0;
	list->n = n;
	collect(l, h, list, list, add);
	return 0;
}

bool lower_guessed(const struct lower *l)
{
	return l->guessed;
}

void lower_whole(struct lower *l)
{
	l->whole = true;
}
