/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See wire.h. Any thread; nothing is kept between calls. Linked into the program and into the library that `nfvm exec` preloads. */
#include "src/client/wire.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include <fcntl.h>

static void sys_close(int fd)
{
	syscall(SYS_close, fd);
}

static int wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	long n;

	do
		n = syscall(SYS_ppoll, &p, 1, NULL, NULL, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* ---- addresses ---- */

static int address(const char *where, struct sockaddr_un *a, socklen_t *len)
{
	size_t n = strlen(where);

	if (!n || n >= sizeof(a->sun_path))
		return -ENAMETOOLONG;
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(a->sun_path, where, n);
	*len = offsetof(struct sockaddr_un, sun_path) + n;
	if (*where == '@')
		a->sun_path[0] = 0;
	else
		++*len;
	return 0;
}

bool wire_is(int fd, const char *where)
{
	struct sockaddr_un want, have;
	socklen_t len, have_len = sizeof(have);

	if (address(where, &want, &len))
		return false;
	if (syscall(SYS_getpeername, fd, &have, &have_len))
		return false;
	return have_len == len && !memcmp(&have, &want, len);
}

/* Anyone may listen at an abstract name, so who does is looked at. */
static int check_server(int fd, const char *where)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct stat st;

	if (syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return -errno;
	if (peer.uid == 0 || peer.uid == geteuid())
		return 0;
	return *where != '@' && !stat(where, &st) && st.st_uid == peer.uid ? 0 : -EPERM;
}

static int greet(int fd, const char *where)
{
	struct wire_request q = { .op = WIRE_HELLO };
	struct wire_answer a;
	int err = check_server(fd, where);

	if (!err)
		err = wire_call(fd, &q, NULL, 0, &a, NULL, 0);
	return err == -ECONNRESET || err == -EPIPE ? -EACCES : err;
}

int wire_connect(const char *where, int flags, int *out)
{
	struct sockaddr_un a;
	socklen_t len;
	int err = address(where, &a, &len), fd;

	if (err)
		return err;
	fd = (int)syscall(SYS_socket, AF_UNIX, SOCK_SEQPACKET | (flags & SOCK_CLOEXEC), 0);
	if (fd < 0)
		return -errno;
	err = syscall(SYS_connect, fd, &a, len) ? -errno : greet(fd, where);
	if (!err && flags & SOCK_NONBLOCK && syscall(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK))
		err = -errno;
	if (err) {
		sys_close(fd);
		return err;
	}
	*out = fd;
	return 0;
}

/* ---- requests ---- */

static size_t iov_bytes(const struct iovec *iov, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += iov[i].iov_len;
	return sum;
}

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		long n = syscall(SYS_write, fd, p, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* The bytes in a memfd that nobody can change any more. */
static int memfd_of(const struct iovec *iov, size_t n)
{
	int fd = (int)syscall(SYS_memfd_create, "nfvm-request", MFD_CLOEXEC | MFD_ALLOW_SEALING), err = 0;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < n && !err; i++)
		err = write_all(fd, iov[i].iov_base, iov[i].iov_len);
	if (!err && syscall(SYS_fcntl, fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL))
		err = -errno;
	if (err)
		sys_close(fd);
	return err ? err : fd;
}

/* One datagram: the request, bytes or none, and descriptors. A full queue is waited for, as a netlink socket's send never finds
 * one. */
static int post(int fd, struct wire_request *q, const struct iovec *iov, size_t n, const int *fds, size_t n_fds)
{
	struct iovec all[1 + 64];
	union {
		struct cmsghdr h;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	struct msghdr m = { .msg_iov = all, .msg_iovlen = 1 + n };
	long ret;

	all[0] = (struct iovec){ q, sizeof(*q) };
	if (n)
		memcpy(all + 1, iov, n * sizeof(*iov));
	if (n_fds) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		control.h = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
					      .cmsg_type = SCM_RIGHTS,
					      .cmsg_len = CMSG_LEN(n_fds * sizeof(int)) };
		memcpy(CMSG_DATA(&control.h), fds, n_fds * sizeof(int));
	}
	for (;;) {
		ret = syscall(SYS_sendmsg, fd, &m, MSG_NOSIGNAL);
		if (ret >= 0)
			return 0;
		if (errno == EAGAIN) {
			int err = wait_for(fd, POLLOUT);

			if (err)
				return err;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
}

static void fill(struct wire_request *q, size_t len)
{
	q->magic = WIRE_MAGIC;
	q->len = len;
	prctl(PR_GET_NAME, q->comm);
}

static int take_answer(int fd, struct wire_answer *a, char *text, size_t room)
{
	struct iovec iov[2] = { { a, sizeof(*a) }, { text, room ? room - 1 : 0 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	long n;

	do
		n = syscall(SYS_recvmsg, fd, &m, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n < sizeof(*a))
		return -ECONNRESET;
	if (room)
		text[(size_t)n - sizeof(*a)] = 0;
	return a->err;
}

static int call_with(int fd, struct wire_request *q, const struct iovec *iov, size_t n, const int pair[2], struct wire_answer *a,
		     char *text, size_t room)
{
	int fds[2] = { pair[1], -1 }, err;

	if (q->len <= WIRE_INLINE && n <= 64) {
		err = post(fd, q, iov, n, fds, 1);
	} else {
		fds[1] = memfd_of(iov, n);
		if (fds[1] < 0) {
			sys_close(pair[1]);
			return fds[1];
		}
		err = post(fd, q, NULL, 0, fds, 2);
		sys_close(fds[1]);
	}
	sys_close(pair[1]); /* so that an engine that goes away ends the wait */
	return err ? err : take_answer(pair[0], a, text, room);
}

int wire_call(int fd, struct wire_request *q, const struct iovec *iov, size_t n, struct wire_answer *a, char *text, size_t room)
{
	int pair[2], err;

	fill(q, iov_bytes(iov, n));
	if (syscall(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	err = call_with(fd, q, iov, n, pair, a, text, room);
	sys_close(pair[0]);
	return err;
}

bool wire_overrun(const void *bytes, size_t len)
{
	const struct nlmsghdr *h = bytes;

	return len == WIRE_OVERRUN_LEN && h->nlmsg_len == WIRE_OVERRUN_LEN && h->nlmsg_type == NLMSG_OVERRUN;
}
