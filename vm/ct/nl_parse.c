/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of ctnetlink requests. Control thread. */
#include "vm/ct/nl.h"

#include <errno.h>
#include <libmnl/libmnl.h>

bool ct_nl_attrs(const void *attrs, size_t len, const struct nlattr **out, unsigned n)
{
	const struct nlattr *a = attrs;

	memset(out, 0, n * sizeof(*out));
	for (; mnl_attr_ok(a, (int)((const char *)attrs + len - (const char *)a)); a = mnl_attr_next(a))
		if (mnl_attr_get_type(a) < n)
			out[mnl_attr_get_type(a)] = a;
	return (const char *)a >= (const char *)attrs + len;
}

uint32_t ct_nl_be32(const struct nlattr *a, uint32_t otherwise)
{
	return a && mnl_attr_get_payload_len(a) >= 4 ? be32_load(mnl_attr_get_payload(a)) : otherwise;
}

/* Exactly so many bytes of the attribute. */
static bool take(const struct nlattr *a, void *to, unsigned n)
{
	if (!a || mnl_attr_get_payload_len(a) < n)
		return false;
	memcpy(to, mnl_attr_get_payload(a), n);
	return true;
}

static bool nested(const struct nlattr *a, const struct nlattr **out, unsigned n)
{
	return a && ct_nl_attrs(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a), out, n);
}

static int read_ip(const struct nlattr *a, struct ct_tuple *k)
{
	const struct nlattr *ip[CTA_IP_MAX + 1];
	bool ok;

	if (!nested(a, ip, ARRAY_SIZE(ip)))
		return -EINVAL;
	if (k->l3 == NFPROTO_IPV4)
		ok = take(ip[CTA_IP_V4_SRC], k->src, 4) && take(ip[CTA_IP_V4_DST], k->dst, 4);
	else
		ok = take(ip[CTA_IP_V6_SRC], k->src, 16) && take(ip[CTA_IP_V6_DST], k->dst, 16);
	return ok ? 0 : -EINVAL;
}

static int read_icmp(const struct nlattr **p, unsigned id, struct ct_tuple *k)
{
	uint8_t type[2];

	if (!take(p[id], &k->sport, 2) || !take(p[id + 1], &type[0], 1) || !take(p[id + 2], &type[1], 1))
		return -EINVAL;
	memcpy(&k->dport, type, 2);
	return 0;
}

static int read_proto(const struct nlattr *a, struct ct_tuple *k)
{
	const struct nlattr *p[CTA_PROTO_MAX + 1];

	if (!nested(a, p, ARRAY_SIZE(p)) || !take(p[CTA_PROTO_NUM], &k->proto, 1))
		return -EINVAL;
	if (k->proto == IPPROTO_ICMP)
		return read_icmp(p, CTA_PROTO_ICMP_ID, k);
	if (k->proto == IPPROTO_ICMPV6)
		return read_icmp(p, CTA_PROTO_ICMPV6_ID, k);
	if (!ct_proto_of(k->proto)->tuple)
		return 0;
	return take(p[CTA_PROTO_SRC_PORT], &k->sport, 2) && take(p[CTA_PROTO_DST_PORT], &k->dport, 2) ? 0 : -EINVAL;
}

int ct_nl_tuple(const struct nlattr *a, uint8_t l3, uint16_t zone, struct ct_tuple *k)
{
	const struct nlattr *t[CTA_TUPLE_MAX + 1];
	int err;

	memset(k, 0, sizeof(*k));
	if (l3 != NFPROTO_IPV4 && l3 != NFPROTO_IPV6)
		return -EOPNOTSUPP;
	if (!nested(a, t, ARRAY_SIZE(t)) || !t[CTA_TUPLE_IP] || !t[CTA_TUPLE_PROTO])
		return -EINVAL;
	k->l3 = l3;
	k->zone = zone;
	err = read_ip(t[CTA_TUPLE_IP], k);
	return err ? err : read_proto(t[CTA_TUPLE_PROTO], k);
}
