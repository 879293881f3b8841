/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel and an engine, asked in the same way. */
#include "tests/kernel/control/control.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nfvm/engine.h"

bool kernel_has_flowtables;

enum { ROOM = 16 << 20 };

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void kernel_open(struct target *t, unsigned i)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = i == SOCK_LISTEN ? 1 << (NFNLGRP_NFTABLES - 1) : 0 };
	socklen_t len = sizeof(a);
	int one = 1, room = ROOM;

	t->fd[i] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
	if (t->fd[i] < 0 || bind(t->fd[i], (void *)&a, sizeof(a)) || getsockname(t->fd[i], (void *)&a, &len))
		die("socket");
	t->port[i] = a.nl_pid;
	setsockopt(t->fd[i], SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	if (i == SOCK_B)
		setsockopt(t->fd[i], SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(t->fd[i], SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(t->fd[i], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
}

static void engine_open(struct target *t, unsigned i)
{
	if (nfvm_socket_new(t->engine, &t->sock[i]))
		die("nfvm_socket_new");
	t->port[i] = nfvm_socket_port(t->sock[i]);
	nfvm_socket_setopt(t->sock[i], NETLINK_EXT_ACK, 1);
	if (i == SOCK_B)
		nfvm_socket_setopt(t->sock[i], NETLINK_CAP_ACK, 1);
	if (i == SOCK_LISTEN)
		nfvm_socket_setopt(t->sock[i], NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES);
	nfvm_socket_rcvbuf(t->sock[i], ROOM);
}

bool target_kernel(struct target *t)
{
	*t = (struct target){ .name = "kernel" };
	if (unshare(CLONE_NEWNET))
		return false;
	for (unsigned i = 0; i < N_SOCKS; i++)
		kernel_open(t, i);
	return true;
}

bool target_engine(struct target *t)
{
	struct nfvm_options o = { .check_only = true, .real_time = true };

	*t = (struct target){ .name = "engine" };
	if (nfvm_engine_new(&o, &t->engine, NULL))
		return false;
	for (unsigned i = 0; i < N_SOCKS; i++)
		engine_open(t, i);
	return true;
}

static void shut(struct target *t, unsigned i)
{
	if (t->engine)
		nfvm_socket_free(&t->sock[i]);
	else
		close(t->fd[i]);
}

void target_close(struct target *t)
{
	for (unsigned i = 0; i < N_SOCKS; i++)
		shut(t, i);
	nfvm_engine_free(&t->engine);
}

void target_reopen(struct target *t, unsigned sock)
{
	shut(t, sock);
	if (t->engine)
		engine_open(t, sock);
	else
		kernel_open(t, sock);
}

void target_send(struct target *t, unsigned sock, const void *p, size_t len)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };

	if (!len)
		return;
	if (t->engine)
		nfvm_socket_send(t->sock[sock], p, len);
	else if (sendto(t->fd[sock], p, len, 0, (void *)&a, sizeof(a)) < 0 && errno != ECONNREFUSED)
		die("sendto");
}

void target_drain(struct target *t, unsigned sock, struct buf *out)
{
	enum { SIZE = 256 << 10 };

	for (;;) {
		char *p = buf_reserve(out, SIZE);
		ssize_t n = t->engine ? nfvm_socket_recv(t->sock[sock], p, SIZE, 0) : recv(t->fd[sock], p, SIZE, 0);

		if (t->engine && n < 0) {
			errno = (int)-n;
			n = -1;
		}
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 || n > SIZE)
			die(t->name);
		buf_grow(out, (size_t)(n + 3) & ~(size_t)3);
	}
}
