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

static void put_u64(struct buf *b, uint16_t type, uint64_t v)
{
	put_attr(b, type, &v, sizeof(v));
}

/* What a policy allows (netlink_policy_dump_write_attr()). */
static void put_policy(struct buf *b, const struct bc_attr *a)
{
	enum { MIN_U = 4, MAX_U = 5, MAX_LENGTH = 7, TYPE = 1 };                              /* NL_POLICY_TYPE_ATTR_* */
	enum { T_U8 = 2, T_U32 = 4, T_U64 = 5, T_BINARY = 10, T_STRING = 11, T_NESTED = 13 }; /* NL_ATTR_TYPE_* */
	static const uint8_t types[] = {
		[BC_U8] = T_U8,        [BC_BE32] = T_U32,     [BC_BE64] = T_U64,     [BC_STR] = T_STRING,
		[BC_BYTES] = T_BINARY, [BC_DATA] = T_NESTED,  [BC_NEST] = T_NESTED,  [BC_LIST] = T_NESTED,
		[BC_EXPR] = T_NESTED,  [BC_EXPRS] = T_NESTED, [BC_ATTRS] = T_NESTED, [BC_OBJECT] = T_NESTED
	};
	uint32_t type = a->kind < ARRAY_SIZE(types) ? types[a->kind] : 0;
	struct nlattr nest = { .nla_type = NLMSGERR_ATTR_POLICY | NLA_F_NESTED };
	size_t at = b->len;

	if (!type)
		return;
	buf_put(b, &nest, sizeof(nest));
	if (type == T_U8 || type == T_U32 || type == T_U64) {
		put_u64(b, MIN_U, 0);
		put_u64(b, MAX_U, a->max ? a->max : type == T_U8 ? UINT8_MAX : type == T_U32 ? UINT32_MAX : UINT64_MAX);
	} else if ((type == T_STRING || type == T_BINARY) && a->max) {
		put_attr(b, MAX_LENGTH, &a->max, sizeof(a->max));
	}
	put_attr(b, TYPE, &type, sizeof(type));
	((struct nlattr *)(b->p + at))->nla_len = b->len - at;
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
	if (err && x->policy)
		put_policy(b, x->policy);
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
	const char *p = q->attrs, *end = p + q->attrs_len;
	const struct nlattr *a;

	/* of several the last one counts */
	for (; (a = bc_find(p, (size_t)(end - p), attr)); p = (const char *)a + NLA_ALIGN(a->nla_len)) {
		q->err->at = a;
		if ((const char *)a + NLA_ALIGN(a->nla_len) >= end)
			break;
	}
	return err;
}

int nl_text(struct nl_req *q, const char *text, int err)
{
	q->err->msg = text;
	return err;
}
