/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests with an answer. See query.h. */
#include "src/client/query.h"

#include <errno.h>
#include <libmnl/libmnl.h>

#include "bytecode/msg.h"

static uint32_t next_seq = 1;

struct answer {
	const struct query *q;
	uint32_t seq;
	bool done, interrupted;
	int err;
};

static int error_of(const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

	return mnl_nlmsg_get_payload_len(h) < sizeof(e->error) ? -EBADMSG : e->error;
}

static int take_object(struct answer *an, const struct nlmsghdr *h)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(h);
	uint16_t type = h->nlmsg_type & 0xff;
	bool passing = an->q->passing;
	const struct bc_desc *d = bc_msg_desc(type);
	struct bc_err err;
	void *s;
	int ret;

	if (!d || mnl_nlmsg_get_payload_len(h) < sizeof(*nfg))
		return -EBADMSG;
	if (an->q->raw)
		return an->q->raw(an->q->ctx, h);
	s = arena_alloc(an->q->a, d->size);
	ret = bc_decode(d, nfg + 1, mnl_nlmsg_get_payload_len(h) - sizeof(*nfg), s, an->q->a, passing ? 0 : BC_COPY, &err);
	if (!ret)
		ret = an->q->fn(an->q->ctx, type, nfg->nfgen_family, s);
	if (passing)
		arena_reset(an->q->a);
	return ret;
}

static void take(struct answer *an, const struct nlmsghdr *h)
{
	int err = 0;

	if (h->nlmsg_seq != an->seq)
		return;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		an->interrupted = true;
	switch (h->nlmsg_type) {
	case NLMSG_NOOP:
		return;
	case NLMSG_ERROR:
		an->done = true;
		err = error_of(h);
		break;
	case NLMSG_DONE:
		an->done = true;
		if (mnl_nlmsg_get_payload_len(h) >= sizeof(int))
			err = *(const int *)mnl_nlmsg_get_payload(h);
		break;
	default:
		err = take_object(an, h);
		if (!(an->q->flags & (NLM_F_DUMP | NLM_F_ACK)))
			an->done = true;
	}
	if (err && !an->err)
		an->err = err;
}

static int receive(struct answer *an)
{
	const void *bytes;
	ssize_t n;
	int left;

	while (!an->done) {
		n = an->q->t->recv(an->q->t, &bytes, true);
		if (n < 0)
			return (int)n;
		left = (int)n;
		for (const struct nlmsghdr *h = bytes; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left))
			take(an, h);
	}
	return an->interrupted ? -EINTR : an->err;
}

int query_run(const struct query *q)
{
	buf_auto req = { 0 };
	struct answer an = { .q = q, .seq = ++next_seq };
	int err;

	bc_msg(&req, NFNL_SUBSYS_NFTABLES, q->type, q->family, NLM_F_REQUEST | q->flags, an.seq, q->t->port, 0,
	       q->filter ? bc_msg_desc(q->type) : NULL, q->filter);
	err = q->t->send(q->t, req.p, req.len);
	return err ? err : receive(&an);
}

static int take_gen(void *ctx, uint16_t type, uint8_t family, void *s)
{
	*(uint32_t *)ctx = ((struct bc_gen *)s)->id;
	return 0;
}

int query_gen(struct transport *t, uint32_t *id)
{
	struct arena *a = arena_new();
	struct query q = { .t = t, .a = a, .type = NFT_MSG_GETGEN, .fn = take_gen, .ctx = id };
	int err = query_run(&q);

	arena_free(&a);
	return err;
}
