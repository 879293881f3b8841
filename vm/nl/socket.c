/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink sockets: a queue of datagrams, group memberships, and the dump under way (net/netlink/af_netlink.c).
 * Answers are never lost; notifications are, where the reader is slow: it is told once by ENOBUFS. Control thread.
 */
#include "vm/nl/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm/engine.h"
#include "vm/run/run.h"

int nl_new(struct vm_engine *e, struct nl **out)
{
	struct nl *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	n->e = e;
	CDS_INIT_LIST_HEAD(&n->sockets);
	n->arena = arena_new();
	*out = n;
	return 0;
}

void nl_free(struct nl **n)
{
	struct nl *x = *n;
	struct nfvm_socket *s, *t;

	if (!x)
		return;
	x->gone = NULL;
	cds_list_for_each_entry_safe(s, t, &x->sockets, list)
		nfvm_socket_free(&(struct nfvm_socket *){ s });
	arena_free(&x->arena);
	free(x);
	*n = NULL;
}

void nl_on_gone(struct vm_engine *e, nl_gone_fn f)
{
	e->nl->gone = f;
}

struct nfvm_socket *nl_port(struct vm_engine *e, uint32_t port)
{
	struct nfvm_socket *s;

	cds_list_for_each_entry(s, &e->nl->sockets, list)
		if (s->port == port)
			return s;
	return NULL;
}

static uint32_t port_new(struct nl *n)
{
	do
		n->last_port++;
	while (!n->last_port || nl_port(n->e, n->last_port));
	return n->last_port;
}

int nfvm_socket_new(struct nfvm_engine *e, struct nfvm_socket **out)
{
	struct nfvm_socket *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->e = e;
	s->port = port_new(e->nl);
	s->rcvbuf = SOCKET_RCVBUF;
	nfvm_socket_peer(s, (uint32_t)getpid(), program_invocation_short_name);
	CDS_INIT_LIST_HEAD(&s->queue);
	cds_list_add_tail(&s->list, &e->nl->sockets);
	*out = s;
	return 0;
}

int nfvm_socket_bind(struct nfvm_socket *s, uint32_t port)
{
	struct nfvm_socket *other;

	if (!port)
		port = s->peer_pid && !nl_port(s->e, s->peer_pid) ? s->peer_pid : s->port;
	other = nl_port(s->e, port);
	if (other && other != s)
		return -EADDRINUSE;
	s->port = port;
	return 0;
}

static void queue_pop(struct nfvm_socket *s)
{
	struct datagram *d = cds_list_first_entry(&s->queue, struct datagram, list);

	s->queued -= d->bytes.len + SOCKET_OVERHEAD;
	cds_list_del(&d->list);
	buf_free(&d->bytes);
	free(d);
	if (cds_list_empty(&s->queue) && !s->hooks.carried)
		s->congested = false;
}

static void dump_end(struct nfvm_socket *s)
{
	struct nl_dump *d = s->dump;

	s->dump = NULL;
	if (d)
		d->done(d);
}

static void trace_listeners(struct vm_engine *e)
{
	run_trace_listeners(e, nl_listeners(e, NFNLGRP_NFTRACE));
}

void nfvm_socket_free(struct nfvm_socket **s)
{
	struct nfvm_socket *x = *s;

	if (!x)
		return;
	*s = NULL;
	dump_end(x);
	while (!cds_list_empty(&x->queue))
		queue_pop(x);
	cds_list_del(&x->list);
	trace_listeners(x->e);
	if (x->e->nl->gone)
		x->e->nl->gone(x->e, x->port);
	free(x);
}

uint32_t nfvm_socket_port(const struct nfvm_socket *s)
{
	return s->port;
}

void nfvm_socket_rcvbuf(struct nfvm_socket *s, size_t bytes)
{
	s->rcvbuf = bytes;
}

void nfvm_socket_peer(struct nfvm_socket *s, uint32_t pid, const char *comm)
{
	s->peer_pid = pid;
	snprintf(s->peer_comm, sizeof(s->peer_comm), "%s", comm);
}

uint32_t nl_peer(const struct nfvm_socket *s, const char **comm)
{
	*comm = s->peer_comm;
	return s->peer_pid;
}

static int group_set(struct nfvm_socket *s, int group, bool member)
{
	if (group < 1 || group > 32)
		return -EINVAL;
	if (member)
		s->groups |= UINT64_C(1) << group;
	else
		s->groups &= ~(UINT64_C(1) << group);
	trace_listeners(s->e);
	return 0;
}

int nfvm_socket_setopt(struct nfvm_socket *s, int option, int value)
{
	switch (option) {
	case NETLINK_ADD_MEMBERSHIP:
	case NETLINK_DROP_MEMBERSHIP:
		return group_set(s, value, option == NETLINK_ADD_MEMBERSHIP);
	case NETLINK_EXT_ACK:
		s->ext_ack = value;
		return 0;
	case NETLINK_CAP_ACK:
		s->cap_ack = value;
		return 0;
	case NETLINK_NO_ENOBUFS:
		s->no_enobufs = value;
		if (value)
			s->overrun = s->congested = false;
		return 0;
	case NETLINK_BROADCAST_ERROR:
		s->broadcast_error = value;
		return 0;
	case NETLINK_GET_STRICT_CHK:
	case NETLINK_PKTINFO:
	case NETLINK_LISTEN_ALL_NSID:
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

int nfvm_socket_getopt(const struct nfvm_socket *s, int option, uint64_t *value)
{
	switch (option) {
	case NETLINK_LIST_MEMBERSHIPS:
		*value = s->groups >> 1;
		return 0;
	case NETLINK_EXT_ACK:
		*value = s->ext_ack;
		return 0;
	case NETLINK_CAP_ACK:
		*value = s->cap_ack;
		return 0;
	case NETLINK_NO_ENOBUFS:
		*value = s->no_enobufs;
		return 0;
	case NETLINK_BROADCAST_ERROR:
		*value = s->broadcast_error;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/* ---- servers ---- */

void nfvm_socket_hook(struct nfvm_socket *s, const struct nfvm_socket_hooks *h)
{
	s->hooks = *h;
}

void nfvm_socket_reader(struct nfvm_socket *s, size_t bytes)
{
	if (bytes > s->reader)
		s->reader = bytes < SOCKET_LARGEST_PART ? bytes : SOCKET_LARGEST_PART;
}

bool nfvm_socket_dumping(const struct nfvm_socket *s)
{
	return s->dump;
}

bool nfvm_socket_waiting(const struct nfvm_socket *s)
{
	return s->overrun || s->queued;
}

static void tell_ready(const struct nfvm_socket *s)
{
	if (s->hooks.ready)
		s->hooks.ready(s->hooks.ctx);
}

/* What the reader has not read yet. */
static size_t unread(const struct nfvm_socket *s)
{
	return s->queued + (s->hooks.carried ? s->hooks.carried(s->hooks.ctx) : 0);
}

/* ---- queue ---- */

static void queue_push(struct nfvm_socket *s, struct buf *b)
{
	struct datagram *d = calloc(1, sizeof(*d));

	if (!d) { /* as a full queue */
		s->overrun = true;
		buf_free(b);
		return;
	}
	d->bytes = *b;
	memset(b, 0, sizeof(*b));
	s->queued += d->bytes.len + SOCKET_OVERHEAD;
	cds_list_add_tail(&d->list, &s->queue);
	tell_ready(s);
}

void nl_answer(struct nfvm_socket *s, struct buf *b)
{
	if (b->len)
		queue_push(s, b);
}

bool nl_listeners(const struct vm_engine *e, uint32_t group)
{
	const struct nfvm_socket *s;

	cds_list_for_each_entry(s, &e->nl->sockets, list)
		if (s->groups >> group & 1)
			return true;
	return false;
}

/* As netlink_broadcast_deliver(): a single datagram always fits. */
static bool has_room(struct nfvm_socket *s, size_t len)
{
	size_t before = unread(s);

	if (!before)
		s->congested = false;
	return !s->congested && (!before || before + len + SOCKET_OVERHEAD <= s->rcvbuf);
}

static void notify_one(struct nfvm_socket *s, const struct buf *b)
{
	struct buf copy = { 0 };

	if (!has_room(s, b->len)) {
		if (!s->no_enobufs && !s->congested) {
			s->overrun = s->congested = true;
			tell_ready(s);
		}
		return;
	}
	buf_put(&copy, b->p, b->len);
	queue_push(s, &copy);
}

void nl_notify(struct vm_engine *e, struct nfvm_socket *from, uint32_t group, bool echo, struct buf *b)
{
	struct nfvm_socket *s;

	if (!b->len)
		return;
	cds_list_for_each_entry(s, &e->nl->sockets, list)
		if ((s->groups >> group & 1) && !(echo && s == from))
			notify_one(s, b);
	if (echo && from)
		queue_push(from, b);
	buf_free(b);
}

ssize_t nfvm_socket_recv(struct nfvm_socket *s, void *buf, size_t len, int flags)
{
	struct datagram *d;
	size_t whole;

	if (s->overrun) {
		s->overrun = false;
		return -ENOBUFS;
	}
	if (cds_list_empty(&s->queue))
		run_trace_drain(s->e);
	if (cds_list_empty(&s->queue) && s->dump && !(flags & NFVM_RECV_HOLD))
		socket_dump_part(s);
	if (cds_list_empty(&s->queue))
		return -EAGAIN;
	d = cds_list_first_entry(&s->queue, struct datagram, list);
	whole = d->bytes.len;
	memcpy(buf, d->bytes.p, len < whole ? len : whole);
	if (!(flags & NFVM_RECV_HOLD))
		nfvm_socket_reader(s, len);
	if (flags & MSG_PEEK)
		return (ssize_t)whole;
	queue_pop(s);
	if (s->dump && s->queued <= s->rcvbuf / 2 && !(flags & NFVM_RECV_HOLD))
		socket_dump_part(s);
	return (ssize_t)whole;
}

/* ---- dumps ---- */

/* NLMSG_DONE carries the dump's result. */
static void dump_finish(struct nfvm_socket *s, struct buf *b, int result)
{
	struct nl_dump *d = s->dump;
	struct nlmsghdr *h = (struct nlmsghdr *)buf_grow(b, NLMSG_SPACE(sizeof(int)));

	*h = (struct nlmsghdr){
		.nlmsg_len = NLMSG_LENGTH(sizeof(int)),
		.nlmsg_type = NLMSG_DONE,
		.nlmsg_flags = NLM_F_MULTI | (d->intr ? NLM_F_DUMP_INTR : 0),
		.nlmsg_seq = d->seq,
		.nlmsg_pid = d->port,
	};
	memcpy(NLMSG_DATA(h), &result, sizeof(result));
	dump_end(s);
}

static size_t part_room(const struct nfvm_socket *s)
{
	return s->reader > SOCKET_FIRST_PART ? s->reader : SOCKET_FIRST_PART;
}

void socket_dump_part(struct nfvm_socket *s)
{
	struct nl_dump *d = s->dump;
	uint64_t gen = atomic_load_explicit(&s->e->gen, memory_order_relaxed);
	struct buf b = { 0 };
	int ret;

	d->intr |= gen != d->gen;
	d->gen = gen;
	ret = d->part(d, &b, part_room(s));
	if (ret <= 0)
		dump_finish(s, &b, ret);
	queue_push(s, &b);
}

int nl_dump_start(struct nl_req *q, struct nl_dump *d)
{
	if (q->sock->dump) {
		d->done(d);
		return -EBUSY;
	}
	d->sock = q->sock;
	d->seq = q->nlh->nlmsg_seq;
	d->port = q->sock->port;
	d->type = q->nlh->nlmsg_type;
	d->gen = q->e->gen;
	q->sock->dump = d;
	socket_dump_part(q->sock);
	return -EINTR;
}
