/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting needs no help, but for one thing: answers that found no room in the connection are to count as there. So before a wait
 * they are brought on their way, as far as there is room now.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "app/preload/preload.h"

static void bring_more(void)
{
	int saved = errno;

	fds_sync_all();
	errno = saved;
}

PUT_BEFORE int poll(struct pollfd *p, nfds_t n, int timeout)
{
	bring_more();
	return REAL(poll)(p, n, timeout);
}

PUT_BEFORE int ppoll(struct pollfd *p, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	bring_more();
	return REAL(ppoll)(p, n, timeout, mask);
}

int __poll_chk(struct pollfd *p, nfds_t n, int timeout, size_t room);
int __ppoll_chk(struct pollfd *p, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t room);

PUT_BEFORE int __poll_chk(struct pollfd *p, nfds_t n, int timeout, size_t room)
{
	bring_more();
	return REAL(__poll_chk)(p, n, timeout, room);
}

PUT_BEFORE int __ppoll_chk(struct pollfd *p, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
	bring_more();
	return REAL(__ppoll_chk)(p, n, timeout, mask, room);
}

PUT_BEFORE int select(int n, fd_set *restrict r, fd_set *restrict w, fd_set *restrict x, struct timeval *restrict timeout)
{
	bring_more();
	return REAL(select)(n, r, w, x, timeout);
}

PUT_BEFORE int pselect(int n, fd_set *restrict r, fd_set *restrict w, fd_set *restrict x, const struct timespec *restrict timeout,
		       const sigset_t *restrict mask)
{
	bring_more();
	return REAL(pselect)(n, r, w, x, timeout, mask);
}

PUT_BEFORE int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
	bring_more();
	return REAL(epoll_wait)(fd, events, n, timeout);
}

PUT_BEFORE int epoll_pwait(int fd, struct epoll_event *events, int n, int timeout, const sigset_t *mask)
{
	bring_more();
	return REAL(epoll_pwait)(fd, events, n, timeout, mask);
}
