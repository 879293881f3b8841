/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame enters (eth_type_trans, __netif_receive_skb_core): packet type, VLAN tag, ingress hook, bridge, and off to its protocol. And the
 * other end: a packet that has passed input is delivered.
 */
#include "vm/host/pkt.h"

static bool is_vlan(be16 protocol)
{
	return protocol == __builtin_bswap16(ETH_P_8021Q) || protocol == __builtin_bswap16(ETH_P_8021AD);
}

static uint8_t packet_type(const uint8_t *mac, const struct host_dev *d)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (!memcmp(mac, d->mac, 6))
		return PACKET_HOST;
	if (!(mac[0] & 1))
		return PACKET_OTHERHOST;
	return memcmp(mac, broadcast, 6) ? PACKET_MULTICAST : PACKET_BROADCAST;
}

/* The frame's type in network order; what is no type is a length: 802.2, or Novell's raw 802.3. */
static be16 frame_protocol(const uint8_t *frame, uint32_t len)
{
	be16 type;

	memcpy(&type, frame + 12, 2);
	if (__builtin_bswap16(type) >= ETH_P_802_3_MIN)
		return type;
	if (len >= 16 && frame[14] == 0xff && frame[15] == 0xff)
		return __builtin_bswap16(ETH_P_802_3);
	return __builtin_bswap16(ETH_P_802_2);
}

/* Takes the tag out of the frame (skb_vlan_untag); false where the frame is too short for it and two bytes more. */
static bool untag(struct pkt *p)
{
	struct vm_pkt *v = &p->v;

	if (v->len < v->l3 + 6u)
		return false;
	v->has_vlan = true;
	v->vlan_proto = v->protocol;
	v->vlan_tci = be16_load(v->data + v->l3);
	memmove(v->data + 4, v->data, 12);
	v->data += 4;
	v->len -= 4;
	v->headroom += 4;
	v->protocol = frame_protocol(v->data, v->len);
	return true;
}

enum fate host_rx_up(struct pkt *p)
{
	switch (__builtin_bswap16(p->v.protocol)) {
	case ETH_P_IP:
		return host_ip4_rcv(p);
	case ETH_P_IPV6:
		return host_ip6_rcv(p);
	case ETH_P_ARP:
		return host_arp_rcv(p);
	}
	pkt_free(p);
	return FATE_ERROR;
}

/* Behind the hooks that see tags: id 0 means none; another id has no device here. False: the frame goes no further. */
static bool drop_tag(struct pkt *p)
{
	while (p->v.has_vlan) {
		if (p->v.vlan_tci & 0xfff) {
			p->v.pkttype = PACKET_OTHERHOST;
			return true;
		}
		p->v.has_vlan = false;
		if (is_vlan(p->v.protocol) && !untag(p))
			return false;
	}
	return true;
}

static enum fate end(struct pkt *p, enum fate f)
{
	pkt_free(p);
	return f;
}

enum fate host_rx_untagged(struct pkt *p)
{
	if (!drop_tag(p) || p->v.pkttype == PACKET_OTHERHOST)
		return end(p, FATE_ERROR);
	return host_rx_up(p);
}

/* An own packet that came back without a link-layer header. */
static enum fate rx_looped(struct pkt *p)
{
	enum fate f = host_hook_netdev(p, NF_NETDEV_INGRESS, p->v.iif);

	return f == FATE_NONE ? host_rx_up(p) : end(p, f);
}

enum fate host_rx(struct pkt *p)
{
	const struct host_dev *d = host_dev(pkt_host(p), p->v.iif);
	enum fate f;

	if (p->looped)
		return rx_looped(p);
	if (!d || p->v.len < ETH_HLEN)
		return end(p, FATE_ERROR);
	p->v.pkttype = packet_type(p->v.data, d);
	p->v.protocol = frame_protocol(p->v.data, p->v.len);
	p->v.l3 = p->v.l4 = ETH_HLEN;
	p->v.has_l2 = d->type == ARPHRD_ETHER || d->type == ARPHRD_LOOPBACK;
	if (is_vlan(p->v.protocol) && !untag(p))
		return end(p, FATE_ERROR);
	f = host_hook_netdev(p, NF_NETDEV_INGRESS, d->index);
	if (f != FATE_NONE)
		return end(p, f);
	if (d->master)
		return host_bridge_rcv(p);
	return host_rx_untagged(p);
}

enum fate host_rx_local(struct pkt *p)
{
	struct vm_worker *w = p->v.w;
	uint8_t *frame = pkt_l3(p) - ETH_HLEN;
	struct nfvm_out o = { .in = p->v.in, .dev = NFVM_DEV_LOCAL, .data = frame, .len = pkt_l3_len(p) + ETH_HLEN };

	memset(frame, 0, 12);
	memcpy(frame + 12, &p->v.protocol, 2);
	if (w->sink.out)
		w->sink.out(w->sink.ctx, &o);
	pkt_free(p);
	return FATE_SENT;
}
