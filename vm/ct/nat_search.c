/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choice of a mapping (get_unique_tuple and what it calls). For a source: what it is already, if that is in the range and free;
 * else what the same source is mapped to in other connections; else an address of the range by hash, the same port if it is in the
 * range and free; else ports from a random one on.
 *
 *     masquerade to 198.51.100.1, and 198.51.100.1:4000 is in use towards that server:
 *     a random port of 1024 … 65535, then up to 127 after it, then from another random one, half as many, …
 */
#include "vm/ct/nat_impl.h"

#include "vm/expr/jhash.h"

enum { MAX_ATTEMPTS = 128, FEWEST = 16 };

static uint16_t host16(be16 v)
{
	return __builtin_bswap16(v);
}

static bool is_id(uint8_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

/* Protocols with ports that translation knows. */
static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP;
}

/* The half of the tuple that is mapped: its port, or its id, which is the same for both. */
static be16 *part(struct ct_tuple *k, enum ct_manip m)
{
	return is_id(k->proto) || m == CT_MANIP_SRC ? &k->sport : &k->dport;
}

static unsigned addr_bytes(const struct ct_tuple *k)
{
	return k->l3 == NFPROTO_IPV4 ? 4 : 16;
}

/* l4proto_in_range */
static bool part_in_range(const struct ct_tuple *k, const struct ct_nat_range *r, enum ct_manip m)
{
	struct ct_tuple copy = *k;
	uint16_t v = host16(*part(&copy, m));

	if (!is_id(k->proto) && !has_ports(k->proto) && k->proto != IPPROTO_GRE)
		return true;
	return v >= host16(r->min_proto) && v <= host16(r->max_proto);
}

/* nf_in_range: would do as the source */
static bool source_in_range(const struct ct_tuple *k, const struct ct_nat_range *r)
{
	unsigned n = addr_bytes(k);

	if ((r->flags & NF_NAT_RANGE_MAP_IPS) && (memcmp(k->src, r->min_addr, n) < 0 || memcmp(k->src, r->max_addr, n) > 0))
		return false;
	return !(r->flags & NF_NAT_RANGE_PROTO_SPECIFIED) || part_in_range(k, r, CT_MANIP_SRC);
}

/* ---- what the same source is mapped to elsewhere (find_appropriate_src) ---- */

struct elsewhere {
	const struct ct_tuple *now;
	const struct ct_nat_range *range;
	const struct ct_entry *newest;
	struct ct_tuple *out;
};

/* The youngest connection counts. */
static bool look_elsewhere(void *ctx, struct ct_entry *ct)
{
	struct elsewhere *e = ctx;
	struct ct_tuple k;

	if (e->newest && (int32_t)(ct->id - e->newest->id) < 0)
		return false;
	if (!ct_invert(&k, &ct->dir[CT_REPLY].tuple))
		return false;
	memcpy(k.dst, e->now->dst, sizeof(k.dst));
	k.dport = e->now->dport;
	k.zone = e->now->zone;
	if (source_in_range(&k, e->range)) {
		*e->out = k;
		e->newest = ct;
	}
	return false;
}

static bool find_elsewhere(struct ct_pkt *p, const struct ct_tuple *now, const struct ct_nat_range *range, struct ct_tuple *out)
{
	struct elsewhere e = { .now = now, .range = range, .out = out };
	struct ct_tuple key = *now;

	key.zone = ct_zone(p->v->ct, CT_ORIG);
	ct_table_sources(p->t, &key, look_elsewhere, &e);
	return e.newest;
}

/* ---- an address of the range (find_best_ips_proto) ---- */

static uint32_t word(const uint8_t *addr, unsigned i)
{
	uint32_t w;

	memcpy(&w, addr + 4 * i, 4);
	return w;
}

static void choose_address(const struct ct_entry *ct, struct ct_tuple *k, const struct ct_nat_range *r, enum ct_manip m)
{
	uint8_t *addr = m == CT_MANIP_SRC ? k->src : k->dst;
	unsigned n = addr_bytes(k) / 4;
	bool persistent = r->flags & NF_NAT_RANGE_PERSISTENT, full = false;
	uint32_t j;

	if (!(r->flags & NF_NAT_RANGE_MAP_IPS))
		return;
	if (!memcmp(r->min_addr, r->max_addr, 16)) {
		memcpy(addr, r->min_addr, 16);
		return;
	}
	j = jhash(k->src, sizeof(k->src), persistent ? 0 : word(k->dst, n - 1) ^ ct->zone);
	for (unsigned i = 0; i < n; i++) {
		uint32_t min = full ? 0 : be32_load(r->min_addr + 4 * i);
		uint32_t dist = full ? UINT32_MAX : be32_load(r->max_addr + 4 * i) - min + 1;

		be32_store(addr + 4 * i, min + jhash_scale(j, dist));
		if (memcmp(addr + 4 * i, r->max_addr + 4 * i, 4))
			full = true; /* below the highest: the words behind may be anything */
		if (!persistent)
			j ^= word(k->dst, i);
	}
}

/* ---- a port or id of the range (nf_nat_l4proto_unique_tuple) ---- */

struct ports {
	uint32_t min, size;
};

/* Without a range a source port stays among its kind. False: nothing is to be changed. */
static bool default_ports(uint16_t port, enum ct_manip m, struct ports *out)
{
	if (m == CT_MANIP_DST)
		return false;
	if (port < 512)
		*out = (struct ports){ 1, 511 };
	else if (port < 1024)
		*out = (struct ports){ 600, 424 };
	else
		*out = (struct ports){ 1024, 65536 - 1024 };
	return true;
}

static bool ports_of(struct ct_pkt *p, const struct ct_tuple *k, be16 part, const struct ct_nat_range *r, enum ct_manip m,
		     struct ports *out)
{
	uint32_t min = host16(r->min_proto), max = host16(r->max_proto);
	bool given = r->flags & NF_NAT_RANGE_PROTO_SPECIFIED;

	if (is_id(k->proto)) {
		*out = given ? (struct ports){ min, max - min + 1 } : (struct ports){ 0, 65536 };
		return true;
	}
	if (k->proto == IPPROTO_GRE) {
		*out = given ? (struct ports){ min, max - min + 1 } : (struct ports){ 1, 65535 };
		return atomic_load_explicit(&p->v->ct->master, memory_order_relaxed); /* else it is not PPTP */
	}
	if (!has_ports(k->proto))
		return false;
	if (!given)
		return default_ports(host16(part), m, out);
	*out = max < min ? (struct ports){ max, min - max + 1 } : (struct ports){ min, max - min + 1 };
	return true;
}

static void choose_part(struct ct_pkt *p, struct ct_tuple *k, const struct ct_nat_range *r, enum ct_manip m)
{
	be16 *key = part(k, m);
	struct vm_worker *w = p->v->w;
	struct ports ports;
	unsigned attempts;
	uint16_t off = 0;

	if (!ports_of(p, k, *key, r, m, &ports))
		return;
	if (r->flags & NF_NAT_RANGE_PROTO_OFFSET)
		off = host16(*key) - host16(r->base_proto);
	else if ((r->flags & CT_NAT_RANDOM) || m != CT_MANIP_DST)
		off = (uint16_t)vm_random(w);
	if (!ports.size)
		return;
	attempts = ports.size > MAX_ATTEMPTS ? MAX_ATTEMPTS : ports.size;
	for (;;) {
		for (unsigned i = 0; i < attempts; i++, off++) {
			*key = host16((uint16_t)(ports.min + off % ports.size));
			if (!ct_nat_used_harder(p, k, attempts - i))
				return;
		}
		if (attempts >= ports.size || attempts < FEWEST)
			return;
		attempts /= 2;
		off = (uint16_t)vm_random(w);
	}
}

/* The port needs no change: it is in the range, or none was given, and the tuple is free. */
static bool part_stays(struct ct_pkt *p, const struct ct_tuple *k, const struct ct_nat_range *r, enum ct_manip m)
{
	if (r->flags & CT_NAT_RANDOM)
		return false;
	if (!(r->flags & NF_NAT_RANGE_PROTO_SPECIFIED))
		return !ct_nat_used(p, k);
	return !(r->flags & NF_NAT_RANGE_PROTO_OFFSET) && part_in_range(k, r, m) &&
	       (r->min_proto == r->max_proto || !ct_nat_used(p, k));
}

void ct_nat_unique(struct ct_pkt *p, const struct ct_tuple *now, const struct ct_nat_range *r, enum ct_manip m,
		   struct ct_tuple *out)
{
	*out = *now;
	if (m == CT_MANIP_SRC && !(r->flags & CT_NAT_RANDOM)) {
		if (source_in_range(now, r)) {
			if (!ct_nat_used_new(p, now))
				return;
		} else if (find_elsewhere(p, now, r, out) && !ct_nat_used(p, out)) {
			return;
		}
		*out = *now;
	}
	choose_address(p->v->ct, out, r, m);
	if (!part_stays(p, out, r, m))
		choose_part(p, out, r, m);
}
