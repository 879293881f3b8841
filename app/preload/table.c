/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which descriptors are ours, and how they come and go. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/preload/preload.h"

char preload_where[108];

static struct fd_state fds[FDS_MAX];
static _Atomic int fds_end; /* above all that have been ours */
static _Atomic bool said;   /* that there is no engine */

int fail_with(int err)
{
	if (!err)
		return 0;
	errno = -err;
	return -1;
}

static bool in_table(int fd)
{
	return fd >= 0 && fd < FDS_MAX;
}

static void mark(int fd, const struct fd_state *like)
{
	if (!in_table(fd))
		return;
	atomic_store(&fds[fd].dump, like ? like->dump : false);
	atomic_store(&fds[fd].more, like ? like->more : false);
	atomic_store(&fds[fd].shown, like ? like->shown : 0);
	atomic_store(&fds[fd].ours, true);
	for (int end = fds_end; fd >= end && !atomic_compare_exchange_weak(&fds_end, &end, fd + 1);)
		;
}

static void unmark(int fd)
{
	if (in_table(fd))
		atomic_store_explicit(&fds[fd].ours, false, memory_order_relaxed);
}

struct fd_state *fd_ours(int fd)
{
	int saved = errno;

	if (!in_table(fd) || !atomic_load_explicit(&fds[fd].ours, memory_order_relaxed))
		return NULL;
	if (wire_is(fd, preload_where))
		return &fds[fd];
	unmark(fd); /* closed behind our back, and another now */
	errno = saved;
	return NULL;
}

/* Descriptors that an exec has left open. */
__attribute__((constructor)) static void find_inherited(void)
{
	const char *where = getenv("NFVM_EXEC");
	struct dirent *e;
	DIR *d;

	if (!where || !*where || strlen(where) >= sizeof(preload_where))
		return;
	strcpy(preload_where, where);
	d = opendir("/proc/self/fd");
	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)*e->d_name) && wire_is(atoi(e->d_name), where))
			mark(atoi(e->d_name), NULL);
	if (d)
		closedir(d);
}

/* ---- requests ---- */

int fd_call(int fd, struct wire_request *q, struct wire_answer *a)
{
	return wire_call(fd, q, NULL, 0, a, NULL, 0);
}

void fd_sync(int fd, struct fd_state *s)
{
	struct wire_request q = { .op = WIRE_SYNC, .value = s->shown };
	struct wire_answer a;

	s->dump = false;
	s->more = !fd_call(fd, &q, &a) && a.flags & WIRE_MORE;
}

void fds_sync_all(void)
{
	for (int fd = 0; fd < fds_end; fd++)
		if (fds[fd].ours && fds[fd].more && fd_ours(fd))
			fd_sync(fd, &fds[fd]);
}

/* ---- they come ---- */

static void say(int err)
{
	if (atomic_exchange(&said, true))
		return;
	if (err == -ECONNREFUSED || err == -ENOENT)
		dprintf(2, "nfvm exec: no engine listens at %s\n", preload_where);
	else
		dprintf(2, "nfvm exec: the engine at %s: %s\n", preload_where, strerror(-err));
}

PUT_BEFORE int socket(int domain, int type, int protocol)
{
	int kind = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK), fd, err;

	if (domain != AF_NETLINK || protocol != NETLINK_NETFILTER || !*preload_where)
		return REAL(socket)(domain, type, protocol);
	if (kind != SOCK_RAW && kind != SOCK_DGRAM)
		return fail_with(-ESOCKTNOSUPPORT);
	err = wire_connect(preload_where, type & (SOCK_CLOEXEC | SOCK_NONBLOCK), &fd);
	if (err) {
		say(err);
		return fail_with(err);
	}
	mark(fd, NULL);
	return fd;
}

static int copied(int from, int to)
{
	if (to < 0 || to == from)
		return to;
	if (in_table(from) && fds[from].ours)
		mark(to, &fds[from]);
	else
		unmark(to);
	return to;
}

PUT_BEFORE int dup(int fd)
{
	return copied(fd, REAL(dup)(fd));
}

PUT_BEFORE int dup2(int fd, int to)
{
	return copied(fd, REAL(dup2)(fd, to));
}

PUT_BEFORE int dup3(int fd, int to, int flags)
{
	return copied(fd, REAL(dup3)(fd, to, flags));
}

/* All of its commands have one argument or none; a pointer's width holds it. */
static int fcntl_done(int fd, int command, int ret)
{
	return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? copied(fd, ret) : ret;
}

PUT_BEFORE int fcntl(int fd, int command, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	return fcntl_done(fd, command, REAL(fcntl)(fd, command, arg));
}

PUT_BEFORE int fcntl64(int fd, int command, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	return fcntl_done(fd, command, REAL(fcntl64)(fd, command, arg));
}

/* ---- and go ---- */

PUT_BEFORE int close(int fd)
{
	unmark(fd);
	return REAL(close)(fd);
}
