/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink addresses: the engine keeps them, so that every copy of a descriptor tells the same. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "app/preload/preload.h"

PUT_BEFORE int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	const struct sockaddr_nl *nl = (const void *)addr;
	struct wire_request q = { .op = WIRE_BIND };
	struct wire_answer a;

	if (!fd_ours(fd))
		return REAL(bind)(fd, addr, len);
	if (len < sizeof(*nl) || nl->nl_family != AF_NETLINK)
		return fail_with(-EINVAL);
	q.a = nl->nl_pid;
	q.b = nl->nl_groups;
	return fail_with(fd_call(fd, &q, &a));
}

/* To whom: only the kernel's place, port 0, can be spoken to. */
PUT_BEFORE int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	const struct sockaddr_nl *nl = (const void *)addr;

	if (!fd_ours(fd))
		return REAL(connect)(fd, addr, len);
	if (len < sizeof(addr->sa_family))
		return fail_with(-EINVAL);
	if (addr->sa_family == AF_UNSPEC)
		return 0;
	if (len < sizeof(*nl) || nl->nl_family != AF_NETLINK)
		return fail_with(-EINVAL);
	return fail_with(nl->nl_pid || nl->nl_groups ? -EPERM : 0);
}

static int tell(const struct sockaddr_nl *nl, struct sockaddr *addr, socklen_t *len)
{
	if ((int)*len < 0)
		return fail_with(-EINVAL);
	memcpy(addr, nl, *len < sizeof(*nl) ? *len : sizeof(*nl));
	*len = sizeof(*nl);
	return 0;
}

PUT_BEFORE int getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	struct wire_request q = { .op = WIRE_NAME };
	struct wire_answer a;
	int err;

	if (!fd_ours(fd))
		return REAL(getsockname)(fd, addr, len);
	err = fd_call(fd, &q, &a);
	if (err)
		return fail_with(err);
	nl.nl_pid = (uint32_t)a.value;
	nl.nl_groups = (uint32_t)(a.value >> 32);
	return tell(&nl, addr, len);
}

PUT_BEFORE int getpeername(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };

	return fd_ours(fd) ? tell(&nl, addr, len) : REAL(getpeername)(fd, addr, len);
}
