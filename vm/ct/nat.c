/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings are chosen here and written into the connection (nf_nat_setup_info); see nat.h. The search for a free tuple:
 * nat_search.c. */
#include "vm/ct/nat_impl.h"

static bool same_tuple(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* nf_conntrack_alter_reply: answers will come with this tuple. Its zone stays. */
static void alter_reply(struct ct_table *t, struct ct_entry *ct, const struct ct_tuple *mapped)
{
	struct ct_dir *d = &ct->dir[CT_REPLY];
	uint16_t zone = d->tuple.zone;

	ct_invert(&d->tuple, mapped);
	d->tuple.zone = zone;
	d->hash = ct_hash(t, &d->tuple);
}

uint32_t ct_nat_setup(struct vm_pkt *v, const struct ct_nat_range *range, enum ct_manip m)
{
	struct ct_pkt p = { .v = v, .t = v->w->e->ct, .now_ns = v->w->now_ns };
	struct ct_entry *ct = v->ct;
	struct ct_tuple now, mapped;

	if (!ct || ct_status(ct) & IPS_CONFIRMED)
		return NF_ACCEPT;
	if (ct_nat_done(ct, m))
		return NF_DROP;
	if (!ct_invert(&now, &ct->dir[CT_REPLY].tuple))
		return NF_DROP;
	ct_nat_unique(&p, &now, range, m, &mapped);
	if (!same_tuple(&now, &mapped)) {
		alter_reply(p.t, ct, &mapped);
		ct_set_status(ct, m == CT_MANIP_SRC ? IPS_SRC_NAT : IPS_DST_NAT);
	}
	ct_set_status(ct, m == CT_MANIP_SRC ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE);
	return NF_ACCEPT;
}

uint32_t ct_nat_null(struct vm_pkt *v, enum ct_manip m)
{
	const struct ct_tuple *reply = &v->ct->dir[CT_REPLY].tuple;
	struct ct_nat_range range = { .flags = NF_NAT_RANGE_MAP_IPS };

	memcpy(range.min_addr, m == CT_MANIP_SRC ? reply->dst : reply->src, 16);
	memcpy(range.max_addr, range.min_addr, 16);
	return ct_nat_setup(v, &range, m);
}

void ct_nat_kill(struct vm_pkt *v)
{
	struct ct_pkt p = { .v = v, .t = v->w->e->ct, .now_ns = v->w->now_ns };

	ct_count(&p, v->ct);
	ct_kill(&p, v->ct);
}
