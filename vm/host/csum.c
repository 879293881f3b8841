/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internet checksums; see csum.h. Eight bytes at a time: the sum of 32-bit words folds to the same as that of 16-bit words. */
#include "vm/host/csum.h"

#include <string.h>

uint32_t csum_add(const void *data, uint32_t len, uint32_t start)
{
	const uint8_t *p = data;
	uint64_t sum = start, w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		sum += (w & 0xffffffff) + (w >> 32);
	}
	if (len) {
		w = 0;
		memcpy(&w, p, len);
		sum += (w & 0xffffffff) + (w >> 32);
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum;
}
