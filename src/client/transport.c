/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel, and an engine in this process. See transport.h. */
#include "src/client/transport.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netlink.h>

#include "nfvm/engine.h"

/* A dump's datagrams are up to 32 KiB (NLMSG_GOODSIZE for large readers); one message of a large element list is at most 64 KiB. */
enum { RECV_BYTES = 128 * 1024 };

struct kernel_transport {
	struct transport t;
	int fd;
	size_t sndbuf, rcvbuf;
	_Alignas(struct nlmsghdr) char buf[RECV_BYTES];
};

struct engine_transport {
	struct transport t;
	struct nfvm_engine *e;
	struct nfvm_socket *s;
	_Alignas(struct nlmsghdr) char buf[RECV_BYTES];
};

/* The whole batch is one datagram: the send buffer must hold it. */
static void kernel_room(struct kernel_transport *k, size_t len)
{
	int want = len > INT32_MAX / 2 ? INT32_MAX : (int)(len + 4096);

	if (len <= k->sndbuf)
		return;
	if (setsockopt(k->fd, SOL_SOCKET, SO_SNDBUFFORCE, &want, sizeof(want)))
		setsockopt(k->fd, SOL_SOCKET, SO_SNDBUF, &want, sizeof(want));
	k->sndbuf = len;
}

static int kernel_send(struct transport *t, const void *bytes, size_t len)
{
	struct kernel_transport *k = (struct kernel_transport *)t;
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	kernel_room(k, len);
	if (sendto(k->fd, bytes, len, 0, (void *)&to, sizeof(to)) < 0)
		return -errno;
	return 0;
}

static ssize_t kernel_recv(struct transport *t, const void **bytes, bool wait)
{
	struct kernel_transport *k = (struct kernel_transport *)t;
	ssize_t n;

	do
		n = recv(k->fd, k->buf, sizeof(k->buf), wait ? 0 : MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	*bytes = k->buf;
	return n < 0 ? -errno : n;
}

static int kernel_join(struct transport *t, uint32_t group)
{
	struct kernel_transport *k = (struct kernel_transport *)t;

	return setsockopt(k->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ? -errno : 0;
}

static int kernel_again(struct transport *t, struct transport **out)
{
	return transport_kernel_new(out);
}

static void kernel_rcvbuf(struct transport *t, size_t bytes)
{
	struct kernel_transport *k = (struct kernel_transport *)t;
	int want = bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)bytes;

	if (bytes <= k->rcvbuf)
		return;
	if (setsockopt(k->fd, SOL_SOCKET, SO_RCVBUFFORCE, &want, sizeof(want)))
		setsockopt(k->fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof(want));
	k->rcvbuf = bytes;
}

static int kernel_fd(struct transport *t)
{
	return ((struct kernel_transport *)t)->fd;
}

static void kernel_close(struct transport *t)
{
	close(((struct kernel_transport *)t)->fd);
	free(t);
}

static int kernel_open(struct kernel_transport *k)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(me);
	int on = 1;

	if (bind(k->fd, (void *)&me, len) || getsockname(k->fd, (void *)&me, &len))
		return -errno;
	k->t.port = me.nl_pid;
	setsockopt(k->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(k->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	kernel_rcvbuf(&k->t, 4 << 20);
	return 0;
}

int transport_kernel_new(struct transport **out)
{
	struct kernel_transport *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	k->t = (struct transport){ .name = "the kernel", .send = kernel_send, .recv = kernel_recv, .join = kernel_join,
				   .again = kernel_again, .room = kernel_rcvbuf, .fd = kernel_fd, .close = kernel_close };
	k->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	err = k->fd < 0 ? -errno : kernel_open(k);
	if (err) {
		if (k->fd >= 0)
			close(k->fd);
		free(k);
		return err;
	}
	*out = &k->t;
	return 0;
}

static int engine_send(struct transport *t, const void *bytes, size_t len)
{
	return nfvm_socket_send(((struct engine_transport *)t)->s, bytes, len);
}

static ssize_t engine_recv(struct transport *t, const void **bytes, bool wait)
{
	struct engine_transport *e = (struct engine_transport *)t;

	*bytes = e->buf;
	return nfvm_socket_recv(e->s, e->buf, sizeof(e->buf), 0);
}

static int engine_join(struct transport *t, uint32_t group)
{
	return nfvm_socket_setopt(((struct engine_transport *)t)->s, NETLINK_ADD_MEMBERSHIP, (int)group);
}

static int engine_again(struct transport *t, struct transport **out)
{
	return transport_engine_new(((struct engine_transport *)t)->e, out);
}

static void engine_room(struct transport *t, size_t bytes)
{
	nfvm_socket_rcvbuf(((struct engine_transport *)t)->s, bytes);
}

static int engine_fd(struct transport *t)
{
	return -1;
}

static void engine_close(struct transport *t)
{
	nfvm_socket_free(&((struct engine_transport *)t)->s);
	free(t);
}

int transport_engine_new(struct nfvm_engine *e, struct transport **out)
{
	struct engine_transport *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->t = (struct transport){ .name = "the engine", .explains = true, .send = engine_send, .recv = engine_recv, .join = engine_join,
				   .again = engine_again, .room = engine_room, .fd = engine_fd, .close = engine_close };
	t->e = e;
	err = nfvm_socket_new(e, &t->s);
	if (err) {
		free(t);
		return err;
	}
	t->t.port = nfvm_socket_port(t->s);
	nfvm_socket_setopt(t->s, NETLINK_EXT_ACK, 1);
	nfvm_socket_setopt(t->s, NETLINK_CAP_ACK, 1);
	*out = &t->t;
	return 0;
}

void transport_free(struct transport **t)
{
	if (*t)
		(*t)->close(*t);
	*t = NULL;
}
