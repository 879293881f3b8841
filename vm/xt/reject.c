/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -j REJECT: drops with an answer. Reference: net/ipv4/netfilter/ipt_REJECT.c, net/ipv6/netfilter/ip6t_REJECT.c. */
#include "vm/xt/xt.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ipt_REJECT.h>
#include <linux/netfilter_ipv6/ip6t_REJECT.h>

#include "vm/host/host.h"

enum { RESET = -1, NOTHING = -2, HOOKS = 1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD | 1 << NF_INET_LOCAL_OUT };

static const int16_t codes4[] = {
	[IPT_ICMP_NET_UNREACHABLE] = ICMP_NET_UNREACH,
	[IPT_ICMP_HOST_UNREACHABLE] = ICMP_HOST_UNREACH,
	[IPT_ICMP_PROT_UNREACHABLE] = ICMP_PROT_UNREACH,
	[IPT_ICMP_PORT_UNREACHABLE] = ICMP_PORT_UNREACH,
	[IPT_ICMP_ECHOREPLY] = NOTHING,
	[IPT_ICMP_NET_PROHIBITED] = ICMP_NET_ANO,
	[IPT_ICMP_HOST_PROHIBITED] = ICMP_HOST_ANO,
	[IPT_TCP_RESET] = RESET,
	[IPT_ICMP_ADMIN_PROHIBITED] = ICMP_PKT_FILTERED,
};
static const int16_t codes6[] = {
	[IP6T_ICMP6_NO_ROUTE] = ICMPV6_NOROUTE,
	[IP6T_ICMP6_ADM_PROHIBITED] = ICMPV6_ADM_PROHIBITED,
	[IP6T_ICMP6_NOT_NEIGHBOUR] = ICMPV6_NOT_NEIGHBOUR,
	[IP6T_ICMP6_ADDR_UNREACH] = ICMPV6_ADDR_UNREACH,
	[IP6T_ICMP6_PORT_UNREACH] = ICMPV6_PORT_UNREACH,
	[IP6T_ICMP6_ECHOREPLY] = NOTHING,
	[IP6T_TCP_RESET] = RESET,
	[IP6T_ICMP6_POLICY_FAIL] = ICMPV6_POLICY_FAIL,
	[IP6T_ICMP6_REJECT_ROUTE] = ICMPV6_REJECT_ROUTE,
};

static int32_t answer(const int16_t *codes, unsigned n, uint32_t with, struct vm_pkt *p)
{
	int code = with < n ? codes[with] : NOTHING;

	if (code == RESET)
		host_reject(p, NFT_REJECT_TCP_RST, 0);
	else if (code != NOTHING)
		host_reject(p, NFT_REJECT_ICMP_UNREACH, code);
	return NF_DROP;
}

static int32_t run4(const void *info, void *state, struct vm_pkt *p)
{
	return answer(codes4, ARRAY_SIZE(codes4), ((const struct ipt_reject_info *)info)->with, p);
}

static int32_t run6(const void *info, void *state, struct vm_pkt *p)
{
	return answer(codes6, ARRAY_SIZE(codes6), ((const struct ip6t_reject_info *)info)->with, p);
}

static int check(const struct xt_check *c, bool echo, bool reset)
{
	return echo || (reset && (c->proto != IPPROTO_TCP || c->proto_inv)) ? -EINVAL : 0;
}

static int check4(const struct xt_check *c, void *info, void *state)
{
	const struct ipt_reject_info *r = info;

	return check(c, r->with == IPT_ICMP_ECHOREPLY, r->with == IPT_TCP_RESET);
}

static int check6(const struct xt_check *c, void *info, void *state)
{
	const struct ip6t_reject_info *r = info;

	return check(c, r->with == IP6T_ICMP6_ECHOREPLY, r->with == IP6T_TCP_RESET);
}

const struct vm_xt xt_reject_rows[] = {
	{ .name = "REJECT",
	  .target = true,
	  .family = NFPROTO_IPV4,
	  .size = sizeof(struct ipt_reject_info),
	  .hooks = HOOKS,
	  .table = "filter",
	  .check = check4,
	  .run = run4 },
	{ .name = "REJECT",
	  .target = true,
	  .family = NFPROTO_IPV6,
	  .size = sizeof(struct ip6t_reject_info),
	  .hooks = HOOKS,
	  .table = "filter",
	  .check = check6,
	  .run = run6 },
	{ 0 },
};
