/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m conntrack, -m state: what connection tracking knows. Reference: net/netfilter/xt_conntrack.c, xt_state.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_state.h>

#include "vm/ct/ct.h"

/* The revisions differ in how wide the masks are, in the ports' byte order, and in ranges of ports. This is what all of them say.
 */
struct want {
	const struct xt_conntrack_mtinfo3 *m; /* its first part is the same in all */
	uint16_t flags, invert, state, status;
	uint16_t port[4][2]; /* in host order: of the original's source and destination, the reply's source and destination */
};

static uint32_t state_bit(const struct vm_pkt *p)
{
	if (p->ct)
		return XT_CONNTRACK_STATE_BIT(p->ctinfo);
	return p->ctinfo == IP_CT_UNTRACKED ? XT_CONNTRACK_STATE_UNTRACKED : XT_CONNTRACK_STATE_INVALID;
}

static bool state_differs(const struct want *w, const struct vm_pkt *p)
{
	uint32_t bits = state_bit(p);

	if (p->ct && ct_status(p->ct) & IPS_SRC_NAT)
		bits |= XT_CONNTRACK_STATE_SNAT;
	if (p->ct && ct_status(p->ct) & IPS_DST_NAT)
		bits |= XT_CONNTRACK_STATE_DNAT;
	return !!(w->state & bits) == !!(w->invert & XT_CONNTRACK_STATE);
}

/* The masked address is the one wanted. */
static bool address_is(const uint8_t *a, const union nf_inet_addr *want, const union nf_inet_addr *mask, bool v6)
{
	const uint8_t *w = (const uint8_t *)want, *m = (const uint8_t *)mask;

	for (unsigned i = 0; i < (v6 ? 16 : 4); i++)
		if ((a[i] & m[i]) != (v6 ? w[i] & m[i] : w[i]))
			return false;
	return true;
}

static bool address_differs(const struct want *w, uint16_t flag, const uint8_t *a, const union nf_inet_addr *want,
			    const union nf_inet_addr *mask, bool v6)
{
	return w->flags & flag && address_is(a, want, mask, v6) == !!(w->invert & flag);
}

static bool addresses_differ(const struct want *w, const struct vm_pkt *p)
{
	const struct ct_tuple *o = ct_tuple(p->ct, CT_ORIG), *r = ct_tuple(p->ct, CT_REPLY);
	const struct xt_conntrack_mtinfo3 *m = w->m;
	bool v6 = xt_is_v6(p);

	return address_differs(w, XT_CONNTRACK_ORIGSRC, o->src, &m->origsrc_addr, &m->origsrc_mask, v6) ||
	       address_differs(w, XT_CONNTRACK_ORIGDST, o->dst, &m->origdst_addr, &m->origdst_mask, v6) ||
	       address_differs(w, XT_CONNTRACK_REPLSRC, r->src, &m->replsrc_addr, &m->replsrc_mask, v6) ||
	       address_differs(w, XT_CONNTRACK_REPLDST, r->dst, &m->repldst_addr, &m->repldst_mask, v6);
}

static bool port_differs(const struct want *w, unsigned n, be16 port)
{
	static const uint16_t flags[] = { XT_CONNTRACK_ORIGSRC_PORT, XT_CONNTRACK_ORIGDST_PORT, XT_CONNTRACK_REPLSRC_PORT,
					  XT_CONNTRACK_REPLDST_PORT };

	return w->flags & flags[n] && !xt_in_range(be16_load(&port), w->port[n][0], w->port[n][1], w->invert & flags[n]);
}

static bool protocol_differs(const struct want *w, const struct vm_pkt *p)
{
	const struct ct_tuple *o = ct_tuple(p->ct, CT_ORIG), *r = ct_tuple(p->ct, CT_REPLY);

	if (w->flags & XT_CONNTRACK_PROTO && (o->proto == w->m->l4proto) == !!(w->invert & XT_CONNTRACK_PROTO))
		return true;
	return port_differs(w, 0, o->sport) || port_differs(w, 1, o->dport) || port_differs(w, 2, r->sport) ||
	       port_differs(w, 3, r->dport);
}

static bool expiry_differs(const struct want *w, const struct vm_pkt *p)
{
	uint32_t seconds = ct_expires_ms(p) / 1000;

	return w->flags & XT_CONNTRACK_EXPIRES &&
	       (seconds >= w->m->expires_min && seconds <= w->m->expires_max) == !!(w->invert & XT_CONNTRACK_EXPIRES);
}

static enum xt_says match(const struct want *w, const struct vm_pkt *p)
{
	if (w->flags & XT_CONNTRACK_STATE && state_differs(w, p))
		return XT_NO;
	if (!p->ct)
		return xt_if(w->flags & XT_CONNTRACK_STATE);
	if (w->flags & XT_CONNTRACK_DIRECTION && (ct_info_dir(p->ctinfo) == CT_ORIG) == !!(w->invert & XT_CONNTRACK_DIRECTION))
		return XT_NO;
	if (addresses_differ(w, p) || protocol_differs(w, p))
		return XT_NO;
	if (w->flags & XT_CONNTRACK_STATUS && !!(w->status & ct_status(p->ct)) == !!(w->invert & XT_CONNTRACK_STATUS))
		return XT_NO;
	return xt_if(!expiry_differs(w, p));
}

#define ONE_PORT(p)                                                                                                                \
	{                                                                                                                          \
		be16_load(&(p)), be16_load(&(p))                                                                                   \
	}
#define WANT_OLD(i)                                                                                                                \
	{                                                                                                                          \
		.m = (const void *)(i), .flags = (i)->match_flags, .invert = (i)->invert_flags, .state = (i)->state_mask,          \
		.status = (i)->status_mask, .port = {                                                                              \
			ONE_PORT((i)->origsrc_port),                                                                               \
			ONE_PORT((i)->origdst_port),                                                                               \
			ONE_PORT((i)->replsrc_port),                                                                               \
			ONE_PORT((i)->repldst_port)                                                                                \
		}                                                                                                                  \
	}

static enum xt_says match1(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_conntrack_mtinfo1 *i = info;
	const struct want w = WANT_OLD(i);

	return match(&w, p);
}

static enum xt_says match2(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_conntrack_mtinfo2 *i = info;
	const struct want w = WANT_OLD(i);

	return match(&w, p);
}

static enum xt_says match3(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_conntrack_mtinfo3 *i = info;
	const struct want w = {
		.m = i,
		.flags = i->match_flags,
		.invert = i->invert_flags,
		.state = i->state_mask,
		.status = i->status_mask,
		.port = { { i->origsrc_port, i->origsrc_port_high },
			  { i->origdst_port, i->origdst_port_high },
			  { i->replsrc_port, i->replsrc_port_high },
			  { i->repldst_port, i->repldst_port_high } },
	};

	return match(&w, p);
}

static enum xt_says match_state(const void *info, void *state, const struct vm_pkt *p)
{
	return xt_if(((const struct xt_state_info *)info)->statemask & state_bit(p));
}

const struct vm_xt xt_conntrack_rows[] = {
	{ .name = "conntrack", .rev = 1, .size = sizeof(struct xt_conntrack_mtinfo1), .needs_ct = true, .match = match1 },
	{ .name = "conntrack", .rev = 2, .size = sizeof(struct xt_conntrack_mtinfo2), .needs_ct = true, .match = match2 },
	{ .name = "conntrack", .rev = 3, .size = sizeof(struct xt_conntrack_mtinfo3), .needs_ct = true, .match = match3 },
	{ .name = "state", .size = sizeof(struct xt_state_info), .needs_ct = true, .match = match_state },
	{ 0 },
};
