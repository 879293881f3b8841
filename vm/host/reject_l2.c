/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `reject` says in front of the IP layer, in netdev and bridge chains (nf_reject_skb_v4_*, nf_reject_skb_v6_*): no routing, no
 * connection; the answer leaves as a frame by the device that the packet came from, MAC addresses exchanged.
 */
#include "vm/host/pkt.h"

enum { TCP_HDR = 20, TCP_RST = 4, QUOTE4 = 536, QUOTE6 = 1220, IP_DF = 0x40 };

static bool sound4(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t have = pkt_l3_len(p), hlen, total;

	if (have < IP4_HDR || ip[0] >> 4 != 4)
		return false;
	hlen = (ip[0] & 15) * 4u;
	total = be16_load(ip + 2);
	return hlen >= IP4_HDR && total <= have && total >= hlen;
}

static bool sound6(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t have = pkt_l3_len(p);

	return have >= IP6_HDR && ip[0] >> 4 == 6 && be16_load(ip + 4) + (uint32_t)IP6_HDR <= have;
}

static bool checksum_ok(struct pkt *p, uint32_t at, uint8_t proto)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t len = p->v.len - at, sum = 0;

	if (p->v.protocol == __builtin_bswap16(ETH_P_IPV6))
		return !csum_fold(csum_add(p->v.data + at, len, csum_pseudo(ip + 8, ip + 24, 16, len, proto)));
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		sum = csum_pseudo(ip + 12, ip + 16, 4, len, proto);
	return !csum_fold(csum_add(ip, pkt_l3_len(p), sum));
}

static void send_back(struct pkt *q, struct pkt *p)
{
	uint8_t mac[6], *frame;

	memcpy(mac, p->v.data + 6, 6);
	q->v.protocol = p->v.protocol;
	q->v.in = p->v.in;
	frame = q->v.data -= ETH_HLEN;
	q->v.len += ETH_HLEN;
	q->v.headroom -= ETH_HLEN;
	q->v.l3 = ETH_HLEN;
	q->v.l4 = (uint16_t)(q->v.l4 + ETH_HLEN);
	q->v.has_l2 = true;
	memcpy(frame, mac, 6);
	memcpy(frame + 6, p->v.data, 6);
	memcpy(frame + 12, &q->v.protocol, 2);
	pkt_answered(p);
	if (p->v.pf == NFPROTO_BRIDGE)
		host_bridge_answer(q, p->v.iif);
	else
		host_xmit_raw(q, p->v.iif);
}

/* ---- IPv4 ---- */

static uint8_t *head4(struct pkt *q, struct pkt *p, uint8_t proto)
{
	const uint8_t *old = pkt_l3(p);
	uint8_t *ip = q->v.data;
	uint16_t check;

	ip[0] = 0x45;
	be16_store(ip + 2, (uint16_t)q->v.len);
	ip[6] = IP_DF;
	ip[8] = pkt_host(p)->ttl;
	ip[9] = proto;
	memcpy(ip + 12, old + 16, 4);
	memcpy(ip + 16, old + 12, 4);
	check = csum_fold(csum_add(ip, IP4_HDR, 0));
	memcpy(ip + 10, &check, 2);
	q->v.l4 = IP4_HDR;
	return ip + IP4_HDR;
}

static void reset4(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t at = p->v.l3 + (ip[0] & 15) * 4u;
	struct pkt *q;
	uint8_t *tcp;
	uint16_t check;

	if ((be16_load(ip + 6) & 0x1fff) || ip[9] != IPPROTO_TCP || at + TCP_HDR > p->v.len || (p->v.data[at + 13] & TCP_RST) ||
	    !checksum_ok(p, at, IPPROTO_TCP))
		return;
	q = pkt_own(p->v.w, IP4_HDR + TCP_HDR);
	if (!q)
		return;
	tcp = head4(q, p, IPPROTO_TCP);
	reject_tcp_header(tcp, p->v.data + at, p->v.len - at);
	check = csum_fold(csum_add(tcp, TCP_HDR, csum_pseudo(q->v.data + 12, q->v.data + 16, 4, TCP_HDR, IPPROTO_TCP)));
	memcpy(tcp + 16, &check, 2);
	send_back(q, p);
}

static void unreach4(struct pkt *p, uint8_t code)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t at = p->v.l3 + (ip[0] & 15) * 4u, quoted = pkt_l3_len(p) < QUOTE4 ? pkt_l3_len(p) : QUOTE4;
	struct pkt *q;
	uint8_t *icmp;
	uint16_t check;

	if (be16_load(ip + 6) & 0x1fff)
		return;
	if (ip[9] == IPPROTO_ICMP && at < p->v.len && p->v.data[at] == ICMP_DEST_UNREACH)
		return;
	p->v.len = p->v.l3 + be16_load(ip + 2);
	if (reject_verifies(p, at, ip[9]) && !checksum_ok(p, at, ip[9]))
		return;
	q = pkt_own(p->v.w, IP4_HDR + 8 + quoted);
	if (!q)
		return;
	icmp = head4(q, p, IPPROTO_ICMP);
	icmp[0] = ICMP_DEST_UNREACH;
	icmp[1] = code;
	memcpy(icmp + 8, ip, quoted);
	check = csum_fold(csum_add(icmp, 8 + quoted, 0));
	memcpy(icmp + 2, &check, 2);
	send_back(q, p);
}

void reject_l2_4(struct pkt *p, bool reset, uint8_t code)
{
	if ((p->v.data[0] & 1) || !sound4(p))
		return;
	if (reset)
		reset4(p);
	else
		unreach4(p, code);
}

/* ---- IPv6 ---- */

static uint8_t *head6(struct pkt *q, struct pkt *p, uint8_t proto)
{
	const uint8_t *old = pkt_l3(p);
	uint8_t *ip = q->v.data;

	ip[0] = 0x60;
	be16_store(ip + 4, (uint16_t)(q->v.len - IP6_HDR));
	ip[6] = proto;
	ip[7] = pkt_host(p)->hop_limit;
	memcpy(ip + 8, old + 24, 16);
	memcpy(ip + 24, old + 8, 16);
	q->v.l4 = IP6_HDR;
	return ip + IP6_HDR;
}

static void finish6(struct pkt *q, uint8_t *l4, uint8_t proto, unsigned at)
{
	const uint8_t *ip = q->v.data;
	uint32_t len = q->v.len - IP6_HDR;
	uint16_t check = csum_fold(csum_add(l4, len, csum_pseudo(ip + 8, ip + 24, 16, len, proto)));

	memcpy(l4 + at, &check, 2);
}

static void reset6(struct pkt *p, uint32_t at)
{
	struct pkt *q;
	uint8_t *tcp;

	if (at + TCP_HDR > p->v.len || (p->v.data[at + 13] & TCP_RST) || !checksum_ok(p, at, IPPROTO_TCP))
		return;
	q = pkt_own(p->v.w, IP6_HDR + TCP_HDR);
	if (!q)
		return;
	tcp = head6(q, p, IPPROTO_TCP);
	reject_tcp_header(tcp, p->v.data + at, p->v.len - at);
	finish6(q, tcp, IPPROTO_TCP, 16);
	send_back(q, p);
}

static void unreach6(struct pkt *p, uint8_t code, uint32_t at, uint8_t proto)
{
	uint32_t quoted = pkt_l3_len(p) < QUOTE6 ? pkt_l3_len(p) : QUOTE6;
	struct pkt *q;
	uint8_t *icmp;

	if (proto == IPPROTO_ICMPV6 && at < p->v.len && p->v.data[at] == ICMPV6_DEST_UNREACH)
		return;
	if (be16_load(pkt_l3(p) + 4)) /* what is quoted may be longer: padding counts there */
		p->v.len = p->v.l3 + IP6_HDR + be16_load(pkt_l3(p) + 4);
	if (at >= p->v.len || (reject_verifies(p, at, proto) && !checksum_ok(p, at, proto)))
		return;
	q = pkt_own(p->v.w, IP6_HDR + 8 + quoted);
	if (!q)
		return;
	icmp = head6(q, p, IPPROTO_ICMPV6);
	icmp[0] = ICMPV6_DEST_UNREACH;
	icmp[1] = code;
	memcpy(icmp + 8, pkt_l3(p), quoted);
	finish6(q, icmp, IPPROTO_ICMPV6, 2);
	send_back(q, p);
}

void reject_l2_6(struct pkt *p, bool reset, uint8_t code)
{
	uint16_t fragoff;
	uint8_t proto;
	int at;

	if ((p->v.data[0] & 1) || !sound6(p))
		return;
	proto = pkt_l3(p)[6];
	at = ext6_skip(p, p->v.l3 + IP6_HDR, &proto, &fragoff);
	if (at < 0 || (fragoff & ~7))
		return;
	if (!reset)
		unreach6(p, code, (uint32_t)at, proto);
	else if (proto == IPPROTO_TCP)
		reset6(p, (uint32_t)at);
}
