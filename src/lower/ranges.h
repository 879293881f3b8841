/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disjoint ranges of keys in order, in chunks: found in the logarithm of their number, put in and taken out in a chunk's time. One thread.
 * Keys are of klen bytes, most significant first.
 */
#ifndef NFVM_LOWER_RANGES_H
#define NFVM_LOWER_RANGES_H

#include <stdbool.h>
#include <stdint.h>

struct ranges {
	uint32_t klen;
	uint32_t n_chunks, cap_chunks;
	struct range_chunk **chunks;
};

/* A range within: good until the next insertion or removal. */
struct range_at {
	uint32_t chunk, i;
};

void ranges_init(struct ranges *r, uint32_t klen);
void ranges_free(struct ranges *r);
/* The first range that ends at key or behind it. False: there is none. */
bool ranges_seek(const struct ranges *r, const uint8_t *key, struct range_at *at);
/* Both ends, 2 * klen bytes; *info: what the owner keeps with it. */
const uint8_t *ranges_get(const struct ranges *r, struct range_at at, uint32_t *info);
/* Where no range in it overlaps it. */
void ranges_insert(struct ranges *r, const uint8_t *lo, const uint8_t *hi, uint32_t info);
void ranges_remove(struct ranges *r, struct range_at at);

#endif
