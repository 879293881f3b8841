/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing byte buffer. See buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

char *buf_reserve(struct buf *b, size_t n)
{
	size_t need = b->len + n + 1, cap = b->cap ? b->cap : 64;

	if (need > b->cap) {
		while (cap < need)
			cap += cap / 2 + 64;
		b->p = realloc(b->p, cap);
		if (!b->p) {
			fputs("nfvm: out of memory\n", stderr);
			abort();
		}
		b->cap = cap;
		b->p[b->len] = 0;
	}
	return b->p + b->len;
}

char *buf_grow(struct buf *b, size_t n)
{
	char *p = buf_reserve(b, n);

	b->len += n;
	b->p[b->len] = 0;
	return p;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	if (n)
		memcpy(buf_grow(b, n), p, n);
}

void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	*buf_grow(b, 1) = c;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf_reserve(b, 128), 129, fmt, ap);
	va_end(ap);
	if (n > 128) {
		va_start(ap, fmt);
		vsnprintf(buf_reserve(b, (size_t)n), (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

void buf_cut(struct buf *b, size_t len)
{
	if (len < b->len) {
		b->len = len;
		b->p[len] = 0;
	}
}

const char *buf_str(const struct buf *b)
{
	return b->p ? b->p : "";
}
