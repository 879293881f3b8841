/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements of sets of intervals, before they are sent: sorted, and those that touch or overlap made one where the set merges, else
 * refused.
 *
 *     { 10.0.0.0/24, 10.0.1.0/24, 10.0.0.7 }   with merging: 10.0.0.0-10.0.1.255
 */
#include <stdlib.h>
#include <string.h>

#include "src/lower/lower_priv.h"

static uint32_t sort_klen; /* of the list being sorted; one thread */

static int by_key(const void *a, const void *b)
{
	const struct telem *x = a, *y = b;
	int c = memcmp(x->key, y->key, sort_klen);

	if ((x->flags ^ y->flags) & ELEM_CATCHALL)
		return x->flags & ELEM_CATCHALL ? 1 : -1;
	if (c)
		return c;
	c = memcmp(y->key + sort_klen, x->key + sort_klen, sort_klen); /* the longer first */
	return c ? c : x->at.off < y->at.off ? -1 : x->at.off > y->at.off;
}

static bool sorted(const struct telems *e)
{
	for (uint32_t i = 1; i < e->n; i++)
		if (by_key(telem_at(e, i - 1), telem_at(e, i)) > 0)
			return false;
	return true;
}

/* Touches: the next key behind a is b's first. */
static bool touches(const uint8_t *end, const uint8_t *key, uint32_t n)
{
	uint8_t next[64];
	uint32_t i = n;

	memcpy(next, end, n);
	while (i-- && !++next[i])
		;
	return !memcmp(next, key, n);
}

static bool same_range(const struct telem *a, const struct telem *b, uint32_t k)
{
	return !memcmp(a->key, b->key, 2 * k);
}

static bool same_data(const struct telem *a, const struct telem *b)
{
	const struct tx *x = a->props ? a->props->data : NULL, *y = b->props ? b->props->data : NULL;

	if (!x || !y)
		return x == y;
	if (x->kind == TX_VERDICT && y->kind == TX_VERDICT)
		return x->verdict == y->verdict && (x->chain == y->chain || (x->chain && y->chain && !strcmp(x->chain, y->chain)));
	return tx_same(x, y);
}

static int conflict(struct lower *l, const struct telem *a, const struct telem *b)
{
	diag_error(l->d, b->at, "conflicting intervals specified");
	diag_also(l->d, a->at);
	return -1;
}

int intervals_prepare(struct lower *l, const struct tset *s, struct telems *e, bool merge)
{
	struct telem *last = NULL, *r;
	uint32_t k = e->klen, out = 0;

	sort_klen = k;
	if (!sorted(e))
		qsort(e->mem, e->n, e->size, by_key);
	for (uint32_t i = 0; i < e->n; i++) {
		r = telem_at(e, i);
		if (last && !(r->flags & ELEM_CATCHALL)) {
			bool overlap = memcmp(r->key, last->key + k, k) <= 0;

			if (overlap && !merge && !(same_range(last, r, k) && same_data(last, r)))
				return conflict(l, last, r);
			if (overlap || (merge && touches(last->key + k, r->key, k))) {
				if (memcmp(r->key + k, last->key + k, k) > 0)
					memcpy(last->key + k, r->key + k, k);
				continue;
			}
		}
		if (out != i)
			memmove(telem_at(e, out), r, e->size);
		last = telem_at(e, out++);
	}
	e->n = out;
	return 0;
}
