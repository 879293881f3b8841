/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 extension headers: hop-by-hop options on receipt (ipv6_parse_hopopts), and the way past headers (ipv6_skip_exthdr). */
#include "vm/host/pkt.h"

enum { TLV_PAD1 = 0, TLV_PADN = 1, TLV_ROUTER_ALERT = 5, TLV_CALIPSO = 7, TLV_IOAM = 49, TLV_JUMBO = 194 };
enum { MAX_OPTIONS = 8, MAX_PADDING = 7 };

/* What to do with an option nobody knows is in its two highest bits (RFC 8200 §4.2). */
static bool unknown(struct pkt *p, uint32_t off)
{
	const uint8_t *ip = pkt_l3(p);

	switch (ip[off] >> 6) {
	case 0:
		return true;
	case 1:
		return false;
	case 3:
		if (ip[24] == 0xff)
			return false;
		break;
	}
	icmp6_send(p, ICMPV6_PARAMPROB, ICMPV6_UNK_OPTION, off);
	return false;
}

static bool jumbo(struct pkt *p, uint32_t off)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t len = be32_load(ip + off + 2);

	if (ip[off + 1] != 4 || (off & 3) != 2)
		return false;
	if (len <= UINT16_MAX || be16_load(ip + 4)) {
		icmp6_send(p, ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, len <= UINT16_MAX ? off + 2 : off);
		return false;
	}
	if (len > pkt_l3_len(p) - IP6_HDR)
		return false;
	p->v.len = p->v.l3 + IP6_HDR + len;
	return true;
}

static bool one_option(struct pkt *p, uint32_t off)
{
	const uint8_t *o = pkt_l3(p) + off;

	switch (*o) {
	case TLV_ROUTER_ALERT:
		return o[1] == 2;
	case TLV_IOAM:
		return !(off & 3);
	case TLV_CALIPSO:
		return o[1] >= 8 && o[6] * 4 + 8 <= o[1];
	case TLV_JUMBO:
		return jumbo(p, off);
	}
	return unknown(p, off);
}

static bool is_zero(const uint8_t *o, unsigned n)
{
	while (n--)
		if (*o++)
			return false;
	return true;
}

bool ext6_hop_by_hop(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t off = IP6_HDR, end, padding = 0, count = 0;

	if (pkt_l3_len(p) < IP6_HDR + 8)
		return false;
	end = off + (ip[off + 1] + 1u) * 8;
	if (end > pkt_l3_len(p))
		return false;
	for (off += 2; off < end;) {
		uint32_t len = 1;

		if (ip[off] == TLV_PAD1) {
			padding++;
		} else {
			if (off + 2 > end || off + ip[off + 1] + 2 > end)
				return false;
			len = ip[off + 1] + 2u;
			if (ip[off] == TLV_PADN) {
				padding += len;
				if (!is_zero(ip + off + 2, len - 2))
					return false;
			} else {
				padding = 0;
				if (++count > MAX_OPTIONS || !one_option(p, off))
					return false;
			}
		}
		if (padding > MAX_PADDING)
			return false;
		off += len;
	}
	return true;
}

int ext6_skip(const struct pkt *p, uint32_t at, uint8_t *proto, uint16_t *fragoff)
{
	const uint8_t *d = p->v.data;
	uint32_t len = p->v.len;

	*fragoff = 0;
	for (;;) {
		uint32_t step;

		switch (*proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			if (at + 2 > len)
				return -1;
			step = (d[at + 1] + 1u) * 8;
			break;
		case IPPROTO_FRAGMENT:
			if (at + 4 > len)
				return -1;
			*fragoff = be16_load(d + at + 2);
			if (*fragoff & ~7)
				return (int)at;
			step = 8;
			break;
		case IPPROTO_AH:
			if (at + 2 > len)
				return -1;
			step = (d[at + 1] + 2u) * 4;
			break;
		case IPPROTO_NONE:
			return -1;
		default:
			return (int)at;
		}
		*proto = d[at];
		at += step;
	}
}
