/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP and UDP-Lite: a conversation that was answered and still goes on after two seconds is a stream, lives longer, and is assured.
 * Reference: net/netfilter/nf_conntrack_proto_udp.c.
 */
#include "vm/ct/proto.h"

#include "vm/host/csum.h"

enum { UDP_HDR = 8 };

/* udp_error */
static bool sound(struct ct_pkt *p)
{
	uint32_t len;

	if (p->len < UDP_HDR)
		return false;
	len = be16_load(p->l4 + 4);
	if (len > p->len || len < UDP_HDR)
		return false;
	return (!p->l4[6] && !p->l4[7]) || !p->verify || ct_checksum_ok(p, IPPROTO_UDP);
}

static enum ct_action packet(struct ct_pkt *p, struct ct_entry *ct)
{
	const uint64_t *t = ct_times(p->t, ct, &p->t->sysctl.udp);
	uint32_t status = ct_status(ct);
	uint64_t timeout = t[0];
	bool stream = false;

	if (!sound(p))
		return CT_INVALID;
	if (!(status & IPS_CONFIRMED))
		ct->proto.udp.stream_ns = p->now_ns + UINT64_C(2000000000);
	if ((status & IPS_SEEN_REPLY) && p->now_ns > ct->proto.udp.stream_ns) {
		timeout = t[1];
		stream = !(status & IPS_ASSURED);
	}
	ct_refresh(p, ct, timeout);
	if (stream)
		ct_set_status(ct, IPS_ASSURED);
	return CT_OK;
}

/*
 * udplite_error: the checksum must be there, and covers the first so many bytes. The kernel sums a pseudo-header with UDP's number
 * instead of UDP-Lite's, and so takes packets that are right for invalid; we do as it does.
 */
static bool lite_sound(struct ct_pkt *p)
{
	const uint8_t *ip = p->v->data + p->v->l3;
	bool six = ip[0] >> 4 == 6;
	uint32_t cover, sum;

	if (p->len < UDP_HDR)
		return false;
	cover = be16_load(p->l4 + 4);
	cover = cover ? cover : p->len;
	if (cover < UDP_HDR || cover > p->len || (!p->l4[6] && !p->l4[7]))
		return false;
	if (!p->verify)
		return true;
	sum = csum_pseudo(ip + (six ? 8 : 12), ip + (six ? 24 : 16), six ? 16 : 4, p->len, IPPROTO_UDP);
	return !csum_fold(csum_add(p->l4, cover, sum));
}

static enum ct_action lite_packet(struct ct_pkt *p, struct ct_entry *ct)
{
	const uint64_t *t = ct_times(p->t, ct, &p->t->sysctl.udp);

	if (!lite_sound(p))
		return CT_INVALID;
	if (!(ct_status(ct) & IPS_SEEN_REPLY)) {
		ct_refresh(p, ct, t[0]);
		return CT_OK;
	}
	ct_refresh(p, ct, t[1]);
	ct_set_status(ct, IPS_ASSURED);
	return CT_OK;
}

const struct ct_l4proto ct_udp = { .proto = IPPROTO_UDP, .name = "udp", .tuple = ct_ports, .packet = packet, .allow_clash = true };
const struct ct_l4proto ct_udplite = {
	.proto = IPPROTO_UDPLITE, .name = "udplite", .tuple = ct_ports, .packet = lite_packet, .allow_clash = true
};
