/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m icmp, -m icmp6: type and a range of codes. Reference: net/netfilter/xt_tcpudp.c (icmp_match, icmp6_match). */
#include "vm/xt/xt.h"

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

enum { ICMP_BYTES = 8, ANY_TYPE = 0xff };
_Static_assert(sizeof(struct ipt_icmp) == sizeof(struct ip6t_icmp), "one layout for both");

static enum xt_says match(const struct ipt_icmp *m, const struct vm_pkt *p, bool any)
{
	const uint8_t *h;

	if (p->fragoff)
		return XT_NO;
	h = xt_l4(p, 0, ICMP_BYTES);
	if (!h)
		return XT_HOTDROP;
	return xt_if((any || (h[0] == m->type && h[1] >= m->code[0] && h[1] <= m->code[1])) != !!(m->invflags & IPT_ICMP_INV));
}

static enum xt_says match4(const void *info, void *state, const struct vm_pkt *p)
{
	const struct ipt_icmp *m = info;

	return match(m, p, m->type == ANY_TYPE);
}

static enum xt_says match6(const void *info, void *state, const struct vm_pkt *p)
{
	return match(info, p, false);
}

static int check(const struct xt_check *c, void *info, void *state)
{
	return ((const struct ipt_icmp *)info)->invflags & ~IPT_ICMP_INV ? -EINVAL : 0;
}

const struct vm_xt xt_icmp_rows[] = {
	{ .name = "icmp",
	  .family = NFPROTO_IPV4,
	  .size = sizeof(struct ipt_icmp),
	  .proto = IPPROTO_ICMP,
	  .check = check,
	  .match = match4 },
	{ .name = "icmp6",
	  .family = NFPROTO_IPV6,
	  .size = sizeof(struct ip6t_icmp),
	  .proto = IPPROTO_ICMPV6,
	  .check = check,
	  .match = match6 },
	{ 0 },
};
