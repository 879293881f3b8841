/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP and ICMPv6 as connections of their own: requests begin one, answers of the same id belong to it. (Errors belong to
 * the connection they tell of: error.c.) The tuple: source port the id, destination port type and code; an echo request 08 00 id 7
 * is answered by 00 00 id 7. Reference: net/netfilter/nf_conntrack_proto_icmp.c, _icmpv6.c.
 */
#include "vm/ct/proto.h"

struct pair {
	uint8_t request, answer;
};
static const struct pair pairs4[] = { { 8, 0 }, { 13, 14 }, { 15, 16 }, { 17, 18 } };
static const struct pair pairs6[] = { { 128, 129 }, { 139, 140 } };

static bool tuple(const uint8_t *l4, uint32_t len, struct ct_tuple *k)
{
	if (len < 8)
		return false;
	memcpy(&k->sport, l4 + 4, 2);
	memcpy(&k->dport, l4, 2);
	return true;
}

static bool invert(const struct pair *pairs, unsigned n, struct ct_tuple *out, const struct ct_tuple *k)
{
	uint8_t of[2];

	memcpy(of, &k->dport, 2);
	for (unsigned i = 0; i < n; i++) {
		if (of[0] != pairs[i].request && of[0] != pairs[i].answer)
			continue;
		of[0] = of[0] == pairs[i].request ? pairs[i].answer : pairs[i].request;
		out->sport = k->sport;
		memcpy(&out->dport, of, 2);
		return true;
	}
	return false;
}

static bool invert4(struct ct_tuple *out, const struct ct_tuple *k)
{
	return invert(pairs4, ARRAY_SIZE(pairs4), out, k);
}

static bool invert6(struct ct_tuple *out, const struct ct_tuple *k)
{
	return invert(pairs6, ARRAY_SIZE(pairs6), out, k);
}

static enum ct_action packet(struct ct_pkt *p, struct ct_entry *ct, uint8_t l3, const struct pair *pairs, unsigned n, const uint64_t *timeout)
{
	uint8_t type;

	memcpy(&type, &ct->dir[CT_ORIG].tuple.dport, 1);
	if (ct->dir[CT_ORIG].tuple.l3 != l3)
		return CT_INVALID;
	for (unsigned i = 0; i < n; i++) {
		if (type == pairs[i].request) {
			ct_refresh(p, ct, *ct_times(p->t, ct, timeout));
			return CT_OK;
		}
	}
	return CT_INVALID;
}

static enum ct_action packet4(struct ct_pkt *p, struct ct_entry *ct)
{
	return packet(p, ct, NFPROTO_IPV4, pairs4, ARRAY_SIZE(pairs4), &p->t->sysctl.icmp);
}

static enum ct_action packet6(struct ct_pkt *p, struct ct_entry *ct)
{
	return packet(p, ct, NFPROTO_IPV6, pairs6, ARRAY_SIZE(pairs6), &p->t->sysctl.icmpv6);
}

const struct ct_l4proto ct_icmp = { .proto = IPPROTO_ICMP, .name = "icmp", .tuple = tuple, .invert = invert4, .packet = packet4 };
const struct ct_l4proto ct_icmpv6 = { .proto = IPPROTO_ICMPV6, .name = "icmpv6", .tuple = tuple, .invert = invert6, .packet = packet6 };
