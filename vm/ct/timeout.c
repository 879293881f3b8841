/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies of timeouts: objects of nft name some of a protocol's times, connections that a rule gives such an object live by them.
 * A policy is a number; its times lie in a table, so that a packet that still knows the number of one that was freed reads some
 * times, never freed memory. Reference: nft_ct.c (nft_ct_timeout_obj_eval), nlattr_to_obj of each protocol.
 */
#include "vm/ct/help.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink_cttimeout.h>

static const uint8_t tcp_states[] = {
	[CTA_TIMEOUT_TCP_SYN_SENT] = TCP_CONNTRACK_SYN_SENT,
	[CTA_TIMEOUT_TCP_SYN_RECV] = TCP_CONNTRACK_SYN_RECV,
	[CTA_TIMEOUT_TCP_ESTABLISHED] = TCP_CONNTRACK_ESTABLISHED,
	[CTA_TIMEOUT_TCP_FIN_WAIT] = TCP_CONNTRACK_FIN_WAIT,
	[CTA_TIMEOUT_TCP_CLOSE_WAIT] = TCP_CONNTRACK_CLOSE_WAIT,
	[CTA_TIMEOUT_TCP_LAST_ACK] = TCP_CONNTRACK_LAST_ACK,
	[CTA_TIMEOUT_TCP_TIME_WAIT] = TCP_CONNTRACK_TIME_WAIT,
	[CTA_TIMEOUT_TCP_CLOSE] = TCP_CONNTRACK_CLOSE,
	[CTA_TIMEOUT_TCP_SYN_SENT2] = TCP_CONNTRACK_SYN_SENT2,
	[CTA_TIMEOUT_TCP_RETRANS] = TCP_CONNTRACK_RETRANS,
	[CTA_TIMEOUT_TCP_UNACK] = TCP_CONNTRACK_UNACK,
};

/* The protocol's times without a policy. */
static void defaults(const struct ct_sysctl *s, uint8_t proto, uint64_t *to)
{
	switch (proto) {
	case IPPROTO_TCP:
		memcpy(to, s->tcp, sizeof(s->tcp));
		break;
	case IPPROTO_SCTP:
		memcpy(to, s->sctp, sizeof(s->sctp));
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		to[0] = s->udp;
		to[1] = s->udp_stream;
		break;
	case IPPROTO_GRE:
		to[0] = s->gre;
		to[1] = s->gre_stream;
		break;
	case IPPROTO_ICMP:
		to[0] = s->icmp;
		break;
	case IPPROTO_ICMPV6:
		to[0] = s->icmpv6;
		break;
	}
}

/* The place of an attribute's time, -1: the protocol has no such. */
static int place_of(uint8_t proto, unsigned attr)
{
	if (!attr)
		return -1;
	switch (proto) {
	case IPPROTO_TCP:
		return attr < ARRAY_SIZE(tcp_states) ? tcp_states[attr] : -1;
	case IPPROTO_SCTP:
		return attr <= CTA_TIMEOUT_SCTP_HEARTBEAT_SENT ? (int)attr : -1;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_GRE:
		return attr <= 2 ? (int)attr - 1 : -1;
	}
	return attr == 1 ? 0 : -1;
}

static int read_times(uint8_t proto, const void *attrs, uint32_t len, uint64_t *ns)
{
	const struct nlattr *a = attrs;

	for (; mnl_attr_ok(a, (int)((const char *)attrs + len - (const char *)a)); a = mnl_attr_next(a)) {
		int at = place_of(proto, mnl_attr_get_type(a));

		if (at < 0 || mnl_attr_get_payload_len(a) < 4)
			continue;
		ns[at] = (uint64_t)be32_load(mnl_attr_get_payload(a)) * 1000000000;
	}
	if (proto == IPPROTO_TCP)
		ns[0] = ns[TCP_CONNTRACK_SYN_SENT];
	if (proto == IPPROTO_SCTP)
		ns[0] = ns[1];
	return 0;
}

int ct_policy_new(struct vm_engine *e, uint8_t proto, const void *attrs, uint32_t len, uint16_t *number)
{
	struct ct_table *t = e->ct;

	for (uint16_t n = 1; n < CT_POLICIES; n++) {
		if (t->policy_used[n])
			continue;
		t->policy_used[n] = true;
		memset(t->policy[n], 0, sizeof(t->policy[n]));
		defaults(&t->sysctl, proto, t->policy[n]);
		*number = n;
		return read_times(proto, attrs, len, t->policy[n]);
	}
	return -ENOSPC;
}

static int drop_policy(void *ctx, struct ct_entry *ct)
{
	uint16_t *number = ctx;

	if (ct->timeouts == *number)
		ct->timeouts = 0;
	return 0;
}

void ct_policy_free(struct vm_engine *e, uint16_t number)
{
	if (!number || !e->ct)
		return;
	ct_walk(e, drop_policy, &number);
	e->ct->policy_used[number] = false;
}

void ct_policy_assign(struct vm_pkt *v, uint8_t proto, uint16_t number)
{
	struct ct_entry *ct = v->ct;

	if (!ct || !number || v->l4proto != proto || ct_is_template(ct) || (ct_status(ct) & IPS_CONFIRMED))
		return;
	ct->timeouts = number;
	atomic_store_explicit(&ct->expires_ns, v->w->e->ct->policy[number][0], memory_order_relaxed);
}
