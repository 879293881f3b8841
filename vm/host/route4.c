/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 routing: fib_lookup, ip_route_input, ip_route_output. Reads the host only; any thread.
 */
#include "vm/host/pkt.h"

#include <errno.h>

static bool is_multicast(const uint8_t *a)
{
	return (a[0] & 0xf0) == 0xe0;
}

static bool is_local_multicast(const uint8_t *a)
{
	return a[0] == 224 && !a[1] && !a[2];
}

static bool is_zero(const uint8_t *a)
{
	return !be32_load(a);
}

static bool is_limited_broadcast(const uint8_t *a)
{
	return be32_load(a) == 0xffffffff;
}

/* ---- lookups ---- */

/* Of several ways one, by the flow's addresses and the ways' weights; the kernel's choice is as good as random. */
static const struct fib_hop *choose_hop(const struct fib *f, const struct fib_route *r, const struct host_flow *flow)
{
	const struct fib_hop *hops = f->hops + r->hop;
	uint64_t total = 0, x, a, b;

	if (flow->oif) {
		for (uint32_t i = 0; i < r->hops; i++)
			if (hops[i].oif == flow->oif)
				return &hops[i];
		return NULL;
	}
	if (r->hops <= 1)
		return r->hops ? hops : NULL;
	for (uint32_t i = 0; i < r->hops; i++)
		total += hops[i].weight ? hops[i].weight : 1;
	memcpy(&a, flow->dst + f->bytes - 4, 4);
	memcpy(&b, flow->src + f->bytes - 4, 4);
	x = (((a & 0xffffffff) * 0x9e3779b97f4a7c15u + (b & 0xffffffff) * 0xff51afd7ed558ccdu) >> 33) % total;
	for (uint32_t i = 0;; i++) {
		uint32_t weight = hops[i].weight ? hops[i].weight : 1;

		if (x < weight)
			return &hops[i];
		x -= weight;
	}
}

static int type_error(uint8_t type)
{
	switch (type) {
	case RTN_BLACKHOLE:
	case RTN_NAT:
		return -EINVAL;
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT:
		return -EACCES;
	case RTN_THROW:
		return -EAGAIN;
	}
	return 0;
}

void route_fill(const struct fib_route *r, const struct fib_hop *hop, const struct host_flow *flow, uint8_t family, struct host_route *out)
{
	unsigned bytes = family == AF_INET ? 4 : 16;

	memset(out, 0, sizeof(*out));
	out->type = r->type;
	out->family = family;
	out->scope = r->scope;
	out->prefixlen = r->len;
	out->mtu = r->mtu;
	out->realm = r->realm;
	out->hop = r->hop;
	memcpy(out->via, flow->dst, bytes);
	if (r->has_prefsrc)
		memcpy(out->prefsrc, r->prefsrc, bytes);
	if (!hop)
		return;
	out->oif = out->dev = hop->oif;
	out->gateway = hop->gateway;
	if (hop->gateway) {
		out->via_family = hop->via_family;
		memcpy(out->via, hop->via, 16);
	}
}

/* The best route under one table set. The kernel's order: longest prefix, then as fib.c sorts. */
static const struct fib_route *find(const struct fib *f, const struct host_flow *flow, const struct fib_hop **hop)
{
	for (const struct fib_prefix *p = fib_find(f, flow->dst); p; p = fib_up(f, p)) {
		for (uint32_t i = 0; i < p->n; i++) {
			const struct fib_route *r = &f->routes[p->first + i];

			if (r->tos && r->tos != (flow->tos & 0xfc))
				continue;
			*hop = choose_hop(f, r, flow);
			if (*hop || !r->hops)
				return r;
		}
	}
	return NULL;
}

int host_fib4(const struct host *h, const struct host_flow *flow, struct host_route *out)
{
	const struct fib_hop *hop;
	const struct fib_route *r = find(&h->fib4, flow, &hop);
	int err;

	if (!r)
		return -ENETUNREACH;
	err = type_error(r->type);
	route_fill(r, hop, flow, AF_INET, out);
	return err;
}

/* inet_addr_type_dev_table */
uint8_t host_addr_type4(const struct host *h, const uint8_t addr[4], uint32_t dev)
{
	const struct fib_hop *hop;
	const struct fib_route *r;

	if (is_zero(addr) || is_limited_broadcast(addr))
		return RTN_BROADCAST;
	if (is_multicast(addr))
		return RTN_MULTICAST;
	/* only the local table tells what is the host's own */
	for (const struct fib_prefix *p = fib_find(&h->fib4, addr); p; p = fib_up(&h->fib4, p)) {
		for (uint32_t i = 0; i < p->n; i++) {
			r = &h->fib4.routes[p->first + i];
			hop = h->fib4.hops + r->hop;
			if (r->table == RT_TABLE_LOCAL)
				return !dev || (r->hops && hop->oif == dev) ? r->type : RTN_UNICAST;
		}
	}
	return RTN_UNICAST;
}

int host_saddr4(const struct host *h, uint32_t dev, const uint8_t dst[4], uint8_t out[4])
{
	const uint8_t *any = NULL, *other = NULL;

	for (uint32_t i = 0; i < h->n_addrs; i++) {
		const struct host_addr *a = &h->addrs[i];

		if (a->family != AF_INET || a->secondary)
			continue;
		if (a->dev == dev && a->scope < RT_SCOPE_HOST) {
			if (fib_covers(a->addr, dst, a->len)) {
				memcpy(out, a->addr, 4);
				return 0;
			}
			any = any ? any : a->addr;
		} else if (a->scope < RT_SCOPE_LINK) {
			other = other ? other : a->addr;
		}
	}
	if (!any)
		any = other;
	if (!any)
		return -EADDRNOTAVAIL;
	memcpy(out, any, 4);
	return 0;
}

/* ---- packets that come in ---- */

static bool is_own_address(const struct host *h, const uint8_t *addr)
{
	for (uint32_t i = 0; i < h->n_addrs; i++)
		if (h->addrs[i].family == AF_INET && !memcmp(h->addrs[i].addr, addr, 4))
			return true;
	return false;
}

/* fib_validate_source: 0, or -EINVAL for a source that cannot come in by this device. */
static int validate_source(const struct host *h, const struct host_dev *d, const uint8_t *src, const uint8_t *dst)
{
	struct host_flow flow = { 0 };
	struct host_route rt;

	if (!d->rp_filter)
		return d->accept_local || !is_own_address(h, src) ? 0 : -EINVAL;
	memcpy(flow.dst, src, 4);
	memcpy(flow.src, dst, 4);
	if (host_fib4(h, &flow, &rt))
		return -EXDEV;
	if (rt.type != RTN_UNICAST && (rt.type != RTN_LOCAL || !d->accept_local))
		return -EINVAL;
	return rt.oif == d->index || d->rp_filter == 2 ? 0 : -EXDEV;
}

/* A group that a device is in: 224.0.0.1, and any for IGMP packets to a group that is known. */
bool route4_in_group(const uint8_t group[4])
{
	return be32_load(group) == 0xe0000001;
}

static int multicast_input(const struct host *h, const struct host_dev *d, const uint8_t *ip, struct host_route *rt)
{
	const uint8_t *src = ip + 12, *dst = ip + 16;

	if (!route4_in_group(dst) || is_multicast(src) || is_limited_broadcast(src))
		return -EINVAL;
	if (src[0] == 127 && !d->route_localnet)
		return -EINVAL;
	if (is_zero(src)) {
		if (!is_local_multicast(dst) && ip[9] != IPPROTO_IGMP)
			return -EINVAL;
	} else if (validate_source(h, d, src, (const uint8_t[4]){ 0 })) {
		return -EINVAL;
	}
	memset(rt, 0, sizeof(*rt));
	rt->type = RTN_MULTICAST;
	rt->family = AF_INET;
	rt->oif = d->index;
	memcpy(rt->via, dst, 4);
	return 0;
}

static int broadcast_input(const struct host *h, const struct host_dev *d, const uint8_t *ip, struct host_route *rt)
{
	const uint8_t *src = ip + 12, *dst = ip + 16;

	if (!is_zero(src) && validate_source(h, d, src, (const uint8_t[4]){ 0 }))
		return -EINVAL;
	memset(rt, 0, sizeof(*rt));
	rt->type = RTN_BROADCAST;
	rt->family = AF_INET;
	rt->oif = d->index;
	memcpy(rt->via, dst, 4);
	return 0;
}

/* Martians are -EINVAL. A route that leads nowhere is 0 with rt->type RTN_UNREACHABLE, and the error in p->rt_error. */
static int unicast_input(struct pkt *p, const struct host *h, const struct host_dev *d, const uint8_t *ip, struct host_route *rt)
{
	const uint8_t *src = ip + 12, *dst = ip + 16;
	struct host_flow flow = { .iif = d->index, .mark = p->v.mark, .tos = ip[1] };
	bool localnet = d->route_localnet || (d->flags & IFF_LOOPBACK);
	int err;

	if (is_zero(src) || is_zero(dst) || ((dst[0] == 127 || src[0] == 127) && !localnet))
		return -EINVAL;
	memcpy(flow.dst, dst, 4);
	memcpy(flow.src, src, 4);
	err = host_fib4(h, &flow, rt);
	if (err) {
		rt->type = RTN_UNREACHABLE;
		p->rt_error = d->forward4 ? err : -EHOSTUNREACH;
		return 0;
	}
	if (rt->type == RTN_BROADCAST)
		return broadcast_input(h, d, ip, rt);
	if (rt->type == RTN_LOCAL)
		return validate_source(h, d, src, dst);
	if (!d->forward4) {
		rt->type = RTN_UNREACHABLE;
		p->rt_error = -EHOSTUNREACH;
		return 0;
	}
	return rt->type == RTN_UNICAST ? validate_source(h, d, src, dst) : -EINVAL;
}

int route4_input(struct pkt *p)
{
	const struct host *h = pkt_host(p);
	const struct host_dev *d = host_dev(h, p->v.iif);
	const uint8_t *ip = pkt_l3(p), *src = ip + 12, *dst = ip + 16;
	struct host_route rt;
	int err;

	memset(&rt, 0, sizeof(rt));
	p->rt_error = 0;
	if (!d)
		return -ENODEV;
	if (is_multicast(dst))
		err = multicast_input(h, d, ip, &rt);
	else if (is_multicast(src) || is_limited_broadcast(src))
		err = -EINVAL;
	else if (is_limited_broadcast(dst) || (is_zero(src) && is_zero(dst)))
		err = broadcast_input(h, d, ip, &rt);
	else
		err = unicast_input(p, h, d, ip, &rt);
	if (err)
		return err;
	pkt_set_route(p, &rt);
	p->rt_in = true;
	return 0;
}

/* ---- packets that the host sends ---- */

uint32_t host_loopback(const struct host *h)
{
	for (uint32_t i = host_dev_next(h, 1); i; i = host_dev_next(h, i + 1))
		if (host_dev(h, i)->flags & IFF_LOOPBACK)
			return i;
	return 0;
}

static int output(const struct host *h, uint8_t src[4], const uint8_t dst[4], uint32_t mark, uint8_t tos, uint32_t oif, struct host_route *rt)
{
	struct host_flow flow = { .oif = oif, .mark = mark, .tos = tos };
	int err;

	memcpy(flow.dst, dst, 4);
	memcpy(flow.src, src, 4);
	if (is_zero(dst)) { /* the host itself */
		route_fill(&(struct fib_route){ .type = RTN_LOCAL }, NULL, &flow, AF_INET, rt);
		rt->oif = host_loopback(h);
		if (is_zero(src))
			memcpy(src, (const uint8_t[4]){ 127, 0, 0, 1 }, 4);
		return rt->oif ? 0 : -ENETUNREACH;
	}
	err = host_fib4(h, &flow, rt);
	if (err)
		return err;
	if (rt->type == RTN_LOCAL) {
		if (is_zero(src))
			memcpy(src, is_zero(rt->prefsrc) ? dst : rt->prefsrc, 4);
		rt->oif = host_loopback(h);
		return rt->oif ? 0 : -ENETUNREACH;
	}
	if (is_zero(src)) {
		if (!is_zero(rt->prefsrc))
			memcpy(src, rt->prefsrc, 4);
		else if (host_saddr4(h, rt->oif, rt->gateway && rt->via_family == AF_INET6 ? dst : rt->via, src))
			return -EADDRNOTAVAIL;
	}
	if (src[0] == 127)
		return -EINVAL;
	if (is_multicast(dst))
		rt->type = RTN_MULTICAST;
	else if (is_limited_broadcast(dst))
		rt->type = RTN_BROADCAST;
	if (rt->type == RTN_BROADCAST || (rt->type == RTN_MULTICAST && rt->prefixlen < 4))
		rt->gateway = false; /* the default route's router has no business with them */
	return 0;
}

int route4_output(const struct host *h, uint8_t src[4], const uint8_t dst[4], uint32_t mark, uint8_t tos, uint32_t oif, struct host_route *rt)
{
	if (!is_zero(src) && host_addr_type4(h, src, 0) != RTN_LOCAL)
		return -EINVAL;
	return output(h, src, dst, mark, tos, oif, rt);
}

int route4_again(struct pkt *p)
{
	const struct host *h = pkt_host(p);
	uint8_t *ip = pkt_l3(p), src[4];
	struct host_route rt;
	uint8_t type = host_addr_type4(h, ip + 12, 0);
	int err;

	memcpy(src, ip + 12, 4);
	if (type != RTN_LOCAL && type != RTN_UNICAST)
		memset(src, 0, 4);
	err = output(h, src, ip + 16, p->v.mark, ip[1], 0, &rt);
	if (!err)
		pkt_set_route(p, &rt);
	return err;
}
