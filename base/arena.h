/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arena: memory that is freed whole.
 *
 * The front end allocates everything of one command in one arena. Not thread
 * safe. Allocation never fails: out of memory ends the program with a message,
 * so only control-plane code on the user's side may use it without limits; the
 * engine bounds what it decodes before it allocates.
 */
#ifndef NFVM_BASE_ARENA_H
#define NFVM_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena **a);

/* Drops all that was allocated, keeps a first block for reuse. */
void arena_reset(struct arena *a);

/* A point to go back to: what is allocated behind it is dropped. Marks are undone in reverse order. */
struct arena_mark {
	void *block;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_back(struct arena *a, struct arena_mark m);

/* n zeroed bytes, aligned to 16. */
void *arena_alloc(struct arena *a, size_t n);
/* n bytes copied, with a NUL behind them. */
char *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes held, for tests and reports. */
size_t arena_size(const struct arena *a);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
