/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `reject` says to IPv4 packets (nf_reject_ipv4.c): an ICMP error or a TCP reset, if the packet may be answered and its checksum is right.
 *
 * A reset to a segment with an acknowledgement takes its number as sequence; to one without, it acknowledges all of it:
 * SYN, seq 1000 → RST ACK, ack 1001.
 */
#include "vm/host/pkt.h"

enum { TCP_HDR = 20, TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16, IP_DF = 0x40 };

bool reject_verifies(const struct pkt *p, uint32_t at, uint8_t proto)
{
	const uint8_t *l4 = p->v.data + at;

	switch (proto) {
	case IPPROTO_UDP:
		return at + 8 <= p->v.len && (l4[6] || l4[7]);
	case IPPROTO_GRE:
		return at + 4 <= p->v.len && (l4[0] & 0x80);
	case IPPROTO_AH:
	case IPPROTO_ESP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
		return false;
	}
	return true;
}

/*
 * nf_ip_checksum: only TCP and UDP have a pseudo-header there; and it sums from the network header on, so that a header whose
 * own checksum is not right (options stamped, but not yet repaired) spoils the sum.
 */
static bool checksum_ok(struct pkt *p, uint32_t at, uint8_t proto)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t len = p->v.len - at, sum = 0;

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		sum = csum_pseudo(ip + 12, ip + 16, 4, len, proto);
	p->v.csum_ok = !csum_fold(csum_add(ip, pkt_l3_len(p), sum));
	return p->v.csum_ok;
}

/* nf_reject_fill_skb_dst: before routing, any route back will do. */
static bool has_route(struct pkt *p)
{
	uint8_t src[4] = { 0 };
	struct host_route rt;

	if (p->routed)
		return true;
	if (route4_output(pkt_host(p), src, pkt_l3(p) + 12, 0, 0, 0, &rt))
		return false;
	pkt_set_route(p, &rt);
	p->rt_guess = true;
	return true;
}

/* A guess is not the packet's way: routing comes later, if the packet lives. */
static void drop_guess(struct pkt *p)
{
	if (!p->rt_guess)
		return;
	p->rt_guess = p->routed = false;
	p->v.route = NULL;
}

void reject4_unreach(struct pkt *p, uint8_t code)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t at = p->v.l3 + (ip[0] & 15) * 4u;

	if ((be16_load(ip + 6) & 0x1fff) || !has_route(p))
		return;
	if (p->v.csum_ok || p->v.csum_partial || !reject_verifies(p, at, ip[9]) || checksum_ok(p, at, ip[9]))
		icmp4_send(p, ICMP_DEST_UNREACH, code, 0);
	drop_guess(p);
}

void reject_tcp_header(uint8_t *tcp, const uint8_t *old, uint32_t seg_len)
{
	memcpy(tcp, old + 2, 2);
	memcpy(tcp + 2, old, 2);
	tcp[12] = TCP_HDR / 4 << 4;
	tcp[13] = TCP_RST;
	if (old[13] & TCP_ACK) {
		memcpy(tcp + 4, old + 8, 4);
		return;
	}
	be32_store(tcp + 8, be32_load(old + 4) + !!(old[13] & TCP_SYN) + !!(old[13] & TCP_FIN) + seg_len - (old[12] >> 4) * 4u);
	tcp[13] |= TCP_ACK;
}

/* nf_reject_ip_tcphdr_get */
static const uint8_t *segment(struct pkt *p, uint32_t at)
{
	const uint8_t *ip = pkt_l3(p);

	if ((be16_load(ip + 6) & 0x1fff) || ip[9] != IPPROTO_TCP || at + TCP_HDR > p->v.len)
		return NULL;
	if ((p->v.data[at + 13] & TCP_RST) || (!reject_csum_known(p) && !checksum_ok(p, at, IPPROTO_TCP)))
		return NULL;
	return p->v.data + at;
}

static void send_reset(struct pkt *p, const uint8_t *old, uint32_t seg_len)
{
	struct pkt *q = pkt_own(p->v.w, IP4_HDR + TCP_HDR);
	const uint8_t *oip = pkt_l3(p);
	uint8_t *ip;
	uint16_t sum;

	if (!q)
		return;
	ip = q->v.data;
	ip[0] = 0x45;
	ip[6] = IP_DF;
	ip[8] = pkt_host(p)->ttl;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, oip + 16, 4);
	memcpy(ip + 16, oip + 12, 4);
	reject_tcp_header(ip + IP4_HDR, old, seg_len);
	sum = (uint16_t)~csum_fold(csum_pseudo(ip + 12, ip + 16, 4, TCP_HDR, IPPROTO_TCP));
	memcpy(ip + IP4_HDR + 16, &sum, 2);
	q->v.csum_partial = true;
	q->csum_off = 16;
	q->v.l4 = IP4_HDR;
	q->v.in = p->v.in;
	if (route4_again(q)) {
		pkt_free(q);
		return;
	}
	ct_attach(&q->v, &p->v);
	ct_tcp_set_closing(&p->v);
	pkt_answered(p);
	host_ip4_local_out(q);
}

void reject4_reset(struct pkt *p)
{
	uint32_t at = p->v.l3 + (pkt_l3(p)[0] & 15) * 4u;
	const uint8_t *old = segment(p, at);

	if (!old || !has_route(p))
		return;
	if (p->rt.type != RTN_BROADCAST && p->rt.type != RTN_MULTICAST)
		send_reset(p, old, p->v.len - at);
	drop_guess(p);
}
