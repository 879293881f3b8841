/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intrusive hash table; see hash.h. */
#include "vm/state/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 8 };

static void push(struct hash *h, struct hash_node *n)
{
	struct hash_node **p = &h->slot[n->hash & h->mask];

	while (*p)
		p = &(*p)->next;
	n->next = NULL;
	*p = n;
}

static int resize(struct hash *h, uint32_t slots)
{
	struct hash old = *h;
	struct hash_node **slot = calloc(slots, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	h->slot = slot;
	h->mask = slots - 1;
	for (uint32_t i = 0; old.slot && i <= old.mask; i++)
		for (struct hash_node *n = old.slot[i], *next; n; n = next) {
			next = n->next;
			push(h, n);
		}
	free(old.slot);
	return 0;
}

int hash_add(struct hash *h, struct hash_node *n, uint32_t hash)
{
	if (!h->slot && resize(h, SLOTS_MIN))
		return -ENOMEM;
	if (h->n > h->mask)
		resize(h, 2 * (h->mask + 1));
	n->hash = hash;
	push(h, n);
	h->n++;
	return 0;
}

void hash_del(struct hash *h, struct hash_node *n)
{
	struct hash_node **p = &h->slot[n->hash & h->mask];

	while (*p != n)
		p = &(*p)->next;
	*p = n->next;
	h->n--;
}

static struct hash_node *equal(struct hash_node *n, uint32_t hash)
{
	while (n && n->hash != hash)
		n = n->next;
	return n;
}

struct hash_node *hash_first(const struct hash *h, uint32_t hash)
{
	return h->slot ? equal(h->slot[hash & h->mask], hash) : NULL;
}

struct hash_node *hash_next(const struct hash_node *n)
{
	return equal(n->next, n->hash);
}

void hash_free(struct hash *h)
{
	free(h->slot);
	memset(h, 0, sizeof(*h));
}

uint32_t hash_u64(uint64_t v)
{
	v ^= v >> 33;
	v *= 0xff51afd7ed558ccdu;
	v ^= v >> 33;
	v *= 0xc4ceb9fe1a85ec53u;
	return (uint32_t)(v ^ v >> 33);
}

uint32_t hash_bytes(const void *p, size_t n, uint32_t seed)
{
	const uint8_t *b = p;
	uint64_t h = 0xcbf29ce484222325u ^ seed;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return hash_u64(h);
}

uint32_t hash_str(const char *s, uint32_t seed)
{
	return hash_bytes(s, strlen(s), seed);
}
