/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrusive hash table of the control thread: chained, doubling. Several nodes may have the same hash; the caller compares.
 * A zeroed struct hash is an empty table. Not for readers.
 */
#ifndef NFVM_VM_STATE_HASH_H
#define NFVM_VM_STATE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_node {
	struct hash_node *next;
	uint32_t hash;
};

struct hash {
	struct hash_node **slot;
	uint32_t mask, n; /* slots - 1, nodes */
};

/* Inserts behind all nodes of equal hash. 0 or -ENOMEM (only while empty; growing that fails is put off). */
int hash_add(struct hash *h, struct hash_node *n, uint32_t hash);
/* Takes a node out that is in the table. */
void hash_del(struct hash *h, struct hash_node *n);
/* The first node of this hash, and the next after one; NULL at the end. */
struct hash_node *hash_first(const struct hash *h, uint32_t hash);
struct hash_node *hash_next(const struct hash_node *n);
/* Frees the slots; the nodes are the caller's. */
void hash_free(struct hash *h);

uint32_t hash_bytes(const void *p, size_t n, uint32_t seed);
uint32_t hash_str(const char *s, uint32_t seed);
uint32_t hash_u64(uint64_t v);

#endif
