/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stable radix sort, lowest byte first. Of 16 bytes of key most are the same in all items of a set, and those passes are left
 * out: IPv4 addresses take four at most. What is sorted already, as interval sets often are, takes none.
 */
#include <errno.h>
#include <stdlib.h>

#include "src/raise/elems.h"

enum { KEY_BYTES = 16, VALUES = 256 };

static unsigned byte_of(const struct elem_item *i, unsigned b)
{
	return (b < 8 ? i->lo >> 8 * b : i->hi >> 8 * (b - 8)) & 0xff;
}

static bool in_order(const struct elem_item *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (items[i - 1].hi != items[i].hi ? items[i - 1].hi > items[i].hi : items[i - 1].lo > items[i].lo)
			return false;
	return true;
}

/* Bits in which the items differ. */
static struct elem_item differences(const struct elem_item *items, size_t n)
{
	struct elem_item d = { 0 };

	for (size_t i = 1; i < n; i++) {
		d.hi |= items[i].hi ^ items[0].hi;
		d.lo |= items[i].lo ^ items[0].lo;
	}
	return d;
}

static void pass(const struct elem_item *from, struct elem_item *to, size_t n, unsigned b)
{
	size_t at[VALUES] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[byte_of(&from[i], b)]++;
	for (unsigned v = 0; v < VALUES; v++) {
		size_t here = at[v];

		at[v] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
		to[at[byte_of(&from[i], b)]++] = from[i];
}

int elem_sort(struct elem_item *items, size_t n)
{
	struct elem_item differ, *other, *from = items, *to;

	if (in_order(items, n))
		return 0;
	other = to = malloc(n * sizeof(*other));
	if (!other)
		return -ENOMEM;
	differ = differences(items, n);
	for (unsigned b = 0; b < KEY_BYTES; b++) {
		struct elem_item *swap = from;

		if (!byte_of(&differ, b))
			continue;
		pass(from, to, n, b);
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
	free(other);
	return 0;
}
