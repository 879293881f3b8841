/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics with places.
 *
 * A place is a range of bytes in one of the texts being compiled. It is 12
 * bytes, so that every node of a large ruleset can carry one; line and column are found
 * from the text when a message is printed. Form (nft's, since scripts parse it):
 *
 *     file:line:col-col: Error: message
 *     the source line
 *        ^^^^
 *
 * Lines and columns count from 1; columns are bytes, a tab is one. Standard input is "/dev/stdin",
 * a command line "<cmdline>".
 */
#ifndef NFVM_BASE_DIAG_H
#define NFVM_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/* off, len in bytes of text number `text` - 1; text 0: no place known. */
struct place {
	uint32_t text, off, len;
};

/* The texts of one run: files, command lines, standard input. */
struct texts;

struct texts *texts_new(void);
void texts_free(struct texts **t);
/*
 * Takes over bytes (malloc'ed, len bytes; may hold NULs). from is the place of the
 * include statement, or a zero place. Returns the text's number, to be used as place.text.
 */
uint32_t texts_add(struct texts *t, const char *name, char *bytes, size_t len, struct place from);
const char *texts_name(const struct texts *t, uint32_t text);
const char *texts_bytes(const struct texts *t, uint32_t text, size_t *len);
/* Line and first and last column of a place, counted from 1. */
void texts_resolve(const struct texts *t, struct place at, uint32_t *line, uint32_t *col, uint32_t *col_last);

/*
 * A text of which diag_print is to say in its own words, too, where a place is ("nftables[3].rule.expr[1]"): fn appends them for the byte at off.
 */
void texts_describe(struct texts *t, uint32_t text, void (*fn)(const char *bytes, size_t len, size_t off, struct buf *out));

/* From the first byte of a to the last of b (same text; else a). */
struct place place_span(struct place a, struct place b);

enum diag_level { DIAG_ERROR, DIAG_WARNING };

/* What a run has to say to its user; messages are kept in order and printed at the end. */
struct diag {
	struct texts *texts;  /* borrowed */
	struct arena *arena;  /* borrowed; messages live here */
	struct diag_msg *first, **last;
	unsigned errors, warnings;
	unsigned max_errors;  /* stop after so many; 0: 10, as nft */
};

void diag_init(struct diag *d, struct texts *t, struct arena *a);
/* Always returns -1, so that a caller can `return diag_error(…)`. */
int diag_error(struct diag *d, struct place at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void diag_warn(struct diag *d, struct place at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A second place that belongs to the last message; its carets are '~'. */
void diag_also(struct diag *d, struct place at);
/* A line under the last message: "did you mean 'x'?" and the like. */
void diag_hint(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void diag_print(const struct diag *d, struct buf *out);
void diag_clear(struct diag *d);

/*
 * Whether a name is near enough to s to have been meant: names of one length, or nearly, by at most half of it, others by a little more. *distance:
 * edits between them.
 */
bool diag_near(const char *s, const char *name, unsigned *distance);
/* The nearest of n words to s by edit distance, or NULL where none is near (nft: distance below half its length). */
const char *diag_nearest(const char *s, const char *const *words, size_t n);

#endif
