/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arena: a list of blocks, each filled from its start. See arena.h. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 32 * 1024, ALIGN = 16 };

struct block {
	struct block *next;
	size_t used, cap;
	alignas(ALIGN) unsigned char mem[];
};

struct arena {
	struct block *head; /* the block being filled */
	size_t total;
};

static void *must(void *p)
{
	if (!p) {
		fputs("nfvm: out of memory\n", stderr);
		abort();
	}
	return p;
}

static struct block *block_new(struct arena *a, size_t n)
{
	size_t cap = n > BLOCK_BYTES ? n : BLOCK_BYTES;
	struct block *b = must(malloc(sizeof(*b) + cap));

	b->used = 0;
	b->cap = cap;
	b->next = a->head;
	a->total += cap;
	return a->head = b;
}

struct arena *arena_new(void)
{
	return must(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena **ap)
{
	if (!*ap)
		return;
	for (struct block *b = (*ap)->head, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(*ap);
	*ap = NULL;
}

void arena_reset(struct arena *a)
{
	struct block *keep = NULL;

	for (struct block *b = a->head, *next; b; b = next) {
		next = b->next;
		if (!next && b->cap == BLOCK_BYTES)
			keep = b;
		else
			free(b);
	}
	a->head = keep;
	a->total = keep ? keep->cap : 0;
	if (keep)
		keep->used = 0;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->head, a->head ? a->head->used : 0 };
}

void arena_back(struct arena *a, struct arena_mark m)
{
	while (a->head != m.block) {
		struct block *b = a->head;

		a->head = b->next;
		a->total -= b->cap;
		free(b);
	}
	if (a->head)
		a->head->used = m.used;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->head;
	void *p;

	if (n > SIZE_MAX / 2)
		must(NULL);
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!b || b->cap - b->used < n)
		b = block_new(a, n);
	p = b->mem + b->used;
	b->used += n;
	return memset(p, 0, n);
}

char *arena_memdup(struct arena *a, const void *p, size_t n)
{
	char *q = arena_alloc(a, n + 1);

	if (n)
		memcpy(q, p, n);
	return q;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

size_t arena_size(const struct arena *a)
{
	return a->total;
}
