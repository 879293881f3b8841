/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing byte buffer, for text and for netlink bytes. Zero-initialise, end
 * with buf_free(). Always has a NUL behind its bytes once it holds any.
 */
#ifndef NFVM_BASE_BUF_H
#define NFVM_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p;
	size_t len, cap;
};

void buf_free(struct buf *b);
/* Room for n more bytes; returns where they go. Their content is undefined; len does not change. */
char *buf_reserve(struct buf *b, size_t n);
/* Appends n bytes whose content the caller writes; returns where. */
char *buf_grow(struct buf *b, size_t n);
void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Shortens to len bytes. */
void buf_cut(struct buf *b, size_t len);
/* The text, "" where empty; stays the buffer's. */
const char *buf_str(const struct buf *b);

#define buf_auto __attribute__((cleanup(buf_free))) struct buf

#endif
