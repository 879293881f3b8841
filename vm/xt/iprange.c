/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m iprange: ranges of addresses. Reference: net/netfilter/xt_iprange.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter.h>
#include <linux/netfilter/xt_iprange.h>

/* In network order, bytes compare as numbers do. */
static bool outside(const uint8_t *a, const union nf_inet_addr *min, const union nf_inet_addr *max, uint32_t n)
{
	return memcmp(a, min, n) < 0 || memcmp(a, max, n) > 0;
}

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_iprange_mtinfo *m = info;
	const uint8_t *ip = xt_ip(p);
	uint32_t n = xt_is_v6(p) ? 16 : 4;

	if (!ip)
		return XT_NO;
	ip += n == 16 ? 8 : 12;
	if (m->flags & IPRANGE_SRC && outside(ip, &m->src_min, &m->src_max, n) != !!(m->flags & IPRANGE_SRC_INV))
		return XT_NO;
	return xt_if(!(m->flags & IPRANGE_DST) || outside(ip + n, &m->dst_min, &m->dst_max, n) == !!(m->flags & IPRANGE_DST_INV));
}

const struct vm_xt xt_iprange_rows[] = {
	{ .name = "iprange", .rev = 1, .family = NFPROTO_IPV4, .size = sizeof(struct xt_iprange_mtinfo), .match = match },
	{ .name = "iprange", .rev = 1, .family = NFPROTO_IPV6, .size = sizeof(struct xt_iprange_mtinfo), .match = match },
	{ 0 },
};
