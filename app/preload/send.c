/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sending: the engine has handled the messages when the call returns. */
#include <errno.h>
#include <linux/netlink.h>
#include <unistd.h>

#include "app/preload/preload.h"

/* Where to: only to the kernel's place. */
static int check_address(const struct sockaddr_nl *nl, socklen_t len)
{
	if (!nl)
		return 0;
	if (len < sizeof(*nl) || nl->nl_family != AF_NETLINK)
		return -EINVAL;
	return nl->nl_groups ? -EPERM : nl->nl_pid ? -ECONNREFUSED : 0;
}

static ssize_t put(int fd, struct fd_state *s, const struct iovec *iov, size_t n, const void *to, socklen_t to_len)
{
	struct wire_request q = { .op = WIRE_SEND };
	struct wire_answer a;
	int err = check_address(to, to_len);
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += iov[i].iov_len;
	if (!err)
		err = sum ? wire_call(fd, &q, iov, n, &a, NULL, 0) : -ENODATA;
	if (err)
		return fail_with(err);
	s->dump = a.flags & WIRE_DUMP;
	s->more = a.flags & WIRE_MORE;
	return (ssize_t)sum;
}

PUT_BEFORE ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct fd_state *s = fd_ours(fd);

	return s ? put(fd, s, m->msg_iov, m->msg_iovlen, m->msg_name, m->msg_namelen) : REAL(sendmsg)(fd, m, flags);
}

PUT_BEFORE ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
	struct fd_state *s = fd_ours(fd);
	struct iovec iov = { (void *)bytes, len };

	return s ? put(fd, s, &iov, 1, to, to_len) : REAL(sendto)(fd, bytes, len, flags, to, to_len);
}

PUT_BEFORE ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	struct fd_state *s = fd_ours(fd);
	struct iovec iov = { (void *)bytes, len };

	return s ? put(fd, s, &iov, 1, NULL, 0) : REAL(send)(fd, bytes, len, flags);
}

PUT_BEFORE ssize_t write(int fd, const void *bytes, size_t len)
{
	struct fd_state *s = fd_ours(fd);
	struct iovec iov = { (void *)bytes, len };

	return s ? put(fd, s, &iov, 1, NULL, 0) : REAL(write)(fd, bytes, len);
}

PUT_BEFORE ssize_t writev(int fd, const struct iovec *iov, int n)
{
	struct fd_state *s = fd_ours(fd);

	return s ? put(fd, s, iov, n < 0 ? 0 : (size_t)n, NULL, 0) : REAL(writev)(fd, iov, n);
}

PUT_BEFORE int sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags)
{
	struct fd_state *s = fd_ours(fd);
	unsigned i;

	if (!s)
		return REAL(sendmmsg)(fd, m, n, flags);
	for (i = 0; i < n; i++) {
		const struct msghdr *h = &m[i].msg_hdr;
		ssize_t sent = put(fd, s, h->msg_iov, h->msg_iovlen, h->msg_name, h->msg_namelen);

		if (sent < 0)
			return i ? (int)i : -1;
		m[i].msg_len = (unsigned)sent;
	}
	return (int)n;
}
