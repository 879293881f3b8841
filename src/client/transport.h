/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where netlink messages go: the kernel, an engine in this process, or one that serves in another. Datagrams both ways, as an AF_NETLINK
 * socket has them. One thread.
 */
#ifndef NFVM_CLIENT_TRANSPORT_H
#define NFVM_CLIENT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct nfvm_engine;

struct transport {
	const char *name;       /* for errors: "the kernel" */
	uint32_t port;
	bool explains;          /* the texts of its extended acknowledgements are for the user */
	/* Whole messages in one datagram. 0 or -errno. */
	int (*send)(struct transport *t, const void *bytes, size_t len);
	/*
	 * The next datagram, in a buffer of the transport's that is valid until the next call. Its length; -EAGAIN where
	 * !wait and none is there; -errno.
	 */
	ssize_t (*recv)(struct transport *t, const void **bytes, bool wait);
	int (*join)(struct transport *t, uint32_t group);
	/* Another socket to the same target. */
	int (*again)(struct transport *t, struct transport **out);
	/* Room for at least so many bytes that wait to be received; NULL: there is always enough. */
	void (*room)(struct transport *t, size_t bytes);
	/* The file descriptor to poll, or -1. */
	int (*fd)(struct transport *t);
	void (*close)(struct transport *t);
};

/* 0 or -errno, *out untouched on failure. */
int transport_kernel_new(struct transport **out);
/* A socket of an engine in this process (borrowed). */
int transport_engine_new(struct nfvm_engine *e, struct transport **out);
/* An engine that listens at a path or "@name"; errors as wire_connect(). */
int transport_unix_new(const char *where, struct transport **out);
/* Devices of that engine's host: index, 0 where there is none; name, NULL where there is none, valid until the next call. */
uint32_t transport_unix_ifindex(struct transport *t, const char *name);
const char *transport_unix_ifname(struct transport *t, uint32_t index);
void transport_free(struct transport **t);

#endif
