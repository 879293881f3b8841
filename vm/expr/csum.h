/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checksum arithmetic of expressions that change packets: ones' complement sums over bytes as they lie (RFC 1071), updates of a
 * checksum for bytes that change (RFC 1624).
 */
#ifndef NFVM_VM_EXPR_CSUM_H
#define NFVM_VM_EXPR_CSUM_H

#include <stdint.h>
#include <string.h>

#include "vm/host/crc32c.h"

/* Sum of n bytes, in the byte order of memory; an odd last byte is padded with zero. */
static inline uint32_t csum_add_bytes(uint32_t sum, const void *bytes, uint32_t n)
{
	const uint8_t *p = bytes;
	uint64_t s = sum;
	uint16_t v;

	for (; n >= 2; n -= 2, p += 2) {
		memcpy(&v, p, 2);
		s += v;
	}
	if (n)
		s += *p;
	while (s >> 32)
		s = (uint32_t)s + (s >> 32);
	return s;
}

static inline uint16_t csum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* The checksum field at p after bytes of sum `from` have become bytes of sum `to`. 0 is written as 0xffff, as the kernel does here. */
static inline void csum_replace(uint8_t *p, uint32_t from, uint32_t to)
{
	uint16_t old, now;

	memcpy(&old, p, 2);
	now = csum_fold((uint64_t)~(uint32_t)old + (uint32_t)~from + to);
	if (!now)
		now = 0xffff;
	memcpy(p, &now, 2);
}

/* The same for a field that holds a plain sum, not its complement. */
static inline void csum_replace_partial(uint8_t *p, uint32_t from, uint32_t to)
{
	uint16_t old, now;

	memcpy(&old, p, 2);
	now = ~csum_fold((uint64_t)old + (uint32_t)~from + to);
	memcpy(p, &now, 2);
}

#endif
