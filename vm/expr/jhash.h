/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's jhash (include/linux/jhash.h): Bob Jenkins' lookup3, 2006, public domain, with the kernel's way of starting. Results must be
 * the same bit for bit, since rules spread load by it.
 */
#ifndef NFVM_VM_EXPR_JHASH_H
#define NFVM_VM_EXPR_JHASH_H

#include <stdint.h>
#include <string.h>

static inline uint32_t jhash_rol(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

/* len bytes at p, as little-endian words, any rest padded with zeros. */
static inline uint32_t jhash(const void *bytes, uint32_t len, uint32_t seed)
{
	const uint8_t *p = bytes;
	uint32_t w[3], a, b, c;

	a = b = c = 0xdeadbeef + len + seed;
	for (; len > 12; len -= 12, p += 12) {
		memcpy(w, p, 12);
		a += w[0];
		b += w[1];
		c += w[2];
		a -= c, a ^= jhash_rol(c, 4), c += b;
		b -= a, b ^= jhash_rol(a, 6), a += c;
		c -= b, c ^= jhash_rol(b, 8), b += a;
		a -= c, a ^= jhash_rol(c, 16), c += b;
		b -= a, b ^= jhash_rol(a, 19), a += c;
		c -= b, c ^= jhash_rol(b, 4), b += a;
	}
	if (!len)
		return c;
	memset(w, 0, sizeof(w));
	memcpy(w, p, len);
	a += w[0];
	b += w[1];
	c += w[2];
	c ^= b, c -= jhash_rol(b, 14);
	a ^= c, a -= jhash_rol(c, 11);
	b ^= a, b -= jhash_rol(a, 25);
	c ^= b, c -= jhash_rol(b, 16);
	a ^= c, a -= jhash_rol(c, 4);
	b ^= a, b -= jhash_rol(a, 14);
	c ^= b, c -= jhash_rol(b, 24);
	return c;
}

/* From all 32 bits to 0 … n - 1 (reciprocal_scale). */
static inline uint32_t jhash_scale(uint32_t h, uint32_t n)
{
	return (uint64_t)h * n >> 32;
}

#endif
