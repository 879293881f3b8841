/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m multiport: up to 15 ports or ranges. Reference: net/netfilter/xt_multiport.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter/xt_multiport.h>

static bool hits(const struct xt_multiport_v1 *m, uint16_t min, uint16_t max, uint16_t src, uint16_t dst)
{
	bool from = src >= min && src <= max, to = dst >= min && dst <= max;

	return m->flags == XT_MULTIPORT_SOURCE ? from : m->flags == XT_MULTIPORT_DESTINATION ? to : from || to;
}

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_multiport_v1 *m = info;
	const uint8_t *h;

	if (p->fragoff)
		return XT_NO;
	h = xt_l4(p, 0, 4);
	if (!h)
		return XT_HOTDROP;
	for (unsigned i = 0; i < m->count; i++) {
		uint16_t min = m->ports[i], max = m->pflags[i] ? m->ports[++i] : min;

		if (hits(m, min, max, be16_load(h), be16_load(h + 2)))
			return xt_if(!m->invert);
	}
	return xt_if(m->invert);
}

static int check(const struct xt_check *c, void *info, void *state)
{
	const struct xt_multiport_v1 *m = info;

	switch (c->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		break;
	default:
		return -EINVAL;
	}
	if (c->proto_inv || m->flags > XT_MULTIPORT_EITHER || m->count > XT_MULTI_PORTS)
		return -EINVAL;
	/* A range's second port must be there; the kernel reads one beyond. */
	return m->count && m->pflags[m->count - 1] ? expr_fail(c->b, -EINVAL, "multiport: a range without its end") : 0;
}

const struct vm_xt xt_multiport_rows[] = {
	{ .name = "multiport",
	  .rev = 1,
	  .family = NFPROTO_IPV4,
	  .size = sizeof(struct xt_multiport_v1),
	  .check = check,
	  .match = match },
	{ .name = "multiport",
	  .rev = 1,
	  .family = NFPROTO_IPV6,
	  .size = sizeof(struct xt_multiport_v1),
	  .check = check,
	  .match = match },
	{ 0 },
};
