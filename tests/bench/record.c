/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For LD_PRELOAD: the largest datagram that a program sends is kept in the file $NFVM_RECORD, so that a benchmark can send the same batch
 * again and see what of a load is the kernel's own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void keep(const struct iovec *v, size_t n)
{
	static size_t most = 1000;
	const char *path = getenv("NFVM_RECORD");
	size_t len = 0;
	int fd;

	for (size_t i = 0; i < n; i++)
		len += v[i].iov_len;
	if (!path || len <= most)
		return;
	most = len;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (size_t i = 0; i < n; i++)
		if (write(fd, v[i].iov_base, v[i].iov_len) != (ssize_t)v[i].iov_len)
			abort();
	close(fd);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	static ssize_t (*next)(int, const struct msghdr *, int);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "sendmsg");
	keep(m->msg_iov, m->msg_iovlen);
	return next(fd, m, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
	static ssize_t (*next)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "sendto");
	keep(&(struct iovec){ (void *)bytes, len }, 1);
	return next(fd, bytes, len, flags, to, to_len);
}
