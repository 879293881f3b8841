/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table made and freed, workers' parts, and what goes on beside packets: expiry, deletion, walks. Memory is reserved whole and touched as
 * the table fills.
 */
#include "vm/ct/help.h"

#include "vm/host/host.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

/* ---- memory ---- */

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void unreserve(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}

static uint32_t power_of_two(uint32_t n)
{
	uint32_t p = 1;

	while (p < n)
		p *= 2;
	return p;
}

int ct_limbo_new(struct ct_limbo *l, uint32_t entries)
{
	l->cap = power_of_two(entries);
	l->index = reserve(l->cap * sizeof(*l->index));
	l->epoch = reserve(l->cap * sizeof(*l->epoch));
	return l->index && l->epoch ? 0 : -ENOMEM;
}

void ct_limbo_free(struct ct_limbo *l)
{
	unreserve(l->index, l->cap * sizeof(*l->index));
	unreserve(l->epoch, l->cap * sizeof(*l->epoch));
	memset(l, 0, sizeof(*l));
}

/* ---- sysctls ---- */

struct time_of {
	const char *name;
	size_t at;
	unsigned seconds;
};
#define TIME(name, field, seconds) { "net.netfilter.nf_conntrack_" name, offsetof(struct ct_sysctl, field), seconds }

static const struct time_of times[] = {
	TIME("tcp_timeout_syn_sent", tcp[TCP_CONNTRACK_SYN_SENT], 120),
	TIME("tcp_timeout_syn_recv", tcp[TCP_CONNTRACK_SYN_RECV], 60),
	TIME("tcp_timeout_established", tcp[TCP_CONNTRACK_ESTABLISHED], 5 * 24 * 3600),
	TIME("tcp_timeout_fin_wait", tcp[TCP_CONNTRACK_FIN_WAIT], 120),
	TIME("tcp_timeout_close_wait", tcp[TCP_CONNTRACK_CLOSE_WAIT], 60),
	TIME("tcp_timeout_last_ack", tcp[TCP_CONNTRACK_LAST_ACK], 30),
	TIME("tcp_timeout_time_wait", tcp[TCP_CONNTRACK_TIME_WAIT], 120),
	TIME("tcp_timeout_close", tcp[TCP_CONNTRACK_CLOSE], 10),
	TIME("tcp_timeout_syn_sent", tcp[TCP_CONNTRACK_SYN_SENT2], 120),
	TIME("tcp_timeout_max_retrans", tcp[TCP_CONNTRACK_RETRANS], 300),
	TIME("tcp_timeout_unacknowledged", tcp[TCP_CONNTRACK_UNACK], 300),
	TIME("sctp_timeout_closed", sctp[1], 10),
	TIME("sctp_timeout_cookie_wait", sctp[2], 3),
	TIME("sctp_timeout_cookie_echoed", sctp[3], 3),
	TIME("sctp_timeout_established", sctp[4], 210),
	TIME("sctp_timeout_shutdown_sent", sctp[5], 3),
	TIME("sctp_timeout_shutdown_recd", sctp[6], 3),
	TIME("sctp_timeout_shutdown_ack_sent", sctp[7], 3),
	TIME("sctp_timeout_heartbeat_sent", sctp[8], 30),
	TIME("udp_timeout", udp, 30),
	TIME("udp_timeout_stream", udp_stream, 120),
	TIME("icmp_timeout", icmp, 30),
	TIME("icmpv6_timeout", icmpv6, 30),
	TIME("generic_timeout", generic, 600),
	TIME("gre_timeout", gre, 30),
	TIME("gre_timeout_stream", gre_stream, 180),
};

static void read_sysctls(const struct host *h, struct ct_sysctl *s)
{
	for (unsigned i = 0; i < ARRAY_SIZE(times); i++) {
		uint64_t ns = (uint64_t)host_sysctl_num(h, times[i].name, times[i].seconds) * 1000000000;

		memcpy((char *)s + times[i].at, &ns, sizeof(ns));
	}
	s->loose = host_sysctl_num(h, "net.netfilter.nf_conntrack_tcp_loose", 1);
	s->be_liberal = host_sysctl_num(h, "net.netfilter.nf_conntrack_tcp_be_liberal", 0);
	s->ignore_invalid_rst = host_sysctl_num(h, "net.netfilter.nf_conntrack_tcp_ignore_invalid_rst", 0);
	s->max_retrans = (uint8_t)host_sysctl_num(h, "net.netfilter.nf_conntrack_tcp_max_retrans", 3);
	s->checksum = host_sysctl_num(h, "net.netfilter.nf_conntrack_checksum", 1);
	s->acct = host_sysctl_num(h, "net.netfilter.nf_conntrack_acct", 0);
}

/* ---- the table ---- */

enum { SPARE = 4096 /* entries beyond the limit, for those in limbo */, EXPECTS = 1024 };

static void seed_hash(struct ct_table *t, uint64_t seed)
{
	for (unsigned i = 0; i < ARRAY_SIZE(t->key); i++) {
		uint64_t z = (seed += 0x9e3779b97f4a7c15u);

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		t->key[i] = (z ^ (z >> 31)) | 1;
	}
}

/* Room for n slots, four of seven in use. 0 or -ENOMEM. */
static int slots_new(struct ct_slots *s, uint64_t n)
{
	for (s->bits = 10; s->bits < 28 && (UINT64_C(1) << s->bits) * 4 < n; s->bits++)
		;
	s->overflow_size = (1u << s->bits) / 2 + 64;
	s->overflow_used = 1;
	s->bucket = reserve(sizeof(*s->bucket) << s->bits);
	s->overflow = reserve(sizeof(*s->overflow) * s->overflow_size);
	return s->bucket && s->overflow ? 0 : -ENOMEM;
}

static void slots_free(struct ct_slots *s)
{
	unreserve(s->bucket, sizeof(*s->bucket) << s->bits);
	unreserve(s->overflow, sizeof(*s->overflow) * s->overflow_size);
}

static uint32_t expects_max(const struct vm_engine *e)
{
	return (uint32_t)(e && e->host ? host_sysctl_num(e->host, "net.netfilter.nf_conntrack_expect_max", EXPECTS) : EXPECTS);
}

int ct_table_new(struct vm_engine *e, uint32_t max, uint64_t seed, struct ct_table **out)
{
	struct ct_table *t = reserve(sizeof(*t));
	bool err;

	if (!t)
		return -ENOMEM;
	t->e = e;
	t->max = max;
	t->size = max + max / 8 + SPARE;
	t->entries = reserve(t->size * sizeof(*t->entries));
	t->labels = reserve(t->size * sizeof(*t->labels));
	t->help = reserve(t->size * sizeof(*t->help));
	t->policy = reserve(CT_POLICIES * sizeof(*t->policy));
	err = slots_new(&t->tuples, (uint64_t)max * 2) || slots_new(&t->sources, max);
	t->fresh = 1;
	for (unsigned i = 0; i < CT_READERS; i++)
		t->readers[i].epoch = UINT64_MAX;
	t->epoch = 1;
	seed_hash(t, seed);
	if (e && e->host)
		read_sysctls(e->host, &t->sysctl);
	if (err || ct_limbo_new(&t->control, t->size) || ct_expects_new(t, expects_max(e)) || !t->entries || !t->labels || !t->help || !t->policy) {
		ct_table_free(&t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}

void ct_table_free(struct ct_table **tp)
{
	struct ct_table *t = *tp;

	*tp = NULL;
	if (!t)
		return;
	ct_limbo_free(&t->control);
	unreserve(t->entries, t->size * sizeof(*t->entries));
	unreserve(t->labels, t->size * sizeof(*t->labels));
	unreserve(t->help, t->size * sizeof(*t->help));
	unreserve(t->policy, CT_POLICIES * sizeof(*t->policy));
	ct_expects_free(t);
	slots_free(&t->tuples);
	slots_free(&t->sources);
	unreserve(t, sizeof(*t));
}

/* ---- workers ---- */

int ct_worker_new(struct vm_worker *w)
{
	struct ct_worker *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->scan = 1;
	c->templates = reserve(CT_TEMPLATES * sizeof(*c->templates));
	if (!c->templates || ct_limbo_new(&c->limbo, w->e->ct->size)) {
		unreserve(c->templates, CT_TEMPLATES * sizeof(*c->templates));
		ct_limbo_free(&c->limbo);
		free(c);
		return -ENOMEM;
	}
	w->ct = c;
	return 0;
}

/* What is still in limbo goes to the control thread's when the worker goes: nobody holds it longer than the bursts that run now. */
void ct_worker_free(struct vm_worker *w)
{
	struct ct_worker *c = w->ct;
	struct ct_table *t = w->e->ct;

	w->ct = NULL;
	if (!c)
		return;
	ct_reader_leave(t, w->id);
	while (c->limbo.n) {
		ct_table_reap(t, &c->limbo, NULL);
		sched_yield();
	}
	while (c->n)
		ct_table_put(t, c->cache[--c->n]);
	ct_limbo_free(&c->limbo);
	unreserve(c->templates, CT_TEMPLATES * sizeof(*c->templates));
	free(c);
}

/* ---- expiry ---- */

static bool has_expired(const struct ct_entry *ct, uint64_t now_ns)
{
	return atomic_load_explicit(&ct->life, memory_order_acquire) == CT_CONFIRMED &&
	       atomic_load_explicit(&ct->expires_ns, memory_order_relaxed) <= now_ns;
}

static bool remove_to(struct ct_table *t, struct ct_limbo *l, struct ct_entry *ct)
{
	if (!ct_table_remove(t, ct))
		return false;
	atomic_fetch_sub_explicit(&t->count, 1, memory_order_relaxed);
	ct_table_bury(t, l, ct);
	return true;
}

enum { SCAN_STEP = 32, SCAN_EVERY_NS = 1000000000 };

/* A few entries of the pool at the end of each burst; a pass over all begins once a second at most. */
static void scan_some(struct ct_table *t, struct ct_worker *c, uint64_t now_ns)
{
	uint32_t end = atomic_load_explicit(&t->fresh, memory_order_relaxed);

	if (c->scan == 1) {
		if (now_ns < c->scan_ns + SCAN_EVERY_NS)
			return;
		c->scan_ns = now_ns;
		ct_expect_collect(t, now_ns);
	}
	for (unsigned n = 0; n < SCAN_STEP && c->scan < end; n++, c->scan++)
		if (has_expired(&t->entries[c->scan], now_ns))
			remove_to(t, &c->limbo, &t->entries[c->scan]);
	if (c->scan >= end)
		c->scan = 1;
}

void ct_burst_begin(struct vm_worker *w)
{
	ct_reader_enter(w->e->ct, w->id);
}

void ct_burst_end(struct vm_worker *w)
{
	scan_some(w->e->ct, w->ct, w->now_ns);
	ct_reader_leave(w->e->ct, w->id);
	ct_table_reap(w->e->ct, &w->ct->limbo, w->ct);
}

void ct_collect(struct vm_engine *e)
{
	struct ct_table *t = e->ct;
	uint64_t now_ns = vm_now(e);
	uint32_t end = atomic_load_explicit(&t->fresh, memory_order_relaxed);

	ct_reader_enter(t, CT_CONTROL);
	for (uint32_t i = 1; i < end; i++)
		if (has_expired(&t->entries[i], now_ns))
			remove_to(t, &t->control, &t->entries[i]);
	ct_expect_collect(t, now_ns);
	ct_reader_leave(t, CT_CONTROL);
	ct_table_reap(t, &t->control, NULL);
}

/* ---- the control thread's view ---- */

int ct_walk(struct vm_engine *e, int (*f)(void *ctx, struct ct_entry *ct), void *ctx)
{
	struct ct_table *t = e->ct;
	uint64_t now_ns = vm_now(e);
	uint32_t end = atomic_load_explicit(&t->fresh, memory_order_relaxed);
	int stop = 0;

	ct_reader_enter(t, CT_CONTROL);
	for (uint32_t i = 1; i < end && !stop; i++) {
		struct ct_entry *ct = &t->entries[i];

		if (atomic_load_explicit(&ct->life, memory_order_acquire) == CT_CONFIRMED && !has_expired(ct, now_ns))
			stop = f(ctx, ct);
	}
	ct_reader_leave(t, CT_CONTROL);
	return stop;
}

bool ct_delete(struct vm_engine *e, struct ct_entry *ct)
{
	bool done = remove_to(e->ct, &e->ct->control, ct);

	ct_table_reap(e->ct, &e->ct->control, NULL);
	return done;
}

bool ct_expired(const struct vm_engine *e, const struct ct_entry *ct)
{
	return atomic_load_explicit(&ct->expires_ns, memory_order_relaxed) <= vm_now(e);
}

struct ct_entry *ct_find(struct vm_engine *e, const struct ct_tuple *k, int *dir)
{
	struct ct_hit hit = ct_table_find(e->ct, k, ct_hash(e->ct, k), 1 << CT_ORIG | 1 << CT_REPLY);

	if (!hit.ct || ct_expired(e, hit.ct))
		return NULL;
	*dir = hit.dir;
	return hit.ct;
}
