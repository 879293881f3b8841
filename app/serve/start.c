/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a server in the background, as NFVM_ENGINE=auto does where there is none: this program again, which says READY=1 when it
 * answers. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/serve/serve.h"

enum { WAIT_MS = 20, WAIT_ROUNDS = 1500 };

/* A datagram socket with a name of the kernel's choice, for the notification. */
static int listen_for_it(char name[static 32])
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa_family_t);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (void *)&a, len) || (len = sizeof(a), getsockname(fd, (void *)&a, &len))) {
		close(fd);
		return -1;
	}
	snprintf(name, 32, "@%.*s", (int)(len - offsetof(struct sockaddr_un, sun_path) - 1), a.sun_path + 1);
	return fd;
}

/* In the child: of the caller's things only standard error stays, and that until it is ready. */
static void become_server(const char *name)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (chdir("/") || null < 0)
		_exit(EXIT_FAILURE);
	dup2(null, 0);
	dup2(null, 1);
	close_range(3, ~0u, 0);
	setenv("NOTIFY_SOCKET", name, 1);
	unsetenv("NFVM_ENGINE");
	execl("/proc/self/exe", "nfvm", "serve", "--passing", (char *)NULL);
	_exit(EXIT_FAILURE);
}

static int wait_ready(int fd, pid_t child)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int status;

	for (int i = 0; i < WAIT_ROUNDS; i++) {
		if (poll(&p, 1, WAIT_MS) > 0)
			return 0;
		if (waitpid(child, &status, WNOHANG) == child)
			return -1;
	}
	fputs("Error: the engine that was started does not answer\n", stderr);
	return -1;
}

int serve_start(void)
{
	char name[32];
	int fd = listen_for_it(name), err;
	pid_t child = fd < 0 ? -1 : fork();

	if (child < 0) {
		fprintf(stderr, "Error: cannot start an engine: %s\n", strerror(errno));
		err = -1;
	} else if (!child) {
		become_server(name);
	} else {
		err = wait_ready(fd, child);
	}
	if (fd >= 0)
		close(fd);
	return err;
}
