/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nfvm serve: engine, ruleset, listeners; the loop; the end. See server.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "app/device.h"
#include "app/file.h"
#include "app/host_file.h"
#include "app/serve/server.h"
#include "src/client/client.h"

enum { TICK_MS = 1000, EVENTS = 64, PLACE_TICKS = 5 };

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* ---- start ---- */

/* The machine's host file; NULL (the built-in host) where it cannot be made. */
static char *host_here(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int err = f ? host_file_write(f) : -1;

	if (f)
		fclose(f);
	if (err) {
		free(text);
		return NULL;
	}
	return text;
}

static int make_engine(struct server *srv, const struct serve_options *o)
{
	struct nfvm_options eo = { .real_time = true };
	char *json = NULL, *why = NULL;
	int err;

	if (o->host_file && file_read_text(o->host_file, &json, stderr))
		return -1;
	if (!o->host_file) {
		json = host_here();
		srv->here = json;
		if (!json)
			fputs("Warning: the engine has the built-in example host\n", stderr);
	}
	eo.host_json = json;
	err = nfvm_engine_new(&eo, &srv->engine, &why);
	if (err)
		fprintf(stderr, "Error: %s: %s\n", o->host_file ? o->host_file : "this machine as a host",
			why ? why : strerror(-err));
	free(json);
	free(why);
	return err ? -1 : 0;
}

static int own_ifindex(void *engine, const char *name)
{
	return device_index(engine, name);
}

static const char *own_ifname(void *engine, uint32_t index)
{
	return nfvm_device_name(engine, index);
}

static int load(struct server *srv, const struct serve_options *o)
{
	struct client_options co = { .types = { .ifindex = own_ifindex, .ifname = own_ifname, .host = srv->engine },
				     .include_dirs = o->include_dirs,
				     .defines = o->defines,
				     .out = stdout,
				     .err = stderr };
	struct transport *t = NULL;
	struct client *c = NULL;
	int err = transport_engine_new(srv->engine, &t);

	if (err)
		fputs("Error: out of memory\n", stderr);
	else
		err = client_new(&co, t, &c) || client_file(c, o->rules);
	client_free(&c);
	transport_free(&t);
	return err ? -1 : 0;
}

int server_watch(struct server *srv, struct source *s, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = s };

	return epoll_ctl(srv->epoll, EPOLL_CTL_ADD, s->fd, &ev);
}

/* Signals that end it come as events. */
static int take_signals(struct server *srv)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	srv->signal = (struct source){ SOURCE_SIGNAL, signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) };
	return srv->signal.fd < 0 || server_watch(srv, &srv->signal, EPOLLIN) ? -1 : 0;
}

static uint32_t system_limit(const char *path, uint32_t otherwise)
{
	FILE *f = fopen(path, "re");
	unsigned value;

	if (!f)
		return otherwise;
	if (fscanf(f, "%u", &value) != 1)
		value = otherwise;
	fclose(f);
	return value;
}

static int start(struct server *srv, const struct serve_options *o)
{
	srv->started_ns = now_ns();
	srv->rmem_max = system_limit("/proc/sys/net/core/rmem_max", 212992);
	srv->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (srv->epoll < 0 || take_signals(srv))
		return fprintf(stderr, "Error: %s\n", strerror(errno)), -1;
	if (make_engine(srv, o) || (o->rules && load(srv, o)))
		return -1;
	return server_listen(srv, o);
}

/* ---- the loop ---- */

static void dispatch(struct server *srv, struct source *s, uint32_t events)
{
	switch (s->kind) {
	case SOURCE_LISTENER:
		server_accept(srv, (struct listener *)s);
		break;
	case SOURCE_CONN:
		conn_event((struct conn *)s, events);
		break;
	case SOURCE_SIGNAL:
		srv->stop = true;
		break;
	}
}

/* What the events have led to: datagrams for others, ends of clients. Each has its turn once. */
static void serve_ready(struct server *srv)
{
	struct cds_list_head now;
	struct conn *c;

	CDS_INIT_LIST_HEAD(&now);
	cds_list_splice(&srv->ready, &now);
	CDS_INIT_LIST_HEAD(&srv->ready);
	while (!cds_list_empty(&now)) {
		c = cds_list_first_entry(&now, struct conn, ready);
		cds_list_del_init(&c->ready);
		if (c->dead)
			conn_free(c);
		else if (!c->blocked)
			conn_pump(c, CONN_BURST);
	}
}

static void loop(struct server *srv, const struct serve_options *o)
{
	struct epoll_event events[EVENTS];
	uint64_t tick = now_ns(), ticks = 0;
	unsigned alone = 0;

	while (!srv->stop) {
		int n = epoll_wait(srv->epoll, events, EVENTS, cds_list_empty(&srv->ready) ? TICK_MS : 0);

		for (int i = 0; i < n; i++)
			dispatch(srv, events[i].data.ptr, events[i].events);
		serve_ready(srv);
		if (now_ns() - tick < TICK_MS * UINT64_C(1000000))
			continue;
		tick = now_ns();
		nfvm_engine_advance(srv->engine, tick);
		if (o->passing && ++ticks % PLACE_TICKS == 0) {
			alone = place_lives() ? 0 : alone + 1;
			srv->stop |= alone > 1;
		}
	}
}

/* ---- the end ---- */

static void end(struct server *srv)
{
	struct conn *c, *next;

	server_unlisten(srv);
	cds_list_for_each_entry_safe (c, next, &srv->conns, list)
		conn_free(c);
	nfvm_engine_free(&srv->engine);
	if (srv->signal.fd > 0)
		close(srv->signal.fd);
	if (srv->epoll >= 0)
		close(srv->epoll);
	buf_free(&srv->in);
}

/* Whoever started it may wait for the end of its standard error. */
static void let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, 2);
		close(null);
	}
}

int serve_main(const struct serve_options *o)
{
	struct server srv = { .epoll = -1 };
	int err;

	CDS_INIT_LIST_HEAD(&srv.conns);
	CDS_INIT_LIST_HEAD(&srv.ready);
	err = start(&srv, o);
	if (!err) {
		if (o->passing)
			let_go();
		notify_manager("READY=1\nSTATUS=Serving nf_tables");
		loop(&srv, o);
		notify_manager("STOPPING=1");
	}
	end(&srv);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
