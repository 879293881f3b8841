/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internet checksums (RFC 1071). Sums are of 16-bit words as they lie in memory, so that a folded sum is stored as it is. Pure. */
#ifndef NFVM_VM_HOST_CSUM_H
#define NFVM_VM_HOST_CSUM_H

#include <stdint.h>

/* The 16-bit words of p added to sum; an odd last byte counts as the first of its word. */
uint32_t csum_add(const void *p, uint32_t len, uint32_t sum);

static inline uint16_t csum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
/* Pseudo-header of TCP, UDP, ICMPv6: addresses of 4 or 16 bytes, transport length in bytes. */
static inline uint32_t csum_pseudo(const uint8_t *src, const uint8_t *dst, unsigned bytes, uint32_t len, uint8_t proto)
{
	uint32_t sum = csum_add(src, bytes, csum_add(dst, bytes, 0));

	return sum + __builtin_bswap16((uint16_t)(len >> 16)) + __builtin_bswap16((uint16_t)len) + ((uint32_t)proto << 8);
}
/* A stored checksum after the word `from` under it became `to`; all as they lie in memory (RFC 1624). */
static inline uint16_t csum_replace(uint16_t check, uint16_t from, uint16_t to)
{
	return csum_fold((uint16_t)~check + (uint32_t)(uint16_t)~from + to);
}

#endif
