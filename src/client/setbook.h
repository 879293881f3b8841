/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets that have been told of, as events are read: their types, which elements need to be shown, the elements of anonymous ones,
 * which rules need, and halves of intervals. What was not told is asked for. One thread.
 */
#ifndef NFVM_CLIENT_SETBOOK_H
#define NFVM_CLIENT_SETBOOK_H

#include "bytecode/msg.h"
#include "src/client/transport.h"

struct known_set {
	struct known_set *next;
	struct arena *a;
	uint8_t family;
	const struct bc_set *s;
	struct bc_node *elems, **elems_tail; /* of an anonymous one */
	struct arena *half_a;
	struct bc_elem *half; /* one end of an interval whose other end is yet to be told; or NULL */
};

struct setbook;

/* t: whom to ask for sets that were not told of; borrowed; NULL: nobody. */
struct setbook *setbook_new(struct transport *t);
void setbook_free(struct setbook **b);
/* Asks for all sets that are there. 0 or -errno. */
int setbook_load(struct setbook *b);
/* Learns from NFT_MSG_NEWSET and DELSET, from NEWSETELEM of anonymous sets, and DELTABLE. */
void setbook_take(struct setbook *b, uint16_t type, uint8_t family, const void *s);
/* NULL: there is none, or it is not known. */
struct known_set *setbook_find(struct setbook *b, uint8_t family, const char *table, const char *name);
/* Keeps a copy as its half, or forgets it (NULL). */
void known_set_half(struct known_set *k, const struct bc_elem *e);

#endif
