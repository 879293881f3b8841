/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of keys in order. See ranges.h. */
#include "src/lower/ranges.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 512 };

struct range_chunk {
	uint32_t n;
	uint32_t info[CHUNK];
	uint8_t keys[];              /* CHUNK * 2 * klen */
};

void ranges_init(struct ranges *r, uint32_t klen)
{
	*r = (struct ranges){ .klen = klen };
}

void ranges_free(struct ranges *r)
{
	for (uint32_t i = 0; i < r->n_chunks; i++)
		free(r->chunks[i]);
	free(r->chunks);
	r->chunks = NULL;
	r->n_chunks = r->cap_chunks = 0;
}

static uint8_t *keys_of(const struct ranges *r, struct range_chunk *c, uint32_t i)
{
	return c->keys + (size_t)i * 2 * r->klen;
}

static bool ends_before(const struct ranges *r, uint32_t chunk, uint32_t i, const uint8_t *key)
{
	return memcmp(keys_of(r, r->chunks[chunk], i) + r->klen, key, r->klen) < 0;
}

/* The first chunk whose last range ends at key or behind it. */
static uint32_t seek_chunk(const struct ranges *r, const uint8_t *key)
{
	uint32_t lo = 0, hi = r->n_chunks;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (ends_before(r, mid, r->chunks[mid]->n - 1, key))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint32_t seek_in(const struct ranges *r, uint32_t chunk, const uint8_t *key)
{
	uint32_t lo = 0, hi = r->chunks[chunk]->n;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (ends_before(r, chunk, mid, key))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool ranges_seek(const struct ranges *r, const uint8_t *key, struct range_at *at)
{
	at->chunk = seek_chunk(r, key);
	if (at->chunk == r->n_chunks)
		return false;
	at->i = seek_in(r, at->chunk, key);
	return true;
}

const uint8_t *ranges_get(const struct ranges *r, struct range_at at, uint32_t *info)
{
	struct range_chunk *c = r->chunks[at.chunk];

	*info = c->info[at.i];
	return keys_of(r, c, at.i);
}

static void new_chunk(struct ranges *r, uint32_t where)
{
	struct range_chunk *c = malloc(sizeof(*c) + (size_t)CHUNK * 2 * r->klen);

	if (r->n_chunks == r->cap_chunks) {
		r->cap_chunks = r->cap_chunks ? r->cap_chunks * 2 : 16;
		r->chunks = realloc(r->chunks, r->cap_chunks * sizeof(*r->chunks));
	}
	if (!c || !r->chunks)
		abort();
	c->n = 0;
	memmove(r->chunks + where + 1, r->chunks + where, (r->n_chunks - where) * sizeof(*r->chunks));
	r->chunks[where] = c;
	r->n_chunks++;
}

/* count of them from i on, up or down by one. */
static void shift(const struct ranges *r, struct range_chunk *c, uint32_t from, uint32_t to)
{
	memmove(keys_of(r, c, to), keys_of(r, c, from), (size_t)(c->n - from) * 2 * r->klen);
	memmove(c->info + to, c->info + from, (c->n - from) * sizeof(*c->info));
}

static void split(struct ranges *r, uint32_t chunk)
{
	struct range_chunk *c = r->chunks[chunk], *d;
	uint32_t half = CHUNK / 2;

	new_chunk(r, chunk + 1);
	d = r->chunks[chunk + 1];
	d->n = c->n - half;
	memcpy(d->keys, keys_of(r, c, half), (size_t)d->n * 2 * r->klen);
	memcpy(d->info, c->info + half, d->n * sizeof(*c->info));
	c->n = half;
}

static void place_in(struct ranges *r, struct range_at at, const uint8_t *lo, const uint8_t *hi, uint32_t info)
{
	struct range_chunk *c = r->chunks[at.chunk];

	shift(r, c, at.i, at.i + 1);
	memcpy(keys_of(r, c, at.i), lo, r->klen);
	memcpy(keys_of(r, c, at.i) + r->klen, hi, r->klen);
	c->info[at.i] = info;
	c->n++;
}

void ranges_insert(struct ranges *r, const uint8_t *lo, const uint8_t *hi, uint32_t info)
{
	struct range_at at;

	if (!ranges_seek(r, lo, &at)) { /* behind all: chunks filled in order stay full */
		if (!r->n_chunks || r->chunks[r->n_chunks - 1]->n == CHUNK)
			new_chunk(r, r->n_chunks);
		at = (struct range_at){ r->n_chunks - 1, r->chunks[r->n_chunks - 1]->n };
	} else if (r->chunks[at.chunk]->n == CHUNK) {
		split(r, at.chunk);
		ranges_seek(r, lo, &at);
	}
	place_in(r, at, lo, hi, info);
}

void ranges_remove(struct ranges *r, struct range_at at)
{
	struct range_chunk *c = r->chunks[at.chunk];

	shift(r, c, at.i + 1, at.i);
	if (--c->n)
		return;
	free(c);
	r->n_chunks--;
	memmove(r->chunks + at.chunk, r->chunks + at.chunk + 1, (r->n_chunks - at.chunk) * sizeof(*r->chunks));
}
