/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 packets that go out: output hook for the host's own (__ip6_local_out), postrouting (ip6_output), fragments of what was put together from
 * fragments (ip6_fragment), the neighbour (ip6_finish_output2).
 */
#include "vm/host/pkt.h"

enum { FRAG_HDR = 8 };

/* ip6_finish_output2: to the router, or to the destination as it is now. */
static enum fate to_neighbour(struct pkt *p)
{
	const struct host *h = pkt_host(p);
	const struct host_dev *d = host_dev(h, p->rt.oif);
	uint8_t mac[6];

	if (d && (d->flags & IFF_LOOPBACK))
		memset(mac, 0, 6);
	else
		host_neigh(h, p->rt.oif, AF_INET6, p->rt.gateway ? p->rt.via : pkt_l3(p) + 24, mac);
	return host_xmit(p, mac);
}

/* Length of the headers that every fragment carries, and the offset of the byte that names what follows (ip6_find_1stfragopt). */
static uint32_t common_headers(const struct pkt *p, uint32_t *name)
{
	const uint8_t *ip = p->v.data + p->v.l3;
	uint32_t at = IP6_HDR, len = pkt_l3_len(p);
	bool routing = false;

	*name = 6;
	while (at + 2 <= len) {
		switch (ip[*name]) {
		case IPPROTO_HOPOPTS:
			break;
		case IPPROTO_ROUTING:
			routing = true;
			break;
		case IPPROTO_DSTOPTS:
			if (routing)
				return at;
			break;
		default:
			return at;
		}
		*name = at;
		at += (ip[at + 1] + 1u) * 8;
	}
	return at <= len ? at : len;
}

static enum fate send_piece(struct pkt *p, uint32_t hlen, uint32_t name, uint32_t from, uint32_t len, bool last, uint32_t id)
{
	struct pkt *q = pkt_own(p->v.w, hlen + FRAG_HDR + len);
	const uint8_t *ip = pkt_l3(p);
	uint8_t *to;

	if (!q)
		return FATE_DROPPED;
	to = q->v.data;
	memcpy(to, ip, hlen);
	memcpy(to + hlen + FRAG_HDR, ip + hlen + from, len);
	to[hlen] = ip[name];
	to[name] = IPPROTO_FRAGMENT;
	be16_store(to + hlen + 2, (uint16_t)(from | !last));
	be32_store(to + hlen + 4, id);
	be16_store(to + 4, (uint16_t)(hlen + FRAG_HDR + len - IP6_HDR));
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

/* ip6_fragment */
static enum fate send_pieces(struct pkt *p, uint32_t mtu)
{
	uint32_t name, hlen = common_headers(p, &name), payload = pkt_l3_len(p) - hlen, at = 0, room;
	uint32_t id = p->v.w->host->frag_id++;
	enum fate f = FATE_DROPPED;
	bool same;

	if (p->frag_max && p->frag_max < mtu)
		mtu = p->frag_max < 1280 ? 1280 : p->frag_max;
	if (mtu < hlen + FRAG_HDR + 8) {
		pkt_free(p);
		return f;
	}
	room = mtu - hlen - FRAG_HDR;
	same = same_pieces(p, payload, room);
	for (unsigned i = 0; at < payload; i++) {
		uint32_t len = payload - at;

		if (same)
			len = p->piece[i];
		else if (len > room)
			len = room & ~7u;
		if (send_piece(p, hlen, name, at, len, at + len == payload, id) == FATE_SENT)
			f = FATE_SENT;
		at += len;
	}
	pkt_free(p);
	return f;
}

/* ip6_finish_output */
static enum fate finish(struct pkt *p)
{
	uint32_t mtu = host_mtu(p), len = pkt_l3_len(p);

	if (len <= mtu && !(p->frag_max && len > p->frag_max))
		return to_neighbour(p);
	if ((!p->ignore_df && len > mtu) || p->frag_max > mtu) {
		icmp6_send_by(p, p->rt.oif, ICMPV6_PKT_TOOBIG, 0, mtu);
		pkt_free(p);
		return FATE_DROPPED;
	}
	return send_pieces(p, mtu);
}

enum fate host_ip6_output(struct pkt *p)
{
	enum fate f = host_hook(p, NFPROTO_IPV6, NF_INET_POST_ROUTING, p->v.iif, p->rt.oif);

	if (f == FATE_NONE)
		return finish(p);
	pkt_free(p);
	return f;
}

enum fate host_ip6_local_out(struct pkt *p)
{
	enum fate f;

	be16_store(pkt_l3(p) + 4, (uint16_t)(pkt_l3_len(p) - IP6_HDR));
	p->v.protocol = __builtin_bswap16(ETH_P_IPV6);
	f = host_hook(p, NFPROTO_IPV6, NF_INET_LOCAL_OUT, 0, p->rt.oif);
	if (f == FATE_NONE) {
		p->v.iif = p->out_iif;
		return host_ip6_output(p);
	}
	pkt_free(p);
	return f;
}
