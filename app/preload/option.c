/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options: netlink's and the buffers' sizes are the engine's; time-outs and the like are the connection's own. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "app/preload/preload.h"

static bool engine_keeps(int level, int option)
{
	if (level == SOL_SOCKET)
		return option == SO_RCVBUF || option == SO_RCVBUFFORCE || option == SO_SNDBUF || option == SO_SNDBUFFORCE;
	return level == SOL_NETLINK;
}

PUT_BEFORE int setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	struct wire_request q = { .op = WIRE_SETOPT, .a = (uint32_t)level, .b = (uint32_t)option };
	struct wire_answer a;
	int v = 0;

	if (!engine_keeps(level, option) || !fd_ours(fd))
		return REAL(setsockopt)(fd, level, option, value, len);
	if (len < sizeof(v))
		return fail_with(-EINVAL);
	memcpy(&v, value, sizeof(v));
	q.value = v < 0 && level == SOL_SOCKET ? 0 : (uint64_t)v;
	return fail_with(fd_call(fd, &q, &a));
}

static int give(int v, void *value, socklen_t *len)
{
	if ((int)*len < 0)
		return fail_with(-EINVAL);
	if (*len > sizeof(v))
		*len = sizeof(v);
	memcpy(value, &v, *len);
	return 0;
}

static int ask(int fd, int level, int option, void *value, socklen_t *len)
{
	struct wire_request q = { .op = WIRE_GETOPT, .a = (uint32_t)level, .b = (uint32_t)option };
	struct wire_answer a;
	int err = fd_call(fd, &q, &a);

	return err ? fail_with(err) : give((int)a.value, value, len);
}

PUT_BEFORE int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict len)
{
	int ret;

	if (ipset_getsockopt(level, option, value, len, &ret))
		return ret;
	if ((level != SOL_SOCKET && level != SOL_NETLINK) || !fd_ours(fd))
		return REAL(getsockopt)(fd, level, option, value, len);
	if (level == SOL_SOCKET && option == SO_DOMAIN)
		return give(AF_NETLINK, value, len);
	if (level == SOL_SOCKET && option == SO_TYPE)
		return give(SOCK_RAW, value, len);
	if (level == SOL_SOCKET && option == SO_PROTOCOL)
		return give(NETLINK_NETFILTER, value, len);
	return engine_keeps(level, option) ? ask(fd, level, option, value, len) : REAL(getsockopt)(fd, level, option, value, len);
}
