/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation at its four hooks: chains of type nat are asked once for each connection and each kind of mapping, all of a
 * hook at one place whatever their priorities; then each packet is rewritten. A packet that goes to another destination is routed
 * anew. References: nf_nat_inet_fn, nf_nat_ipv4_fn and their kin (net/netfilter/nf_nat_core.c, nf_nat_proto.c). Worker's thread.
 */
#include "vm/ct/nat.h"
#include "vm/host/pkt.h"

#include "vm/prog/prog.h"
#include "vm/state/state.h"

bool host_is_nat(const struct pkt *p, const struct vm_chain *chain)
{
	return chain->base && chain->base->type == PROG_CHAIN_NAT && (p->v.pf == NFPROTO_IPV4 || p->v.pf == NFPROTO_IPV6);
}

/* Chains in their order until one maps; nobody did: onto itself. */
static uint32_t choose(struct pkt *p, enum ct_manip m)
{
	const struct vm_hook_list *l = state_hooks(p->v.w->e, p->v.w->gen, p->v.pf, p->v.hook, 0);

	for (uint32_t i = 0; l && i < l->n; i++) {
		uint32_t verdict;

		if (!host_is_nat(p, l->e[i].chain))
			continue;
		verdict = host_run_chain(p, l->e[i].chain);
		if (verdict != NF_ACCEPT)
			return verdict;
		if (ct_nat_done(p->v.ct, m))
			return NF_ACCEPT;
	}
	return ct_nat_null(&p->v, m);
}

/* nf_nat_inet_fn */
static uint32_t translate(struct pkt *p)
{
	enum ct_manip m = ct_nat_manip(p->v.hook);
	uint8_t info = p->v.ctinfo;
	uint32_t verdict;

	if ((info == IP_CT_NEW || info == IP_CT_RELATED || info == IP_CT_RELATED_REPLY) && !ct_nat_done(p->v.ct, m)) {
		verdict = choose(p, m);
		if (verdict != NF_ACCEPT)
			return verdict;
	} else if (ct_nat_oif_changed(&p->v)) {
		ct_nat_kill(&p->v);
		return NF_DROP;
	}
	return ct_nat_packet(&p->v);
}

/* Offset of an ICMP header from the network header, 0: it is another protocol. */
static uint32_t icmp_at(const struct pkt *p)
{
	const uint8_t *ip = p->v.data + p->v.l3;
	uint8_t proto = ip[6];
	uint16_t fragoff;
	int at;

	if (p->v.pf == NFPROTO_IPV4)
		return ip[9] == IPPROTO_ICMP ? (ip[0] & 15) * 4u : 0;
	at = ext6_skip(p, p->v.l3 + IP6_HDR, &proto, &fragoff);
	return at >= 0 && proto == IPPROTO_ICMPV6 ? (uint32_t)at - p->v.l3 : 0;
}

static uint32_t run(struct pkt *p)
{
	if (p->v.ctinfo == IP_CT_RELATED || p->v.ctinfo == IP_CT_RELATED_REPLY) {
		uint32_t at = icmp_at(p);

		if (at)
			return ct_nat_icmp(&p->v, at);
	}
	return translate(p);
}

/* nf_nat_ipv4_local_fn: own packets of connections whose destination is translated */
static uint32_t route_again(struct pkt *p)
{
	const struct ct_entry *ct = p->v.ct;
	int dir = ct_info_dir(p->v.ctinfo);

	if (!memcmp(ct_tuple(ct, dir)->dst, ct_tuple(ct, !dir)->src, 16))
		return NF_ACCEPT;
	return (p->v.pf == NFPROTO_IPV4 ? route4_again(p) : route6_again(p)) ? NF_DROP : NF_ACCEPT;
}

uint32_t host_nat(struct pkt *p)
{
	unsigned at = p->v.pf == NFPROTO_IPV4 ? 16 : 24, n = p->v.pf == NFPROTO_IPV4 ? 4 : 16;
	uint8_t before[16];
	uint32_t verdict;

	if (!p->v.ct || ct_is_template(p->v.ct) || !state_nat_order(p->v.w->e, p->v.w->gen, p->v.pf))
		return NF_ACCEPT;
	memcpy(before, pkt_l3(p) + at, n);
	verdict = run(p);
	if (verdict != NF_ACCEPT)
		return verdict;
	if (p->v.hook == NF_INET_LOCAL_OUT)
		return route_again(p);
	if (p->v.hook == NF_INET_PRE_ROUTING && memcmp(before, pkt_l3(p) + at, n)) {
		p->routed = false; /* a route it had was that of the old destination */
		p->v.route = NULL;
	}
	return NF_ACCEPT;
}

/* ---- addresses for masquerading and redirection ---- */

bool host_masq_addr(const struct vm_pkt *v, uint8_t *addr)
{
	const struct host *h = v->w->e->host;
	const uint8_t *ip = v->data + v->l3;

	if (v->pf == NFPROTO_IPV6)
		return !host_saddr6(h, v->oif, ip + 24, addr);
	if (v->route && v->route->gateway && v->route->via_family == AF_INET)
		return !host_saddr4(h, v->oif, v->route->via, addr);
	return !host_saddr4(h, v->oif, ip + 16, addr);
}

/* The scope of an IPv6 address as its type has it (ipv6_addr_type, IPV6_ADDR_SCOPE_MASK): 0 is global. */
static unsigned scope6(const uint8_t *a)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (a[0] == 0xff)
		return (a[1] & 15) == 1 ? 0x10 : (a[1] & 15) == 2 ? 0x20 : (a[1] & 15) == 5 ? 0x40 : 0;
	if (a[0] == 0xfe && (a[1] & 0xc0) == 0x80)
		return 0x20;
	if (a[0] == 0xfe && (a[1] & 0xc0) == 0xc0)
		return 0x40;
	return memcmp(a, loopback, 16) ? 0 : 0x10;
}

static bool usable(const struct vm_pkt *v, const struct host_addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned scope;

	if (a->dev != v->iif || a->family != (v->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6))
		return false;
	if (a->family == AF_INET)
		return true;
	scope = scope6(v->data + v->l3 + 24);
	return memcmp(a->addr, mapped, 12) && (!scope || (scope & scope6(a->addr)));
}

bool host_redirect_addr(const struct vm_pkt *v, uint8_t *addr)
{
	const struct host *h = v->w->e->host;
	unsigned n = v->pf == NFPROTO_IPV4 ? 4 : 16;

	if (v->hook == NF_INET_LOCAL_OUT) {
		memcpy(addr, n == 4 ? (const uint8_t[16]){ 127, 0, 0, 1 } : (const uint8_t[16]){ [15] = 1 }, n);
		return true;
	}
	for (uint32_t i = 0; i < h->n_addrs; i++) {
		if (usable(v, &h->addrs[i])) {
			memcpy(addr, h->addrs[i].addr, n);
			return true;
		}
	}
	return false;
}
