/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 routing: the table local, then main (fib6_rule_lookup, ip6_pol_route); source addresses by RFC 6724 (ipv6_dev_get_saddr).
 * Reads the host only; any thread.
 */
#include "vm/host/pkt.h"

#include <errno.h>

static bool is_multicast(const uint8_t *a)
{
	return a[0] == 0xff;
}

static bool is_link_local(const uint8_t *a)
{
	return a[0] == 0xfe && (a[1] & 0xc0) == 0x80;
}

static bool is_zero(const uint8_t *a)
{
	static const uint8_t zero[16];

	return !memcmp(a, zero, 16);
}

/* ---- lookups ---- */

static const struct fib_hop *hop_by(const struct fib *f, const struct fib_route *r, uint32_t dev)
{
	for (uint32_t i = 0; i < r->hops; i++)
		if (f->hops[r->hop + i].oif == dev)
			return &f->hops[r->hop + i];
	return NULL;
}

/* Of several ways one, by the flow's addresses and the ways' weights. */
static const struct fib_hop *any_hop(const struct fib *f, const struct fib_route *r, const struct host_flow *flow)
{
	const struct fib_hop *hops = f->hops + r->hop;
	uint64_t total = 0, x = 0, w;

	if (r->hops <= 1)
		return r->hops ? hops : NULL;
	for (unsigned i = 0; i < 16; i += 8) {
		memcpy(&w, flow->dst + i, 8);
		x = (x ^ w) * 0x9e3779b97f4a7c15u;
		memcpy(&w, flow->src + i, 8);
		x = (x ^ w) * 0xff51afd7ed558ccdu;
	}
	for (uint32_t i = 0; i < r->hops; i++)
		total += hops[i].weight ? hops[i].weight : 1;
	x = (x >> 33) % total;
	for (uint32_t i = 0;; i++) {
		w = hops[i].weight ? hops[i].weight : 1;
		if (x < w)
			return &hops[i];
		x -= w;
	}
}

/*
 * The best of a prefix: among those of the least metric, one that leaves by `dev`, else the first. strict: only such that leave by
 * dev, whatever their metric.
 */
static const struct fib_route *best(const struct fib *f, const struct fib_prefix *p, const struct host_flow *flow, uint32_t dev, bool strict,
				    const struct fib_hop **hop)
{
	const struct fib_route *first = &f->routes[p->first];

	for (uint32_t i = 0; i < p->n && dev; i++) {
		const struct fib_route *r = first + i;

		if (!strict && r->metric != first->metric)
			break;
		*hop = hop_by(f, r, dev);
		if (*hop)
			return r;
	}
	if (strict && dev)
		return NULL;
	*hop = any_hop(f, first, flow);
	return first;
}

static int type_error(uint8_t type)
{
	switch (type) {
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT:
		return -EACCES;
	}
	return 0;
}

static int find(const struct fib *f, const struct host_flow *flow, uint32_t dev, bool strict, struct host_route *out)
{
	for (const struct fib_prefix *p = fib_find(f, flow->dst); p; p = fib_up(f, p)) {
		const struct fib_hop *hop = NULL;
		const struct fib_route *r = best(f, p, flow, dev, strict, &hop);

		if (!r)
			continue;
		if (r->type == RTN_THROW)
			return -ENETUNREACH;
		route_fill(r, hop, flow, AF_INET6, out);
		return type_error(r->type) ? type_error(r->type) : 1;
	}
	return -ENETUNREACH;
}

/* Found: 0. dev is preferred, or (strict) the only one. */
static int lookup(const struct host *h, const struct host_flow *flow, uint32_t dev, bool strict, struct host_route *out)
{
	int err = find(&h->local6, flow, dev, strict, out);

	if (err == -ENETUNREACH)
		err = find(&h->main6, flow, dev, strict, out);
	return err > 0 ? 0 : err;
}

int host_fib6(const struct host *h, const struct host_flow *flow, struct host_route *out)
{
	bool strict = is_multicast(flow->dst) || is_link_local(flow->dst);

	if (flow->oif)
		return lookup(h, flow, flow->oif, true, out);
	return lookup(h, flow, flow->iif, strict, out);
}

uint8_t host_addr_type6(const struct host *h, const uint8_t addr[16], uint32_t dev)
{
	struct host_flow flow = { .oif = dev };
	struct host_route rt;
	int err;

	if (is_zero(addr))
		return RTN_UNSPEC;
	if (is_multicast(addr))
		return RTN_MULTICAST;
	memcpy(flow.dst, addr, 16);
	err = find(&h->local6, &flow, dev, dev != 0, &rt);
	if (err > 0)
		return rt.type;
	err = find(&h->main6, &flow, dev, false, &rt);
	return err > 0 ? rt.type : RTN_UNREACHABLE;
}

/* ---- source addresses ---- */

/* RFC 4291 scopes as numbers: link 2, site 5, global 14. */
static int scope_of(const uint8_t *a)
{
	if (is_multicast(a))
		return a[1] & 15;
	if (is_link_local(a))
		return 2;
	if (a[0] == 0xfe && (a[1] & 0xc0) == 0xc0)
		return 5;
	if (is_zero(a) || (!memcmp(a, (const uint8_t[15]){ 0 }, 15) && a[15] == 1))
		return 1;
	return 14;
}

struct label {
	uint8_t prefix[16], len, label;
};
/* RFC 6724 §2.1 and the kernel's additions (ip6addrlbl_init_table), longest first. */
static const struct label labels[] = {
	{ { [15] = 1 }, 128, 0 },
	{ { [10] = 0xff, [11] = 0xff }, 96, 4 },
	{ { 0 }, 96, 3 },
	{ { 0x20, 0x01 }, 32, 6 },
	{ { 0x20, 0x01, 0x00, 0x10 }, 28, 7 },
	{ { 0x3f, 0xfe }, 16, 12 },
	{ { 0x20, 0x02 }, 16, 2 },
	{ { 0xfe, 0xc0 }, 10, 11 },
	{ { 0xfc }, 7, 5 },
	{ { 0 }, 0, 1 },
};

static uint8_t label_of(const uint8_t *a)
{
	for (unsigned i = 0; i < ARRAY_SIZE(labels); i++)
		if (fib_covers(labels[i].prefix, a, labels[i].len))
			return labels[i].label;
	return 1;
}

static int common_bits(const uint8_t *a, const uint8_t *b, int max)
{
	int n = 0;

	while (n < max && !((a[n / 8] ^ b[n / 8]) & (0x80 >> (n % 8))))
		n++;
	return n;
}

/* How well an address suits as source, criterion by criterion, the weightiest first. */
struct suits {
	int by[6];
};

static struct suits rate(const struct host_addr *a, uint32_t dev, const uint8_t *dst)
{
	int scope = scope_of(a->addr);

	return (struct suits){ {
		!memcmp(a->addr, dst, 16),
		scope >= scope_of(dst) ? -scope : scope - 128,
		!a->deprecated,
		a->dev == dev,
		label_of(a->addr) == label_of(dst),
		common_bits(a->addr, dst, a->len),
	} };
}

static bool suits_better(const struct suits *a, const struct suits *b)
{
	for (unsigned i = 0; i < ARRAY_SIZE(a->by); i++)
		if (a->by[i] != b->by[i])
			return a->by[i] > b->by[i];
	return false;
}

int host_saddr6(const struct host *h, uint32_t dev, const uint8_t dst[16], uint8_t out[16])
{
	const struct host_addr *best_addr = NULL;
	struct suits best_rate, r;
	bool only_dev = is_link_local(dst) || is_multicast(dst);

	for (uint32_t i = 0; i < h->n_addrs; i++) {
		const struct host_addr *a = &h->addrs[i];

		if (a->family != AF_INET6 || (only_dev && a->dev != dev))
			continue;
		r = rate(a, dev, dst);
		if (!best_addr || suits_better(&r, &best_rate)) {
			best_addr = a;
			best_rate = r;
		}
	}
	if (!best_addr)
		return -EADDRNOTAVAIL;
	memcpy(out, best_addr->addr, 16);
	return 0;
}

/* ---- packets ---- */

int route6_input(struct pkt *p)
{
	const struct host *h = pkt_host(p);
	const uint8_t *ip = pkt_l3(p);
	struct host_flow flow = { .iif = p->v.iif, .mark = p->v.mark };
	struct host_route rt;

	memcpy(flow.dst, ip + 24, 16);
	memcpy(flow.src, ip + 8, 16);
	memset(&rt, 0, sizeof(rt));
	p->rt_error = 0;
	if (is_multicast(flow.dst)) {
		rt.type = RTN_MULTICAST;
		rt.family = AF_INET6;
		rt.oif = p->v.iif;
		memcpy(rt.via, flow.dst, 16);
	} else {
		p->rt_error = host_fib6(h, &flow, &rt);
		if (p->rt_error)
			rt.type = RTN_UNREACHABLE;
	}
	pkt_set_route(p, &rt);
	p->rt_in = true;
	return 0;
}

int route6_output(const struct host *h, uint8_t src[16], const uint8_t dst[16], uint32_t mark, uint32_t oif, struct host_route *rt)
{
	struct host_flow flow = { .oif = oif, .mark = mark };
	int err;

	memcpy(flow.dst, dst, 16);
	memcpy(flow.src, src, 16);
	err = host_fib6(h, &flow, rt);
	if (err)
		return err;
	if (is_zero(src)) {
		if (!is_zero(rt->prefsrc))
			memcpy(src, rt->prefsrc, 16);
		else if (host_saddr6(h, rt->oif, dst, src))
			return -EADDRNOTAVAIL;
	}
	if (rt->type == RTN_LOCAL || rt->type == RTN_ANYCAST)
		rt->oif = host_loopback(h);
	return rt->oif ? 0 : -ENETUNREACH;
}

int route6_again(struct pkt *p)
{
	uint8_t *ip = pkt_l3(p), src[16];
	struct host_route rt;
	int err;

	memcpy(src, ip + 8, 16);
	err = route6_output(pkt_host(p), src, ip + 24, p->v.mark, 0, &rt);
	if (!err)
		pkt_set_route(p, &rt);
	return err;
}
