/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bridges (br_input.c, br_forward.c): a frame from a port goes through the bridge family's hooks to the port behind which its
 * destination is known, to all others where it is not, or up to the host. Stations are learnt as frames come.
 *
 * What is known of stations lies in one table of words {MAC address 48, port 16} for each bridge, shared by all workers: a store changes one
 * word, so that a reader sees a port before or after, never half. Stations do not age.
 */
#include "vm/host/bridge.h"

#include "vm/host/pkt.h"

enum { BRIDGE_HDR_ROOM = 18 }; /* link-layer header with a tag, beyond the MTU */
enum { NF_BR_PRE_ROUTING, NF_BR_LOCAL_IN, NF_BR_FORWARD, NF_BR_LOCAL_OUT, NF_BR_POST_ROUTING }; /* linux/netfilter_bridge.h */

/* ---- stations ---- */

static uint64_t mac_word(const uint8_t *mac)
{
	return (uint64_t)be32_load(mac) << 32 | (uint64_t)be16_load(mac + 4) << 16;
}

static uint32_t slot_of(uint64_t mac)
{
	return (uint32_t)((mac * 0x9e3779b97f4a7c15u) >> 40);
}

static struct host_bridge *bridge_of(const struct host *h, uint32_t dev)
{
	for (uint32_t i = 0; i < h->n_bridges; i++)
		if (h->bridges[i].dev == dev)
			return &h->bridges[i];
	return NULL;
}

/* The port behind which the station is; 0: not known. */
static uint32_t station(const struct host_bridge *b, const uint8_t *mac)
{
	uint64_t key = mac_word(mac);

	for (uint32_t i = slot_of(key), n = 0; n < BRIDGE_PROBES; i++, n++) {
		uint64_t w = atomic_load_explicit(&b->stations[i % BRIDGE_STATIONS], memory_order_relaxed);

		if (!w)
			return 0;
		if ((w & ~UINT64_C(0xffff)) == key)
			return b->ports[(w & 0xffff) - 1];
	}
	return 0;
}

void bridge_learn(struct host_bridge *b, const uint8_t *mac, uint32_t port)
{
	uint64_t key = mac_word(mac), word = 0;

	for (uint32_t i = 0; i < b->n_ports; i++)
		if (b->ports[i] == port)
			word = key | (i + 1);
	for (uint32_t i = slot_of(key), n = 0; n < BRIDGE_PROBES && word; i++, n++) {
		_Atomic uint64_t *at = &b->stations[i % BRIDGE_STATIONS];
		uint64_t w = atomic_load_explicit(at, memory_order_relaxed);

		if (w == word)
			return;
		if ((!w || (w & ~UINT64_C(0xffff)) == key) && atomic_compare_exchange_strong(at, &w, word))
			return;
	}
}

/* The bridge's own MAC address, or that of a port. */
static bool is_own(const struct host *h, const struct host_bridge *b, const uint8_t *mac)
{
	const struct host_dev *d = host_dev(h, b->dev);

	if (d && !memcmp(d->mac, mac, 6))
		return true;
	for (uint32_t i = 0; i < b->n_ports; i++) {
		d = host_dev(h, b->ports[i]);
		if (d && !memcmp(d->mac, mac, 6))
			return true;
	}
	return false;
}

/* ---- out by a port ---- */

static enum fate end(struct pkt *p, enum fate f)
{
	pkt_free(p);
	return f;
}

/* __br_forward, br_forward_finish, br_dev_queue_push_xmit; takes p. iif 0: the host's own frame. */
static enum fate out_by(struct pkt *p, uint32_t iif, uint32_t port)
{
	const struct host_dev *d = host_dev(pkt_host(p), port);
	enum fate f = host_hook(p, NFPROTO_BRIDGE, iif ? NF_BR_FORWARD : NF_BR_LOCAL_OUT, iif, port);

	if (f == FATE_NONE)
		f = host_hook(p, NFPROTO_BRIDGE, NF_BR_POST_ROUTING, 0, port);
	if (f != FATE_NONE || !d || p->v.len > d->mtu + BRIDGE_HDR_ROOM)
		return end(p, f == FATE_NONE ? FATE_DROPPED : f);
	return host_xmit_raw(p, port);
}

/* Copies leave by all ports but the one it came by; p stays. */
static enum fate flood(struct pkt *p, const struct host_bridge *b, uint32_t iif)
{
	enum fate all = FATE_DROPPED;

	for (uint32_t i = 0; i < b->n_ports; i++) {
		struct pkt *q;

		if (b->ports[i] == iif)
			continue;
		q = pkt_copy(p);
		if (q && out_by(q, iif, b->ports[i]) == FATE_SENT)
			all = FATE_SENT;
	}
	return all;
}

/* ---- up to the host ---- */

static bool is_vlan(be16 protocol)
{
	return protocol == __builtin_bswap16(ETH_P_8021Q) || protocol == __builtin_bswap16(ETH_P_8021AD);
}

/* br_pass_frame_up: as a frame of the bridge's device. A tag that is still there belongs to no device here. */
static enum fate pass_up(struct pkt *p, const struct host_bridge *b)
{
	enum fate f = host_hook(p, NFPROTO_BRIDGE, NF_BR_LOCAL_IN, p->v.iif, 0);

	if (f != FATE_NONE)
		return end(p, f);
	p->v.iif = b->dev;
	f = host_hook_netdev(p, NF_NETDEV_INGRESS, b->dev);
	if (f != FATE_NONE)
		return end(p, f);
	if (p->v.pkttype == PACKET_OTHERHOST || (p->v.has_vlan && (p->v.vlan_tci & 0xfff)) || is_vlan(p->v.protocol))
		return end(p, FATE_ERROR);
	p->v.has_vlan = false;
	return host_rx_up(p);
}

/* ---- in by a port ---- */

static bool is_reserved(const uint8_t *mac)
{
	static const uint8_t group[5] = { 0x01, 0x80, 0xc2, 0, 0 };

	return !memcmp(mac, group, 5) && !(mac[5] & 0xf0);
}

/* br_handle_frame_finish */
static enum fate switch_frame(struct pkt *p, struct host_bridge *b)
{
	const struct host *h = pkt_host(p);
	const uint8_t *dst = p->v.data;
	uint32_t iif = p->v.iif, to;
	enum fate f;

	bridge_learn(b, dst + 6, iif);
	if (dst[0] & 1) {
		f = flood(p, b, iif);
		return pass_up(p, b) == FATE_SENT ? FATE_SENT : f;
	}
	if (is_own(h, b, dst))
		return pass_up(p, b);
	to = station(b, dst);
	if (to == iif)
		return end(p, FATE_DROPPED);
	if (to)
		return out_by(p, iif, to);
	f = flood(p, b, iif);
	pkt_free(p);
	return f;
}

/* br_handle_frame */
enum fate host_bridge_rcv(struct pkt *p)
{
	const struct host *h = pkt_host(p);
	const struct host_dev *port = host_dev(h, p->v.iif), *d = host_dev(h, port->master);
	struct host_bridge *b = bridge_of(h, port->master);
	const uint8_t *dst = p->v.data, *src = dst + 6;
	enum fate f;

	if (!b || !d || (src[0] & 1) || (!be32_load(src) && !be16_load(src + 4)))
		return end(p, FATE_ERROR);
	if (is_reserved(dst) && dst[5]) {
		if (dst[5] == 1) /* pause */
			return end(p, FATE_ERROR);
		f = dst[5] == 0xe ? FATE_NONE /* LLDP */ : host_hook(p, NFPROTO_BRIDGE, NF_BR_LOCAL_IN, p->v.iif, 0);
		if (f != FATE_NONE)
			return end(p, f);
		bridge_learn(b, src, p->v.iif);
		return host_rx_untagged(p);
	}
	if (!memcmp(dst, d->mac, 6))
		p->v.pkttype = PACKET_HOST;
	f = host_hook(p, NFPROTO_BRIDGE, NF_BR_PRE_ROUTING, p->v.iif, 0);
	return f == FATE_NONE ? switch_frame(p, b) : end(p, f);
}

/* ---- the host's own frames (br_dev_xmit) ---- */

/* Where one to a MAC address of the bridge's own goes: out by the port that has it; the bridge itself takes none of its own. */
static enum fate xmit_own(struct pkt *p, const struct host *h, const struct host_bridge *b)
{
	const struct host_dev *d = host_dev(h, b->dev);

	if (d && !memcmp(d->mac, p->v.data, 6))
		return end(p, FATE_DROPPED);
	for (uint32_t i = 0; i < b->n_ports; i++) {
		d = host_dev(h, b->ports[i]);
		if (d && !memcmp(d->mac, p->v.data, 6))
			return out_by(p, 0, b->ports[i]);
	}
	return end(p, FATE_DROPPED);
}

enum fate host_bridge_xmit(struct pkt *p)
{
	struct host_bridge *b = bridge_of(pkt_host(p), p->v.oif);
	uint32_t to;
	enum fate f;

	if (!b)
		return end(p, FATE_DROPPED);
	if (is_own(pkt_host(p), b, p->v.data))
		return xmit_own(p, pkt_host(p), b);
	to = p->v.data[0] & 1 ? 0 : station(b, p->v.data);
	if (to)
		return out_by(p, 0, to);
	f = flood(p, b, 0);
	pkt_free(p);
	return f;
}

enum fate host_bridge_answer(struct pkt *p, uint32_t port)
{
	return out_by(p, 0, port);
}
