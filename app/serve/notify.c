/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service manager's protocol: a datagram to the socket that NOTIFY_SOCKET names (sd_notify(3)). */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/serve/server.h"

void notify_manager(const char *state)
{
	const char *where = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = where ? strlen(where) : 0;
	int fd;

	if (!n || n >= sizeof(a.sun_path) || (*where != '/' && *where != '@'))
		return;
	memcpy(a.sun_path, where, n);
	if (*where == '@')
		a.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (void *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}
