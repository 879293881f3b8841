/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From packets to tuples and back: where the transport header is, what keys it (nf_ct_get_tuple, nf_ct_invert_tuple). */
#include "vm/ct/tuple.h"

#include <string.h>

/* ipv4_get_l4proto */
static bool find_l4_4(const uint8_t *ip, uint32_t len, struct ct_l4 *out)
{
	uint32_t hlen;

	if (len < 20)
		return false;
	hlen = (ip[0] & 15) * 4u;
	if ((be16_load(ip + 6) & 0x1fff) || hlen > len)
		return false;
	out->off = hlen;
	out->proto = ip[9];
	return true;
}

/* ipv6_get_l4proto: a packet that ends behind its headers is tracked all the same. */
static bool find_l4_6(const uint8_t *ip, uint32_t len, struct ct_l4 *out)
{
	uint32_t at = 40, step;
	uint8_t proto;

	if (len < 40)
		return false;
	for (proto = ip[6];; proto = ip[at], at += step) {
		switch (proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			if (at + 2 > len)
				return false;
			step = (ip[at + 1] + 1u) * 8;
			break;
		case IPPROTO_FRAGMENT:
			if (at + 4 > len || (be16_load(ip + at + 2) & ~7))
				return false;
			step = 8;
			break;
		case IPPROTO_AH:
			if (at + 2 > len)
				return false;
			step = (ip[at + 1] + 2u) * 4;
			break;
		case IPPROTO_NONE:
			return false;
		default:
			out->off = at;
			out->proto = proto;
			return true;
		}
		if (at >= len)
			return false;
	}
}

bool ct_find_l4(uint8_t l3, const uint8_t *ip, uint32_t len, struct ct_l4 *out)
{
	return l3 == NFPROTO_IPV4 ? find_l4_4(ip, len, out) : find_l4_6(ip, len, out);
}

bool ct_get_tuple(uint8_t l3, const uint8_t *ip, uint32_t len, const struct ct_l4 *l4, struct ct_tuple *k)
{
	const struct ct_l4proto *proto = ct_proto_of(l4->proto);
	unsigned bytes = l3 == NFPROTO_IPV4 ? 4 : 16, at = l3 == NFPROTO_IPV4 ? 12 : 8;

	memset(k, 0, sizeof(*k));
	memcpy(k->src, ip + at, bytes);
	memcpy(k->dst, ip + at + bytes, bytes);
	k->proto = l4->proto;
	k->l3 = l3;
	if (!proto->tuple)
		return true;
	return proto->tuple(ip + l4->off, l4->off < len ? len - l4->off : 0, k);
}

bool ct_invert(struct ct_tuple *out, const struct ct_tuple *k)
{
	const struct ct_l4proto *proto = ct_proto_of(k->proto);

	memcpy(out->src, k->dst, 16);
	memcpy(out->dst, k->src, 16);
	out->proto = k->proto;
	out->l3 = k->l3;
	out->zone = k->zone;
	if (proto->invert)
		return proto->invert(out, k);
	out->sport = k->dport;
	out->dport = k->sport;
	return true;
}

bool ct_pkt_tuple(const struct vm_pkt *pkt, struct ct_tuple *t)
{
	const uint8_t *ip = pkt->data + pkt->l3;
	uint32_t len = pkt->len - pkt->l3;
	struct ct_l4 l4;

	return ct_find_l4(pkt->pf, ip, len, &l4) && ct_get_tuple(pkt->pf, ip, len, &l4, t);
}
