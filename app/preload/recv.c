/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Receiving: the connection's own datagrams, with netlink's address, and lost data as ENOBUFS. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <unistd.h>

#include "app/preload/preload.h"

static size_t room_of(const struct msghdr *m)
{
	size_t sum = 0;

	for (size_t i = 0; i < m->msg_iovlen; i++)
		sum += m->msg_iov[i].iov_len;
	return sum;
}

/* The next part of a dump is made for a reader of this size. */
static void show(int fd, struct fd_state *s, size_t room)
{
	int saved = errno;

	if (room > s->shown)
		s->shown = room < UINT32_MAX ? (uint32_t)room : UINT32_MAX;
	if (s->dump)
		fd_sync(fd, s);
	errno = saved;
}

/* One receive of the connection's; where nothing is there yet, but is to come, it is fetched. */
static ssize_t receive(int fd, struct fd_state *s, struct msghdr *m, int flags)
{
	ssize_t n = REAL(recvmsg)(fd, m, flags);

	while (n < 0 && errno == EAGAIN && s->more) {
		fd_sync(fd, s);
		n = REAL(recvmsg)(fd, m, flags);
	}
	return n;
}

/* What comes next: 1 a datagram, 0 lost data (now taken), -1 with errno. */
static int look_ahead(int fd, struct fd_state *s, int flags)
{
	char head[WIRE_OVERRUN_LEN];
	struct iovec iov = { head, sizeof(head) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = receive(fd, s, &m, (flags & MSG_DONTWAIT) | MSG_PEEK | MSG_TRUNC);

	if (n < 0)
		return -1;
	if (!n)
		return fail_with(-ECONNRESET);
	if (!wire_overrun(head, (size_t)n))
		return 1;
	m = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
	REAL(recvmsg)(fd, &m, MSG_DONTWAIT);
	return 0;
}

static bool is_overrun(const struct msghdr *m, ssize_t n)
{
	uint32_t head[WIRE_OVERRUN_LEN / 4];
	size_t have = 0;

	if (n != WIRE_OVERRUN_LEN)
		return false;
	for (size_t i = 0; i < m->msg_iovlen && have < sizeof(head); i++) {
		size_t part = m->msg_iov[i].iov_len < sizeof(head) - have ? m->msg_iov[i].iov_len : sizeof(head) - have;

		memcpy((char *)head + have, m->msg_iov[i].iov_base, part);
		have += part;
	}
	return have == sizeof(head) && wire_overrun(head, have);
}

static void fill_name(struct msghdr *m, socklen_t room)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };

	if (m->msg_name)
		memcpy(m->msg_name, &nl, room < sizeof(nl) ? room : sizeof(nl));
	m->msg_namelen = m->msg_name ? sizeof(nl) : 0;
	m->msg_flags &= ~MSG_EOR;
}

/* The mark of lost data needs room to be seen; where the caller has less, or only peeks, it is looked for first. */
static ssize_t take(int fd, struct fd_state *s, struct msghdr *m, int flags)
{
	size_t room = room_of(m);
	socklen_t name_room = m->msg_namelen;
	ssize_t n;

	show(fd, s, room);
	if (room < WIRE_OVERRUN_LEN || flags & MSG_PEEK) {
		int next = look_ahead(fd, s, flags);

		if (next <= 0)
			return next ? -1 : fail_with(-ENOBUFS);
	}
	n = receive(fd, s, m, flags);
	if (n < 0)
		return n;
	if (!n && room)
		return fail_with(-ECONNRESET);
	if (is_overrun(m, n))
		return fail_with(-ENOBUFS);
	fill_name(m, name_room);
	return n;
}

PUT_BEFORE ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	struct fd_state *s = fd_ours(fd);

	return s ? take(fd, s, m, flags) : REAL(recvmsg)(fd, m, flags);
}

static ssize_t take_plain(int fd, struct fd_state *s, void *buf, size_t len, int flags, struct sockaddr *from, socklen_t *from_len)
{
	struct iovec iov = { buf, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_name = from, .msg_namelen = from && from_len ? *from_len : 0 };
	ssize_t n = take(fd, s, &m, flags);

	if (n >= 0 && from && from_len)
		*from_len = m.msg_namelen;
	return n;
}

PUT_BEFORE ssize_t recvfrom(int fd, void *restrict buf, size_t len, int flags, struct sockaddr *restrict from,
			    socklen_t *restrict from_len)
{
	struct fd_state *s = fd_ours(fd);

	return s ? take_plain(fd, s, buf, len, flags, from, from_len) : REAL(recvfrom)(fd, buf, len, flags, from, from_len);
}

PUT_BEFORE ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	struct fd_state *s = fd_ours(fd);

	return s ? take_plain(fd, s, buf, len, flags, NULL, NULL) : REAL(recv)(fd, buf, len, flags);
}

PUT_BEFORE ssize_t read(int fd, void *buf, size_t len)
{
	struct fd_state *s = fd_ours(fd);

	return s ? take_plain(fd, s, buf, len, 0, NULL, NULL) : REAL(read)(fd, buf, len);
}

PUT_BEFORE ssize_t readv(int fd, const struct iovec *iov, int n)
{
	struct fd_state *s = fd_ours(fd);
	struct msghdr m = { .msg_iov = (struct iovec *)iov, .msg_iovlen = n < 0 ? 0 : (size_t)n };

	return s ? take(fd, s, &m, 0) : REAL(readv)(fd, iov, n);
}

/* Time-outs count for whole calls of the kernel's; here the first datagram is waited for, as most callers want it. */
PUT_BEFORE int recvmmsg(int fd, struct mmsghdr *m, unsigned n, int flags, struct timespec *timeout)
{
	struct fd_state *s = fd_ours(fd);
	unsigned i;

	if (!s)
		return REAL(recvmmsg)(fd, m, n, flags, timeout);
	for (i = 0; i < n; i++) {
		ssize_t got = take(fd, s, &m[i].msg_hdr, flags & ~MSG_WAITFORONE);

		if (got < 0)
			return i ? (int)i : -1;
		m[i].msg_len = (unsigned)got;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
	}
	return (int)n;
}

/* ---- as _FORTIFY_SOURCE calls them: `room` is what the compiler knows of the buffer ---- */

ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t room, int flags, struct sockaddr *from, socklen_t *from_len);
ssize_t __read_chk(int fd, void *buf, size_t len, size_t room);

PUT_BEFORE ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags)
{
	struct fd_state *s = len <= room ? fd_ours(fd) : NULL;

	return s ? take_plain(fd, s, buf, len, flags, NULL, NULL) : REAL(__recv_chk)(fd, buf, len, room, flags);
}

PUT_BEFORE ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t room, int flags, struct sockaddr *from, socklen_t *from_len)
{
	struct fd_state *s = len <= room ? fd_ours(fd) : NULL;

	return s ? take_plain(fd, s, buf, len, flags, from, from_len)
		 : REAL(__recvfrom_chk)(fd, buf, len, room, flags, from, from_len);
}

PUT_BEFORE ssize_t __read_chk(int fd, void *buf, size_t len, size_t room)
{
	struct fd_state *s = len <= room ? fd_ours(fd) : NULL;

	return s ? take_plain(fd, s, buf, len, 0, NULL, NULL) : REAL(__read_chk)(fd, buf, len, room);
}
