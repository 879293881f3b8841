/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts, places in them, and what is to be said about them. See diag.h.
 *
 * A message is printed long after it was made: its places are byte ranges, and a text's table of line starts is
 * built the first time one of them is resolved, so that a ruleset without errors pays nothing.
 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
	char *name, *bytes;
	size_t len;
	struct place from;
	uint32_t *lines; /* where each line starts; NULL: not yet built */
	size_t n_lines;
	void (*describe)(const char *bytes, size_t len, size_t off, struct buf *out); /* or NULL */
};

struct texts {
	struct text *v;
	uint32_t n, cap;
};

enum { MAX_ALSO = 4, MAX_ERRORS_DEFAULT = 10, LINE_SHOWN = 1024, WORD_MAX = 64 };

struct diag_hint_line {
	struct diag_hint_line *next;
	const char *text;
};

struct diag_msg {
	struct diag_msg *next;
	enum diag_level level;
	struct place at, also[MAX_ALSO];
	unsigned n_also;
	const char *text;
	struct diag_hint_line *hints;
};

static void *must(void *p)
{
	if (!p) {
		fputs("nfvm: out of memory\n", stderr);
		abort();
	}
	return p;
}

/* ---- texts ----------------------------------------------------------------------------------------- */

struct texts *texts_new(void)
{
	return must(calloc(1, sizeof(struct texts)));
}

void texts_free(struct texts **tp)
{
	struct texts *t = *tp;

	if (!t)
		return;
	for (uint32_t i = 0; i < t->n; i++) {
		free(t->v[i].name);
		free(t->v[i].bytes);
		free(t->v[i].lines);
	}
	free(t->v);
	free(t);
	*tp = NULL;
}

uint32_t texts_add(struct texts *t, const char *name, char *bytes, size_t len, struct place from)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 4;
		t->v = must(realloc(t->v, t->cap * sizeof(*t->v)));
	}
	t->v[t->n] = (struct text){ .name = must(strdup(name)), .bytes = bytes, .len = len, .from = from };
	return ++t->n;
}

static struct text *text_of(const struct texts *t, uint32_t text)
{
	return t && text && text <= t->n ? &t->v[text - 1] : NULL;
}

const char *texts_name(const struct texts *t, uint32_t text)
{
	const struct text *x = text_of(t, text);

	return x ? x->name : NULL;
}

const char *texts_bytes(const struct texts *t, uint32_t text, size_t *len)
{
	const struct text *x = text_of(t, text);

	*len = x ? x->len : 0;
	return x ? x->bytes : NULL;
}

void texts_describe(struct texts *t, uint32_t text, void (*fn)(const char *bytes, size_t len, size_t off, struct buf *out))
{
	struct text *x = text_of(t, text);

	if (x)
		x->describe = fn;
}

static void index_lines(struct text *x)
{
	const char *end = x->bytes + x->len;
	size_t cap = 16;

	x->lines = must(malloc(cap * sizeof(*x->lines)));
	x->lines[0] = 0;
	x->n_lines = 1;
	for (const char *p = x->bytes; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
		if (x->n_lines == cap) {
			cap *= 2;
			x->lines = must(realloc(x->lines, cap * sizeof(*x->lines)));
		}
		x->lines[x->n_lines++] = (uint32_t)(p + 1 - x->bytes);
	}
}

/* Number of the line that holds byte off, counted from 0. */
static size_t line_of(struct text *x, uint32_t off)
{
	size_t lo = 0, hi;

	if (!x->lines)
		index_lines(x);
	hi = x->n_lines;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (x->lines[mid] <= off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* One past the last byte of a line, its newline not counted. */
static size_t line_end(const struct text *x, size_t line)
{
	return line + 1 < x->n_lines ? x->lines[line + 1] - 1 : x->len;
}

void texts_resolve(const struct texts *t, struct place at, uint32_t *line, uint32_t *col, uint32_t *col_last)
{
	struct text *x = text_of(t, at.text);
	size_t n;

	*line = *col = *col_last = 0;
	if (!x)
		return;
	n = line_of(x, at.off);
	*line = (uint32_t)n + 1;
	*col = at.off - x->lines[n] + 1;
	*col_last = at.len ? *col + at.len - 1 : *col;
	/* what spans several lines is shown up to the end of its first, whose newline may belong to it */
	if (x->lines[n] + *col_last > line_end(x, n) + 1 && at.len > 1) {
		*col_last = (uint32_t)(line_end(x, n) - x->lines[n]);
		if (*col_last < *col)
			*col_last = *col;
	}
}

struct place place_span(struct place a, struct place b)
{
	if (!a.text)
		return b;
	if (a.text == b.text && b.off + b.len > a.off + a.len)
		a.len = b.off + b.len - a.off;
	return a;
}

/* ---- messages ---------------------------------------------------------------------------------------- */

void diag_init(struct diag *d, struct texts *t, struct arena *a)
{
	*d = (struct diag){ .texts = t, .arena = a };
	d->last = &d->first;
}

void diag_clear(struct diag *d)
{
	d->first = NULL;
	d->last = &d->first;
	d->errors = d->warnings = 0;
}

static const char *format(struct arena *a, const char *fmt, va_list ap)
{
	buf_auto b = { 0 };
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n > 0)
		vsnprintf(buf_reserve(&b, (size_t)n), (size_t)n + 1, fmt, again);
	va_end(again);
	return n > 0 ? arena_memdup(a, b.p, (size_t)n) : "";
}

static struct diag_msg *msg_last(const struct diag *d)
{
	return d->first ? (struct diag_msg *)d->last : NULL; /* last points at its `next`, its first member */
}

static void add(struct diag *d, enum diag_level level, struct place at, const char *text)
{
	struct diag_msg *m = arena_new_of(d->arena, struct diag_msg);

	m->level = level;
	m->at = at;
	m->text = text;
	*d->last = m;
	d->last = &m->next;
}

int diag_error(struct diag *d, struct place at, const char *fmt, ...)
{
	unsigned max = d->max_errors ? d->max_errors : MAX_ERRORS_DEFAULT;
	va_list ap;

	d->errors++;
	if (d->errors > max)
		return -1;
	va_start(ap, fmt);
	add(d, DIAG_ERROR, at, format(d->arena, fmt, ap));
	va_end(ap);
	return -1;
}

void diag_warn(struct diag *d, struct place at, const char *fmt, ...)
{
	va_list ap;

	d->warnings++;
	va_start(ap, fmt);
	add(d, DIAG_WARNING, at, format(d->arena, fmt, ap));
	va_end(ap);
}

/* After an error that was one too many to keep, what belongs to it is dropped as well. */
static bool last_was_dropped(const struct diag *d)
{
	return d->errors > (d->max_errors ? d->max_errors : MAX_ERRORS_DEFAULT);
}

void diag_also(struct diag *d, struct place at)
{
	struct diag_msg *m = msg_last(d);

	if (m && !last_was_dropped(d) && m->n_also < MAX_ALSO && at.text)
		m->also[m->n_also++] = at;
}

void diag_hint(struct diag *d, const char *fmt, ...)
{
	struct diag_msg *m = msg_last(d);
	struct diag_hint_line *h, **tail;
	va_list ap;

	if (!m || last_was_dropped(d))
		return;
	h = arena_new_of(d->arena, struct diag_hint_line);
	va_start(ap, fmt);
	h->text = format(d->arena, fmt, ap);
	va_end(ap);
	for (tail = &m->hints; *tail; tail = &(*tail)->next)
		;
	*tail = h;
}

/* ---- printing ---------------------------------------------------------------------------------------- */

static void print_prefix(const struct diag *d, struct place at, struct buf *out)
{
	uint32_t line, col, col_last;
	const char *word = "In file included from";
	const struct text *x = text_of(d->texts, at.text);

	if (!x)
		return;
	for (struct place up = x->from; up.text; up = text_of(d->texts, up.text)->from) {
		texts_resolve(d->texts, up, &line, &col, &col_last);
		buf_printf(out, "%s %s:%u:%u-%u:\n", word, texts_name(d->texts, up.text), line, col, col_last);
		word = "                 from";
	}
	if (strcmp(x->name, "<cmdline>") == 0)
		return;
	texts_resolve(d->texts, at, &line, &col, &col_last);
	buf_printf(out, "%s:%u:%u-%u: ", x->name, line, col, col_last);
}

/* True for a well-formed UTF-8 sequence at s, whose length is put into *n. */
static bool is_utf8(const unsigned char *s, const unsigned char *end, size_t *n)
{
	unsigned lead = *s;

	*n = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
	if (!*n || (size_t)(end - s) < *n || (lead == 0xc2 && s[1] < 0xa0))
		return false;
	for (size_t i = 1; i < *n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return false;
	}
	return true;
}

/*
 * The shown part of a line. Control bytes other than tabs, and what is no UTF-8, become '?': binary input must not drive a
 * terminal.
 */
static void print_line(const struct text *x, size_t from, size_t to, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)x->bytes + from, *end = (const unsigned char *)x->bytes + to;
	size_t n;

	if (s < end && end[-1] == '\r')
		end--;
	for (; s < end; s += n) {
		bool good = is_utf8(s, end, &n);

		if (!good)
			n = 1;
		if (!good || (*s < ' ' && *s != '\t') || *s == 127)
			buf_putc(out, '?');
		else
			buf_put(out, s, n);
	}
	buf_putc(out, '\n');
}

static void mark(char *carets, size_t shown, const struct diag *d, struct place at, size_t line, size_t start, char c)
{
	uint32_t l, col, col_last;

	texts_resolve(d->texts, at, &l, &col, &col_last);
	if (l != line + 1)
		return;
	for (size_t i = col; i <= col_last; i++) {
		if (i > start && i - start - 1 <= shown)
			carets[i - start - 1] = c;
	}
}

static void print_cause(const struct diag *d, const struct diag_msg *m, struct buf *out)
{
	struct text *x = text_of(d->texts, m->at.text);
	size_t line, from, to, start = 0, shown, n;
	char carets[LINE_SHOWN + 2];

	if (!x)
		return;
	line = line_of(x, m->at.off);
	from = x->lines[line];
	to = line_end(x, line);
	if (to - from > LINE_SHOWN) {
		start = m->at.off - from > LINE_SHOWN / 2 ? m->at.off - from - LINE_SHOWN / 2 : 0;
		from += start;
		if (to - from > LINE_SHOWN)
			to = from + LINE_SHOWN;
	}
	shown = to - from;
	print_line(x, from, to, out);
	for (n = 0; n < shown; n++)
		carets[n] = x->bytes[from + n] == '\t' ? '\t' : ' ';
	carets[shown] = ' ';
	for (unsigned i = m->n_also; i-- > 0;) {
		if (m->also[i].text == m->at.text)
			mark(carets, shown, d, m->also[i], line, start, '~');
	}
	mark(carets, shown, d, m->at, line, start, '^');
	for (n = shown + 1; n > 0 && (carets[n - 1] == ' ' || carets[n - 1] == '\t'); n--)
		;
	buf_put(out, carets, n);
	buf_putc(out, '\n');
	if (x->describe) {
		buf_puts(out, "in ");
		x->describe(x->bytes, x->len, m->at.off, out);
		buf_putc(out, '\n');
	}
}

void diag_print(const struct diag *d, struct buf *out)
{
	for (const struct diag_msg *m = d->first; m; m = m->next) {
		print_prefix(d, m->at, out);
		buf_printf(out, "%s: %s\n", m->level == DIAG_ERROR ? "Error" : "Warning", m->text);
		print_cause(d, m, out);
		for (const struct diag_hint_line *h = m->hints; h; h = h->next)
			buf_printf(out, "%s\n", h->text);
	}
	if (last_was_dropped(d))
		buf_printf(out, "Error: too many errors: %u in all\n", d->errors);
}

/* ---- near names -------------------------------------------------------------------------------------- */

/* Edits (insert, remove, replace a byte, swap two neighbours) that turn a into b. Both at most WORD_MAX bytes. */
static unsigned distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned char row[3][WORD_MAX + 1], *before = row[0], *last = row[1], *cur = row[2], *t;

	for (size_t j = 0; j <= nb; j++)
		last[j] = (unsigned char)j;
	for (size_t i = 1; i <= na; i++) {
		cur[0] = (unsigned char)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1u < best)
				best = last[j] + 1u;
			if (cur[j - 1] + 1u < best)
				best = cur[j - 1] + 1u;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1u < best)
				best = before[j - 2] + 1u;
			cur[j] = (unsigned char)best;
		}
		t = before, before = last, last = cur, cur = t;
	}
	return last[nb];
}

bool diag_near(const char *s, const char *name, unsigned *out)
{
	size_t a = strlen(s), b = strlen(name), most = a > b ? a : b, least = a < b ? a : b;

	if (most <= 1 || most > WORD_MAX)
		return false;
	*out = distance(s, a, name, b);
	return *out <= (most - least <= 1 ? most / 2 : (most + 1) / 2);
}

const char *diag_nearest(const char *s, const char *const *words, size_t n)
{
	size_t len = strlen(s);
	const char *best = NULL;
	unsigned best_d = ~0u;

	if (!len || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t wl = strlen(words[i]);
		unsigned dist;

		if (wl > WORD_MAX)
			continue;
		dist = distance(s, len, words[i], wl);
		if (dist < best_d && dist * 2 < len + (len < 4)) {
			best_d = dist;
			best = words[i];
		}
	}
	return best;
}
