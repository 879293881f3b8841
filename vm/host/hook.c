/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet at a hook: base chains in the order of their priorities, and between them, at the kernel's priorities, what the kernel does itself
 * where connection tracking is on:
 *
 *     prerouting, output      -400 defragmentation, -200 connection tracking
 *     input, postrouting      last: confirmation
 *
 * NAT chains do not stand at their own priority: all of a hook run at one place (-100 or 100), for a connection's first packet.
 */
#include "vm/host/pkt.h"

#include <limits.h>
#include <linux/netfilter_ipv4.h>

#include "vm/prog/prog.h"
#include "vm/state/state.h"

/* One of the kernel's own hooks. Returns an NF_ verdict, NF_STOLEN also for a held fragment. */
struct own_hook {
	int32_t priority;
	uint32_t (*run)(struct pkt *p);
};

static uint32_t defrag(struct pkt *p)
{
	unsigned user = p->v.hook == NF_INET_LOCAL_OUT ? FRAG_CT_OUT : FRAG_CT_IN;

	switch (p->v.pf == NFPROTO_IPV4 ? frag4_gather(p, user) : frag6_gather(p, user)) {
	case FATE_NONE:
		return NF_ACCEPT;
	case FATE_STOLEN:
		return NF_STOLEN;
	default:
		return NF_DROP;
	}
}

static uint32_t track(struct pkt *p)
{
	return ct_in(&p->v);
}

static uint32_t confirm(struct pkt *p)
{
	return ct_confirm(&p->v);
}

static const struct own_hook at_entry[] = {
	{ NF_IP_PRI_CONNTRACK_DEFRAG, defrag }, { NF_IP_PRI_CONNTRACK, track }, { NF_IP_PRI_NAT_DST, host_nat }, { 0, NULL }
};
static const struct own_hook at_end[] = { { NF_IP_PRI_NAT_SRC, host_nat }, { INT_MAX, confirm }, { 0, NULL } };
static const struct own_hook none[] = { { 0, NULL } };

static const struct own_hook *own_hooks(const struct pkt *p)
{
	if ((p->v.pf != NFPROTO_IPV4 && p->v.pf != NFPROTO_IPV6) || !state_needs_ct(p->v.w->e, p->v.w->gen, p->v.pf))
		return none;
	switch (p->v.hook) {
	case NF_INET_PRE_ROUTING:
	case NF_INET_LOCAL_OUT:
		return at_entry;
	case NF_INET_LOCAL_IN:
	case NF_INET_POST_ROUTING:
		return at_end;
	}
	return none;
}

/* What a packet is routed by, to see whether a chain of type route changed it. */
struct routed_by {
	uint32_t mark;
	uint8_t tos, addr[32];
};

static void routed_by(struct pkt *p, struct routed_by *r)
{
	const uint8_t *ip = pkt_l3(p);

	memset(r, 0, sizeof(*r));
	r->mark = p->v.mark;
	if (p->v.pf == NFPROTO_IPV4) {
		r->tos = ip[1];
		memcpy(r->addr, ip + 12, 8);
	} else {
		r->tos = ip[7];
		memcpy(r->addr, ip + 8, 32);
	}
}

/* A chain of family inet at a device's ingress: IP packets only, and only sound ones go on (nft_do_chain_inet_ingress). */
static uint32_t run_inet_ingress(struct pkt *p, const struct vm_chain *chain)
{
	uint32_t verdict;

	if (p->v.protocol == __builtin_bswap16(ETH_P_IP))
		p->v.pf = NFPROTO_IPV4;
	else if (p->v.protocol == __builtin_bswap16(ETH_P_IPV6))
		p->v.pf = NFPROTO_IPV6;
	else
		return NF_ACCEPT;
	p->v.hook = NF_INET_INGRESS;
	host_parse(&p->v);
	verdict = p->v.has_l4 ? vm_chain_run(p->v.w, chain, &p->v) : NF_DROP;
	p->v.pf = NFPROTO_NETDEV;
	p->v.hook = NF_NETDEV_INGRESS;
	return verdict;
}

uint32_t host_run_chain(struct pkt *p, const struct vm_chain *chain)
{
	struct routed_by before, after;
	uint32_t verdict;
	bool route = p->v.hook == NF_INET_LOCAL_OUT && chain->base && chain->base->type == PROG_CHAIN_ROUTE &&
		     (p->v.pf == NFPROTO_IPV4 || p->v.pf == NFPROTO_IPV6);

	if (p->v.pf == NFPROTO_NETDEV && chain->table->family == NFPROTO_INET)
		return run_inet_ingress(p, chain);
	if (route)
		routed_by(p, &before);
	host_parse(&p->v);
	verdict = vm_chain_run(p->v.w, chain, &p->v);
	if (!route || (verdict & NF_VERDICT_MASK) == NF_DROP || (verdict & NF_VERDICT_MASK) == NF_STOLEN)
		return verdict;
	routed_by(p, &after);
	if (memcmp(&before, &after, sizeof(before)) && (p->v.pf == NFPROTO_IPV4 ? route4_again(p) : route6_again(p)))
		return NF_DROP;
	return verdict;
}

/* NF_ACCEPT to go on; nobody listens to queues here, so that one with bypass lets the packet pass, as the kernel does. */
static uint32_t settle(uint32_t verdict)
{
	if ((verdict & NF_VERDICT_MASK) == NF_QUEUE && (verdict & NF_VERDICT_FLAG_QUEUE_BYPASS))
		return NF_ACCEPT;
	return verdict & NF_VERDICT_MASK;
}

static enum fate fate_of(uint32_t verdict)
{
	switch (verdict) {
	case NF_ACCEPT:
		return FATE_NONE;
	case NF_STOLEN:
		return FATE_STOLEN;
	case NF_QUEUE:
		return FATE_QUEUED;
	}
	return FATE_DROPPED;
}

/* Of equal priority what was registered last comes first: translation with the family's first nat chain, tracking with the first rule of it. */
static bool comes_first(const struct pkt *p, const struct own_hook *own, const struct vm_hook_entry *e)
{
	if (own->priority != e->priority)
		return own->priority < e->priority;
	if (own->run != host_nat)
		return state_ct_before(p->v.w->e, p->v.pf, e->chain);
	return state_nat_order(p->v.w->e, p->v.w->gen, p->v.pf) >= e->chain->base->order;
}

static enum fate run_hook(struct pkt *p, const struct vm_hook_list *l)
{
	const struct own_hook *own = own_hooks(p);
	uint32_t i = 0, n = l ? l->n : 0, verdict;

	while (i < n || own->run) {
		bool mine = own->run && (i == n || comes_first(p, own, &l->e[i]));

		if (!mine && host_is_nat(p, l->e[i].chain)) {
			i++;
			continue;
		}
		verdict = settle(mine ? own++->run(p) : host_run_chain(p, l->e[i++].chain));
		if (verdict != NF_ACCEPT)
			return fate_of(verdict);
	}
	return FATE_NONE;
}

enum fate host_hook(struct pkt *p, uint8_t pf, uint8_t hook, uint32_t iif, uint32_t oif)
{
	p->v.pf = pf;
	p->v.hook = hook;
	p->v.iif = iif;
	p->v.oif = oif;
	return run_hook(p, state_hooks(p->v.w->e, p->v.w->gen, pf, hook, 0));
}

enum fate host_hook_netdev(struct pkt *p, uint8_t hook, uint32_t dev)
{
	p->v.pf = NFPROTO_NETDEV;
	p->v.hook = hook;
	p->v.iif = hook == NF_NETDEV_INGRESS ? dev : 0;
	p->v.oif = hook == NF_NETDEV_EGRESS ? dev : 0;
	return run_hook(p, state_hooks(p->v.w->e, p->v.w->gen, NFPROTO_NETDEV, hook, dev));
}
