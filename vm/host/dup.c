/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies and detours that rules ask for: `dup` and `fwd` of netdev chains (nf_dup_netdev.c, nft_fwd_netdev.c), `dup` of ip and ip6
 * (nf_dup_ipv4.c, nf_dup_ipv6.c); and what `log` tells.
 */
#include "vm/host/pkt.h"

enum { NESTED_MAX = 2 }; /* NF_RECURSION_LIMIT */

/* A copy of the frame leaves by dev as it is. */
static void send_copy(struct pkt *p, uint32_t dev)
{
	struct host_worker *h = p->v.w->host;
	struct pkt *q;

	if (h->nested > NESTED_MAX || !host_dev(p->v.w->e->host, dev))
		return;
	q = pkt_copy(p);
	if (!q)
		return;
	h->nested++;
	host_xmit_raw(q, dev);
	h->nested--;
}

void host_dup_netdev(struct vm_pkt *v, uint32_t dev)
{
	send_copy(pkt_of(v), dev);
}

void host_fwd_netdev(struct vm_pkt *v, uint32_t dev)
{
	send_copy(pkt_of(v), dev);
}

static void decrement_ttl(uint8_t *ip)
{
	uint16_t from, to, check;

	memcpy(&from, ip + 8, 2);
	ip[8]--;
	memcpy(&to, ip + 8, 2);
	memcpy(&check, ip + 10, 2);
	check = csum_replace(check, from, to);
	memcpy(ip + 10, &check, 2);
}

int host_fwd_neigh(struct vm_pkt *v, uint32_t dev, uint8_t nfproto, const uint8_t *addr)
{
	struct pkt *p = pkt_of(v), *q;
	const struct host *h = v->w->e->host;
	bool four = nfproto == NFPROTO_IPV4;
	uint32_t hlen = four ? IP4_HDR : IP6_HDR;
	uint8_t *ip = pkt_l3(p), mac[6];

	if (v->protocol != __builtin_bswap16(four ? ETH_P_IP : ETH_P_IPV6))
		return NFT_BREAK;
	if (pkt_l3_len(p) < hlen || ip[four ? 8 : 7] <= 1)
		return NF_DROP;
	if (four)
		decrement_ttl(ip);
	else
		ip[7]--;
	if (!host_dev(h, dev))
		return NF_DROP;
	q = pkt_copy(p);
	if (!q)
		return NF_DROP;
	host_neigh(h, dev, four ? AF_INET : AF_INET6, addr, mac);
	q->v.oif = dev;
	host_xmit(q, mac);
	return NF_STOLEN;
}

/* The copy counts for no connection. */
static struct pkt *untracked_copy(struct pkt *p)
{
	struct pkt *q = pkt_copy(p);

	if (!q)
		return NULL;
	if (q->v.ct)
		ct_release(&q->v);
	q->v.ct = NULL;
	q->v.ctinfo = IP_CT_UNTRACKED;
	q->own = true;
	return q;
}

void host_dup_ip(struct vm_pkt *v, const uint8_t *addr, uint32_t dev)
{
	struct pkt *p = pkt_of(v), *q;
	struct host_worker *hw = v->w->host;
	bool four = v->pf == NFPROTO_IPV4, arriving = v->hook == NF_INET_PRE_ROUTING || v->hook == NF_INET_LOCAL_IN;
	struct host_route rt;
	uint8_t src[16] = { 0 }, *ip;

	if (hw->in_dup)
		return;
	if (four ? route4_output(pkt_host(p), src, addr, 0, pkt_l3(p)[1] & 0x1e, dev, &rt)
		 : route6_output(pkt_host(p), src, addr, 0, dev, &rt))
		return;
	q = untracked_copy(p);
	if (!q)
		return;
	ip = pkt_l3(q);
	if (four)
		ip[6] |= 0x40;
	if (arriving)
		ip[four ? 8 : 7]--;
	if (!rt.gateway) { /* addr itself is the router */
		rt.gateway = true;
		rt.via_family = four ? AF_INET : AF_INET6;
	}
	pkt_set_route(q, &rt);
	q->out_iif = rt.oif;
	hw->in_dup = true;
	if (four)
		host_ip4_local_out(q);
	else
		host_ip6_local_out(q);
	hw->in_dup = false;
}

void host_log(struct vm_pkt *v, uint16_t group, uint8_t level, const char *prefix, uint32_t snaplen)
{
	const struct nfvm_sink *s = &v->w->sink;
	uint32_t len = v->len - v->l3;

	if (s->log)
		s->log(s->ctx, v->in, group, level, prefix ? prefix : "", v->data + v->l3, snaplen && snaplen < len ? snaplen : len);
}
