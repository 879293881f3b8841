/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a netlink client, appends the batches it sends to $NETLINK_RECORD as they are: nothing between them, requests outside
 * of batches left out. Used by tests/tools/record-batches.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

static int is_batch(const struct msghdr *m)
{
	const struct nlmsghdr *h = m->msg_iovlen ? m->msg_iov[0].iov_base : NULL;

	return h && m->msg_iov[0].iov_len >= sizeof(*h) && h->nlmsg_type == NFNL_MSG_BATCH_BEGIN;
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	static ssize_t (*real)(int, const struct msghdr *, int);
	const char *path = getenv("NETLINK_RECORD");
	int out = path && is_batch(m) ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;

	if (!real)
		real = (ssize_t(*)(int, const struct msghdr *, int))dlsym(RTLD_NEXT, "sendmsg");
	if (out >= 0) {
		if (writev(out, m->msg_iov, (int)m->msg_iovlen) < 0)
			abort();
		close(out);
	}
	return real(fd, m, flags);
}
