/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMPv6 errors of the host's own (icmp6_send): whom to answer, from which address, how much of the packet to quote. */
#include "vm/host/pkt.h"

enum { MIN_MTU = 1280 };

static bool is_zero(const uint8_t *a)
{
	static const uint8_t zero[16];

	return !memcmp(a, zero, 16);
}

/* An ICMPv6 error, or an ICMPv6 packet whose kind cannot be seen (is_ineligible). */
static bool is_error(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint8_t proto = ip[6];
	uint16_t fragoff;
	int at = ext6_skip(p, p->v.l3 + IP6_HDR, &proto, &fragoff);

	if (at < 0 || proto != IPPROTO_ICMPV6)
		return false;
	if ((uint32_t)at >= p->v.len)
		return !fragoff;
	return !(p->v.data[at] & ICMPV6_INFOMSG_MASK);
}

static bool may_answer(struct pkt *p, uint8_t type, uint8_t code, uint32_t info)
{
	const uint8_t *ip = pkt_l3(p);
	bool group = ip[24] == 0xff || p->v.pkttype != PACKET_HOST;

	if (group && type != ICMPV6_PKT_TOOBIG &&
	    !(type == ICMPV6_PARAMPROB && code == ICMPV6_UNK_OPTION && info < pkt_l3_len(p) && ip[info] >> 6 == 2))
		return false;
	return !is_zero(ip + 8) && ip[8] != 0xff && !is_error(p);
}

/*
 * The destination itself where it is the host's, else the route's choice, else the best of the device the packet came in by. Zero
 * where it came in by none: then the way of the answer decides.
 */
static void choose_source(struct pkt *p, uint8_t src[16])
{
	const struct host *h = pkt_host(p);
	const uint8_t *ip = pkt_l3(p);
	uint8_t type = host_addr_type6(h, ip + 24, 0);
	struct host_route rt;
	uint8_t none[16] = { 0 };

	memset(src, 0, 16);
	if ((type == RTN_LOCAL || type == RTN_ANYCAST) && p->v.pkttype == PACKET_HOST) {
		memcpy(src, ip + 24, 16);
		return;
	}
	if (!route6_output(h, none, ip + 8, 0, 0, &rt) && !is_zero(rt.prefsrc))
		memcpy(src, rt.prefsrc, 16);
	else if (p->iif6)
		host_saddr6(h, p->iif6, ip + 8, src);
}

static void fill(struct pkt *q, struct pkt *p, const uint8_t src[16], uint32_t quoted, uint8_t type, uint8_t code, uint32_t info)
{
	const uint8_t *old = pkt_l3(p);
	uint8_t *ip = q->v.data, *icmp = ip + IP6_HDR;
	uint16_t check;

	ip[0] = 0x60;
	ip[6] = IPPROTO_ICMPV6;
	ip[7] = pkt_host(p)->hop_limit;
	memcpy(ip + 8, src, 16);
	memcpy(ip + 24, old + 8, 16);
	icmp[0] = type;
	icmp[1] = code;
	be32_store(icmp + 4, info);
	memcpy(icmp + 8, old, quoted);
	check = csum_fold(csum_add(icmp, 8 + quoted, csum_pseudo(src, old + 8, 16, 8 + quoted, IPPROTO_ICMPV6)));
	memcpy(icmp + 2, &check, 2);
}

void icmp6_send_by(struct pkt *p, uint32_t dev, uint8_t type, uint8_t code, uint32_t info)
{
	struct vm_worker *w = p->v.w;
	uint32_t quoted = pkt_l3_len(p), room = MIN_MTU - IP6_HDR - 8;
	const uint8_t *ip = pkt_l3(p);
	bool link_local = ip[8] == 0xfe && (ip[9] & 0xc0) == 0x80;
	struct host_route rt;
	uint8_t src[16];
	struct pkt *q;

	if (w->host->in_icmp6 || !may_answer(p, type, code, info))
		return;
	choose_source(p, src);
	if (route6_output(w->e->host, src, ip + 8, 0, link_local ? dev : 0, &rt) || rt.type == RTN_ANYCAST)
		return;
	quoted = quoted < room ? quoted : room;
	q = pkt_own(w, IP6_HDR + 8 + quoted);
	if (!q)
		return;
	fill(q, p, src, quoted, type, code, info);
	q->v.l4 = IP6_HDR;
	q->v.in = p->v.in;
	pkt_set_route(q, &rt);
	ct_attach(&q->v, &p->v);
	pkt_answered(p);
	w->host->in_icmp6 = true;
	host_ip6_local_out(q);
	w->host->in_icmp6 = false;
}

void icmp6_send(struct pkt *p, uint8_t type, uint8_t code, uint32_t info)
{
	uint32_t dev = p->v.iif;

	if (p->iif6)
		dev = p->iif6;
	else if (p->own)
		dev = p->routed ? p->rt.dev : host_loopback(pkt_host(p));
	icmp6_send_by(p, dev, type, code, info);
}
