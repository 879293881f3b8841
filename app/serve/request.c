/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each request of a client does. One function and one row for each. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "app/device.h"
#include "app/serve/server.h"
#include "app/serve/stats.h"
#include "base/bytes.h"

enum { RCVBUF_MIN = 2304 }; /* SOCK_MIN_RCVBUF */

/* How much of what waits could not be sent, for the answer. */
static uint32_t flags_of(const struct conn *c)
{
	bool dumping = nfvm_socket_dumping(c->s);

	return (dumping || c->out.len || nfvm_socket_waiting(c->s) ? WIRE_MORE : 0) | (dumping && c->held ? WIRE_DUMP : 0);
}

static int do_hello(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	a->value = c->srv->here ? WIRE_HOST_HERE : WIRE_HOST_OWN;
	return 0;
}

/* All that the messages lead to is on its way when this returns; of a dump its first part. */
static int do_send(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	int err;

	c->held = true;
	err = nfvm_socket_send(c->s, r->bytes, r->h.len);
	conn_flush(c);
	if (!nfvm_socket_dumping(c->s))
		c->held = false;
	a->flags = flags_of(c);
	return err;
}

static uint64_t groups_of(const struct conn *c)
{
	uint64_t groups = 0;

	nfvm_socket_getopt(c->s, NETLINK_LIST_MEMBERSHIPS, &groups);
	return groups;
}

static int do_name(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	a->value = nfvm_socket_port(c->s) | (groups_of(c) & UINT32_MAX) << 32;
	return 0;
}

static int do_bind(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	int err = nfvm_socket_bind(c->s, r->h.a);

	for (int i = 0; i < 32 && !err; i++)
		if (r->h.b >> i & 1)
			err = nfvm_socket_setopt(c->s, NETLINK_ADD_MEMBERSHIP, i + 1);
	return err ? err : do_name(c, r, a, text);
}

/* As __sock_set_rcvbuf(): twice what was asked for, at most twice the system's limit unless forced. */
static uint64_t buffer_size(const struct conn *c, uint64_t want, bool force)
{
	if (want > INT32_MAX / 2)
		want = INT32_MAX / 2;
	if (!force && want > c->srv->rmem_max)
		want = c->srv->rmem_max;
	return 2 * want > RCVBUF_MIN ? 2 * want : RCVBUF_MIN;
}

static int set_buffer(struct conn *c, uint32_t option, uint64_t value)
{
	switch (option) {
	case SO_RCVBUF:
	case SO_RCVBUFFORCE:
		c->rcvbuf = buffer_size(c, value, option == SO_RCVBUFFORCE);
		nfvm_socket_rcvbuf(c->s, c->rcvbuf);
		return 0;
	case SO_SNDBUF:
	case SO_SNDBUFFORCE:
		c->sndbuf = buffer_size(c, value, option == SO_SNDBUFFORCE);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int do_setopt(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	if (r->h.a == SOL_SOCKET)
		return set_buffer(c, r->h.b, r->h.value);
	return r->h.a == SOL_NETLINK ? nfvm_socket_setopt(c->s, (int)r->h.b, (int)r->h.value) : -ENOPROTOOPT;
}

static int do_getopt(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	if (r->h.a == SOL_NETLINK)
		return nfvm_socket_getopt(c->s, (int)r->h.b, &a->value);
	if (r->h.a != SOL_SOCKET || (r->h.b != SO_RCVBUF && r->h.b != SO_SNDBUF))
		return -ENOPROTOOPT;
	a->value = r->h.b == SO_RCVBUF ? c->rcvbuf : c->sndbuf;
	return 0;
}

/* Who has read all that came before finds room here, so each of these brings something. */
static int do_sync(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	nfvm_socket_reader(c->s, r->h.value);
	c->held = false;
	conn_pump(c, CONN_BURST);
	a->flags = flags_of(c);
	return 0;
}

static int do_device(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	char name[64];

	if (r->h.len >= sizeof(name))
		return -EINVAL;
	memcpy(name, r->bytes, r->h.len);
	name[r->h.len] = 0;
	a->value = (uint32_t)device_index(c->srv->engine, name);
	return 0;
}

static int do_devname(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	const char *name = nfvm_device_name(c->srv->engine, r->h.a);

	if (name)
		buf_puts(text, name);
	return 0;
}

static int do_stats(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	return stats_json(c->srv, text);
}

static int do_stop(struct conn *c, const struct request *r, struct wire_answer *a, struct buf *text)
{
	if (!c->may_stop)
		return -EPERM;
	c->srv->stop = true;
	return 0;
}

static int (*const requests[])(struct conn *, const struct request *, struct wire_answer *, struct buf *text) = {
	[WIRE_HELLO] = do_hello,     [WIRE_SEND] = do_send,     [WIRE_BIND] = do_bind, [WIRE_NAME] = do_name,
	[WIRE_SETOPT] = do_setopt,   [WIRE_GETOPT] = do_getopt, [WIRE_SYNC] = do_sync, [WIRE_DEVICE] = do_device,
	[WIRE_DEVNAME] = do_devname, [WIRE_STATS] = do_stats,   [WIRE_STOP] = do_stop,
};

static void reply(const struct request *r, const struct wire_answer *a, const struct buf *text)
{
	struct iovec iov[2] = { { (void *)a, sizeof(*a) }, { text->p, text->len } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = text->len ? 2 : 1 };

	if (r->reply >= 0)
		sendmsg(r->reply, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void request_handle(struct conn *c, const struct request *r)
{
	struct wire_answer a = { 0 };
	buf_auto text = { 0 };

	c->srv->requests++;
	nfvm_socket_peer(c->s, (uint32_t)(r->pid ? r->pid : c->pid), r->h.comm);
	a.err = r->h.op && r->h.op < ARRAY_SIZE(requests) ? requests[r->h.op](c, r, &a, &text) : -EOPNOTSUPP;
	reply(r, &a, &text);
}
