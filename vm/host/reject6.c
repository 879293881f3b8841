/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `reject` says to IPv6 packets (nf_reject_ipv6.c). */
#include "vm/host/pkt.h"

enum { TCP_HDR = 20, TCP_RST = 4 };

static bool is_unicast(const uint8_t *a)
{
	static const uint8_t zero[16];

	return a[0] != 0xff && memcmp(a, zero, 16);
}

/* nf_ip6_checksum: with a pseudo-header, whatever the protocol. */
static bool checksum_ok(struct pkt *p, uint32_t at, uint8_t proto)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t len = p->v.len - at;

	p->v.csum_ok = !csum_fold(csum_add(p->v.data + at, len, csum_pseudo(ip + 8, ip + 24, 16, len, proto)));
	return p->v.csum_ok;
}

void reject6_unreach(struct pkt *p, uint8_t code)
{
	uint8_t proto = pkt_l3(p)[6];
	uint16_t fragoff;
	int at;

	if (!p->v.csum_ok && !p->v.csum_partial) {
		at = ext6_skip(p, p->v.l3 + IP6_HDR, &proto, &fragoff);
		if (at < 0 || (uint32_t)at >= p->v.len || (fragoff & ~7))
			return;
		if (reject_verifies(p, (uint32_t)at, proto) && !checksum_ok(p, (uint32_t)at, proto))
			return;
	}
	icmp6_send(p, ICMPV6_DEST_UNREACH, code, 0);
}

/* nf_reject_ip6_tcphdr_get; *at: where it lies in the packet. */
static const uint8_t *segment(struct pkt *p, uint32_t *at)
{
	uint8_t proto = pkt_l3(p)[6];
	uint16_t fragoff;
	int off = ext6_skip(p, p->v.l3 + IP6_HDR, &proto, &fragoff);

	if (off < 0 || proto != IPPROTO_TCP || (uint32_t)off + TCP_HDR > p->v.len)
		return NULL;
	if ((p->v.data[off + 13] & TCP_RST) || (!reject_csum_known(p) && !checksum_ok(p, (uint32_t)off, IPPROTO_TCP)))
		return NULL;
	*at = (uint32_t)off;
	return p->v.data + off;
}

static void fill(struct pkt *q, struct pkt *p, const uint8_t *old, uint32_t seg_len)
{
	const uint8_t *oip = pkt_l3(p);
	uint8_t *ip = q->v.data, *tcp = ip + IP6_HDR;
	uint16_t check;

	ip[0] = 0x60;
	ip[6] = IPPROTO_TCP;
	ip[7] = pkt_host(p)->hop_limit;
	memcpy(ip + 8, oip + 24, 16);
	memcpy(ip + 24, oip + 8, 16);
	reject_tcp_header(tcp, old, seg_len);
	check = csum_fold(csum_add(tcp, TCP_HDR, csum_pseudo(ip + 8, ip + 24, 16, TCP_HDR, IPPROTO_TCP)));
	memcpy(tcp + 16, &check, 2);
}

void reject6_reset(struct pkt *p)
{
	const uint8_t *oip = pkt_l3(p), *old;
	uint32_t at;
	uint8_t src[16];
	struct host_route rt;
	struct pkt *q;

	if (!is_unicast(oip + 8) || !is_unicast(oip + 24))
		return;
	old = segment(p, &at);
	memcpy(src, oip + 24, 16);
	if (!old || route6_output(pkt_host(p), src, oip + 8, 0, 0, &rt))
		return;
	q = pkt_own(p->v.w, IP6_HDR + TCP_HDR);
	if (!q)
		return;
	fill(q, p, old, p->v.len - at);
	q->v.l4 = IP6_HDR;
	q->v.in = p->v.in;
	pkt_set_route(q, &rt);
	ct_attach(&q->v, &p->v);
	ct_tcp_set_closing(&p->v);
	pkt_answered(p);
	host_ip6_local_out(q);
}
