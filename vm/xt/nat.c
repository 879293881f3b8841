/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -j SNAT, DNAT, MASQUERADE, REDIRECT, NETMAP: the mapping of a connection. Reference: net/netfilter/xt_nat.c, xt_MASQUERADE.c,
 * xt_REDIRECT.c, xt_NETMAP.c.
 */
#include "vm/xt/xt.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <stddef.h>

#include "vm/expr/nat.h"

enum {
	SOURCE = 1 << NF_INET_POST_ROUTING | 1 << NF_INET_LOCAL_IN,
	DEST = 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_OUT,
	RANGE1_BYTES = sizeof(struct nf_nat_range),
};

/* ---- ranges: IPv4's old form, and the general one, which the newest revision only adds to ---- */

static struct ct_nat_range range4(const void *info)
{
	const struct nf_nat_ipv4_range *x = ((const struct nf_nat_ipv4_multi_range_compat *)info)->range;
	struct ct_nat_range r = { .flags = x->flags, .min_proto = x->min.all, .max_proto = x->max.all };

	memcpy(r.min_addr, &x->min_ip, 4);
	memcpy(r.max_addr, &x->max_ip, 4);
	return r;
}

static struct ct_nat_range range1(const void *info)
{
	const struct nf_nat_range *x = info;
	struct ct_nat_range r = { .flags = x->flags, .min_proto = x->min_proto.all, .max_proto = x->max_proto.all };

	memcpy(r.min_addr, &x->min_addr, 16);
	memcpy(r.max_addr, &x->max_addr, 16);
	return r;
}

static struct ct_nat_range range2(const void *info)
{
	struct ct_nat_range r = range1(info);

	r.base_proto = ((const struct nf_nat_range2 *)info)->base_proto.all;
	return r;
}

static int check_range4(const struct xt_check *c, void *info, void *state)
{
	return ((const struct nf_nat_ipv4_multi_range_compat *)info)->rangesize != 1 ? -EINVAL : 0;
}

/* No addresses: the device has them. */
static int check_no_addr4(const struct xt_check *c, void *info, void *state)
{
	return range4(info).flags & NF_NAT_RANGE_MAP_IPS ? -EINVAL : check_range4(c, info, state);
}

static int check_no_addr6(const struct xt_check *c, void *info, void *state)
{
	return range1(info).flags & NF_NAT_RANGE_MAP_IPS ? -EINVAL : 0;
}

static int check_net4(const struct xt_check *c, void *info, void *state)
{
	return !(range4(info).flags & NF_NAT_RANGE_MAP_IPS) ? -EINVAL : check_range4(c, info, state);
}

static int check_net6(const struct xt_check *c, void *info, void *state)
{
	return !(range1(info).flags & NF_NAT_RANGE_MAP_IPS) ? -EINVAL : 0;
}

/* ---- targets ---- */

static int32_t map(struct vm_pkt *p, struct ct_nat_range r, enum ct_manip m)
{
	return (int32_t)ct_nat_setup(p, &r, m);
}

static int32_t snat4(const void *info, void *state, struct vm_pkt *p)
{
	return map(p, range4(info), CT_MANIP_SRC);
}
static int32_t snat1(const void *info, void *state, struct vm_pkt *p)
{
	return map(p, range1(info), CT_MANIP_SRC);
}
static int32_t snat2(const void *info, void *state, struct vm_pkt *p)
{
	return map(p, range2(info), CT_MANIP_SRC);
}
static int32_t dnat4(const void *info, void *state, struct vm_pkt *p)
{
	return map(p, range4(info), CT_MANIP_DST);
}
static int32_t dnat1(const void *info, void *state, struct vm_pkt *p)
{
	return map(p, range1(info), CT_MANIP_DST);
}
static int32_t dnat2(const void *info, void *state, struct vm_pkt *p)
{
	return map(p, range2(info), CT_MANIP_DST);
}

static int32_t masquerade4(const void *info, void *state, struct vm_pkt *p)
{
	struct ct_nat_range r = range4(info);

	return expr_masquerade(p, &r);
}
static int32_t masquerade6(const void *info, void *state, struct vm_pkt *p)
{
	struct ct_nat_range r = range1(info);

	return expr_masquerade(p, &r);
}
static int32_t redirect4(const void *info, void *state, struct vm_pkt *p)
{
	struct ct_nat_range r = range4(info);

	return expr_redirect(p, &r);
}
static int32_t redirect6(const void *info, void *state, struct vm_pkt *p)
{
	struct ct_nat_range r = range1(info);

	return expr_redirect(p, &r);
}

/* The network's bits come from the range, the host's from the packet. */
static int32_t netmap(struct vm_pkt *p, struct ct_nat_range r)
{
	enum ct_manip m = ct_nat_manip(p->hook);

	expr_nat_net(p, m, &r);
	return map(p, r, m);
}
static int32_t netmap4(const void *info, void *state, struct vm_pkt *p)
{
	return netmap(p, range4(info));
}
static int32_t netmap6(const void *info, void *state, struct vm_pkt *p)
{
	return netmap(p, range1(info));
}

#define NAT(n, r, f, bytes, where, c, fn)                                                                                          \
	{                                                                                                                          \
		.name = n, .target = true, .rev = r, .family = f, .size = bytes, .table = "nat", .hooks = where, .needs_ct = true, \
		.check = c, .run = fn                                                                                              \
	}
#define OLD sizeof(struct nf_nat_ipv4_multi_range_compat)
#define NEW sizeof(struct nf_nat_range2)

const struct vm_xt xt_nat_rows[] = {
	NAT("SNAT", 0, NFPROTO_IPV4, OLD, SOURCE, check_range4, snat4),
	NAT("SNAT", 1, NFPROTO_UNSPEC, RANGE1_BYTES, SOURCE, NULL, snat1),
	NAT("SNAT", 2, NFPROTO_UNSPEC, NEW, SOURCE, NULL, snat2),
	NAT("DNAT", 0, NFPROTO_IPV4, OLD, DEST, check_range4, dnat4),
	NAT("DNAT", 1, NFPROTO_UNSPEC, RANGE1_BYTES, DEST, NULL, dnat1),
	NAT("DNAT", 2, NFPROTO_UNSPEC, NEW, DEST, NULL, dnat2),
	NAT("MASQUERADE", 0, NFPROTO_IPV4, OLD, 1 << NF_INET_POST_ROUTING, check_no_addr4, masquerade4),
	NAT("MASQUERADE", 0, NFPROTO_IPV6, RANGE1_BYTES, 1 << NF_INET_POST_ROUTING, check_no_addr6, masquerade6),
	NAT("REDIRECT", 0, NFPROTO_IPV4, OLD, DEST, check_no_addr4, redirect4),
	NAT("REDIRECT", 0, NFPROTO_IPV6, RANGE1_BYTES, DEST, check_no_addr6, redirect6),
	NAT("NETMAP", 0, NFPROTO_IPV4, OLD, SOURCE | DEST, check_net4, netmap4),
	NAT("NETMAP", 0, NFPROTO_IPV6, RANGE1_BYTES, SOURCE | DEST, check_net6, netmap6),
	{ 0 },
};
