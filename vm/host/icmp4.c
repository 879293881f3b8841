/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP errors of the host's own (__icmp_send): whom to answer, from which address, how much of the packet to quote. The answer goes the
 * way of own packets, and its connection is the packet's, related.
 */
#include "vm/host/pkt.h"

enum { ROOM = 576 };

static bool is_error(uint8_t type)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	}
	return type == 1 || type == 2 || type == 6 || type == 7 || type == 9 || type == 10 || type > NR_ICMP_TYPES;
}

/* Never: to link-layer groups and broadcasts, for later fragments, about errors. */
static bool may_answer(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t hlen = (ip[0] & 15) * 4u;

	if (!p->routed || p->v.pkttype != PACKET_HOST || p->rt.type == RTN_BROADCAST || p->rt.type == RTN_MULTICAST)
		return false;
	if (be16_load(ip + 6) & 0x1fff)
		return false;
	if (ip[9] == IPPROTO_ICMP)
		return pkt_l3_len(p) > hlen && !is_error(ip[hlen]);
	return true;
}

/* Every id once before any comes again, in no order that a rule could hit by chance more than once in a while. */
static uint16_t next_id(struct host_worker *h)
{
	h->ip_id = (uint16_t)(h->ip_id * 0x9e35u + 0x3619u);
	return h->ip_id;
}

/* The answer: its header and options (hlen bytes; the options are there), then the error and what it quotes. */
static void fill(struct pkt *q, struct pkt *p, const uint8_t src[4], uint32_t hlen, uint32_t quoted, uint8_t type, uint8_t code, uint32_t info)
{
	const uint8_t *old = pkt_l3(p);
	uint8_t *ip = q->v.data, *icmp = ip + hlen;
	uint16_t check;

	ip[0] = (uint8_t)(0x40 | hlen / 4);
	ip[1] = (old[1] & 0x1e) | 0xc0;
	be16_store(ip + 4, next_id(p->v.w->host));
	ip[8] = q->rt.type == RTN_MULTICAST ? 1 : pkt_host(p)->ttl;
	ip[9] = IPPROTO_ICMP;
	memcpy(ip + 12, src, 4);
	memcpy(ip + 16, old + 12, 4);
	icmp[0] = type;
	icmp[1] = code;
	be32_store(icmp + 4, info);
	memcpy(icmp + 8, old, quoted);
	check = csum_fold(csum_add(icmp, 8 + quoted, 0));
	memcpy(icmp + 2, &check, 2);
}

/* dst_mtu of the way back, at most what RFC 1122 asks for. */
static uint32_t quote_len(struct pkt *p, const struct host_route *rt, uint32_t hlen)
{
	const struct host_dev *d = host_dev(pkt_host(p), rt->oif);
	uint32_t room = rt->mtu ? rt->mtu : d ? d->mtu : 1500, have = pkt_l3_len(p);

	room = room > ROOM ? ROOM : room;
	if (room <= hlen + 8 + IP4_HDR)
		return 0;
	room -= hlen + 8;
	return have < room ? have : room;
}

void icmp4_send(struct pkt *p, uint8_t type, uint8_t code, uint32_t info)
{
	struct vm_worker *w = p->v.w;
	const uint8_t *ip = pkt_l3(p);
	uint8_t src[4] = { 0 };
	struct host_route rt;
	struct pkt *q;
	uint32_t hlen, quoted;
	int options;

	if (w->host->in_icmp4 || !may_answer(p))
		return;
	if (p->rt.type == RTN_LOCAL)
		memcpy(src, ip + 16, 4);
	if (route4_output(w->e->host, src, ip + 12, 0, (ip[1] & 0x1e) | 0xc0, 0, &rt))
		return;
	q = pkt_own(w, ROOM);
	if (!q)
		return;
	options = opt4_echo(p, q->v.data, src);
	hlen = IP4_HDR + (options > 0 ? (uint32_t)options : 0);
	quoted = options < 0 ? 0 : quote_len(p, &rt, hlen);
	if (!quoted) {
		pkt_free(q);
		return;
	}
	q->v.len = hlen + 8 + quoted;
	pkt_set_route(q, &rt);
	fill(q, p, src, hlen, quoted, type, code, info);
	q->v.l4 = (uint16_t)hlen;
	q->v.in = p->v.in;
	ct_attach(&q->v, &p->v);
	pkt_answered(p);
	w->host->in_icmp4 = true;
	host_ip4_local_out(q);
	w->host->in_icmp4 = false;
}
