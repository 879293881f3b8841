/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame leaves: link-layer header, egress hook, what the device finishes (VLAN tag, checksum), and out. By lo it comes back as a frame that
 * enters, after the packet under way has come to its end (netif_rx).
 */
#include "vm/host/pkt.h"

/* Finishes a checksum that was left to the device (skb_checksum_help). */
static void finish_checksum(struct pkt *p)
{
	uint8_t *l4 = pkt_l4(p);
	uint16_t check;

	if (!p->v.csum_partial || p->v.l4 + p->csum_off + 2u > p->v.len)
		return;
	check = csum_fold(csum_add(l4, p->v.len - p->v.l4, 0));
	if (!check)
		check = 0xffff; /* CSUM_MANGLED_0 */
	memcpy(l4 + p->csum_off, &check, 2);
	p->v.csum_partial = false;
}

static void insert_tag(struct pkt *p)
{
	struct vm_pkt *v = &p->v;

	memmove(v->data - 4, v->data, 12);
	v->data -= 4;
	v->len += 4;
	v->headroom -= 4;
	v->l3 += 4;
	v->l4 += 4;
	memcpy(v->data + 12, &v->vlan_proto, 2);
	be16_store(v->data + 14, v->vlan_tci);
	v->has_vlan = false;
}

static void put_backlog(struct pkt *p, uint32_t dev)
{
	struct host_worker *h = p->v.w->host;

	p->v.iif = dev;
	p->v.oif = 0;
	p->next = NULL;
	*h->backlog_last = p;
	h->backlog_last = &p->next;
}

void host_loop(struct pkt *p, uint32_t dev)
{
	uint32_t cut = p->v.l3;

	p->v.data += cut;
	p->v.headroom += cut;
	p->v.len -= cut;
	p->v.l4 = (uint16_t)(p->v.l4 - cut);
	p->v.l3 = 0;
	p->v.has_l2 = false;
	p->looped = true;
	p->v.pkttype = PACKET_LOOPBACK;
	put_backlog(p, dev);
}

static enum fate loop_back(struct pkt *p, uint32_t dev)
{
	put_backlog(p, dev);
	return FATE_SENT;
}

enum fate host_xmit_raw(struct pkt *p, uint32_t dev)
{
	const struct host_dev *d = host_dev(pkt_host(p), dev);
	struct vm_worker *w = p->v.w;
	struct nfvm_out o = { .in = p->v.in, .dev = dev };
	enum fate f;

	if (!d) {
		pkt_free(p);
		return FATE_DROPPED;
	}
	f = host_hook_netdev(p, NF_NETDEV_EGRESS, dev);
	if (f != FATE_NONE) {
		pkt_free(p);
		return f;
	}
	if (d->flags & IFF_LOOPBACK)
		return loop_back(p, dev);
	if (!strcmp(d->kind, "bridge"))
		return host_bridge_xmit(p);
	if (p->v.has_vlan)
		insert_tag(p);
	finish_checksum(p);
	o.data = p->v.data;
	o.len = p->v.len;
	if (w->sink.out)
		w->sink.out(w->sink.ctx, &o);
	pkt_free(p);
	return FATE_SENT;
}

enum fate host_xmit(struct pkt *p, const uint8_t mac[6])
{
	struct vm_pkt *v = &p->v;
	const struct host_dev *d = host_dev(pkt_host(p), v->oif);
	uint8_t *frame = pkt_l3(p) - ETH_HLEN;
	int moved = (int)(frame - v->data);

	v->data = frame;
	v->headroom = (uint32_t)((int)v->headroom + moved);
	v->len = (uint32_t)((int)v->len - moved);
	v->l4 = (uint16_t)(v->l4 - v->l3 + ETH_HLEN);
	v->l3 = ETH_HLEN;
	v->has_l2 = true;
	memcpy(frame, mac, 6);
	if (d)
		memcpy(frame + 6, d->mac, 6);
	memcpy(frame + 12, &v->protocol, 2);
	return host_xmit_raw(p, v->oif);
}
