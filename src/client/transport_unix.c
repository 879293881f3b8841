/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An engine that serves in another process, over wire.h. See transport.h. */
#include "src/client/transport.h"

#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/client/wire.h"

enum { RECV_BYTES = 128 * 1024 };

struct unix_transport {
	struct transport t;
	char *where;
	int fd;
	bool here;       /* the engine's host is the machine, as seen from here */
	bool dump, more; /* what the last answer said: WIRE_DUMP, WIRE_MORE */
	char device[IFNAMSIZ];
	_Alignas(struct nlmsghdr) char buf[RECV_BYTES];
};

static struct unix_transport *of(struct transport *t)
{
	return (struct unix_transport *)t;
}

static int call(struct unix_transport *u, struct wire_request *q, const void *bytes, size_t len, struct wire_answer *a)
{
	struct iovec iov = { (void *)bytes, len };

	return wire_call(u->fd, q, &iov, 1, a, NULL, 0);
}

static int unix_send(struct transport *t, const void *bytes, size_t len)
{
	struct wire_request q = { .op = WIRE_SEND };
	struct wire_answer a;
	int err = call(of(t), &q, bytes, len, &a);

	if (!err) {
		of(t)->dump = a.flags & WIRE_DUMP;
		of(t)->more = a.flags & WIRE_MORE;
	}
	return err;
}

/* More of what waits is to come: a dump goes on once its reader has shown itself. */
static void fetch_more(struct unix_transport *u)
{
	struct wire_request q = { .op = WIRE_SYNC, .value = sizeof(u->buf) };
	struct wire_answer a;

	u->dump = false;
	u->more = !call(u, &q, NULL, 0, &a) && a.flags & WIRE_MORE;
}

static ssize_t unix_recv(struct transport *t, const void **bytes, bool wait)
{
	struct unix_transport *u = of(t);
	ssize_t n;

	if (u->dump)
		fetch_more(u);
	*bytes = u->buf;
	for (;;) {
		n = recv(u->fd, u->buf, sizeof(u->buf), wait ? 0 : MSG_DONTWAIT);
		if (n > 0)
			return wire_overrun(u->buf, (size_t)n) ? -ENOBUFS : n;
		if (!n)
			return -ECONNRESET;
		if (errno == EAGAIN && u->more)
			fetch_more(u);
		else if (errno != EINTR)
			return -errno;
	}
}

static int unix_join(struct transport *t, uint32_t group)
{
	struct wire_request q = { .op = WIRE_SETOPT, .a = SOL_NETLINK, .b = NETLINK_ADD_MEMBERSHIP, .value = group };
	struct wire_answer a;

	return call(of(t), &q, NULL, 0, &a);
}

static int unix_fd(struct transport *t)
{
	return of(t)->fd;
}

static void unix_close(struct transport *t)
{
	close(of(t)->fd);
	free(of(t)->where);
	free(t);
}

static int option(struct unix_transport *u, uint32_t level, uint32_t name, uint64_t value)
{
	struct wire_request q = { .op = WIRE_SETOPT, .a = level, .b = name, .value = value };
	struct wire_answer a;

	return call(u, &q, NULL, 0, &a);
}

static int set_up(struct unix_transport *u)
{
	struct wire_request hello = { .op = WIRE_HELLO }, bind = { .op = WIRE_BIND };
	struct wire_answer a;
	int err = call(u, &hello, NULL, 0, &a);

	u->here = !err && a.value == WIRE_HOST_HERE;
	if (!err)
		err = call(u, &bind, NULL, 0, &a);
	if (err)
		return err;
	u->t.port = (uint32_t)a.value;
	option(u, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	option(u, SOL_NETLINK, NETLINK_CAP_ACK, 1);
	return option(u, SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20);
}

static int unix_again(struct transport *t, struct transport **out)
{
	return transport_unix_new(of(t)->where, out);
}

int transport_unix_new(const char *where, struct transport **out)
{
	struct unix_transport *u = calloc(1, sizeof(*u));
	int err;

	if (!u)
		return -ENOMEM;
	u->t = (struct transport){ .name = "the engine",
				   .explains = true,
				   .send = unix_send,
				   .again = unix_again,
				   .recv = unix_recv,
				   .join = unix_join,
				   .fd = unix_fd,
				   .close = unix_close };
	err = wire_connect(where, SOCK_CLOEXEC, &u->fd);
	if (err) {
		free(u);
		return err;
	}
	u->where = strdup(where);
	err = u->where ? set_up(u) : -ENOMEM;
	if (err)
		unix_close(&u->t);
	else
		*out = &u->t;
	return err;
}

uint32_t transport_unix_ifindex(struct transport *t, const char *name)
{
	struct wire_request q = { .op = WIRE_DEVICE };
	struct wire_answer a;

	if (of(t)->here)
		return if_nametoindex(name);
	return call(of(t), &q, name, strlen(name), &a) ? 0 : (uint32_t)a.value;
}

const char *transport_unix_ifname(struct transport *t, uint32_t index)
{
	struct unix_transport *u = of(t);
	struct wire_request q = { .op = WIRE_DEVNAME, .a = index };
	struct wire_answer a;

	if (u->here)
		return if_indextoname(index, u->device);
	if (wire_call(u->fd, &q, NULL, 0, &a, u->device, sizeof(u->device)) || !*u->device)
		return NULL;
	return u->device;
}
