/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctnetlink: connections listed, looked up, made, changed, deleted, flushed, and counted. Events, expectations and what makes
 * translations are not there yet: they are refused. Control thread.
 */
#include "vm/ct/nl.h"

#include "vm/engine.h"
#include "vm/nl/subsys.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>

typedef const struct nlattr *attrs[CTA_MAX + 1];

static int read_request(const struct nl_req *q, attrs cda)
{
	return ct_nl_attrs(q->attrs, q->attrs_len, cda, CTA_MAX + 1) ? 0 : -EINVAL;
}

static uint16_t zone_of(attrs cda)
{
	return cda[CTA_ZONE] && mnl_attr_get_payload_len(cda[CTA_ZONE]) >= 2 ? be16_load(mnl_attr_get_payload(cda[CTA_ZONE])) : 0;
}

/* ---- which connections a dump or flush means ---- */

struct filter {
	uint8_t l3; /* 0: all */
	uint32_t mark, mark_mask, status, status_mask;
	bool zoned;
	uint16_t zone;
};

static struct filter filter_of(const struct nl_req *q, attrs cda)
{
	struct filter f = { .l3 = q->family, .zoned = cda[CTA_ZONE], .zone = zone_of(cda) };

	if (cda[CTA_MARK]) {
		f.mark = ct_nl_be32(cda[CTA_MARK], 0);
		f.mark_mask = ct_nl_be32(cda[CTA_MARK_MASK], UINT32_MAX);
	}
	if (cda[CTA_STATUS]) {
		f.status = ct_nl_be32(cda[CTA_STATUS], 0);
		f.status_mask = ct_nl_be32(cda[CTA_STATUS_MASK], f.status);
	}
	return f;
}

static bool wanted(const struct filter *f, const struct ct_entry *ct)
{
	return (!f->l3 || ct_tuple(ct, CT_ORIG)->l3 == f->l3) && (ct_mark(ct) & f->mark_mask) == f->mark &&
	       (ct_status(ct) & f->status_mask) == f->status && (!f->zoned || ct->zone == f->zone);
}

/* ---- dumps ---- */

struct ct_dump {
	struct nl_dump d;
	struct filter filter;
	struct vm_engine *e;
	uint32_t next; /* index of the entry */
	bool zero;     /* counters go back to zero */
};

static void counters_zero(struct ct_entry *ct)
{
	for (int dir = 0; dir < CT_DIRS; dir++) {
		atomic_store_explicit(&ct->dir[dir].packets, 0, memory_order_relaxed);
		atomic_store_explicit(&ct->dir[dir].bytes, 0, memory_order_relaxed);
	}
}

static bool alive(struct ct_table *t, const struct ct_entry *ct)
{
	return atomic_load_explicit(&ct->life, memory_order_acquire) == CT_CONFIRMED && !ct_expired(t->e, ct);
}

enum { MESSAGE_MAX = 512 };

static int dump_part(struct nl_dump *d, struct buf *out, size_t room)
{
	struct ct_dump *x = (struct ct_dump *)d;
	struct ct_table *t = x->e->ct;
	uint32_t end = atomic_load_explicit(&t->fresh, memory_order_relaxed);

	ct_reader_enter(t, CT_CONTROL);
	for (; x->next < end && (!out->len || out->len + MESSAGE_MAX <= room); x->next++) {
		struct ct_entry *ct = &t->entries[x->next];

		if (!alive(t, ct) || !wanted(&x->filter, ct))
			continue;
		ct_nl_fill(out, t, ct, d->seq, d->port, NLM_F_MULTI);
		if (x->zero)
			counters_zero(ct);
	}
	ct_reader_leave(t, CT_CONTROL);
	return x->next < end;
}

static void dump_done(struct nl_dump *d)
{
	free(d);
}

static int start_dump(struct nl_req *q, attrs cda)
{
	struct ct_dump *x;

	if (cda[CTA_FILTER])
		return nl_text(q, "dumps by tuple are not there yet", -EOPNOTSUPP);
	x = calloc(1, sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->d.part = dump_part;
	x->d.done = dump_done;
	x->e = q->e;
	x->next = 1;
	x->filter = filter_of(q, cda);
	x->zero = q->msg == IPCTNL_MSG_CT_GET_CTRZERO;
	return nl_dump_start(q, &x->d);
}

/* ---- one connection ---- */

/* The connection that the request names; the caller is a reader. */
static int find(struct nl_req *q, attrs cda, struct ct_entry **out)
{
	int which = cda[CTA_TUPLE_ORIG] ? CTA_TUPLE_ORIG : CTA_TUPLE_REPLY, dir, err;
	struct ct_tuple k;

	err = ct_nl_tuple(cda[which], q->family, zone_of(cda), &k);
	if (err)
		return err;
	*out = ct_find(q->e, &k, &dir);
	return *out ? 0 : -ENOENT;
}

static int get(struct nl_req *q)
{
	struct ct_table *t = q->e->ct;
	struct buf b = { 0 };
	struct ct_entry *ct;
	attrs cda;
	int err = read_request(q, cda);

	if (err)
		return err;
	if (nl_flags(q) & NLM_F_DUMP)
		return start_dump(q, cda);
	if (!cda[CTA_TUPLE_ORIG] && !cda[CTA_TUPLE_REPLY])
		return -EINVAL;
	ct_reader_enter(t, CT_CONTROL);
	err = find(q, cda, &ct);
	if (!err) {
		ct_nl_fill(&b, t, ct, q->nlh->nlmsg_seq, q->nlh->nlmsg_pid, 0);
		if (q->msg == IPCTNL_MSG_CT_GET_CTRZERO)
			counters_zero(ct);
	}
	ct_reader_leave(t, CT_CONTROL);
	if (!err)
		nl_answer(q->sock, &b);
	return err;
}

/* Old clients name a family and mean all. */
static int flush(struct nl_req *q, attrs cda)
{
	const struct nfgenmsg *g = NLMSG_DATA(q->nlh);
	struct ct_table *t = q->e->ct;
	struct filter f = filter_of(q, cda);
	uint32_t end = atomic_load_explicit(&t->fresh, memory_order_relaxed);

	if (cda[CTA_FILTER])
		return -EOPNOTSUPP;
	f.l3 = g->version ? q->family : 0;
	ct_reader_enter(t, CT_CONTROL);
	for (uint32_t i = 1; i < end; i++)
		if (alive(t, &t->entries[i]) && wanted(&f, &t->entries[i]))
			ct_delete(q->e, &t->entries[i]);
	ct_reader_leave(t, CT_CONTROL);
	return 0;
}

static int del(struct nl_req *q)
{
	struct ct_table *t = q->e->ct;
	struct ct_entry *ct;
	attrs cda;
	int err = read_request(q, cda);

	if (err)
		return err;
	if (!cda[CTA_TUPLE_ORIG] && !cda[CTA_TUPLE_REPLY])
		return flush(q, cda);
	ct_reader_enter(t, CT_CONTROL);
	err = find(q, cda, &ct);
	if (!err && cda[CTA_ID] && ct_nl_be32(cda[CTA_ID], 0) != ct->id)
		err = -ENOENT;
	if (!err)
		ct_delete(q->e, ct);
	ct_reader_leave(t, CT_CONTROL);
	return err;
}

/* ---- changes ---- */

/* ctnetlink_change_status: what a connection has been through cannot be undone. */
static int change_status(struct ct_entry *ct, attrs cda)
{
	static const uint32_t kept = IPS_NAT_DONE_MASK | IPS_NAT_MASK | IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE | IPS_TEMPLATE |
				     IPS_OFFLOAD | IPS_HW_OFFLOAD | IPS_EXPECTED | IPS_CONFIRMED | IPS_DYING | IPS_SEQ_ADJUST |
				     IPS_UNTRACKED | IPS_HELPER;
	uint32_t to = ct_nl_be32(cda[CTA_STATUS], 0), differ = to ^ ct_status(ct);

	if (!cda[CTA_STATUS])
		return 0;
	if ((differ & (IPS_EXPECTED | IPS_CONFIRMED | IPS_DYING)) || (differ & ~to & (IPS_SEEN_REPLY | IPS_ASSURED)))
		return -EBUSY;
	ct_set_status(ct, to & ~kept);
	return 0;
}

static void change_mark(struct ct_entry *ct, attrs cda)
{
	if (cda[CTA_MARK])
		ct_set_mark(ct, (ct_mark(ct) & ~ct_nl_be32(cda[CTA_MARK_MASK], UINT32_MAX)) ^ ct_nl_be32(cda[CTA_MARK], 0));
}

static uint64_t until(const struct nl_req *q, attrs cda)
{
	return vm_now(q->e) + (uint64_t)ct_nl_be32(cda[CTA_TIMEOUT], 0) * 1000000000;
}

static int change_tcp(struct ct_entry *ct, attrs cda)
{
	const struct nlattr *info[CTA_PROTOINFO_MAX + 1], *tcp[CTA_PROTOINFO_TCP_MAX + 1];
	const struct nlattr *a = cda[CTA_PROTOINFO];

	if (!a || ct_tuple(ct, CT_ORIG)->proto != IPPROTO_TCP)
		return 0;
	if (!ct_nl_attrs(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a), info, ARRAY_SIZE(info)))
		return -EINVAL;
	a = info[CTA_PROTOINFO_TCP];
	if (!a)
		return 0;
	if (!ct_nl_attrs(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a), tcp, ARRAY_SIZE(tcp)))
		return -EINVAL;
	a = tcp[CTA_PROTOINFO_TCP_STATE];
	if (!a)
		return 0;
	if (mnl_attr_get_payload_len(a) < 1 || mnl_attr_get_u8(a) >= TCP_CONNTRACK_MAX)
		return -EINVAL;
	ct_take_turn(ct);
	ct->proto.tcp.state = mnl_attr_get_u8(a);
	ct_end_turn(ct);
	return 0;
}

static int update(struct nl_req *q, struct ct_entry *ct, attrs cda)
{
	int err;

	if (cda[CTA_NAT_SRC] || cda[CTA_NAT_DST] || cda[CTA_TUPLE_MASTER])
		return -EOPNOTSUPP;
	if (cda[CTA_HELP] || cda[CTA_LABELS] || cda[CTA_SEQ_ADJ_ORIG] || cda[CTA_SEQ_ADJ_REPLY])
		return nl_text(q, "helpers, labels and sequence numbers cannot be set yet", -EOPNOTSUPP);
	if (cda[CTA_TIMEOUT] && !(ct_status(ct) & IPS_FIXED_TIMEOUT))
		atomic_store_explicit(&ct->expires_ns, until(q, cda), memory_order_relaxed);
	err = change_status(ct, cda);
	if (!err)
		err = change_tcp(ct, cda);
	if (!err)
		change_mark(ct, cda);
	return err;
}

static int create(struct nl_req *q, attrs cda, const struct ct_tuple *orig, const struct ct_tuple *reply)
{
	struct ct_table *t = q->e->ct;
	struct ct_entry *ct;
	int err;

	if (!cda[CTA_TIMEOUT])
		return -EINVAL;
	if (cda[CTA_NAT_SRC] || cda[CTA_NAT_DST] || cda[CTA_TUPLE_MASTER] || cda[CTA_HELP] || cda[CTA_LABELS])
		return nl_text(q, "connections with translations, masters, helpers or labels cannot be made yet", -EOPNOTSUPP);
	if (atomic_load_explicit(&t->count, memory_order_relaxed) >= t->max || !(ct = ct_table_alloc(t, NULL)))
		return -ENOMEM;
	ct->dir[CT_ORIG].tuple = *orig;
	ct->dir[CT_REPLY].tuple = *reply;
	for (int d = 0; d < CT_DIRS; d++)
		ct->dir[d].hash = ct_hash(t, &ct->dir[d].tuple);
	ct->zone = zone_of(cda);
	ct->zone_dirs = 1 << CT_ORIG | 1 << CT_REPLY;
	ct->acct = t->sysctl.acct;
	ct_set_status(ct, IPS_CONFIRMED);
	atomic_store_explicit(&ct->expires_ns, until(q, cda), memory_order_relaxed);
	err = change_status(ct, cda);
	if (!err)
		err = change_tcp(ct, cda);
	change_mark(ct, cda);
	if (!err && !ct_table_insert(t, ct))
		err = -EEXIST;
	if (err)
		ct_table_bury(t, &t->control, ct);
	else
		atomic_fetch_add_explicit(&t->count, 1, memory_order_relaxed);
	return err;
}

static int make(struct nl_req *q)
{
	struct ct_table *t = q->e->ct;
	struct ct_tuple orig, reply;
	struct ct_entry *ct = NULL;
	attrs cda;
	int err = read_request(q, cda), dir;

	if (!err && cda[CTA_TUPLE_ORIG])
		err = ct_nl_tuple(cda[CTA_TUPLE_ORIG], q->family, zone_of(cda), &orig);
	if (!err && cda[CTA_TUPLE_REPLY])
		err = ct_nl_tuple(cda[CTA_TUPLE_REPLY], q->family, zone_of(cda), &reply);
	if (err)
		return err;
	ct_reader_enter(t, CT_CONTROL);
	if (cda[CTA_TUPLE_ORIG])
		ct = ct_find(q->e, &orig, &dir);
	else if (cda[CTA_TUPLE_REPLY])
		ct = ct_find(q->e, &reply, &dir);
	if (ct)
		err = nl_flags(q) & NLM_F_EXCL ? -EEXIST : update(q, ct, cda);
	else if (!(nl_flags(q) & NLM_F_CREATE))
		err = -ENOENT;
	else
		err = cda[CTA_TUPLE_ORIG] && cda[CTA_TUPLE_REPLY] ? create(q, cda, &orig, &reply) : -EINVAL;
	ct_reader_leave(t, CT_CONTROL);
	return err;
}

/* ---- statistics ---- */

static int stats(struct nl_req *q)
{
	struct ct_table *t = q->e->ct;
	struct buf b = { 0 };
	size_t at = nl_begin(&b, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS, 0, q->nlh->nlmsg_seq, q->nlh->nlmsg_pid,
			     NFPROTO_UNSPEC, 0);

	ct_nl_put_be32(&b, CTA_STATS_GLOBAL_ENTRIES, atomic_load_explicit(&t->count, memory_order_relaxed));
	ct_nl_put_be32(&b, CTA_STATS_GLOBAL_MAX_ENTRIES, t->max);
	nl_end(&b, at);
	nl_answer(q->sock, &b);
	return 0;
}

static int stats_part(struct nl_dump *d, struct buf *out, size_t room)
{
	struct ct_table *t = ((struct ct_dump *)d)->e->ct;
	size_t at = nl_begin(out, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS_CPU, NLM_F_MULTI, d->seq, d->port,
			     NFPROTO_UNSPEC, 0);
	uint64_t dropped = atomic_load_explicit(&t->dropped, memory_order_relaxed);

	ct_nl_put_be32(out, CTA_STATS_FOUND, 0);
	ct_nl_put_be32(out, CTA_STATS_INVALID, 0);
	ct_nl_put_be32(out, CTA_STATS_INSERT, 0);
	ct_nl_put_be32(out, CTA_STATS_INSERT_FAILED, (uint32_t)atomic_load_explicit(&t->clashes, memory_order_relaxed));
	ct_nl_put_be32(out, CTA_STATS_DROP, (uint32_t)dropped);
	ct_nl_put_be32(out, CTA_STATS_EARLY_DROP, (uint32_t)atomic_load_explicit(&t->early_dropped, memory_order_relaxed));
	ct_nl_put_be32(out, CTA_STATS_ERROR, 0);
	ct_nl_put_be32(out, CTA_STATS_SEARCH_RESTART, 0);
	nl_end(out, at);
	return 0;
}

static int stats_cpu(struct nl_req *q)
{
	struct ct_dump *x;

	if (!(nl_flags(q) & NLM_F_DUMP))
		return 0;
	x = calloc(1, sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->d.part = stats_part;
	x->d.done = dump_done;
	x->e = q->e;
	return nl_dump_start(q, &x->d);
}

static const struct nl_call calls[] = {
	[IPCTNL_MSG_CT_NEW] = { NL_PLAIN, make, NULL, 0, NULL },
	[IPCTNL_MSG_CT_GET] = { NL_PLAIN, get, NULL, 0, NULL },
	[IPCTNL_MSG_CT_DELETE] = { NL_PLAIN, del, NULL, 0, NULL },
	[IPCTNL_MSG_CT_GET_CTRZERO] = { NL_PLAIN, get, NULL, 0, NULL },
	[IPCTNL_MSG_CT_GET_STATS_CPU] = { NL_PLAIN, stats_cpu, NULL, 0, NULL },
	[IPCTNL_MSG_CT_GET_STATS] = { NL_PLAIN, stats, NULL, 0, NULL },
};

const struct nl_subsys ct_subsys = { .id = NFNL_SUBSYS_CTNETLINK, .n_calls = ARRAY_SIZE(calls), .calls = calls };
