/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m mac: the link-layer source. Reference: net/netfilter/xt_mac.c. */
#include "vm/xt/xt.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_mac.h>

#include "vm/engine.h"
#include "vm/host/host.h"

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_mac_info *m = info;
	const struct host_dev *d = p->iif ? host_dev(p->w->e->host, p->iif) : NULL;
	const uint8_t *h = vm_pkt_at(p, 0, ETH_HLEN);

	if (!d || d->type != ARPHRD_ETHER || !p->has_l2 || !h)
		return XT_NO;
	return xt_if(!memcmp(h + ETH_ALEN, m->srcaddr, ETH_ALEN) != !!m->invert);
}

const struct vm_xt xt_mac_rows[] = {
	{ .name = "mac",
	  .family = NFPROTO_IPV4,
	  .size = sizeof(struct xt_mac_info),
	  .match = match,
	  .hooks = 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD },
	{ .name = "mac",
	  .family = NFPROTO_IPV6,
	  .size = sizeof(struct xt_mac_info),
	  .match = match,
	  .hooks = 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD },
	{ 0 },
};
