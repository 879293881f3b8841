/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The elements of a set in the order of a listing: by their values; concatenations with ranges in the order in which they come; the
 * catch-all last. They are given decoded, or packed as they came from the target: then each is decoded only when its turn comes.
 *
 * Intervals of one field come as half-open pairs: an element for the first value, and one with NFT_SET_ELEM_INTERVAL_END for
 * the first value behind; the last may have no end. Concatenations with ranges have both ends, inclusive, in one element.
 *
 *   0a000000; end 0b000000              10.0.0.0/8
 *   0016; end 0017; 0050; end 0060      22, 80-95
 */
#ifndef NFVM_RAISE_ELEMS_H
#define NFVM_RAISE_ELEMS_H

#include "src/raise/rx.h"

struct elem_item;

struct elems {
	const struct bc_set *s;
	struct rtypes key, data;
	const struct bc_node *nodes; /* of struct bc_elem; or */
	struct bc_bytes packed;      /* what is in an NFTA_SET_ELEM_LIST_ELEMENTS */
	bool halfopen;               /* pairs that are intervals */
	/* private */
	struct elem_item *items;
	size_t n, at, catchalls; /* the last so many of n are catch-alls */
};

/* Sorts. s, types and elements are given, the rest zero. 0 or -ENOMEM; ends with elems_close(). */
int elems_open(struct elems *s);
void elems_close(struct elems *s);
/*
 * The next element, or NULL. Packed ones are decoded into room, with what they point to in the arena and in the packed bytes. Of
 * intervals also first and last value.
 */
const struct bc_elem *elems_next(struct elems *s, struct arena *a, struct bc_elem *room, u128 *from, u128 *to);
/* Bytes of an interval's values. */
static inline unsigned elems_key_bytes(const struct elems *s)
{
	return s->s->key_len > 16 ? 16 : s->s->key_len;
}
/* The greatest value of so many bytes. */
static inline u128 elems_last(unsigned bytes)
{
	return bytes >= 16 ? ~(u128)0 : ((u128)1 << bytes * 8) - 1;
}

/* ---- the sort (elem_sort.c) ------------------------------------------------------------------------------ */

/* 24 bytes, for there may be millions. */
struct elem_item {
	uint64_t hi, lo;  /* what is sorted by: the value, or of a concatenation its first 16 bytes */
	const void *elem; /* struct nlattr, packed, or struct bc_elem */
};

/* By hi, lo; equal ones stay in their order. 0 or -ENOMEM. */
int elem_sort(struct elem_item *items, size_t n);

#endif
