/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a tuple free? What a mapped connection sends must be answered to it alone, so the inverse is looked for in the table
 * (nf_conntrack_tuple_taken). */
#include "vm/ct/nat_impl.h"

enum { FEW_ATTEMPTS = 32 }; /* NF_NAT_HARDER_THRESH */

static bool alike(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return !memcmp(a, b, offsetof(struct ct_tuple, zone));
}

/* The living connection that a reply with this tuple belongs to. */
static struct ct_hit find_reply(struct ct_pkt *p, struct ct_tuple *k)
{
	const struct ct_entry *ct = p->v->ct;
	unsigned dirs = 1 << CT_REPLY;

	k->zone = ct_zone(ct, CT_REPLY);
	if (ct_zone(ct, CT_ORIG) == k->zone)
		dirs |= 1 << CT_ORIG;
	for (;;) {
		struct ct_hit hit = ct_table_find(p->t, k, ct_hash(p->t, k), dirs);

		if (!hit.ct || atomic_load_explicit(&hit.ct->expires_ns, memory_order_relaxed) > p->now_ns)
			return hit;
		ct_kill(p, hit.ct);
	}
}

static bool taken(struct ct_pkt *p, struct ct_tuple *reply)
{
	struct ct_hit hit = find_reply(p, reply);

	/* two of the same flow: confirmation will decide */
	return hit.ct && hit.ct != p->v->ct &&
	       memcmp(&hit.ct->dir[CT_ORIG].tuple, &p->v->ct->dir[CT_ORIG].tuple, sizeof(struct ct_tuple));
}

bool ct_nat_used(struct ct_pkt *p, const struct ct_tuple *k)
{
	struct ct_tuple reply;

	return ct_invert(&reply, k) && taken(p, &reply);
}

bool ct_nat_used_new(struct ct_pkt *p, const struct ct_tuple *k)
{
	const struct ct_entry *me = p->v->ct, *other;
	struct ct_tuple reply, own = *k;
	struct ct_hit hit;

	if (!ct_nat_used(p, k))
		return false;
	if (!ct_proto_of(k->proto)->allow_clash)
		return true;
	hit = find_reply(p, &own);
	if (!hit.ct) {
		ct_invert(&reply, k);
		hit = find_reply(p, &reply);
	}
	other = hit.ct;
	if (!other)
		return false;
	if (ct_status(other) & (IPS_NAT_MASK | IPS_SEQ_ADJUST))
		return true;
	return !alike(&other->dir[CT_ORIG].tuple, &me->dir[CT_REPLY].tuple) ||
	       !alike(&other->dir[CT_REPLY].tuple, &me->dir[CT_ORIG].tuple);
}

/* nf_nat_may_kill: a connection on its way out, with a translated source. */
static bool may_kill(const struct ct_entry *ct)
{
	uint32_t status = ct_status(ct);

	return ct->proto.tcp.state >= TCP_CONNTRACK_TIME_WAIT && !(status & (IPS_FIXED_TIMEOUT | IPS_DYING)) &&
	       (status & IPS_SRC_NAT);
}

bool ct_nat_used_harder(struct ct_pkt *p, const struct ct_tuple *k, unsigned attempts_left)
{
	const struct ct_entry *me = p->v->ct;
	struct ct_tuple reply;
	struct ct_hit hit;

	if (!ct_invert(&reply, k))
		return false;
	if (attempts_left > FEW_ATTEMPTS || k->proto != IPPROTO_TCP || me->proto.tcp.state != TCP_CONNTRACK_SYN_SENT)
		return taken(p, &reply);
	hit = find_reply(p, &reply);
	if (!hit.ct)
		return false;
	if (hit.dir == CT_ORIG || !may_kill(hit.ct))
		return true;
	/* the other side will see sequence numbers that cannot be the old connection's */
	if ((int32_t)(hit.ct->proto.tcp.seen[0].end - me->proto.tcp.seen[0].end) <= 0)
		return true;
	return !ct_kill(p, hit.ct);
}
