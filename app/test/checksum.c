/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 1071 sums, and CRC32c for SCTP (RFC 9260 appendix A). */
#include "app/test/checksum.h"

#include <netinet/in.h>
#include <string.h>

#include "app/test/packet.h"
#include "base/bytes.h"

static uint32_t sum(const uint8_t *p, size_t n, uint32_t start)
{
	uint64_t s = start;

	for (; n > 1; p += 2, n -= 2)
		s += be16_load(p);
	if (n)
		s += (uint32_t)*p << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint32_t)s;
}

void checksum_ip(uint8_t *ip)
{
	be16_store(ip + 10, 0);
	be16_store(ip + 10, (uint16_t)~sum(ip, (size_t)(ip[0] & 15) * 4, 0));
}

static uint32_t crc32c(const uint8_t *p, size_t n)
{
	uint32_t crc = UINT32_MAX;

	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

/* Sum of the pseudo header of RFC 9293 or RFC 8200, by what lies under the transport header. */
static uint32_t pseudo(const uint8_t *frame, size_t len, size_t seg_len, uint8_t proto)
{
	int ip = packet_find(frame, len, &proto_ip), ip6 = packet_find(frame, len, &proto_ip6);
	uint32_t s = 0;

	if (ip >= 0)
		s = sum(frame + ip + 12, 8, 0);
	else if (ip6 >= 0)
		s = sum(frame + ip6 + 8, 32, 0);
	return sum(NULL, 0, s + proto + (uint32_t)(seg_len & 0xffff) + (uint32_t)(seg_len >> 16));
}

void checksum_transport(uint8_t *frame, size_t len, size_t l4)
{
	static const struct {
		const struct proto *p;
		uint8_t number, at;
		bool pseudo;
	} kinds[] = {
		{ &proto_tcp, IPPROTO_TCP, 16, true },	   { &proto_udp, IPPROTO_UDP, 6, true },       { &proto_udplite, IPPROTO_UDPLITE, 6, true },
		{ &proto_icmp, IPPROTO_ICMP, 2, false },   { &proto_icmpv6, IPPROTO_ICMPV6, 2, true }, { &proto_igmp, IPPROTO_IGMP, 2, false },
	};
	uint8_t *seg = frame + l4;
	size_t n = len - l4;

	if (packet_find(frame, len, &proto_sctp) == (int)l4) {
		uint32_t crc;

		memset(seg + 8, 0, 4);
		crc = crc32c(seg, n);
		memcpy(seg + 8, &crc, 4);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint32_t s;

		if (packet_find(frame, len, kinds[i].p) != (int)l4)
			continue;
		be16_store(seg + kinds[i].at, 0);
		s = kinds[i].pseudo ? pseudo(frame, len, n, kinds[i].number) : 0;
		s = ~sum(seg, n, s) & 0xffff;
		be16_store(seg + kinds[i].at, (uint16_t)(s || kinds[i].p != &proto_udp ? s : 0xffff));
	}
}
