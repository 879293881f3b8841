/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m addrtype: what kind of address it is for the host. Reference: net/netfilter/xt_addrtype.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/rtnetlink.h>

#include "vm/engine.h"
#include "vm/host/host.h"

static bool is4(const struct vm_pkt *p, uint32_t dev, const uint8_t *a, uint16_t kinds)
{
	return kinds & 1u << host_addr_type4(p->w->e->host, a, dev);
}

/* Multicast, unicast and "no address" are properties of the address itself; all of those asked for must hold (match_type6). */
static bool is6(const struct vm_pkt *p, uint32_t dev, const uint8_t *a, uint16_t kinds)
{
	enum { BY_ROUTE = XT_ADDRTYPE_LOCAL | XT_ADDRTYPE_ANYCAST | XT_ADDRTYPE_UNREACHABLE };
	static const uint8_t none[16];
	bool unspecified = !memcmp(a, none, 16);

	if (kinds & XT_ADDRTYPE_MULTICAST && a[0] != 0xff)
		return false;
	if (kinds & XT_ADDRTYPE_UNICAST && (a[0] == 0xff || unspecified))
		return false;
	if (kinds & XT_ADDRTYPE_UNSPEC && !unspecified)
		return false;
	if (!(kinds & BY_ROUTE))
		return true;
	return kinds & 1u << host_addr_type6(p->w->e->host, a, dev);
}

static enum xt_says match(const struct xt_addrtype_info_v1 *m, const struct vm_pkt *p)
{
	uint32_t dev = m->flags & XT_ADDRTYPE_LIMIT_IFACE_IN ? p->iif : m->flags & XT_ADDRTYPE_LIMIT_IFACE_OUT ? p->oif : 0;
	bool (*is)(const struct vm_pkt *, uint32_t, const uint8_t *, uint16_t) = xt_is_v6(p) ? is6 : is4;
	const uint8_t *ip = xt_ip(p);
	uint32_t n = xt_is_v6(p) ? 16 : 4;

	if (!ip)
		return XT_NO;
	ip += n == 16 ? 8 : 12;
	if (m->source && is(p, dev, ip, m->source) == !!(m->flags & XT_ADDRTYPE_INVERT_SOURCE))
		return XT_NO;
	return xt_if(!m->dest || is(p, dev, ip + n, m->dest) != !!(m->flags & XT_ADDRTYPE_INVERT_DEST));
}

static enum xt_says match0(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_addrtype_info *m = info;
	struct xt_addrtype_info_v1 one = {
		.source = m->source,
		.dest = m->dest,
		.flags = (m->invert_source ? XT_ADDRTYPE_INVERT_SOURCE : 0) | (m->invert_dest ? XT_ADDRTYPE_INVERT_DEST : 0),
	};

	return match(&one, p);
}

static enum xt_says match1(const void *info, void *state, const struct vm_pkt *p)
{
	return match(info, p);
}

static int check1(const struct xt_check *c, void *info, void *state)
{
	enum {
		NO_OUT = 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_IN,
		NO_IN = 1 << NF_INET_POST_ROUTING | 1 << NF_INET_LOCAL_OUT
	};
	const struct xt_addrtype_info_v1 *m = info;
	uint32_t kinds = m->source | m->dest;

	if (m->flags & XT_ADDRTYPE_LIMIT_IFACE_IN && m->flags & XT_ADDRTYPE_LIMIT_IFACE_OUT)
		return -EINVAL;
	if (c->hooks & NO_OUT && m->flags & XT_ADDRTYPE_LIMIT_IFACE_OUT)
		return -EINVAL;
	if (c->hooks & NO_IN && m->flags & XT_ADDRTYPE_LIMIT_IFACE_IN)
		return -EINVAL;
	if (c->family != NFPROTO_IPV6)
		return 0;
	return kinds & XT_ADDRTYPE_BLACKHOLE || kinds >= XT_ADDRTYPE_PROHIBIT || kinds & XT_ADDRTYPE_BROADCAST ? -EINVAL : 0;
}

const struct vm_xt xt_addrtype_rows[] = {
	{ .name = "addrtype", .family = NFPROTO_IPV4, .size = sizeof(struct xt_addrtype_info), .match = match0 },
	{ .name = "addrtype",
	  .rev = 1,
	  .family = NFPROTO_IPV4,
	  .size = sizeof(struct xt_addrtype_info_v1),
	  .check = check1,
	  .match = match1 },
	{ .name = "addrtype",
	  .rev = 1,
	  .family = NFPROTO_IPV6,
	  .size = sizeof(struct xt_addrtype_info_v1),
	  .check = check1,
	  .match = match1 },
	{ 0 },
};
