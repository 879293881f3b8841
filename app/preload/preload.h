/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library that `nfvm exec` puts before a program's C library, so that its netlink sockets of NETLINK_NETFILTER lead to an
 * engine.
 *
 *   table.c    which descriptors are ours: socket, close, dup…, and what fork and exec leave
 *   name.c     bind, connect, getsockname, getpeername
 *   option.c   setsockopt, getsockopt
 *   send.c     sendmsg and its kin
 *   recv.c     recvmsg and its kin
 *   wait.c     poll, select, epoll: only for what found no room
 *   ipset.c    what iptables asks of ipset
 *
 * A descriptor of ours is the connection itself (src/client/wire.h), so that what it is waited for, copied and inherited by works
 * untouched; only what speaks of netlink is translated. What the functions here know of a descriptor is no more than a hint: it is
 * ours if it leads to the engine.
 *
 * Any thread. Nothing is locked; the functions may be called from signal handlers where the C library's may.
 */
#ifndef NFVM_APP_PRELOAD_H
#define NFVM_APP_PRELOAD_H

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "src/client/wire.h"

#define PUT_BEFORE __attribute__((visibility("default")))

/* The function that is put off. */
#define REAL(name)                                                                                                                 \
	({                                                                                                                         \
		static _Atomic(void *) real_;                                                                                      \
		void *p_ = atomic_load_explicit(&real_, memory_order_acquire);                                                     \
		if (!p_) {                                                                                                         \
			p_ = dlsym(RTLD_NEXT, #name);                                                                              \
			atomic_store_explicit(&real_, p_, memory_order_release);                                                   \
		}                                                                                                                  \
		(__typeof__(&(name)))p_;                                                                                           \
	})

enum { FDS_MAX = 65536 };

/* What this process has seen of a descriptor. */
struct fd_state {
	_Atomic bool ours;
	_Atomic bool dump;      /* a dump goes on when the reader shows itself */
	_Atomic bool more;      /* answers wait that found no room, or more of a dump is to come */
	_Atomic uint32_t shown; /* the largest buffer so far */
};

/* Where the engine listens, "" where the library is loaded for nothing. */
extern char preload_where[108];

/* The state of a descriptor that is ours, else NULL. */
struct fd_state *fd_ours(int fd);
/* Keeps errno's habits: err is 0 or -errno; -1 with errno set, or 0. */
int fail_with(int err);
/* A request without bytes. 0 or -errno. */
int fd_call(int fd, struct wire_request *q, struct wire_answer *a);
/* Brings on its way what found no room, or a dump's next parts. */
void fd_sync(int fd, struct fd_state *s);
/* The same for all descriptors. */
void fds_sync_all(void);

/* getsockopt() of ipset: true where it was one; then *ret is what to return. */
bool ipset_getsockopt(int level, int option, void *value, socklen_t *len, int *ret);

#endif
