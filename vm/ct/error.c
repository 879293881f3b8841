/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP and ICMPv6 packets that are no connections of their own: errors belong to the connection whose packet they quote, related; neighbour
 * discovery and group membership are not tracked. References: nf_conntrack_icmpv4_error, _icmpv6_error, _inet_error.
 */
#include "vm/ct/error.h"

enum { ICMP_TYPES = 18, ICMPV6_INFO = 128 };

static bool is_error4(uint8_t type)
{
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static bool is_untracked6(uint8_t type)
{
	return (type >= 130 && type <= 136) || type == 143;
}

/* The connection that the quoted packet belongs to; the error must go to where the quoted packet came from. */
static enum ct_error quoted(struct ct_pkt *p, const struct ct_zone *zone)
{
	const uint8_t *outer = p->v->data + p->v->l3, *ip = p->l4 + 8;
	uint8_t l3 = p->v->pf;
	uint32_t len = p->len - 8;
	struct ct_tuple k, inverse;
	struct ct_l4 l4;
	struct ct_hit hit;
	unsigned bytes = l3 == NFPROTO_IPV4 ? 4 : 16;

	if (!ct_find_l4(l3, ip, len, &l4) || !ct_get_tuple(l3, ip, len, &l4, &k) || !ct_invert(&inverse, &k))
		return CT_ERROR_INVALID;
	hit = ct_lookup(p, &inverse, zone);
	if (!hit.ct || memcmp(hit.ct->dir[hit.dir].tuple.dst, outer + (l3 == NFPROTO_IPV4 ? 16 : 24), bytes))
		return CT_ERROR_INVALID;
	p->v->ct = hit.ct;
	p->v->ctinfo = hit.dir == CT_REPLY ? IP_CT_RELATED_REPLY : IP_CT_RELATED;
	return CT_ERROR_DONE;
}

static enum ct_error error4(struct ct_pkt *p, const struct ct_zone *zone)
{
	if (p->len < 8 || (p->verify && !ct_checksum_ok(p, IPPROTO_ICMP)) || p->l4[0] > ICMP_TYPES)
		return CT_ERROR_INVALID;
	return is_error4(p->l4[0]) ? quoted(p, zone) : CT_ERROR_NONE;
}

static enum ct_error error6(struct ct_pkt *p, const struct ct_zone *zone)
{
	if (p->len < 8 || (p->verify && !ct_checksum_ok(p, IPPROTO_ICMPV6)))
		return CT_ERROR_INVALID;
	if (is_untracked6(p->l4[0])) {
		p->v->ct = NULL;
		p->v->ctinfo = IP_CT_UNTRACKED;
		return CT_ERROR_DONE;
	}
	return p->l4[0] < ICMPV6_INFO ? quoted(p, zone) : CT_ERROR_NONE;
}

enum ct_error ct_icmp_error(struct ct_pkt *p, uint8_t proto, const struct ct_zone *zone)
{
	if (p->v->pf == NFPROTO_IPV4 && proto == IPPROTO_ICMP)
		return error4(p, zone);
	if (p->v->pf == NFPROTO_IPV6 && proto == IPPROTO_ICMPV6)
		return error6(p, zone);
	return CT_ERROR_NONE;
}
