/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hooks, priorities and chain types, one row each. Numbers: linux/netfilter.h and its siblings for bridge and arp. */
#include "src/types/hooks.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "bytecode/nf.h"
#include "src/types/names.h"

static const struct symbol ip_hooks[] = {
	{ "prerouting", NF_INET_PRE_ROUTING }, { "input", NF_INET_LOCAL_IN },           { "forward", NF_INET_FORWARD },
	{ "output", NF_INET_LOCAL_OUT },       { "postrouting", NF_INET_POST_ROUTING }, { NULL, 0 },
};

/* linux/netfilter.h has ingress behind the five. */
static const struct symbol inet_hooks[] = {
	{ "prerouting", NF_INET_PRE_ROUTING },
	{ "input", NF_INET_LOCAL_IN },
	{ "forward", NF_INET_FORWARD },
	{ "output", NF_INET_LOCAL_OUT },
	{ "postrouting", NF_INET_POST_ROUTING },
	{ "ingress", NF_INET_INGRESS },
	{ NULL, 0 },
};

/* linux/netfilter_arp.h */
static const struct symbol arp_hooks[] = { { "input", 0 }, { "output", 1 }, { "forward", 2 }, { NULL, 0 } };

static const struct symbol netdev_hooks[] = { { "ingress", NF_NETDEV_INGRESS }, { "egress", NF_NETDEV_EGRESS }, { NULL, 0 } };

const struct symbol *hooks_of(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
	case NFPROTO_IPV6:
	case NFPROTO_BRIDGE:
		return ip_hooks;
	case NFPROTO_INET:
		return inet_hooks;
	case NFPROTO_ARP:
		return arp_hooks;
	case NFPROTO_NETDEV:
		return netdev_hooks;
	default:
		return NULL;
	}
}

int hook_by_name(uint8_t family, const char *name)
{
	const struct symbol *hooks = hooks_of(family);
	uint64_t v;

	return hooks && names_value(hooks, name, &v) ? (int)v : -1;
}

const char *hook_name(uint8_t family, uint32_t hook)
{
	const struct symbol *hooks = hooks_of(family);

	return hooks ? names_name(hooks, hook) : NULL;
}

bool hook_has_device(uint8_t family, uint32_t hook)
{
	return family == NFPROTO_NETDEV || (family == NFPROTO_INET && hook == NF_INET_INGRESS);
}

/* Where a name may stand, as bits of hook numbers. */
enum {
	ANY = 0xff,
	PRE = 1 << NF_INET_PRE_ROUTING,
	IN = 1 << NF_INET_LOCAL_IN,
	OUT = 1 << NF_INET_LOCAL_OUT,
	POST = 1 << NF_INET_POST_ROUTING,
};

struct priority {
	const char *name;
	int32_t value;
	uint8_t hooks;
	bool ip_only; /* in ip, ip6 and inet; else in arp and netdev too */
};

/* linux/netfilter_ipv4.h */
static const struct priority ip_priorities[] = {
	{ "raw", -300, ANY, true },  { "mangle", -150, ANY, true }, { "dstnat", -100, PRE | OUT, true },
	{ "filter", 0, ANY, false }, { "security", 50, ANY, true }, { "srcnat", 100, POST | IN, true },
	{ NULL, 0, 0, false },
};

/* linux/netfilter_bridge.h */
static const struct priority bridge_priorities[] = {
	{ "dstnat", -300, PRE, false }, { "filter", -200, ANY, false }, { "out", 100, OUT, false },
	{ "srcnat", 300, POST, false }, { NULL, 0, 0, false },
};

static const struct priority *priorities_of(uint8_t family)
{
	return family == NFPROTO_BRIDGE ? bridge_priorities : ip_priorities;
}

static bool may_stand(const struct priority *p, uint8_t family, uint32_t hook)
{
	bool ip = family == NFPROTO_IPV4 || family == NFPROTO_IPV6 || family == NFPROTO_INET;

	return (!p->ip_only || ip) && (p->hooks == ANY || (hook < 8 && p->hooks >> hook & 1));
}

bool priority_by_name(uint8_t family, uint32_t hook, const char *name, int32_t *prio)
{
	for (const struct priority *p = priorities_of(family); p->name; p++)
		if (!strcmp(p->name, name) && may_stand(p, family, hook)) {
			*prio = p->value;
			return true;
		}
	return false;
}

void priority_each(uint8_t family, uint32_t hook, void (*fn)(void *ctx, const char *name), void *ctx)
{
	for (const struct priority *p = priorities_of(family); p->name; p++)
		if (may_stand(p, family, hook))
			fn(ctx, p->name);
}

bool priority_name_known(const char *name)
{
	for (const struct priority *p = ip_priorities; p->name; p++)
		if (!strcmp(p->name, name))
			return true;
	return !strcmp(name, "out");
}

void priority_print(const struct type_ctx *c, uint8_t family, uint32_t hook, int32_t prio, struct buf *out)
{
	enum { REACH = 10 };
	const struct priority *p = c && (c->numeric_prio || c->numeric_all) ? NULL : priorities_of(family);

	for (; p && p->name; p++) {
		int64_t off = (int64_t)prio - p->value;

		if (llabs(off) > REACH)
			continue;
		if (!may_stand(p, family, hook))
			break;
		buf_puts(out, p->name);
		if (off)
			buf_printf(out, " %c %lld", off > 0 ? '+' : '-', llabs(off));
		return;
	}
	buf_printf(out, "%d", prio);
}

const char *const chain_types[] = { "filter", "nat", "route", NULL };

bool chain_type_known(const char *type)
{
	for (unsigned i = 0; chain_types[i]; i++)
		if (!strcmp(chain_types[i], type))
			return true;
	return false;
}
