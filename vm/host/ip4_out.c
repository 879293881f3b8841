/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 packets that go out: output hook for the host's own (__ip_local_out), postrouting (ip_output), fragments (ip_do_fragment), the
 * neighbour (ip_finish_output2).
 *
 * A datagram that was put together from fragments leaves in the same pieces where they fit. Else every piece but the last is the largest
 * multiple of 8 that the MTU has room for: 4000 bytes behind a header of 20 by an MTU of 1500 leave as 1480, 1480, 1040.
 */
#include "vm/host/pkt.h"

#include <errno.h>

enum { IP_DF = 0x4000, IP_MF = 0x2000 };

/* ip_finish_output2: to the router, or to the destination as it is now. */
static enum fate to_neighbour(struct pkt *p)
{
	const struct host *h = pkt_host(p);
	const struct host_dev *d = host_dev(h, p->rt.oif);
	uint8_t mac[6];

	if (d && (d->flags & IFF_LOOPBACK))
		memset(mac, 0, 6);
	else if (p->rt.type == RTN_BROADCAST && d && !(d->flags & IFF_NOARP))
		memset(mac, 0xff, 6);
	else
		host_neigh(h, p->rt.oif, p->rt.gateway ? p->rt.via_family : AF_INET, p->rt.gateway ? p->rt.via : pkt_l3(p) + 16, mac);
	return host_xmit(p, mac);
}

/* Options that are only for the first fragment become padding in the others (ip_options_fragment). */
static void blank_options(uint8_t *ip)
{
	uint8_t *o = ip + IP4_HDR, *end = ip + (ip[0] & 15) * 4;

	while (o < end && *o) {
		unsigned len = *o == 1 ? 1 : end - o >= 2 ? o[1] : 0;

		if (*o != 1 && (len < 2 || len > end - o))
			return;
		if (!(*o & 0x80))
			memset(o, 1, len);
		o += len;
	}
}

static void header_checksum(uint8_t *ip)
{
	uint16_t check;

	memset(ip + 10, 0, 2);
	check = csum_fold(csum_add(ip, (ip[0] & 15) * 4u, 0));
	memcpy(ip + 10, &check, 2);
}

/* Bytes `from` … `from + len` of the payload as a fragment of their own. */
static enum fate send_piece(struct pkt *p, uint32_t hlen, uint32_t from, uint32_t len, uint16_t flags)
{
	struct pkt *q = pkt_own(p->v.w, hlen + len);
	const uint8_t *ip = pkt_l3(p);
	uint8_t *to;

	if (!q)
		return FATE_DROPPED;
	to = q->v.data;
	memcpy(to, ip, hlen);
	memcpy(to + hlen, ip + hlen + from, len);
	if (from)
		blank_options(to);
	be16_store(to + 2, (uint16_t)(hlen + len));
	be16_store(to + 6, (uint16_t)((be16_load(ip + 6) & 0x1fff) + from / 8) | flags);
	header_checksum(to);
	pkt_inherit(q, p);
	q->v.l4 = (uint16_t)hlen;
	return to_neighbour(q);
}

/* True where the pieces it was made of can leave as they are. */
static bool same_pieces(const struct pkt *p, uint32_t payload, uint32_t room)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < p->n_pieces; i++) {
		if (p->piece[i] > room || ((p->piece[i] & 7) && i + 1u < p->n_pieces))
			return false;
		sum += p->piece[i];
	}
	return p->n_pieces > 1 && sum == payload;
}

/* ip_do_fragment */
static enum fate send_pieces(struct pkt *p, uint32_t mtu)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t hlen = (ip[0] & 15) * 4u, payload = pkt_l3_len(p) - hlen, at = 0;
	uint16_t after = be16_load(ip + 6) & IP_MF, df = p->frag_pmtu ? IP_DF : 0;
	enum fate f = FATE_DROPPED;
	bool same;

	if (p->frag_max && p->frag_max < mtu)
		mtu = p->frag_max;
	if (mtu < hlen + 8) {
		pkt_free(p);
		return FATE_DROPPED;
	}
	same = same_pieces(p, payload, mtu - hlen);
	for (unsigned i = 0; at < payload; i++) {
		uint32_t len = payload - at;

		if (same)
			len = p->piece[i];
		else if (len > mtu - hlen)
			len = (mtu - hlen) & ~7u;
		if (send_piece(p, hlen, at, len, (at + len < payload ? IP_MF : after) | (same ? 0 : df)) == FATE_SENT)
			f = FATE_SENT;
		at += len;
	}
	pkt_free(p);
	return f;
}

/* ip_finish_output, ip_fragment */
static enum fate finish(struct pkt *p)
{
	uint32_t mtu = host_mtu(p);

	if (pkt_l3_len(p) <= mtu && !p->frag_max)
		return to_neighbour(p);
	if ((pkt_l3(p)[6] & 0x40) && (!p->ignore_df || p->frag_max > mtu)) {
		icmp4_send(p, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
		pkt_free(p);
		return FATE_DROPPED;
	}
	return send_pieces(p, mtu);
}

/* Own broadcasts, and packets to groups that the host is in, come back to it, too (ip_mc_output, dev_loopback_xmit). */
static bool comes_back(struct pkt *p)
{
	const struct host_dev *d = host_dev(pkt_host(p), p->rt.oif);

	if (!p->own || !d || (d->flags & IFF_LOOPBACK))
		return false;
	return p->rt.type == RTN_BROADCAST || (p->rt.type == RTN_MULTICAST && route4_in_group(pkt_l3(p) + 16));
}

static void loop_broadcast(struct pkt *p)
{
	struct pkt *q = pkt_copy(p);

	if (!q)
		return;
	if (host_hook(q, NFPROTO_IPV4, NF_INET_POST_ROUTING, 0, q->rt.oif) == FATE_NONE)
		host_loop(q, q->rt.oif);
	else
		pkt_free(q);
}

enum fate host_ip4_output(struct pkt *p)
{
	enum fate f;

	if (comes_back(p))
		loop_broadcast(p);
	f = host_hook(p, NFPROTO_IPV4, NF_INET_POST_ROUTING, p->v.iif, p->rt.oif);
	if (f == FATE_NONE)
		return finish(p);
	pkt_free(p);
	return f;
}

enum fate host_ip4_local_out(struct pkt *p)
{
	uint8_t *ip = pkt_l3(p);
	enum fate f;

	be16_store(ip + 2, (uint16_t)pkt_l3_len(p));
	header_checksum(ip);
	p->v.protocol = __builtin_bswap16(ETH_P_IP);
	f = host_hook(p, NFPROTO_IPV4, NF_INET_LOCAL_OUT, 0, p->rt.oif);
	if (f == FATE_NONE) {
		p->v.iif = p->out_iif;
		return host_ip4_output(p);
	}
	pkt_free(p);
	return f;
}
