/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Longest prefix match; see fib.h. The order of routes of one prefix is the kernel's (fib_find_alias): table, TOS, metric. */
#include "vm/host/fib.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

void fib_init(struct fib *f, unsigned bytes)
{
	memset(f, 0, sizeof(*f));
	f->bytes = bytes;
}

void fib_free(struct fib *f)
{
	free(f->routes);
	free(f->hops);
	free(f->prefixes);
	memset(f, 0, sizeof(*f));
}

bool fib_covers(const uint8_t *a, const uint8_t *b, unsigned len)
{
	unsigned whole = len / 8, rest = len % 8;

	return !memcmp(a, b, whole) && (!rest || !((a[whole] ^ b[whole]) >> (8 - rest)));
}

static void clear_tail(uint8_t *addr, unsigned bytes, unsigned len)
{
	for (unsigned i = 0; i < bytes; i++) {
		unsigned keep = len > i * 8 ? len - i * 8 : 0;

		if (keep < 8)
			addr[i] &= (uint8_t)~(0xff >> keep);
	}
}

static int grow(void **p, uint32_t *cap, uint32_t need, size_t size)
{
	uint32_t to = *cap ? *cap : 16;
	void *q;

	if (need <= *cap)
		return 0;
	while (to < need)
		to *= 2;
	q = realloc(*p, to * size);
	if (!q)
		return -ENOMEM;
	*p = q;
	*cap = to;
	return 0;
}

int fib_add(struct fib *f, struct fib_route *r, const struct fib_hop *hops, uint32_t n)
{
	if (grow((void **)&f->routes, &f->cap, f->n + 1, sizeof(*f->routes)) ||
	    grow((void **)&f->hops, &f->cap_hops, f->n_hops + n, sizeof(*f->hops)))
		return -ENOMEM;
	clear_tail(r->dst, f->bytes, r->len);
	r->hop = f->n_hops;
	r->hops = n;
	if (n)
		memcpy(f->hops + f->n_hops, hops, n * sizeof(*hops));
	f->n_hops += n;
	f->routes[f->n++] = *r;
	return 0;
}

bool fib_has(const struct fib *f, const uint8_t *dst, uint8_t len, uint32_t table, uint8_t type)
{
	for (uint32_t i = 0; i < f->n; i++) {
		const struct fib_route *r = &f->routes[i];

		if (r->len == len && r->table == table && r->type == type && fib_covers(r->dst, dst, len))
			return true;
	}
	return false;
}

static unsigned table_rank(uint32_t table)
{
	return table == RT_TABLE_LOCAL ? 0 : table == RT_TABLE_MAIN ? 1 : 2;
}

static int by_prefix(const void *pa, const void *pb)
{
	const struct fib_route *a = pa, *b = pb;
	int d = memcmp(a->dst, b->dst, sizeof(a->dst));

	if (d || a->len != b->len)
		return d ? d : a->len - b->len;
	if (table_rank(a->table) != table_rank(b->table))
		return (int)table_rank(a->table) - (int)table_rank(b->table);
	if (a->tos != b->tos)
		return b->tos - a->tos;
	if (a->metric != b->metric)
		return a->metric < b->metric ? -1 : 1;
	return a->hop < b->hop ? -1 : a->hop > b->hop; /* as they were added: hop grows */
}

int fib_build(struct fib *f)
{
	struct fib_prefix *p = calloc(f->n ? f->n : 1, sizeof(*p));
	uint32_t n = 0;

	if (!p)
		return -ENOMEM;
	if (f->n)
		qsort(f->routes, f->n, sizeof(*f->routes), by_prefix);
	for (uint32_t i = 0; i < f->n; i++) {
		const struct fib_route *r = &f->routes[i];

		if (n && p[n - 1].len == r->len && !memcmp(p[n - 1].addr, r->dst, sizeof(r->dst))) {
			p[n - 1].n++;
			continue;
		}
		p[n] = (struct fib_prefix){ .len = r->len, .first = i, .n = 1 };
		memcpy(p[n].addr, r->dst, sizeof(r->dst));
		/* the covering prefix is the one before, or one that covers it */
		p[n].parent = n ? n - 1 : FIB_NONE;
		while (p[n].parent != FIB_NONE && !fib_covers(p[p[n].parent].addr, r->dst, p[p[n].parent].len))
			p[n].parent = p[p[n].parent].parent;
		n++;
	}
	free(f->prefixes);
	f->prefixes = p;
	f->n_prefixes = n;
	return 0;
}

const struct fib_prefix *fib_find(const struct fib *f, const uint8_t *addr)
{
	uint32_t lo = 0, hi = f->n_prefixes;
	const struct fib_prefix *p;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (memcmp(f->prefixes[mid].addr, addr, f->bytes) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	for (p = &f->prefixes[lo - 1]; p && !fib_covers(p->addr, addr, p->len); p = fib_up(f, p))
		;
	return p;
}
