/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Batch out, answers in. The target answers within the send: errors (the message's header, and by extended acknowledgement the offset of the
 * attribute at fault) and echoes wait when it returns, so nothing is waited for: silence is success.
 */
#include "src/client/commit.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

#include "bytecode/msg.h"
#include "src/client/event.h"
#include "src/client/near.h"

/* The attributes of an extended acknowledgement lie behind the request's header (or behind the whole request, if not capped). */
static const struct nlattr *ack_attr(const struct nlmsghdr *h, const struct nlmsgerr *e, uint16_t type)
{
	size_t skip = sizeof(*e);
	const struct nlattr *at;

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - sizeof(struct nlmsghdr);
	if (skip > mnl_nlmsg_get_payload_len(h))
		return NULL;
	mnl_attr_for_each(at, h, skip)
		if (mnl_attr_get_type(at) == type)
			return at;
	return NULL;
}

static uint32_t attr_offset(const struct nlmsghdr *h, const struct nlmsgerr *e)
{
	const struct nlattr *at = ack_attr(h, e, NLMSGERR_ATTR_OFFS);

	return at && mnl_attr_get_payload_len(at) >= sizeof(uint32_t) ? mnl_attr_get_u32(at) : 0;
}

/* What a target refused: kept while its answers are read. */
struct refusal {
	struct refusal *next;
	uint32_t seq, off;
	int error;
	const char *why;      /* where the target says it for people; or NULL */
};

struct refusals {
	struct refusal *first, **last;
};

static void keep(const struct commit *c, const struct nlmsghdr *h, const struct nlmsgerr *e)
{
	const struct nlattr *at = c->t->explains ? ack_attr(h, e, NLMSGERR_ATTR_MSG) : NULL;
	struct refusal *r = arena_new_of(c->a, struct refusal);

	*r = (struct refusal){ .seq = h->nlmsg_seq, .off = attr_offset(h, e), .error = -e->error };
	if (at && !mnl_attr_validate(at, MNL_TYPE_NUL_STRING))
		r->why = arena_strdup(c->a, mnl_attr_get_str(at));
	*c->refused->last = r;
	c->refused->last = &r->next;
}

static const char *words_for(int err)
{
	return err == ENOMEM ? "Out of memory" : strerror(err);
}

static int take_error(const struct commit *c, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*e))
		return diag_error(c->diag, (struct place){ 0 }, "%s sent a malformed answer", c->t->name);
	if (!e->error)
		return 0;
	keep(c, h, e);
	return -1;
}

/* Said when all answers are there, since a missing name asks for others like it. */
static int tell(const struct commit *c)
{
	for (const struct refusal *r = c->refused->first; r; r = r->next)
		if (r->error == ERESTART)
			return -ERESTART;
	for (const struct refusal *r = c->refused->first; r; r = r->next) {
		struct place at = lower_place(c->lower, c->batch, r->seq, r->off);
		const struct lower_mark *m = lower_mark_of(c->lower, r->seq);

		if (r->error == ENOENT && m && m->obj && near_report(c->t, c->diag, m->obj->kind, &m->obj->h, at))
			continue;
		diag_error(c->diag, at, "Could not process rule: %s", words_for(r->error));
		if (r->why)
			diag_hint(c->diag, "%s", r->why);
	}
	return c->refused->first ? -1 : 0;
}

static void take_echo(const struct commit *c, const struct nlmsghdr *h)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(h);
	const struct bc_desc *d = bc_msg_desc(h->nlmsg_type & 0xff);
	struct event e = { .type = h->nlmsg_type & 0xff, .flags = h->nlmsg_flags, .family = nfg->nfgen_family };
	struct bc_err err;
	void *s;

	if (!c->echo || !d || mnl_nlmsg_get_payload_len(h) < sizeof(*nfg))
		return;
	s = arena_alloc(c->a, d->size);
	if (bc_decode(d, nfg + 1, mnl_nlmsg_get_payload_len(h) - sizeof(*nfg), s, c->a, BC_COPY, &err))
		return;
	e.s = s;
	c->echo(c->ctx, lower_mark_of(c->lower, h->nlmsg_seq), e.type, e.family, s);
	if (c->event)
		c->event(c->ctx, &e);
}

static int take(const struct commit *c, const void *bytes, int len)
{
	int ret = 0;

	for (const struct nlmsghdr *h = bytes; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len)) {
		if (h->nlmsg_type == NLMSG_ERROR)
			ret |= take_error(c, h);
		else if (h->nlmsg_type >= NLMSG_MIN_TYPE)
			take_echo(c, h);
	}
	return ret;
}

int commit_run(const struct commit *job)
{
	struct refusals refused = { .last = &refused.first };
	struct commit with = *job, *c = &with;
	const void *bytes;
	ssize_t n;
	int ret = 0, err;

	c->refused = &refused;
	err = c->t->send(c->t, c->batch->bytes.p, c->batch->bytes.len);
	if (err)
		return diag_error(c->diag, (struct place){ 0 }, "Could not send to %s: %s", c->t->name, words_for(-err));
	while ((n = c->t->recv(c->t, &bytes, false)) > 0)
		ret |= take(c, bytes, (int)n);
	if (tell(c) == -ERESTART)
		return -ERESTART;
	if (n < 0 && n != -EAGAIN && !ret)
		return diag_error(c->diag, (struct place){ 0 }, "Could not receive from %s: %s", c->t->name, words_for((int)-n));
	return ret ? -1 : 0;
}
