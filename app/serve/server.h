/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of serve/.
 *
 *   main.c     options → engine, ruleset, listeners; the loop; its end
 *   listen.c   where it listens, who may come
 *   conn.c     one client: its requests in, datagrams out
 *   request.c  what each request does
 *   notify.c   what the service manager is told
 *   place.c    does anybody but the server live in this network namespace?
 *
 * One thread, the engine's control thread, waits in epoll for all clients and never for a single one: a client has one request
 * handled in a turn and gets at most CONN_BURST datagrams; what does not fit into its socket waits in the engine, by the engine's
 * rules. Threads of workers run beside it.
 */
#ifndef NFVM_APP_SERVE_SERVER_H
#define NFVM_APP_SERVE_SERVER_H

#include <stdint.h>
#include <sys/types.h>
#include <urcu/list.h>

#include "app/serve/serve.h"
#include "base/buf.h"
#include "nfvm/engine.h"
#include "src/client/wire.h"

enum { CONN_BURST = 32, CONN_SNDBUF_MAX = 64 << 20, LISTENERS_MAX = 8 };

/* What epoll's events belong to. */
enum source_kind { SOURCE_LISTENER, SOURCE_CONN, SOURCE_SIGNAL };

struct source {
	enum source_kind kind;
	int fd;
};

struct listener {
	struct source source;
	const char *where; /* path or "@name" */
	bool bound;
};

struct server {
	struct nfvm_engine *engine;
	int epoll;
	struct source signal;
	struct listener listeners[LISTENERS_MAX];
	unsigned n_listeners;
	bool has_group, here, stop;
	gid_t group;
	struct cds_list_head conns, ready;
	struct buf in; /* the request being read */
	uint64_t started_ns;
	uint64_t n_conns, accepted, refused, requests, datagrams, overruns;
	uint32_t rmem_max;
};

struct conn {
	struct source source;
	struct server *srv;
	struct cds_list_head list, ready; /* ready: something is to be done when the events have been handled */
	struct nfvm_socket *s;
	struct buf out; /* a datagram that found no room, or empty */
	pid_t pid;
	bool may_stop; /* root, or the server's own user */
	bool held;     /* its dump waits until the reader shows itself */
	bool blocked;  /* no room: waits for EPOLLOUT */
	bool dead;
	uint64_t rcvbuf, sndbuf; /* as getsockopt tells them */
};

/* A request as it came in. */
struct request {
	struct wire_request h;
	const void *bytes; /* h.len of them */
	pid_t pid;         /* who sent it, 0: unknown */
	int reply;         /* or -1 */
};

/* 0; -1, said on stderr. */
int server_listen(struct server *srv, const struct serve_options *o);
void server_unlisten(struct server *srv);
void server_accept(struct server *srv, struct listener *l);
/* Adds to epoll. */
int server_watch(struct server *srv, struct source *s, uint32_t events);

/* Takes the descriptor. */
void conn_new(struct server *srv, int fd, pid_t pid, bool may_stop);
void conn_free(struct conn *c);
void conn_event(struct conn *c, uint32_t events);
/* Notes that c has something to do. */
void conn_ready(struct conn *c);
/* Sends what waits, up to `most` datagrams. Returns how many were sent; c->blocked: no room for the rest. */
unsigned conn_pump(struct conn *c, unsigned most);
/* All that waits is to find room, if the system lets it. */
unsigned conn_flush(struct conn *c);

void request_handle(struct conn *c, const struct request *r);

void notify_manager(const char *state);
/* False where this network namespace can be seen to hold no process but this one, and no name to enter it by. */
bool place_lives(void);

#endif
