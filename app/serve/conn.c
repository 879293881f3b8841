/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One client. Requests come in whole; datagrams go out as the socket has room. See server.h and wire.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/serve/server.h"

/* Sealed, so that it neither shrinks nor changes while it is read. */
enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

/* ---- life ---- */

void conn_ready(struct conn *c)
{
	if (cds_list_empty(&c->ready))
		cds_list_add_tail(&c->ready, &c->srv->ready);
}

static void on_ready(void *ctx)
{
	conn_ready(ctx);
}

static size_t on_carried(void *ctx)
{
	int bytes = 0;

	return ioctl(((struct conn *)ctx)->source.fd, SIOCOUTQ, &bytes) ? 0 : (size_t)bytes;
}

void conn_new(struct server *srv, int fd, pid_t pid, bool may_stop)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct nfvm_socket_hooks hooks = { c, on_ready, on_carried };
	int on = 1;

	if (!c || nfvm_socket_new(srv->engine, &c->s)) {
		close(fd);
		free(c);
		return;
	}
	c->source = (struct source){ SOURCE_CONN, fd };
	c->srv = srv;
	c->pid = pid;
	c->may_stop = may_stop;
	c->rcvbuf = c->sndbuf = srv->rmem_max;
	CDS_INIT_LIST_HEAD(&c->ready);
	cds_list_add_tail(&c->list, &srv->conns);
	srv->n_conns++;
	nfvm_socket_hook(c->s, &hooks);
	setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	if (server_watch(srv, &c->source, EPOLLIN))
		conn_free(c);
}

void conn_free(struct conn *c)
{
	nfvm_socket_free(&c->s);
	cds_list_del(&c->list);
	cds_list_del(&c->ready);
	c->srv->n_conns--;
	close(c->source.fd);
	buf_free(&c->out);
	free(c);
}

static void conn_kill(struct conn *c)
{
	c->dead = true;
	conn_ready(c);
}

/* ---- out ---- */

static void put_overrun(struct buf *b)
{
	struct nlmsghdr h = { .nlmsg_len = WIRE_OVERRUN_LEN, .nlmsg_type = NLMSG_OVERRUN };

	buf_put(b, &h, sizeof(h));
}

/* The next datagram into c->out; false: none waits. */
static bool fetch(struct conn *c)
{
	int hold = c->held ? NFVM_RECV_HOLD : 0;
	ssize_t n = nfvm_socket_recv(c->s, buf_reserve(&c->out, 1), 0, hold | MSG_PEEK);

	if (n == -ENOBUFS) {
		c->srv->overruns++;
		put_overrun(&c->out);
		return true;
	}
	if (n <= 0)
		return false;
	nfvm_socket_recv(c->s, buf_grow(&c->out, (size_t)n), (size_t)n, hold);
	return true;
}

static void watch_room(struct conn *c, bool blocked)
{
	struct epoll_event ev = { .events = EPOLLIN | (blocked ? EPOLLOUT : 0), .data.ptr = &c->source };

	if (c->blocked == blocked)
		return;
	c->blocked = blocked;
	epoll_ctl(c->srv->epoll, EPOLL_CTL_MOD, c->source.fd, &ev);
}

unsigned conn_pump(struct conn *c, unsigned most)
{
	unsigned n = 0;

	while (n < most && !c->dead && (c->out.len || fetch(c))) {
		if (send(c->source.fd, c->out.p, c->out.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			if (errno == EAGAIN)
				watch_room(c, true);
			else if (errno != EINTR)
				conn_kill(c);
			return n;
		}
		c->out.len = 0;
		n++;
	}
	watch_room(c, false);
	if (n == most)
		conn_ready(c);
	c->srv->datagrams += n;
	return n;
}

/* More room in the socket, twice what it had. False: the system does not grant it. */
static bool more_room(struct conn *c)
{
	int have = 0, want, got = 0;
	socklen_t len = sizeof(have);

	if (getsockopt(c->source.fd, SOL_SOCKET, SO_SNDBUF, &have, &len) || have > CONN_SNDBUF_MAX)
		return false;
	want = have; /* the kernel doubles it */
	if (setsockopt(c->source.fd, SOL_SOCKET, SO_SNDBUFFORCE, &want, sizeof(want)))
		setsockopt(c->source.fd, SOL_SOCKET, SO_SNDBUF, &want, sizeof(want));
	return !getsockopt(c->source.fd, SOL_SOCKET, SO_SNDBUF, &got, &len) && got > have;
}

unsigned conn_flush(struct conn *c)
{
	unsigned n = conn_pump(c, UINT32_MAX);

	while (c->blocked && (c->held || !nfvm_socket_dumping(c->s)) && more_room(c))
		n += conn_pump(c, UINT32_MAX);
	return n;
}

/* ---- in ---- */

struct incoming {
	struct request r;
	int fds[2];
	unsigned n_fds;
};

static void take_control(struct incoming *in, struct msghdr *m)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		struct ucred who;

		if (h->cmsg_level != SOL_SOCKET)
			continue;
		if (h->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&who, CMSG_DATA(h), sizeof(who));
			in->r.pid = who.pid;
		} else if (h->cmsg_type == SCM_RIGHTS) {
			in->n_fds = (unsigned)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(in->fds, CMSG_DATA(h), in->n_fds * sizeof(int));
		}
	}
}

/* The request's bytes, from the datagram or mapped from its memfd; *map is to be unmapped. */
static int take_bytes(struct incoming *in, const char *inlined, size_t n_inlined, void **map)
{
	size_t len = in->r.h.len;
	int seals;
	off_t size;

	in->r.bytes = inlined;
	if (in->n_fds < 2)
		return len == n_inlined ? 0 : -EBADMSG;
	seals = fcntl(in->fds[1], F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS || n_inlined)
		return -EBADMSG;
	size = lseek(in->fds[1], 0, SEEK_END);
	if (size <= 0 || (uint64_t)size != in->r.h.len)
		return -EBADMSG;
	*map = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, in->fds[1], 0);
	if (*map == MAP_FAILED) {
		*map = NULL;
		return -ENOBUFS;
	}
	in->r.bytes = *map;
	return 0;
}

static void reply_error(int fd, int err)
{
	struct wire_answer a = { .err = err };

	send(fd, &a, sizeof(a), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void handle(struct conn *c, struct incoming *in, const char *bytes, size_t n)
{
	void *map = NULL;
	int err;

	in->r.reply = in->n_fds ? in->fds[0] : -1;
	if (n < sizeof(in->r.h)) {
		conn_kill(c);
		return;
	}
	memcpy(&in->r.h, bytes, sizeof(in->r.h));
	in->r.h.comm[sizeof(in->r.h.comm) - 1] = 0;
	err = in->r.h.magic == WIRE_MAGIC ? take_bytes(in, bytes + sizeof(in->r.h), n - sizeof(in->r.h), &map) : -EPROTO;
	if (err)
		reply_error(in->r.reply, err);
	else
		request_handle(c, &in->r);
	if (map)
		munmap(map, in->r.h.len);
}

static void receive(struct conn *c)
{
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(2 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = { buf_reserve(&c->srv->in, WIRE_INLINE + 4096), WIRE_INLINE + 4096 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct incoming in = { 0 };
	ssize_t n = recvmsg(c->source.fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_kill(c);
		return;
	}
	take_control(&in, &m);
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		conn_kill(c);
	else
		handle(c, &in, iov.iov_base, (size_t)n);
	for (unsigned i = 0; i < in.n_fds; i++)
		close(in.fds[i]);
}

void conn_event(struct conn *c, uint32_t events)
{
	if (c->dead)
		return;
	if (events & EPOLLOUT)
		conn_pump(c, CONN_BURST);
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		receive(c);
}
