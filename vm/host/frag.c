/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams being put together; see frag.h. Worker's thread. */
#include "vm/host/frag.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { QUEUE_BYTES = FRAG_HEAD + FRAG_MAX };

int frags_new(struct vm_worker *w)
{
	struct frags *f = calloc(1, sizeof(*f));
	void *mem;

	if (!f)
		return -ENOMEM;
	mem = mmap(NULL, (size_t)FRAG_QUEUES * QUEUE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mem == MAP_FAILED) {
		free(f);
		return -ENOMEM;
	}
	f->mem = mem;
	for (unsigned i = 0; i < FRAG_QUEUES; i++)
		f->queue[i].bytes = f->mem + (size_t)i * QUEUE_BYTES;
	w->host->frags = f;
	return 0;
}

void frags_free(struct vm_worker *w)
{
	struct frags *f = w->host->frags;

	if (!f)
		return;
	munmap(f->mem, (size_t)FRAG_QUEUES * QUEUE_BYTES);
	free(f);
	w->host->frags = NULL;
}

struct frag_queue *frag_find(struct pkt *p, const struct frag_key *key, unsigned life_s)
{
	struct frags *f = p->v.w->host->frags;
	struct frag_queue *take = &f->queue[0];
	uint64_t now = p->v.w->now_ns;
	uint8_t *bytes;

	for (unsigned i = 0; i < FRAG_QUEUES; i++) {
		struct frag_queue *q = &f->queue[i];

		if (q->used && q->until_ns <= now)
			q->used = false;
		if (q->used && !memcmp(&q->key, key, sizeof(*key)))
			return q;
		if (take->used && (!q->used || q->until_ns < take->until_ns))
			take = q;
	}
	bytes = take->bytes;
	memset(take, 0, offsetof(struct frag_queue, piece));
	take->bytes = bytes;
	take->used = true;
	take->key = *key;
	take->until_ns = now + life_s * UINT64_C(1000000000);
	return take;
}

/* End of the run that begins with piece i. */
static uint32_t run_end(const struct frag_queue *q, unsigned i)
{
	while (i + 1 < q->n && q->piece[i + 1].joined)
		i++;
	return q->piece[i].to;
}

/* Where a piece that does not come last belongs. Inside of a run it is a duplicate; half inside an overlap, which ends the datagram (RFC 5722). */
static enum frag_insert place_of(const struct frag_queue *q, uint32_t from, uint32_t to, unsigned *at)
{
	*at = 0;
	for (unsigned i = 0; i < q->n; i++) {
		uint32_t begin = q->piece[i].from, end;

		if (q->piece[i].joined)
			continue;
		end = run_end(q, i);
		if (from < end && to > begin)
			return from >= begin && to <= end ? FRAG_DUPLICATE : FRAG_OVERLAP;
	}
	while (*at < q->n && q->piece[*at].from < from)
		(*at)++;
	return FRAG_OK;
}

/* inet_frag_queue_insert */
enum frag_insert frag_insert(struct frag_queue *q, const uint8_t *data, uint32_t from, uint32_t len)
{
	struct frag_piece piece = { from, from + len, false };
	unsigned at = q->n;
	enum frag_insert r;

	if (piece.to > FRAG_MAX || q->n == ARRAY_SIZE(q->piece))
		return FRAG_OVERLAP;
	if (q->n && q->piece[q->n - 1].to < piece.to) {
		if (from < q->piece[q->n - 1].to)
			return FRAG_OVERLAP;
		piece.joined = from == q->piece[q->n - 1].to;
	} else if (q->n) {
		r = place_of(q, from, piece.to, &at);
		if (r != FRAG_OK)
			return r;
	}
	memmove(&q->piece[at + 1], &q->piece[at], (q->n - at) * sizeof(q->piece[0]));
	q->piece[at] = piece;
	q->n++;
	q->have += len;
	memcpy(q->bytes + FRAG_HEAD + from, data, len);
	return FRAG_OK;
}

void frag_set_head(struct frag_queue *q, const struct pkt *p, uint32_t head_len)
{
	memcpy(&q->head, p, offsetof(struct pkt, piece));
	q->head_len = head_len < FRAG_HEAD ? head_len : FRAG_HEAD;
	memcpy(q->bytes, p->v.data, q->head_len);
	q->first_in = true;
}

void frag_finish(struct frag_queue *q, struct pkt *p)
{
	uint8_t *buf = p->buf;
	uint8_t pf = p->v.pf, hook = p->v.hook;
	uint32_t in = p->v.in;
	struct pkt *next = p->next;
	struct ct_entry *ct = p->v.ct; /* a template at most */
	uint8_t ctinfo = p->v.ctinfo;

	memcpy(p, &q->head, offsetof(struct pkt, piece));
	p->v.ct = ct;
	p->v.ctinfo = ctinfo;
	p->buf = buf;
	p->next = next;
	p->v.in = in;
	p->v.pf = pf;
	p->v.hook = hook;
	p->v.time_ns = p->v.w->now_ns;
	p->v.data = buf + PKT_HEADROOM;
	p->v.route = p->routed ? &p->rt : NULL;
	p->v.headroom = PKT_HEADROOM;
	p->v.len = q->head_len + q->len;
	p->v.tailroom = PKT_MAX - p->v.len;
	memcpy(p->v.data, q->bytes, q->head_len);
	memcpy(p->v.data + q->head_len, q->bytes + FRAG_HEAD, q->len);
	p->n_pieces = 0;
	if (q->n <= PKT_PIECES) {
		p->n_pieces = (uint16_t)q->n;
		for (unsigned i = 0; i < q->n; i++)
			p->piece[i] = (uint16_t)(q->piece[i].to - q->piece[i].from);
	}
	q->used = false;
}

int frag_ecn(uint8_t seen)
{
	enum { NOT_ECT = 1 << 0, CE = 1 << 3 };

	if ((seen & NOT_ECT) && seen != NOT_ECT)
		return -1;
	return (seen & CE) && seen != CE ? 3 : 0;
}
