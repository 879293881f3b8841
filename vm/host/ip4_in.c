/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 packets that come in: sanity (ip_rcv_core), prerouting, routing, options (ip_rcv_finish), then input (ip_local_deliver) or
 * forward (ip_forward). Each step of the way is the kernel's function of the name beside it; worker's thread.
 */
#include "vm/host/pkt.h"

#include <errno.h>

static enum fate end(struct pkt *p, enum fate f)
{
	pkt_free(p);
	return f;
}

/* ip_rcv_core */
static bool sane(struct pkt *p)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t have = pkt_l3_len(p), hlen, total;

	if (have < IP4_HDR || ip[0] >> 4 != 4)
		return false;
	hlen = (ip[0] & 15) * 4u;
	if (hlen < IP4_HDR || hlen > have || csum_fold(csum_add(ip, hlen, 0)))
		return false;
	total = be16_load(ip + 2);
	if (total > have || total < hlen)
		return false;
	p->v.len = p->v.l3 + total;
	p->v.l4 = (uint16_t)(p->v.l3 + hlen);
	return true;
}

/* ip_local_deliver */
static enum fate input(struct pkt *p)
{
	enum fate f = frag4_gather(p, FRAG_LOCAL);

	if (f == FATE_NONE)
		f = host_hook(p, NFPROTO_IPV4, NF_INET_LOCAL_IN, p->v.iif, 0);
	return f == FATE_NONE ? host_rx_local(p) : end(p, f);
}

/* ip_error: there is no way to where it wants. */
static enum fate no_route(struct pkt *p)
{
	const struct host_dev *d = host_dev(pkt_host(p), p->v.iif);
	uint8_t code = ICMP_NET_UNREACH;

	if (!d || !d->forward4)
		return end(p, FATE_ERROR);
	switch (p->rt_error) {
	case -EHOSTUNREACH:
		code = ICMP_HOST_UNREACH;
		break;
	case -EACCES:
		code = ICMP_PKT_FILTERED;
		break;
	case -ENETUNREACH:
		break;
	default:
		return end(p, FATE_DROPPED);
	}
	icmp4_send(p, ICMP_DEST_UNREACH, code, 0);
	return end(p, FATE_DROPPED);
}

uint32_t host_mtu(const struct pkt *p)
{
	const struct host_dev *d = host_dev(pkt_host(p), p->rt.oif);

	return p->rt.mtu ? p->rt.mtu : d ? d->mtu : 1500;
}

/* ip_exceeds_mtu */
static bool too_large(const struct pkt *p, const uint8_t *ip, uint32_t mtu)
{
	if (pkt_l3_len(p) <= mtu || !(ip[6] & 0x40))
		return false;
	return p->frag_max > mtu || !p->ignore_df;
}

/* As rt_tos2priority: the packet's priority by its type of service. */
static uint32_t tos_priority(uint8_t tos)
{
	static const uint8_t prio[16] = { 0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4 };

	return prio[(tos & 0x1e) >> 1];
}

/* ip_forward */
static enum fate forward(struct pkt *p)
{
	uint8_t *ip = pkt_l3(p);
	uint16_t from, to, check;
	enum fate f;

	if (p->v.pkttype != PACKET_HOST)
		return end(p, FATE_ERROR);
	if (ip[8] <= 1) {
		icmp4_send(p, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		return end(p, FATE_DROPPED);
	}
	if (too_large(p, ip, host_mtu(p))) {
		icmp4_send(p, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, host_mtu(p));
		return end(p, FATE_DROPPED);
	}
	memcpy(&from, ip + 8, 2);
	ip[8]--;
	memcpy(&to, ip + 8, 2);
	memcpy(&check, ip + 10, 2);
	check = csum_replace(check, from, to);
	memcpy(ip + 10, &check, 2);
	p->v.priority = tos_priority(ip[1]);
	f = host_hook(p, NFPROTO_IPV4, NF_INET_FORWARD, p->v.iif, p->rt.oif);
	if (f != FATE_NONE)
		return end(p, f);
	if (p->opt.len)
		opt4_forward(p);
	return host_ip4_output(p);
}

/* dst_input */
static enum fate route_on(struct pkt *p)
{
	switch (p->rt.type) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_MULTICAST:
		return input(p);
	case RTN_UNREACHABLE:
		return no_route(p);
	}
	return forward(p);
}

enum fate host_ip4_rcv(struct pkt *p)
{
	enum fate f;

	if (!sane(p))
		return end(p, FATE_ERROR);
	f = host_hook(p, NFPROTO_IPV4, NF_INET_PRE_ROUTING, p->v.iif, 0);
	if (f != FATE_NONE)
		return end(p, f);
	if (!p->routed) {
		pkt_early_demux(p, pkt_l3(p)[9]);
		if (route4_input(p))
			return end(p, FATE_ERROR);
	}
	if ((pkt_l3(p)[0] & 15) > 5 && !opt4_parse(p))
		return end(p, FATE_ERROR);
	return route_on(p);
}
