/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the server listens, and who may come: root, the server's own user, and members of a group where one was named. */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/serve/server.h"

enum { BACKLOG = 128, GROUPS_MAX = 4096 };

static int fail(const char *where, const char *why)
{
	fprintf(stderr, "Error: cannot listen at %s: %s\n", where, why);
	return -1;
}

static socklen_t address(const char *where, struct sockaddr_un *a)
{
	size_t n = strlen(where);

	if (!n || n >= sizeof(a->sun_path))
		return 0;
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(a->sun_path, where, n);
	if (*where == '@')
		a->sun_path[0] = 0;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (*where != '@'));
}

/* A socket's file whose server is gone. */
static bool is_left_over(const struct sockaddr_un *a, socklen_t len)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool dead = fd >= 0 && connect(fd, (const void *)a, len) && errno == ECONNREFUSED;
	struct stat st;

	if (fd >= 0)
		close(fd);
	return dead && !lstat(a->sun_path, &st) && S_ISSOCK(st.st_mode);
}

/* The socket's file is the group's to write where there is one, else the user's alone. */
static int bind_to(int fd, const struct sockaddr_un *a, socklen_t len, const struct server *srv)
{
	mode_t old = umask(0177);
	int err = bind(fd, (const void *)a, len) ? errno : 0;

	umask(old);
	if (!err && a->sun_path[0] && srv->has_group && (chown(a->sun_path, (uid_t)-1, srv->group) || chmod(a->sun_path, 0660)))
		err = errno;
	return err;
}

static int listen_at(struct server *srv, const char *where)
{
	struct listener *l = &srv->listeners[srv->n_listeners];
	struct sockaddr_un a;
	socklen_t len = address(where, &a);
	int err;

	if (!len)
		return fail(where, "the name is too long, or empty");
	*l = (struct listener){ .source = { SOURCE_LISTENER, socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) },
				.where = where };
	if (l->source.fd < 0)
		return fail(where, strerror(errno));
	srv->n_listeners++;
	err = bind_to(l->source.fd, &a, len, srv);
	if (err == EADDRINUSE && *where != '@' && is_left_over(&a, len) && !unlink(where))
		err = bind_to(l->source.fd, &a, len, srv);
	if (err)
		return fail(where, err == EADDRINUSE ? "an engine listens there already" : strerror(err));
	l->bound = true;
	if (listen(l->source.fd, BACKLOG) || server_watch(srv, &l->source, EPOLLIN))
		return fail(where, strerror(errno));
	return 0;
}

static int find_group(struct server *srv, const char *name)
{
	const struct group *g = getgrnam(name);
	char *end;
	unsigned long id = strtoul(name, &end, 10);

	if (!g && (*end || end == name))
		return fprintf(stderr, "Error: there is no group '%s'\n", name), -1;
	srv->group = g ? g->gr_gid : (gid_t)id;
	srv->has_group = true;
	return 0;
}

int server_listen(struct server *srv, const struct serve_options *o)
{
	if (o->group && find_group(srv, o->group))
		return -1;
	if (!*o->sockets)
		return listen_at(srv, WIRE_NAMESPACE);
	for (const char *const *s = o->sockets; *s; s++) {
		if (srv->n_listeners == LISTENERS_MAX)
			return fail(*s, "that is one socket too many");
		if (listen_at(srv, *s))
			return -1;
	}
	return 0;
}

void server_unlisten(struct server *srv)
{
	for (unsigned i = 0; i < srv->n_listeners; i++) {
		struct listener *l = &srv->listeners[i];

		if (l->bound && *l->where != '@')
			unlink(l->where);
		close(l->source.fd);
	}
	srv->n_listeners = 0;
}

/* ---- who may ---- */

static bool in_group(const struct server *srv, int fd, const struct ucred *peer)
{
	gid_t *groups = malloc(GROUPS_MAX * sizeof(*groups));
	socklen_t len = GROUPS_MAX * sizeof(*groups);
	bool found = peer->gid == srv->group;

	if (!found && groups && !getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len))
		for (size_t i = 0; i < len / sizeof(*groups) && !found; i++)
			found = groups[i] == srv->group;
	free(groups);
	return found;
}

void server_accept(struct server *srv, struct listener *l)
{
	int fd = accept4(l->source.fd, NULL, NULL, SOCK_CLOEXEC);
	socklen_t len = sizeof(struct ucred);
	struct ucred peer;
	bool owner;

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len)) {
		close(fd);
		return;
	}
	owner = peer.uid == 0 || peer.uid == geteuid();
	if (!owner && !(srv->has_group && in_group(srv, fd, &peer))) {
		srv->refused++;
		close(fd);
		return;
	}
	srv->accepted++;
	conn_new(srv, fd, peer.pid, owner);
}
