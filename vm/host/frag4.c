/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 fragments put together (ip_defrag): for connection tracking in prerouting and output, and for the host itself in front of input.
 *
 * A datagram of which any fragment had the "don't fragment" bit and was the largest leaves in fragments with that bit, no larger.
 */
#include "vm/host/frag.h"

enum { IP_DF = 0x4000, IP_MF = 0x2000, IP_OFFSET = 0x1fff };

static struct frag_queue *queue_of(struct pkt *p, const uint8_t *ip, unsigned user)
{
	struct frag_key k = { .family = AF_INET, .proto = ip[9], .user = (uint8_t)user, .id = be16_load(ip + 4) };

	memcpy(k.src, ip + 12, 4);
	memcpy(k.dst, ip + 16, 4);
	return frag_find(p, &k, FRAG_LIFE_4_S);
}

/* ip_frag_queue: false where the datagram is spoilt. */
static bool add(struct frag_queue *q, struct pkt *p, const uint8_t *ip)
{
	uint32_t hlen = (ip[0] & 15) * 4u, size = pkt_l3_len(p);
	uint16_t word = be16_load(ip + 6);
	uint32_t from = (word & IP_OFFSET) * 8u, to = from + size - hlen;

	if (word & IP_MF) {
		to &= ~7u;
		if (to > q->len) {
			if (q->last_in)
				return false;
			q->len = to;
		}
	} else {
		if (to < q->len || (q->last_in && to != q->len))
			return false;
		q->last_in = true;
		q->len = to;
	}
	if (to == from)
		return false;
	switch (frag_insert(q, ip + hlen, from, to - from)) {
	case FRAG_DUPLICATE:
		return true;
	case FRAG_OVERLAP:
		return false;
	case FRAG_OK:
		break;
	}
	q->ecn |= (uint8_t)(1 << (ip[1] & 3));
	size = hlen + to - from;
	q->max_size = size > q->max_size ? size : q->max_size;
	if ((word & IP_DF) && size > q->max_df_size)
		q->max_df_size = size;
	if (!from)
		frag_set_head(q, p, p->v.l3 + hlen);
	return true;
}

/* ip_frag_reasm */
static bool reassemble(struct frag_queue *q, struct pkt *p)
{
	uint32_t max_size = q->max_size, max_df_size = q->max_df_size, total = q->head_len - q->head.v.l3 + q->len;
	int ecn = frag_ecn(q->ecn);
	uint16_t check;
	uint8_t *ip;

	if (ecn < 0 || total > UINT16_MAX)
		return false;
	frag_finish(q, p);
	ip = pkt_l3(p);
	p->frag_pmtu = max_df_size == max_size;
	p->frag_max = max_size;
	be16_store(ip + 2, (uint16_t)total);
	be16_store(ip + 6, p->frag_pmtu ? IP_DF : 0);
	ip[1] |= (uint8_t)ecn;
	memset(ip + 10, 0, 2);
	check = csum_fold(csum_add(ip, (ip[0] & 15) * 4u, 0));
	memcpy(ip + 10, &check, 2);
	return true;
}

enum fate frag4_gather(struct pkt *p, unsigned user)
{
	const uint8_t *ip = pkt_l3(p);
	struct frag_queue *q;

	if (!(be16_load(ip + 6) & (IP_MF | IP_OFFSET)))
		return FATE_NONE;
	if (user != FRAG_LOCAL && (p->v.ct ? !ct_is_template(p->v.ct) : p->v.ctinfo == IP_CT_UNTRACKED))
		return FATE_NONE;
	q = queue_of(p, ip, user);
	if (!add(q, p, ip)) {
		frag_kill(q);
		return FATE_DROPPED;
	}
	if (!frag_whole(q))
		return FATE_STOLEN;
	if (!reassemble(q, p)) {
		frag_kill(q);
		return FATE_DROPPED;
	}
	p->ignore_df = user != FRAG_LOCAL;
	return FATE_NONE;
}
