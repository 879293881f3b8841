/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects "ct timeout": what a policy may say of each protocol. What it does not say is filled in from the protocol's own times, as
 * the kernel tells it back whole. Reference: nft_ct.c, the ctnl_timeout of each nf_conntrack_proto_*.c. Control thread.
 */
#include <errno.h>
#include <netinet/in.h>
#include <libmnl/libmnl.h>

#include "base/buf.h"
#include "bytecode/msg.h"
#include "vm/expr/expr.h"
#include "vm/state/obj_type.h"

enum { PROTO_UDPLITE = 136, PROTO_ANY = 255, TIMES_MAX = 11, JIFFIES = 250 };

/* Seconds of CTA_TIMEOUT_*: times[n - 1] is attribute n's. */
static const struct protocol {
	uint8_t number, n;
	uint32_t times[TIMES_MAX];
} protocols[] = {
	/* SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT, CLOSE_WAIT, LAST_ACK, TIME_WAIT, CLOSE, SYN_SENT2, RETRANS, UNACK */
	{ IPPROTO_TCP, 11, { 120, 60, 432000, 120, 60, 30, 120, 10, 120, 300, 300 } },
	/* UNREPLIED, REPLIED */
	{ IPPROTO_UDP, 2, { 30, 120 } },
	{ PROTO_UDPLITE, 2, { 30, 120 } },
	{ IPPROTO_GRE, 2, { 30, 180 } },
	{ IPPROTO_ICMP, 1, { 30 } },
	{ IPPROTO_ICMPV6, 1, { 30 } },
	/* CLOSED, COOKIE_WAIT, COOKIE_ECHOED, ESTABLISHED, SHUTDOWN_SENT, SHUTDOWN_RECD, SHUTDOWN_ACK_SENT, HEARTBEAT_SENT, one not
	   in use */
	{ IPPROTO_SCTP, 9, { 10, 3, 3, 210, 3, 3, 3, 30, 0 } },
	{ PROTO_ANY, 1, { 600 } },
};

static const struct protocol *find(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].number == number)
			return &protocols[i];
	return NULL;
}

static void put(struct buf *b, uint16_t type, uint32_t seconds)
{
	struct nlattr a = { .nla_len = NLA_HDRLEN + sizeof(seconds), .nla_type = type };
	uint8_t v[4];

	be32_store(v, seconds);
	buf_put(b, &a, sizeof(a));
	buf_put(b, v, sizeof(v));
}

/* The kernel's jiffies, of 32 bits, wrap. */
static uint32_t wrapped(uint32_t seconds)
{
	return seconds * JIFFIES / JIFFIES;
}

static int read_times(const struct protocol *p, struct bc_bytes policy, uint32_t *times)
{
	const struct nlattr *a = (const void *)policy.p;

	memcpy(times, p->times, sizeof(p->times));
	for (int left = (int)policy.len; mnl_attr_ok(a, left); left -= (int)NLA_ALIGN(a->nla_len), a = mnl_attr_next(a)) {
		uint16_t type = mnl_attr_get_type(a);

		if (!type || type > p->n)
			continue;
		if (mnl_attr_get_payload_len(a) < sizeof(uint32_t))
			return -ERANGE;
		times[type - 1] = wrapped(be32_load(mnl_attr_get_payload(a)));
	}
	return 0;
}

int ct_timeout_check(uint8_t family, void *data, struct arena *arena)
{
	struct bc_ct_timeout_obj *x = data;
	const struct protocol *p;
	uint32_t times[TIMES_MAX];
	struct buf b = { 0 };
	int err;

	if (!BC_HAS(x, NFTA_CT_TIMEOUT_L4PROTO) || !BC_HAS(x, NFTA_CT_TIMEOUT_DATA))
		return -EINVAL;
	if (!BC_HAS(x, NFTA_CT_TIMEOUT_L3PROTO))
		BC_SET(x, NFTA_CT_TIMEOUT_L3PROTO, l3proto, family);
	p = find(x->l4proto);
	if (!p)
		return -EOPNOTSUPP;
	err = read_times(p, x->policy, times);
	if (err)
		return err;
	if (!expr_has_ct(family))
		return -EPROTO;
	for (uint16_t i = 0; i < p->n; i++)
		put(&b, i + 1, times[i]);
	x->policy = (struct bc_bytes){ (const uint8_t *)arena_memdup(arena, b.p, b.len), (uint32_t)b.len };
	buf_free(&b);
	return 0;
}
