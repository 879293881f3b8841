/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way between a client's process and an engine that serves: what a netlink socket is there, and how requests travel.
 *
 * A netlink socket is one SOCK_SEQPACKET connection to the engine. Back come netlink's datagrams, just as recv() is to return them,
 * so that poll, dup, fork and exec need no help. Forth go requests: a struct wire_request with its bytes, in one datagram up to
 * WIRE_INLINE, else in a sealed memfd. With each request that has an answer goes one end of a socket pair, on which the answer
 * comes: by then everything is done and what it led to is on its way back. So nothing about a connection need be known to whoever
 * inherits it.
 *
 * Data lost (ENOBUFS) stands in the stream as one NLMSG_OVERRUN of WIRE_OVERRUN_LEN bytes.
 *
 * System calls are made past the C library's names, since `nfvm exec` puts itself before these.
 */
#ifndef NFVM_CLIENT_WIRE_H
#define NFVM_CLIENT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define WIRE_NAMESPACE "@nfvm" /* the engine of a network namespace listens there: an abstract socket is private to it */

enum {
	WIRE_MAGIC = 0x3176666e, /* "nfv1" */
	WIRE_INLINE = 48 * 1024,
	WIRE_TEXT = 48 * 1024,
	WIRE_OVERRUN_LEN = 16,
};

enum wire_op {
	WIRE_HELLO = 1, /* value: enum wire_host */
	WIRE_SEND,      /* netlink messages: as sendmsg(). flags: WIRE_MORE, WIRE_DUMP */
	WIRE_BIND,      /* a: port, b: groups 1 … 32 to join, as bind() */
	WIRE_NAME,      /* value: port | groups << 32, as getsockname() */
	WIRE_SETOPT,    /* a: level, b: option, value */
	WIRE_GETOPT,    /* a: level, b: option → value */
	WIRE_SYNC,   /* value: bytes of the reader's largest buffer so far. A dump goes on; more of what waits is on its way. flags:
			as of WIRE_SEND */
	WIRE_DEVICE, /* bytes: a device's name → value: its index on the engine's host, 0: none */
	WIRE_DEVNAME, /* a: index → text: name, empty: none */
	WIRE_STATS,   /* text: JSON */
	WIRE_STOP,    /* the engine ends; the answer comes before */
};

/* Whose devices the engine's host has: its own from a file, or those of the namespace where it runs. */
enum wire_host { WIRE_HOST_OWN, WIRE_HOST_HERE };

struct wire_request {
	uint32_t magic;
	uint16_t op, pad;
	uint32_t a, b;
	uint64_t value;
	uint64_t len;  /* of the bytes that follow, here or in the memfd */
	char comm[16]; /* the sender's name */
};

/* MORE: answers wait that found no room, or more of a dump is to come. DUMP: it goes on when its reader has shown itself. */
enum { WIRE_MORE = 1, WIRE_DUMP = 2 };

struct wire_answer {
	int32_t err;    /* 0 or -errno */
	uint32_t flags; /* WIRE_MORE, WIRE_DUMP */
	uint64_t value;
};

/*
 * Connects to the engine at a path, or "@name" (abstract). flags: SOCK_CLOEXEC, SOCK_NONBLOCK. *fd; or -errno: -ECONNREFUSED or
 * -ENOENT where none listens; -EPERM: it is not run by root, by the own user or, at a path, by the owner of that path's socket;
 * -EACCES: it does not take this user.
 */
int wire_connect(const char *where, int flags, int *fd);
/* True where a descriptor is a connection to the engine at `where`. */
bool wire_is(int fd, const char *where);
/* A request with its bytes and its answer. text (of room bytes, NUL-terminated; or NULL): what came with it. 0 or -errno of the
 * transport or the answer. */
int wire_call(int fd, struct wire_request *q, const struct iovec *iov, size_t n, struct wire_answer *a, char *text, size_t room);
/* The mark of lost data? */
bool wire_overrun(const void *bytes, size_t len);

#endif
