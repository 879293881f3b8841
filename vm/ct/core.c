/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet does to the table (nf_conntrack_in, __nf_conntrack_confirm): found or begun at the first hook, moved by its
 * protocol, put into the table at the last hook. Worker's thread.
 */
#include "vm/ct/error.h"
#include "vm/ct/help.h"
#include "vm/ct/nat.h"

enum { EVICT_RANGE = 8 };

static const struct ct_zone zone_default = { 0, 1 << CT_ORIG | 1 << CT_REPLY };

/* ---- finding ---- */

static bool expired(const struct ct_entry *ct, uint64_t now_ns)
{
	return atomic_load_explicit(&ct->expires_ns, memory_order_relaxed) <= now_ns;
}

static struct ct_hit find(struct ct_pkt *p, const struct ct_tuple *k, unsigned dirs)
{
	uint32_t hash = ct_hash(p->t, k);

	for (;;) {
		struct ct_hit hit = ct_table_find(p->t, k, hash, dirs);

		if (!hit.ct || !expired(hit.ct, p->now_ns))
			return hit;
		ct_kill(p, hit.ct);
	}
}

struct ct_hit ct_lookup(struct ct_pkt *p, struct ct_tuple *k, const struct ct_zone *zone)
{
	struct ct_hit hit;

	k->zone = ct_zone_in(zone, CT_ORIG);
	if (zone->dirs == zone_default.dirs || !zone->id)
		return find(p, k, 1 << CT_ORIG | 1 << CT_REPLY);
	hit = find(p, k, 1 << CT_ORIG);
	if (!hit.ct) {
		k->zone = ct_zone_in(zone, CT_REPLY);
		hit = find(p, k, 1 << CT_REPLY);
	}
	return hit;
}

/* ---- beginning ---- */

/* The table is full: some connection near this tuple's bucket that is not assured goes (early_drop). */
static bool evict(struct ct_pkt *p, uint32_t hash)
{
	struct ct_table *t = p->t;
	uint32_t mask = (1u << t->tuples.bits) - 1, at = hash >> (32 - t->tuples.bits);

	for (unsigned i = 0; i < EVICT_RANGE; i++) {
		const struct ct_bucket *b = &t->tuples.bucket[(at + i) & mask];

		for (unsigned j = 0; j < CT_SLOTS; j++) {
			uint64_t s = atomic_load_explicit(&b->slot[j], memory_order_acquire);
			struct ct_entry *ct = &t->entries[(uint32_t)s >> 1];
			const struct ct_l4proto *proto;

			if (!s)
				continue;
			proto = ct_proto_of(ct->dir[CT_ORIG].tuple.proto);
			if ((ct_status(ct) & IPS_ASSURED) && !expired(ct, p->now_ns) && !(proto->may_drop_early && proto->may_drop_early(ct)))
				continue;
			if (ct_kill(p, ct)) {
				atomic_fetch_add_explicit(&t->early_dropped, 1, memory_order_relaxed);
				return true;
			}
		}
	}
	return false;
}

static struct ct_entry *begin(struct ct_pkt *p, const struct ct_tuple *k, const struct ct_zone *zone, enum ct_action *why)
{
	struct ct_table *t = p->t;
	struct ct_worker *w = p->v->w->ct;
	struct ct_tuple reply;
	struct ct_entry *ct;

	*why = CT_INVALID;
	if (!ct_invert(&reply, k))
		return NULL;
	reply.zone = ct_zone_in(zone, CT_REPLY);
	*why = CT_DROP;
	if (atomic_fetch_add_explicit(&t->count, 1, memory_order_relaxed) >= t->max && !evict(p, ct_hash(t, k)))
		ct = NULL;
	else
		ct = ct_table_alloc(t, w);
	if (!ct) {
		atomic_fetch_sub_explicit(&t->count, 1, memory_order_relaxed);
		atomic_fetch_add_explicit(&t->dropped, 1, memory_order_relaxed);
		return NULL;
	}
	ct->dir[CT_ORIG].tuple = *k;
	ct->dir[CT_ORIG].tuple.zone = ct_zone_in(zone, CT_ORIG);
	ct->dir[CT_REPLY].tuple = reply;
	for (int d = 0; d < CT_DIRS; d++)
		ct->dir[d].hash = ct_hash(t, &ct->dir[d].tuple);
	ct->zone = zone->id;
	ct->zone_dirs = zone->dirs;
	ct->acct = t->sysctl.acct;
	return ct;
}

/* A new connection that was expected: related, marked as its master, and mapped as that is. */
static void meet_expectation(struct ct_pkt *p, struct ct_entry *ct)
{
	const struct ct_tuple *k = &ct->dir[CT_ORIG].tuple;
	const struct ct_entry *master;
	struct ct_expect x;

	if (!ct_expect_take(p, k, ct->zone, &x))
		return;
	master = &p->t->entries[x.master];
	ct_set_status(ct, IPS_EXPECTED);
	atomic_store_explicit(&ct->master, x.master, memory_order_relaxed);
	ct_help_of(p->t, ct)->master_helper = master->helper;
	ct_set_mark(ct, ct_mark(master));
	ct_set_secmark(ct, ct_secmark(master));
	ct->helper = x.helper;
	p->v->ct = ct;
	if (x.follow == CT_FOLLOW_MASTER)
		ct_nat_follow(p->v, master, &x);
}

static void free_unconfirmed(struct ct_table *t, struct ct_worker *w, struct ct_entry *ct)
{
	ct_expect_master_gone(t, ct);
	atomic_fetch_sub_explicit(&t->count, 1, memory_order_relaxed);
	ct_table_unalloc(t, w, ct);
}

/* resolve_normal_ct: sets v->ct and v->ctinfo. */
static enum ct_action resolve(struct ct_pkt *p, const struct ct_l4 *l4, const struct ct_zone *zone)
{
	const uint8_t *ip = p->v->data + p->v->l3;
	enum ct_action why = CT_OK;
	struct ct_tuple k;
	struct ct_hit hit;
	uint32_t status;

	if (!ct_get_tuple(p->v->pf, ip, p->v->len - p->v->l3, l4, &k))
		return CT_INVALID;
	hit = ct_lookup(p, &k, zone);
	if (!hit.ct) {
		k.zone = ct_zone_in(zone, CT_ORIG);
		hit = (struct ct_hit){ begin(p, &k, zone, &why), CT_ORIG };
		if (hit.ct)
			meet_expectation(p, hit.ct);
	}
	if (!hit.ct)
		return why;
	status = ct_status(hit.ct);
	p->v->ct = hit.ct;
	if (hit.dir == CT_REPLY)
		p->v->ctinfo = IP_CT_ESTABLISHED_REPLY;
	else if (status & IPS_SEEN_REPLY)
		p->v->ctinfo = IP_CT_ESTABLISHED;
	else
		p->v->ctinfo = status & IPS_EXPECTED ? IP_CT_RELATED : IP_CT_NEW;
	return CT_OK;
}

static void forget(struct ct_pkt *p)
{
	ct_release(p->v);
	p->v->ctinfo = 0;
}

/* ---- the hooks ---- */

/* The template that `ct zone set` left with the packet. */
static struct ct_zone take_template(struct vm_pkt *v)
{
	struct ct_zone z = zone_default;

	if (v->ct) {
		z.id = v->ct->zone;
		z.dirs = v->ct->zone_dirs;
		v->ct = NULL;
	}
	return z;
}

static uint32_t track(struct ct_pkt *p, const struct ct_l4 *l4, const struct ct_zone *zone)
{
	enum ct_action a;

	do {
		a = resolve(p, l4, zone);
		if (a != CT_OK)
			return a == CT_DROP ? NF_DROP : NF_ACCEPT;
		a = ct_proto_of(l4->proto)->packet(p, p->v->ct);
		if (a != CT_OK)
			forget(p);
	} while (a == CT_AGAIN);
	if (a == CT_OK && p->v->ctinfo == IP_CT_ESTABLISHED_REPLY)
		ct_set_status(p->v->ct, IPS_SEEN_REPLY);
	return a == CT_DROP ? NF_DROP : NF_ACCEPT;
}

uint32_t ct_in(struct vm_pkt *v)
{
	struct ct_pkt p = { .v = v, .t = v->w->e->ct, .now_ns = v->w->now_ns };
	struct ct_zone zone;
	struct ct_l4 l4;

	if (v->ct ? atomic_load_explicit(&v->ct->life, memory_order_relaxed) != CT_TEMPLATE : v->ctinfo == IP_CT_UNTRACKED)
		return NF_ACCEPT; /* seen before, or not to be tracked */
	zone = take_template(v);
	v->ctinfo = 0;
	if (!ct_find_l4(v->pf, v->data + v->l3, v->len - v->l3, &l4))
		return NF_ACCEPT;
	p.off = v->l3 + l4.off;
	p.l4 = v->data + p.off;
	p.len = v->len - p.off;
	p.verify = v->hook == NF_INET_PRE_ROUTING && p.t->sysctl.checksum;
	switch (ct_icmp_error(&p, l4.proto, &zone)) {
	case CT_ERROR_DONE:
	case CT_ERROR_INVALID:
		return NF_ACCEPT;
	case CT_ERROR_NONE:
		break;
	}
	return track(&p, &l4, &zone);
}

/* A twin took this entry's place: may the packet go on with it (nf_ct_resolve_clash)? */
static uint32_t resolve_clash(struct vm_pkt *v, struct ct_entry *loser)
{
	struct ct_table *t = v->w->e->ct;
	const struct ct_dir *o = &loser->dir[CT_ORIG];
	struct ct_hit hit = ct_table_find(t, &o->tuple, o->hash, 1 << CT_ORIG | 1 << CT_REPLY);

	v->ct = NULL;
	if (!hit.ct || !ct_proto_of(o->tuple.proto)->allow_clash)
		return NF_DROP;
	if (hit.dir == CT_ORIG && memcmp(&hit.ct->dir[CT_REPLY].tuple, &loser->dir[CT_REPLY].tuple, sizeof(o->tuple)))
		return NF_DROP;
	v->ct = hit.ct;
	v->ctinfo = hit.dir == CT_REPLY ? IP_CT_ESTABLISHED_REPLY : ct_status(hit.ct) & IPS_SEEN_REPLY ? IP_CT_ESTABLISHED : IP_CT_NEW;
	return NF_ACCEPT;
}

uint32_t ct_confirm(struct vm_pkt *v)
{
	struct ct_table *t = v->w->e->ct;
	struct ct_entry *ct = v->ct;

	if (ct && (ct->helper || (ct_status(ct) & IPS_SEQ_ADJUST)) && ct_help_packet(v) != NF_ACCEPT)
		return NF_DROP;
	if (!ct || ct_info_dir(v->ctinfo) != CT_ORIG || atomic_load_explicit(&ct->life, memory_order_relaxed) != CT_UNCONFIRMED)
		return NF_ACCEPT;
	ct_set_status(ct, IPS_CONFIRMED);
	atomic_fetch_add_explicit(&ct->expires_ns, v->w->now_ns, memory_order_relaxed);
	if (ct_table_insert(t, ct))
		return NF_ACCEPT;
	ct_expect_master_gone(t, ct);
	atomic_fetch_sub_explicit(&t->count, 1, memory_order_relaxed);
	ct_table_bury(t, &v->w->ct->limbo, ct);
	return resolve_clash(v, ct);
}

void ct_release(struct vm_pkt *v)
{
	struct ct_entry *ct = v->ct;

	v->ct = NULL;
	if (ct && atomic_load_explicit(&ct->life, memory_order_relaxed) == CT_UNCONFIRMED && !--ct->refs)
		free_unconfirmed(v->w->e->ct, v->w->ct, ct);
}

void ct_share(struct vm_pkt *v)
{
	if (v->ct && atomic_load_explicit(&v->ct->life, memory_order_relaxed) == CT_UNCONFIRMED)
		v->ct->refs++;
}

void ct_attach(struct vm_pkt *answer, const struct vm_pkt *v)
{
	if (!v->ct && !v->ctinfo)
		return;
	/* An answer to an untracked packet is marked, too, though with no connection. */
	answer->ct = v->ct;
	answer->ctinfo = ct_info_dir(v->ctinfo) == CT_ORIG ? IP_CT_RELATED_REPLY : IP_CT_RELATED;
	if (v->ct)
		ct_share(answer);
}
