/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool of packets of a worker; see pkt.h. Memory is mapped once and touched as it is needed. */
#include "vm/host/pkt.h"

struct pkt *pkt_new(struct vm_worker *w)
{
	struct host_worker *h = w->host;
	struct pkt *p = h->spare;
	uint8_t *buf;

	if (!p) {
		h->lost++;
		return NULL;
	}
	h->spare = p->next;
	buf = p->buf;
	memset(p, 0, offsetof(struct pkt, piece));
	p->buf = buf;
	p->v.data = buf + PKT_HEADROOM;
	p->v.headroom = PKT_HEADROOM;
	p->v.tailroom = PKT_MAX;
	p->v.skuid = p->v.skgid = UINT32_MAX;
	p->v.time_ns = w->now_ns;
	p->v.in = w->in;
	p->v.w = w;
	return p;
}

void pkt_free(struct pkt *p)
{
	struct host_worker *h = p->v.w->host;

	if (p->v.ct)
		ct_release(&p->v);
	p->next = h->spare;
	h->spare = p;
}

struct pkt *pkt_copy(const struct pkt *p)
{
	struct pkt *q = pkt_new(p->v.w);
	uint8_t *buf;

	if (!q)
		return NULL;
	buf = q->buf;
	memcpy(q, p, offsetof(struct pkt, piece) + p->n_pieces * sizeof(p->piece[0]));
	q->buf = buf;
	q->next = NULL;
	q->v.data = buf + (p->v.data - p->buf);
	q->v.route = p->routed ? &q->rt : NULL;
	memcpy(q->v.data, p->v.data, p->v.len);
	if (q->v.ct)
		ct_share(&q->v);
	return q;
}

struct pkt *pkt_own(struct vm_worker *w, uint32_t l3_len)
{
	struct pkt *p = pkt_new(w);

	if (!p)
		return NULL;
	p->own = true;
	p->v.len = l3_len;
	p->v.tailroom -= l3_len;
	memset(p->v.data, 0, l3_len);
	return p;
}

void pkt_inherit(struct pkt *q, const struct pkt *p)
{
	q->v.pkttype = p->v.pkttype;
	q->v.protocol = p->v.protocol;
	q->v.iif = p->v.iif;
	q->v.oif = p->v.oif;
	q->v.mark = p->v.mark;
	q->v.priority = p->v.priority;
	q->v.secmark = p->v.secmark;
	q->v.hash = p->v.hash;
	q->v.nftrace = p->v.nftrace;
	q->v.in = p->v.in;
	q->v.ct = p->v.ct;
	q->v.ctinfo = p->v.ctinfo;
	if (q->v.ct)
		ct_share(&q->v);
	q->own = p->own;
	pkt_set_route(q, &p->rt);
}
