/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC32c as SCTP has it (RFC 9260 appendix A). Pure. */
#ifndef NFVM_VM_HOST_CRC32C_H
#define NFVM_VM_HOST_CRC32C_H

#include <stdint.h>

/* crc over n more bytes; begins with ~0, and the complement of the result, least byte first, is what a packet has. */
static inline uint32_t crc32c(uint32_t crc, const uint8_t *p, uint32_t n)
{
	while (n--) {
		crc ^= *p++;
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return crc;
}

#endif
