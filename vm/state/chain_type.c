/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base chains: which type may stand at which hook of which family, and NFTA_CHAIN_HOOK (nft_chain_parse_hook()). Control thread. */
#include "vm/state/internal.h"

enum { PRI_CONNTRACK = -200 }; /* NF_IP_PRI_CONNTRACK */

#define BIT(n) (1u << (n))
enum {
	INET_ALL = BIT(NF_INET_PRE_ROUTING) | BIT(NF_INET_LOCAL_IN) | BIT(NF_INET_FORWARD) | BIT(NF_INET_LOCAL_OUT) |
		   BIT(NF_INET_POST_ROUTING),
	INET_NAT = BIT(NF_INET_PRE_ROUTING) | BIT(NF_INET_LOCAL_IN) | BIT(NF_INET_LOCAL_OUT) | BIT(NF_INET_POST_ROUTING),
	INGRESS = 5,       /* NF_INET_INGRESS */
	BRIDGE_ALL = 0x1f, /* NF_BR_PRE_ROUTING … NF_BR_POST_ROUTING */
	ARP_ALL = 3,       /* NF_ARP_IN, NF_ARP_OUT */
	NETDEV_ALL = 3,    /* NF_NETDEV_INGRESS, NF_NETDEV_EGRESS */
};

struct chain_type {
	const char *name;
	uint8_t type, family;
	uint8_t hooks; /* bit per hook */
};

static const struct chain_type types[] = {
	{ "filter", PROG_CHAIN_FILTER, NFPROTO_IPV4, INET_ALL },
	{ "filter", PROG_CHAIN_FILTER, NFPROTO_IPV6, INET_ALL },
	{ "filter", PROG_CHAIN_FILTER, NFPROTO_INET, INET_ALL | BIT(INGRESS) },
	{ "filter", PROG_CHAIN_FILTER, NFPROTO_ARP, ARP_ALL },
	{ "filter", PROG_CHAIN_FILTER, NFPROTO_BRIDGE, BRIDGE_ALL },
	{ "filter", PROG_CHAIN_FILTER, NFPROTO_NETDEV, NETDEV_ALL },
	{ "route", PROG_CHAIN_ROUTE, NFPROTO_IPV4, BIT(NF_INET_LOCAL_OUT) },
	{ "route", PROG_CHAIN_ROUTE, NFPROTO_IPV6, BIT(NF_INET_LOCAL_OUT) },
	{ "route", PROG_CHAIN_ROUTE, NFPROTO_INET, BIT(NF_INET_LOCAL_OUT) },
	{ "nat", PROG_CHAIN_NAT, NFPROTO_IPV4, INET_NAT },
	{ "nat", PROG_CHAIN_NAT, NFPROTO_IPV6, INET_NAT },
	{ "nat", PROG_CHAIN_NAT, NFPROTO_INET, INET_NAT },
};

static const struct chain_type *type_find(const char *name, uint8_t family)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].family == family && !strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

const char *chain_type_name(uint8_t type)
{
	static const char *const names[] = { "filter", "route", "nat" };

	return names[type];
}

bool hook_is_netdev(uint8_t family, uint32_t hook)
{
	return family == NFPROTO_NETDEV || (family == NFPROTO_INET && hook == INGRESS);
}

static int devices_parse(struct nl_req *q, const struct bc_hook *h, struct cds_list_head *devs)
{
	return hook_devs_parse(q, h->devs, h->dev, bc_find(q->attrs, q->attrs_len, NFTA_CHAIN_HOOK), devs);
}

static int devices(struct nl_req *q, const struct bc_chain *m, uint32_t hook, struct cds_list_head *devs)
{
	if (hook_is_netdev(q->family, hook))
		return devices_parse(q, &m->hook, devs);
	return m->hook.dev || BC_HAS(&m->hook, NFTA_HOOK_DEVS) ? -EOPNOTSUPP : 0;
}

int chain_hook_parse(struct nl_req *q, const struct bc_chain *m, struct vm_base *base)
{
	const struct bc_hook *h = &m->hook;
	const struct chain_type *t;

	if (!BC_HAS(h, NFTA_HOOK_HOOKNUM) || !BC_HAS(h, NFTA_HOOK_PRIORITY))
		return nl_bad(q, NFTA_CHAIN_NAME, -ENOENT);
	t = type_find(m->type ? m->type : "filter", q->family);
	if (!t)
		return m->type ? nl_bad(q, NFTA_CHAIN_TYPE, -ENOENT) : -EOPNOTSUPP;
	if (h->hooknum > INGRESS || !(t->hooks & BIT(h->hooknum)))
		return -EOPNOTSUPP;
	if (t->type == PROG_CHAIN_NAT && (int32_t)h->priority <= PRI_CONNTRACK)
		return -EOPNOTSUPP;
	base->type = t->type;
	base->hook = h->hooknum;
	base->priority = (int32_t)h->priority;
	return devices(q, m, h->hooknum, &base->devs);
}

int chain_hook_check(struct nl_req *q, const struct bc_chain *m, const struct vm_chain *c, struct cds_list_head *devs)
{
	const struct vm_base *base = c->base;
	const struct bc_hook *h = &m->hook;
	const struct chain_type *t = NULL;
	uint16_t name = BC_HAS(m, NFTA_CHAIN_HANDLE) ? NFTA_CHAIN_HANDLE : NFTA_CHAIN_NAME;
	int err;

	if ((BC_HAS(h, NFTA_HOOK_HOOKNUM) && h->hooknum != base->hook) ||
	    (BC_HAS(h, NFTA_HOOK_PRIORITY) && (int32_t)h->priority != base->priority))
		return -EOPNOTSUPP;
	if (m->type) {
		t = type_find(m->type, q->family);
		if (!t)
			return nl_bad(q, NFTA_CHAIN_TYPE, -ENOENT);
	}
	/* what is not said counts as zero, as in the kernel */
	err = devices(q, m, h->hooknum, devs);
	if (err)
		return err;
	if ((t && t->type != base->type) ||
	    (!hook_is_netdev(q->family, base->hook) && (h->hooknum != base->hook || (int32_t)h->priority != base->priority)))
		return nl_bad(q, name, -EEXIST);
	return 0;
}
