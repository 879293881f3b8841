/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements in order. See elems.h. */
#include "src/raise/elems.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>

/* What the order needs of an element. */
struct peek {
	const uint8_t *key;
	uint32_t len, flags;
	bool value, ranged; /* the key is a value; there is an end of it */
};

static struct peek peek_decoded(const struct bc_elem *e)
{
	return (struct peek){ e->key.value, e->key.len, e->flags, e->key.kind == BC_DATA_VALUE, BC_HAS(e, NFTA_SET_ELEM_KEY_END) };
}

static void peek_key(struct peek *p, const struct nlattr *key)
{
	const struct nlattr *v;

	mnl_attr_for_each_nested(v, key)
	{
		if (mnl_attr_get_type(v) != NFTA_DATA_VALUE)
			continue;
		p->key = mnl_attr_get_payload(v);
		p->len = mnl_attr_get_payload_len(v);
		p->value = true;
	}
}

static struct peek peek_packed(const struct nlattr *e)
{
	struct peek p = { 0 };
	const struct nlattr *at;

	mnl_attr_for_each_nested(at, e)
	{
		switch (mnl_attr_get_type(at)) {
		case NFTA_SET_ELEM_KEY:
			peek_key(&p, at);
			break;
		case NFTA_SET_ELEM_KEY_END:
			p.ranged = true;
			break;
		case NFTA_SET_ELEM_FLAGS:
			p.flags = mnl_attr_get_payload_len(at) < sizeof(p.flags) ? 0 : be32_load(mnl_attr_get_payload(at));
			break;
		}
	}
	return p;
}

static struct peek peek(const struct elems *s, const void *elem)
{
	return s->nodes ? peek_decoded(elem) : peek_packed(elem);
}

/* Numbers by value, sets of flags by their lowest, strings and concatenations by their bytes, intervals by their bytes as a number.
 */
static u128 order_key(const struct elems *s, const struct peek *k)
{
	static const struct rtype big = { .type = &type_integer, .bo = BO_BIG };
	const struct rtype *f = &s->key.t[0];
	u128 v = 0;

	if (s->halfopen)
		return raise_load(&big, k->key, k->len);
	if (s->key.n == 1 && !datatype_is(f->type, &type_string)) {
		v = raise_load(f, k->key, k->len);
		return raise_is_flags(f->type) && f->bits < 64 && v != ((u128)1 << f->bits) - 1 ? v & -v : v;
	}
	for (unsigned i = 0; i < k->len && i < 16; i++)
		v |= (u128)k->key[i] << (120 - 8 * i);
	return v;
}

static void take(struct elems *s, const void *elem)
{
	struct peek p = peek(s, elem);

	if (p.flags & NFT_SET_ELEM_CATCHALL)
		s->catchalls++;
	else if (!p.value)
		return;
	s->halfopen &= !p.ranged;
	s->items[s->n++].elem = elem;
}

/* ---- one after the other, as they came -------------------------------------------------------------------- */

static int left_of(const struct elems *s, const void *at)
{
	return (int)(s->packed.p + s->packed.len - (const uint8_t *)at);
}

static size_t collect(struct elems *s, bool count_only)
{
	const struct nlattr *at = (const void *)s->packed.p;
	size_t n = 0;

	for (const struct bc_node *i = s->nodes; i; i = i->next, n++)
		if (!count_only)
			take(s, i->body);
	for (; !s->nodes && s->packed.len && mnl_attr_ok(at, left_of(s, at)); at = mnl_attr_next(at), n++)
		if (!count_only)
			take(s, at);
	return n;
}

/* ---- order ------------------------------------------------------------------------------------------------ */

static int compare_long(const void *a, const void *b, void *ctx)
{
	const struct elem_item *x = a, *y = b;
	struct peek p = peek(ctx, x->elem), q = peek(ctx, y->elem);
	int d = memcmp(p.key, q.key, p.len < q.len ? p.len : q.len);

	return d ? d : x->lo < y->lo ? -1 : 1;
}

/* Keys longer than what an item holds; their places keep equal ones in their order. */
static void sort_long(struct elems *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s->items[i].lo = i;
	qsort_r(s->items, n, sizeof(*s->items), compare_long, s);
}

static bool is_long(const struct elems *s)
{
	return s->s->key_len > 16 && (s->key.n > 1 || datatype_is(s->key.t[0].type, &type_string)) && !s->halfopen;
}

/* Catch-alls go behind all others: the order of the others does not change. */
static int part(struct elems *s)
{
	struct elem_item *all;
	size_t out = 0, kept = 0;

	if (!s->catchalls)
		return 0;
	all = malloc(s->catchalls * sizeof(*all));
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		if (peek(s, s->items[i].elem).flags & NFT_SET_ELEM_CATCHALL)
			all[kept++] = s->items[i];
		else
			s->items[out++] = s->items[i];
	}
	memcpy(s->items + out, all, kept * sizeof(*all));
	free(all);
	return 0;
}

static int sort(struct elems *s)
{
	size_t n = s->n - s->catchalls;

	for (size_t i = 0; i < n; i++) {
		struct peek p = peek(s, s->items[i].elem);
		u128 v = order_key(s, &p);

		s->items[i].hi = (uint64_t)(v >> 64);
		s->items[i].lo = (uint64_t)v;
	}
	if (s->s->flags & NFT_SET_INTERVAL && !s->halfopen)
		return 0;
	if (is_long(s))
		return sort_long(s, n), 0;
	return elem_sort(s->items, n);
}

int elems_open(struct elems *s)
{
	s->items = malloc((collect(s, true) + 1) * sizeof(*s->items));
	if (!s->items)
		return -ENOMEM;
	s->halfopen = s->s->flags & NFT_SET_INTERVAL;
	collect(s, false);
	return part(s) ? -ENOMEM : sort(s);
}

void elems_close(struct elems *s)
{
	free(s->items);
	s->items = NULL;
}

/* ---- the way through ------------------------------------------------------------------------------------------ */

static u128 value(const struct elem_item *i)
{
	return (u128)i->hi << 64 | i->lo;
}

/* An interval ends before the next value that is named, whether it begins something or ends it. */
static u128 end_of(const struct elems *s, size_t i)
{
	size_t n = s->n - s->catchalls;

	for (size_t k = i + 1; k < n; k++)
		if (value(&s->items[k]) > value(&s->items[i]))
			return value(&s->items[k]) - 1;
	return elems_last(elems_key_bytes(s));
}

static bool is_end(const struct elems *s, const struct elem_item *i)
{
	return s->halfopen && peek(s, i->elem).flags & NFT_SET_ELEM_INTERVAL_END;
}

static const struct bc_elem *decoded(const struct elems *s, const void *elem, struct arena *a, struct bc_elem *room)
{
	const struct nlattr *at = elem;

	if (s->nodes)
		return elem;
	return bc_decode(&bc_elem_desc, mnl_attr_get_payload(at), mnl_attr_get_payload_len(at), room, a, 0, NULL) ? NULL : room;
}

const struct bc_elem *elems_next(struct elems *s, struct arena *a, struct bc_elem *room, u128 *from, u128 *to)
{
	const struct elem_item *i;
	const struct bc_elem *e;

	for (; s->at < s->n; s->at++) {
		i = &s->items[s->at];
		if (is_end(s, i))
			continue;
		e = decoded(s, i->elem, a, room);
		if (!e)
			continue; /* what no target sends */
		*from = value(i);
		*to = s->halfopen ? end_of(s, s->at) : 0;
		s->at++;
		return e;
	}
	return NULL;
}
