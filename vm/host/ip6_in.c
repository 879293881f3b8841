/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 packets that come in: sanity (ip6_rcv_core), prerouting, routing, then input (ip6_input, ip6_mc_input) or forward (ip6_forward).
 */
#include "vm/host/pkt.h"

#include <errno.h>

static enum fate end(struct pkt *p, enum fate f)
{
	pkt_free(p);
	return f;
}

static bool is_loopback(const uint8_t *a)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	return !memcmp(a, loopback, 16);
}

static bool is_zero(const uint8_t *a)
{
	static const uint8_t zero[16];

	return !memcmp(a, zero, 16);
}

/* Addresses that a packet from a wire must not have. */
static bool sane_addresses(const struct host_dev *d, const uint8_t *src, const uint8_t *dst)
{
	bool lo = d && (d->flags & IFF_LOOPBACK);

	if ((is_loopback(src) || is_loopback(dst)) && !lo)
		return false;
	if (dst[0] == 0xff && (((dst[1] & 15) == 1 && !lo) || !(dst[1] & 15)))
		return false;
	return src[0] != 0xff;
}

/* ip6_rcv_core */
static bool sane(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t have = pkt_l3_len(p), payload;

	if (have < IP6_HDR || ip[0] >> 4 != 6)
		return false;
	if (!sane_addresses(host_dev(pkt_host(p), p->v.iif), ip + 8, ip + 24))
		return false;
	payload = be16_load(ip + 4);
	if (payload || ip[6] != IPPROTO_HOPOPTS) {
		if (payload + IP6_HDR > have)
			return false;
		p->v.len = p->v.l3 + IP6_HDR + payload;
	}
	return ip[6] != IPPROTO_HOPOPTS || ext6_hop_by_hop(p);
}

/* ip6_input */
static enum fate input(struct pkt *p)
{
	enum fate f = host_hook(p, NFPROTO_IPV6, NF_INET_LOCAL_IN, p->v.iif, 0);

	return f == FATE_NONE ? host_rx_local(p) : end(p, f);
}

/* A group that a device is in: all nodes, and as a router with multicast all routers, and the solicited-node groups of its addresses. */
static bool in_group(const struct host *h, uint32_t dev, const uint8_t *group)
{
	const struct host_dev *d = host_dev(h, dev);
	static const uint8_t solicited[13] = { 0xff, 2, [11] = 1, [12] = 0xff };
	uint8_t scope = group[1];

	if (is_zero(group) || !d)
		return false;
	if (!memcmp(group + 2, (const uint8_t[13]){ 0 }, 13)) {
		if (group[15] == 1)
			return scope == 1 || scope == 2;
		if (group[15] == 2 && d->forward6 && (d->flags & IFF_MULTICAST))
			return scope == 1 || scope == 2 || scope == 5;
	}
	if (memcmp(group, solicited, 13) || (d->flags & (IFF_LOOPBACK | IFF_NOARP)))
		return false;
	for (uint32_t i = 0; i < h->n_addrs; i++)
		if (h->addrs[i].family == AF_INET6 && h->addrs[i].dev == dev && !memcmp(h->addrs[i].addr + 13, group + 13, 3))
			return true;
	return false;
}

/* ip6_pkt_discard, ip6_pkt_prohibit */
static enum fate no_route(struct pkt *p)
{
	if (p->rt_error != -EINVAL)
		icmp6_send(p, ICMPV6_DEST_UNREACH, p->rt_error == -EACCES ? ICMPV6_ADM_PROHIBITED : ICMPV6_NOROUTE, 0);
	return end(p, FATE_DROPPED);
}

/* Sources that must not be forwarded. */
static bool forwardable_source(struct pkt *p)
{
	const uint8_t *src = pkt_l3(p) + 8;

	if (p->v.iif == p->rt.oif)
		return true;
	if (is_zero(src) || src[0] == 0xff || is_loopback(src))
		return false;
	if (src[0] == 0xfe && (src[1] & 0xc0) == 0x80) {
		icmp6_send(p, ICMPV6_DEST_UNREACH, ICMPV6_NOT_NEIGHBOUR, 0);
		return false;
	}
	return true;
}

static bool too_large(const struct pkt *p, uint32_t mtu)
{
	if (pkt_l3_len(p) <= mtu)
		return false;
	return p->frag_max > mtu || !p->ignore_df;
}

/* ip6_forward */
static enum fate forward(struct pkt *p)
{
	uint8_t *ip = pkt_l3(p);
	uint32_t mtu;
	enum fate f;

	if (!pkt_host(p)->forward6 || p->v.pkttype != PACKET_HOST)
		return end(p, FATE_ERROR);
	if (ip[7] <= 1) {
		icmp6_send(p, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
		return end(p, FATE_DROPPED);
	}
	if (!forwardable_source(p))
		return end(p, FATE_DROPPED);
	mtu = host_mtu(p);
	mtu = mtu < 1280 ? 1280 : mtu;
	if (too_large(p, mtu)) {
		icmp6_send_by(p, p->rt.oif, ICMPV6_PKT_TOOBIG, 0, mtu);
		return end(p, FATE_DROPPED);
	}
	ip[7]--;
	f = host_hook(p, NFPROTO_IPV6, NF_INET_FORWARD, p->v.iif, p->rt.oif);
	return f == FATE_NONE ? host_ip6_output(p) : end(p, f);
}

/* dst_input */
static enum fate route_on(struct pkt *p)
{
	switch (p->rt.type) {
	case RTN_LOCAL:
	case RTN_ANYCAST:
		return input(p);
	case RTN_MULTICAST:
		return in_group(pkt_host(p), p->v.iif, pkt_l3(p) + 24) ? input(p) : end(p, FATE_ERROR);
	case RTN_UNREACHABLE:
		return no_route(p);
	}
	return forward(p);
}

enum fate host_ip6_rcv(struct pkt *p)
{
	enum fate f;

	p->iif6 = p->v.iif;
	if (!sane(p))
		return end(p, FATE_ERROR);
	f = host_hook(p, NFPROTO_IPV6, NF_INET_PRE_ROUTING, p->v.iif, 0);
	if (f != FATE_NONE)
		return end(p, f);
	if (!p->routed) {
		pkt_early_demux(p, pkt_l3(p)[6]);
		route6_input(p);
	}
	return route_on(p);
}
