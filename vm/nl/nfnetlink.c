/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nfnetlink: bytes of one send → messages → handlers (net/netfilter/nfnetlink.c, netlink_rcv_skb()).
 *
 * A batch, BEGIN … END of one subsystem, is all or nothing. Its messages are handled in order, each error is noted and the next one
 * handled; without an error and with its END it is committed, else rolled back. Acknowledgements and errors are sent when all is
 * done. A commit that answers -EAGAIN (a rule fails the check of the whole ruleset) is rolled back and the batch played again, with
 * checks after each message. Control thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>

#include "vm/engine.h"
#include "vm/nl/socket.h"
#include "vm/nl/subsys.h"

#define NFNL_HDRLEN (NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg)))

/* Messages of one send that are still to be read. */
struct rest {
	const uint8_t *p;
	size_t len;
};

static const struct nlmsghdr *rest_head(const struct rest *r)
{
	return (const struct nlmsghdr *)(const void *)r->p;
}

static bool rest_ok(const struct rest *r)
{
	return r->len >= NLMSG_HDRLEN && rest_head(r)->nlmsg_len >= NLMSG_HDRLEN && rest_head(r)->nlmsg_len <= r->len;
}

static void rest_next(struct rest *r)
{
	size_t n = NLMSG_ALIGN(rest_head(r)->nlmsg_len);

	if (n > r->len)
		n = r->len;
	r->p += n;
	r->len -= n;
}

static const struct nl_subsys *subsys_find(uint8_t id)
{
	for (size_t i = 0; nl_subsystems[i]; i++)
		if (nl_subsystems[i]->id == id)
			return nl_subsystems[i];
	return NULL;
}

/* ---- one message ---- */

enum { ATTRS_MAX = 32 };

/* The message but for its list, whose fault the error is. */
static int call_early(struct nl_req *q, const struct nl_call *c, int err)
{
	struct bc_attr attrs[ATTRS_MAX];
	struct bc_desc d = *c->desc;
	struct bc_err late = *q->err, none = { 0 };
	void *body = arena_alloc(q->arena, d.size);
	int before;

	d.n = 0;
	d.attrs = attrs;
	for (unsigned i = 0; i < c->desc->n && i < ATTRS_MAX; i++)
		if (c->desc->attrs[i].type != c->list)
			attrs[d.n++] = c->desc->attrs[i];
	*q->err = none;
	before = bc_decode(&d, q->attrs, q->attrs_len, body, q->arena, BC_REQUEST, q->err);
	q->body = body;
	if (!before)
		before = c->early(q);
	if (before) {
		if (!q->err->msg)
			q->err->msg = late.msg;
		return before;
	}
	*q->err = late;
	return err;
}

/* Decodes the message's body and calls its handler. */
static int call_one(struct vm_engine *e, struct nfvm_socket *s, const struct nlmsghdr *nlh, uint8_t kind, struct bc_err *x)
{
	const struct nl_subsys *ss = subsys_find(NFNL_SUBSYS_ID(nlh->nlmsg_type));
	uint8_t msg = NFNL_MSG_TYPE(nlh->nlmsg_type);
	const struct nfgenmsg *g = NLMSG_DATA(nlh);
	const struct nl_call *c;
	struct nl_req q = {
		.e = e,
		.sock = s,
		.nlh = nlh,
		.msg = msg,
		.family = g->nfgen_family,
		.arena = e->nl->arena,
		.err = x,
		.attrs = (const char *)nlh + NFNL_HDRLEN,
		.attrs_len = nlh->nlmsg_len - NFNL_HDRLEN,
	};
	const char *said = NULL;
	void *body = NULL;
	int err;

	if (!ss || msg >= ss->n_calls || !ss->calls[msg].kind || (kind == NL_BATCH && ss->calls[msg].kind != kind))
		return -EINVAL;
	c = &ss->calls[msg];
	arena_reset(q.arena);
	if (c->desc) {
		body = arena_alloc(q.arena, c->desc->size);
		err = bc_decode(c->desc, q.attrs, q.attrs_len, body, q.arena, BC_REQUEST, x);
		if (err)
			return c->early && x->inside && c->kind == kind ? call_early(&q, c, err) : err;
		said = x->msg;
	}
	if (c->kind != kind)
		return -EINVAL;
	q.body = body;
	err = c->call(&q);
	if (!x->msg)
		x->msg = said;
	return err;
}

static void receive_plain(struct vm_engine *e, struct nfvm_socket *s, struct rest r)
{
	for (; rest_ok(&r); rest_next(&r)) {
		const struct nlmsghdr *nlh = rest_head(&r);
		struct bc_err x = { 0 };
		int err = 0;

		if ((nlh->nlmsg_flags & NLM_F_REQUEST) && nlh->nlmsg_type >= NLMSG_MIN_TYPE && nlh->nlmsg_len >= NFNL_HDRLEN)
			err = call_one(e, s, nlh, NL_PLAIN, &x);
		if (err == -EINTR)
			continue;
		if (err || (nlh->nlmsg_flags & NLM_F_ACK))
			nl_ack(s, nlh, err, &x);
	}
}

/* ---- batches ---- */

/* What is to be told of a batch's messages when it has ended. */
struct report {
	const struct nlmsghdr *nlh;
	int err;
	struct bc_err x;
};

struct batch {
	struct vm_engine *e;
	struct nfvm_socket *s;
	const struct nl_subsys *ss;
	const struct nlmsghdr *begin;
	struct rest body; /* behind BEGIN */
	uint32_t genid;
	struct report *reports;
	size_t n, cap;
	bool done, failed, replay;
	const struct nlmsghdr *last; /* END, where done */
};

static int report_add(struct batch *b, const struct nlmsghdr *nlh, int err, const struct bc_err *x)
{
	if (b->n == b->cap) {
		size_t cap = b->cap ? 2 * b->cap : 16;
		struct report *p = realloc(b->reports, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		b->reports = p;
		b->cap = cap;
	}
	b->reports[b->n++] = (struct report){ .nlh = nlh, .err = err, .x = x ? *x : (struct bc_err){ 0 } };
	return 0;
}

static int batch_message(struct batch *b, const struct nlmsghdr *nlh, struct bc_err *x)
{
	if (!(nlh->nlmsg_flags & NLM_F_REQUEST) || nlh->nlmsg_type < NLMSG_MIN_TYPE || NFNL_SUBSYS_ID(nlh->nlmsg_type) != b->ss->id)
		return -EINVAL;
	return call_one(b->e, b->s, nlh, NL_BATCH, x);
}

/* Handles messages until END, the end of bytes, or what cannot be read. */
static void batch_play(struct batch *b)
{
	struct rest r = b->body;

	for (; r.len >= NLMSG_HDRLEN; rest_next(&r)) {
		const struct nlmsghdr *nlh = rest_head(&r);
		struct bc_err x = { 0 };
		int err;

		if (!rest_ok(&r) || nlh->nlmsg_len < NFNL_HDRLEN) {
			b->n = 0;
			b->failed = true;
			return;
		}
		if ((nlh->nlmsg_flags & NLM_F_REQUEST) && nlh->nlmsg_type == NFNL_MSG_BATCH_BEGIN) {
			b->n = 0;
			b->failed = true;
			return;
		}
		if ((nlh->nlmsg_flags & NLM_F_REQUEST) && nlh->nlmsg_type == NFNL_MSG_BATCH_END) {
			b->done = true;
			b->last = nlh;
			return;
		}
		err = batch_message(b, nlh, &x);
		if (!err && !(nlh->nlmsg_flags & NLM_F_ACK))
			continue;
		if (err == -ENOMEM || report_add(b, nlh, err, &x)) {
			b->n = 0;
			b->failed = true;
			nl_ack(b->s, rest_head(&b->body), -ENOMEM, NULL);
			return;
		}
		b->failed |= err != 0;
	}
}

/* -EAGAIN: everything is as before, and the batch is to be played again. */
static int batch_end(struct batch *b)
{
	const struct nlmsghdr *first = rest_head(&b->body);
	int err;

	if (!b->done || b->failed)
		return b->ss->abort(b->e, b->s, b->failed ? NL_ABORT_FAILED : NL_ABORT_VALIDATE);
	err = b->ss->commit(b->e, b->s, first);
	if (err) {
		b->ss->abort(b->e, b->s, NL_ABORT_FAILED);
		if (err == -EAGAIN)
			return err;
		nl_ack(b->s, first, err, NULL);
	} else if (b->last->nlmsg_flags & NLM_F_ACK) {
		report_add(b, b->last, 0, NULL);
	}
	return 0;
}

static int batch_once(struct batch *b)
{
	int err;

	b->n = 0;
	b->done = b->failed = false;
	err = b->ss->begin(b->e, b->s, b->genid, b->replay);
	if (err) {
		nl_ack(b->s, b->begin, err, NULL);
		return 0;
	}
	if (b->begin->nlmsg_flags & NLM_F_ACK)
		report_add(b, b->begin, 0, NULL);
	batch_play(b);
	return batch_end(b);
}

static void batch_run(struct batch *b)
{
	if (batch_once(b) == -EAGAIN) {
		b->replay = true;
		batch_once(b);
	}
	for (size_t i = 0; i < b->n; i++)
		nl_ack(b->s, b->reports[i].nlh, b->reports[i].err, &b->reports[i].x);
	free(b->reports);
}

/* NFNL_BATCH_GENID among the attributes of BEGIN; 0: none. */
static int batch_genid(const struct nlmsghdr *nlh, uint32_t *genid)
{
	const struct nlattr *a;

	if (nlh->nlmsg_len < NFNL_HDRLEN)
		return 0;
	a = bc_find((const char *)nlh + NFNL_HDRLEN, nlh->nlmsg_len - NFNL_HDRLEN, NFNL_BATCH_GENID);
	if (!a)
		return 0;
	if (mnl_attr_get_payload_len(a) < sizeof(uint32_t))
		return -ERANGE;
	*genid = be32_load(mnl_attr_get_payload(a));
	return 0;
}

static void receive_batch(struct vm_engine *e, struct nfvm_socket *s, struct rest r)
{
	const struct nlmsghdr *nlh = rest_head(&r);
	struct batch b = { .e = e, .s = s, .begin = nlh };
	const struct nfgenmsg *g = NLMSG_DATA(nlh);
	uint16_t res_id;
	int err;

	if (r.len < NFNL_HDRLEN)
		return;
	err = batch_genid(nlh, &b.genid);
	if (err) {
		nl_ack(s, nlh, err, NULL);
		return;
	}
	/* old nft sent the subsystem in host order */
	res_id = g->res_id == NFNL_SUBSYS_NFTABLES ? NFNL_SUBSYS_NFTABLES : be16_load(&g->res_id);
	b.ss = res_id < 256 ? subsys_find(res_id) : NULL;
	if (!b.ss || !b.ss->commit) {
		nl_ack(s, nlh, res_id >= NFNL_SUBSYS_COUNT ? -EINVAL : -EOPNOTSUPP, NULL);
		return;
	}
	rest_next(&r);
	b.body = r;
	batch_run(&b);
}

void nl_receive(struct vm_engine *e, struct nfvm_socket *s, const void *bytes, size_t len)
{
	struct rest r = { bytes, len };

	if (!rest_ok(&r))
		return;
	if (rest_head(&r)->nlmsg_type == NFNL_MSG_BATCH_BEGIN)
		receive_batch(e, s, r);
	else
		receive_plain(e, s, r);
}

int nfvm_socket_send(struct nfvm_socket *s, const void *bytes, size_t len)
{
	void *copy = NULL;

	if ((uintptr_t)bytes & (NLMSG_ALIGNTO - 1)) {
		copy = malloc(len ? len : 1);
		if (!copy)
			return -ENOBUFS;
		bytes = memcpy(copy, bytes, len);
	}
	nl_receive(s->e, s, bytes, len);
	free(copy);
	return 0;
}
