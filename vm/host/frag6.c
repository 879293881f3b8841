/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 fragments put together for connection tracking (nf_conntrack_reasm.c): the fragment header goes, and comes back on the way out. */
#include "vm/host/frag.h"

enum { FRAG_HDR = 8, MF = 1 };

/* find_prev_fhdr: offsets from the network header of the fragment header, and of the byte that names it. False: it is no fragment. */
static bool find_header(struct pkt *p, uint32_t *at, uint32_t *name)
{
	const uint8_t *ip = pkt_l3(p);
	uint32_t len = pkt_l3_len(p);

	*name = 6;
	for (*at = IP6_HDR; ip[*name] != IPPROTO_FRAGMENT;) {
		uint8_t proto = ip[*name];

		if (proto != IPPROTO_HOPOPTS && proto != IPPROTO_ROUTING && proto != IPPROTO_DSTOPTS && proto != IPPROTO_AH)
			return false;
		if (*at + 8 > len)
			return false;
		*name = *at;
		*at += proto == IPPROTO_AH ? (ip[*at + 1] + 2u) * 4 : (ip[*at + 1] + 1u) * 8;
	}
	return *at + FRAG_HDR <= len;
}

/* A first fragment without its whole transport header stays what it is (RFC 8200 §4.5, ipv6frag_thdr_truncated). */
static bool is_truncated(struct pkt *p, uint32_t at)
{
	uint8_t proto = IPPROTO_FRAGMENT;
	uint16_t fragoff;
	int l4 = ext6_skip(p, p->v.l3 + at, &proto, &fragoff);
	uint32_t need = 1;

	if (l4 < 0 || (fragoff & ~7))
		return false;
	if (proto == IPPROTO_TCP)
		need = 20;
	else if (proto == IPPROTO_UDP || proto == IPPROTO_ICMPV6)
		need = 8;
	return (uint32_t)l4 + need > p->v.len;
}

static struct frag_queue *queue_of(struct pkt *p, const uint8_t *ip, const uint8_t *frag, unsigned user)
{
	struct frag_key k = { .family = AF_INET6, .user = (uint8_t)user, .id = be32_load(frag + 4) };

	memcpy(k.src, ip + 8, 16);
	memcpy(k.dst, ip + 24, 16);
	if ((ip[24] == 0xff || (ip[24] == 0xfe && (ip[25] & 0xc0) == 0x80)))
		k.dev = p->v.iif;
	return frag_find(p, &k, FRAG_LIFE_6_S);
}

/* nf_ct_frag6_queue. FATE_NONE: it was not for us after all. */
static enum fate add(struct frag_queue *q, struct pkt *p, uint32_t at, uint32_t name)
{
	const uint8_t *ip = pkt_l3(p), *frag = ip + at;
	uint32_t size = be16_load(ip + 4), from = be16_load(frag + 2) & ~7u, to = from + size - (at + FRAG_HDR - IP6_HDR);

	if (size < at + FRAG_HDR - IP6_HDR || to > UINT16_MAX)
		return FATE_DROPPED;
	if (!(frag[3] & MF)) {
		if (to < q->len || (q->last_in && to != q->len))
			return FATE_DROPPED;
		q->last_in = true;
		q->len = to;
	} else {
		if (to & 7) {
			frag_kill(q);
			return FATE_NONE;
		}
		if (to > q->len) {
			if (q->last_in)
				return FATE_DROPPED;
			q->len = to;
		}
	}
	if (to == from)
		return FATE_DROPPED;
	switch (frag_insert(q, frag + FRAG_HDR, from, to - from)) {
	case FRAG_DUPLICATE:
		return FATE_STOLEN;
	case FRAG_OVERLAP:
		frag_kill(q);
		return FATE_DROPPED;
	case FRAG_OK:
		break;
	}
	q->ecn |= (uint8_t)(1 << (ip[1] >> 4 & 3));
	q->max_size = size > q->max_size ? size : q->max_size;
	if (!from) {
		frag_set_head(q, p, p->v.l3 + at + FRAG_HDR);
		q->name = name;
	}
	return FATE_STOLEN;
}

/* nf_ct_frag6_reasm */
static bool reassemble(struct frag_queue *q, struct pkt *p)
{
	uint32_t headers = q->head_len - q->head.v.l3 - FRAG_HDR, name = q->name, max_size = q->max_size, payload;
	int ecn = frag_ecn(q->ecn);
	uint8_t *ip, next;

	payload = headers - IP6_HDR + q->len;
	if (ecn < 0 || payload > UINT16_MAX)
		return false;
	next = q->bytes[q->head_len - FRAG_HDR];
	q->head_len -= FRAG_HDR;
	frag_finish(q, p);
	ip = pkt_l3(p);
	ip[name] = next;
	ip[1] |= (uint8_t)(ecn << 4);
	be16_store(ip + 4, (uint16_t)payload);
	p->frag_max = IP6_HDR + max_size;
	p->ignore_df = true;
	return true;
}

enum fate frag6_gather(struct pkt *p, unsigned user)
{
	const uint8_t *ip = pkt_l3(p);
	struct frag_queue *q;
	uint32_t at, name;
	enum fate f;

	if (p->v.ct ? !ct_is_template(p->v.ct) : p->v.ctinfo == IP_CT_UNTRACKED)
		return FATE_NONE;
	if (!be16_load(ip + 4) || !find_header(p, &at, &name) || is_truncated(p, at))
		return FATE_NONE;
	q = queue_of(p, ip, ip + at, user);
	f = add(q, p, at, name);
	if (f != FATE_STOLEN || !frag_whole(q))
		return f;
	if (reassemble(q, p))
		return FATE_NONE;
	frag_kill(q);
	return FATE_DROPPED;
}
