/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings are chosen here and written into the connection (nf_nat_setup_info); see nat.h. The search for a free tuple:
 * nat_search.c. */
#include "vm/ct/nat_impl.h"

#include "vm/ct/help.h"

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

static void map_to(struct vm_pkt *v, const uint8_t *addr, uint32_t flags, be16 port, enum ct_manip m)
{
	struct ct_nat_range r = { .flags = NF_NAT_RANGE_MAP_IPS | flags, .min_proto = port, .max_proto = port };

	memcpy(r.min_addr, addr, 16);
	memcpy(r.max_addr, addr, 16);
	ct_nat_setup(v, &r, m);
}

void ct_nat_follow(struct vm_pkt *v, const struct ct_entry *master, const struct ct_expect *x)
{
	const struct ct_tuple *k = &master->dir[!x->dir].tuple;

	map_to(v, k->dst, 0, 0, CT_MANIP_SRC);
	map_to(v, k->src, NF_NAT_RANGE_PROTO_SPECIFIED, x->saved_port, CT_MANIP_DST);
}

void ct_nat_kill(struct vm_pkt *v)
{
	struct ct_pkt p = { .v = v, .t = v->w->e->ct, .now_ns = v->w->now_ns };

	ct_count(&p, v->ct);
	ct_kill(&p, v->ct);
}
