/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building messages: headers, and the acknowledgements and errors of netlink_ack(). Control thread. */
#include <string.h>

#include "vm/nl/socket.h"

size_t nl_begin(struct buf *b, uint16_t type, uint16_t flags, uint32_t seq, uint32_t port, uint8_t family, uint16_t res_id)
{
	size_t at = b->len;
	struct nlmsghdr *h = (struct nlmsghdr *)buf_grow(b, NLMSG_SPACE(sizeof(struct nfgenmsg)));
	struct nfgenmsg *g = NLMSG_DATA(h);

	*h = (struct nlmsghdr){ .nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = seq, .nlmsg_pid = port };
	*g = (struct nfgenmsg){ .nfgen_family = family, .version = NFNETLINK_V0 };
	be16_store(&g->res_id, res_id);
	return at;
}

void nl_end(struct buf *b, size_t at)
{
	((struct nlmsghdr *)(b->p + at))->nlmsg_len = b->len - at;
	while (b->len & (NLMSG_ALIGNTO - 1))
		buf_putc(b, 0);
}

static void put_attr(struct buf *b, uint16_t type, const void *p, uint16_t len)
{
	struct nlattr a = { .nla_len = NLA_HDRLEN + len, .nla_type = type };

	buf_put(b, &a, sizeof(a));
	buf_put(b, p, len);
	while (b->len & (NLA_ALIGNTO - 1))
		buf_putc(b, 0);
}

/* The attributes behind an extended acknowledgement. True if there are any. */
static bool put_extack(struct buf *b, const struct nlmsghdr *req, int err, const struct bc_err *x)
{
	const char *at = (const char *)x->at, *msg = (const char *)req;
	size_t before = b->len;
	uint32_t off;

	if (x->msg)
		put_attr(b, NLMSGERR_ATTR_MSG, x->msg, strlen(x->msg) + 1);
	if (err && at >= msg && at < msg + req->nlmsg_len) {
		off = at - msg;
		put_attr(b, NLMSGERR_ATTR_OFFS, &off, sizeof(off));
	}
	return b->len > before;
}

void nl_ack(struct nfvm_socket *s, const struct nlmsghdr *req, int err, const struct bc_err *x)
{
	struct nlmsghdr h = { .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = req->nlmsg_seq, .nlmsg_pid = s->port };
	struct nlmsgerr e = { .error = err, .msg = *req };
	struct buf b = { 0 };

	buf_put(&b, &h, sizeof(h));
	buf_put(&b, &e, sizeof(e));
	if (err && !s->cap_ack) {
		buf_put(&b, req + 1, req->nlmsg_len - sizeof(*req));
		while (b.len & (NLMSG_ALIGNTO - 1))
			buf_putc(&b, 0);
	} else {
		h.nlmsg_flags |= NLM_F_CAPPED;
	}
	if (x && s->ext_ack && put_extack(&b, req, err, x))
		h.nlmsg_flags |= NLM_F_ACK_TLVS;
	h.nlmsg_len = b.len;
	memcpy(b.p, &h, sizeof(h));
	nl_answer(s, &b);
}

int nl_bad(struct nl_req *q, uint16_t attr, int err)
{
	q->err->at = bc_find(q->attrs, q->attrs_len, attr);
	return err;
}

int nl_text(struct nl_req *q, const char *text, int err)
{
	q->err->msg = text;
	return err;
}
