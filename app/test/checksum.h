/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksums of frames under construction. */
#ifndef NFVM_APP_TEST_CHECKSUM_H
#define NFVM_APP_TEST_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Writes the header checksum of the IPv4 header at ip. */
void checksum_ip(uint8_t *ip);
/* Writes the checksum of the transport header at offset l4 of an Ethernet frame (TCP, UDP, UDP-Lite, ICMP, ICMPv6, IGMP, SCTP); others have none. */
void checksum_transport(uint8_t *frame, size_t len, size_t l4);

#endif
