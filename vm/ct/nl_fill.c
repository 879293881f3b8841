/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections as ctnetlink messages: attributes in the kernel's order. Control thread. */
#include "vm/ct/nl.h"

#include <libmnl/libmnl.h>

void ct_nl_put(struct buf *b, uint16_t type, const void *data, uint32_t len)
{
	struct nlattr a = { .nla_type = type, .nla_len = (uint16_t)(sizeof(a) + len) };
	static const char zero[4];

	buf_put(b, &a, sizeof(a));
	buf_put(b, data, len);
	buf_put(b, zero, MNL_ALIGN(len) - len);
}

void ct_nl_put_be32(struct buf *b, uint16_t type, uint32_t v)
{
	uint8_t be[4];

	be32_store(be, v);
	ct_nl_put(b, type, be, sizeof(be));
}

static void put_be16(struct buf *b, uint16_t type, uint16_t v)
{
	uint8_t be[2];

	be16_store(be, v);
	ct_nl_put(b, type, be, sizeof(be));
}

static void put_be64(struct buf *b, uint16_t type, uint64_t v)
{
	uint8_t be[8];

	be32_store(be, (uint32_t)(v >> 32));
	be32_store(be + 4, (uint32_t)v);
	ct_nl_put(b, type, be, sizeof(be));
}

static void put_u8(struct buf *b, uint16_t type, uint8_t v)
{
	ct_nl_put(b, type, &v, 1);
}

size_t ct_nl_nest(struct buf *b, uint16_t type)
{
	size_t at = b->len;

	ct_nl_put(b, type | NLA_F_NESTED, "", 0);
	return at;
}

void ct_nl_nest_end(struct buf *b, size_t at)
{
	uint16_t len = (uint16_t)(b->len - at);

	memcpy(b->p + at, &len, sizeof(len));
}

static void put_ip(struct buf *b, const struct ct_tuple *k)
{
	size_t at = ct_nl_nest(b, CTA_TUPLE_IP);

	if (k->l3 == NFPROTO_IPV4) {
		ct_nl_put(b, CTA_IP_V4_SRC, k->src, 4);
		ct_nl_put(b, CTA_IP_V4_DST, k->dst, 4);
	} else {
		ct_nl_put(b, CTA_IP_V6_SRC, k->src, 16);
		ct_nl_put(b, CTA_IP_V6_DST, k->dst, 16);
	}
	ct_nl_nest_end(b, at);
}

static void put_proto(struct buf *b, const struct ct_tuple *k)
{
	size_t at = ct_nl_nest(b, CTA_TUPLE_PROTO);
	bool six = k->proto == IPPROTO_ICMPV6;
	uint8_t type[2];

	put_u8(b, CTA_PROTO_NUM, k->proto);
	if (k->proto == IPPROTO_ICMP || six) {
		memcpy(type, &k->dport, 2);
		ct_nl_put(b, six ? CTA_PROTO_ICMPV6_ID : CTA_PROTO_ICMP_ID, &k->sport, 2);
		put_u8(b, six ? CTA_PROTO_ICMPV6_TYPE : CTA_PROTO_ICMP_TYPE, type[0]);
		put_u8(b, six ? CTA_PROTO_ICMPV6_CODE : CTA_PROTO_ICMP_CODE, type[1]);
	} else if (ct_proto_of(k->proto)->tuple) {
		ct_nl_put(b, CTA_PROTO_SRC_PORT, &k->sport, 2);
		ct_nl_put(b, CTA_PROTO_DST_PORT, &k->dport, 2);
	}
	ct_nl_nest_end(b, at);
}

static void put_tuple(struct buf *b, uint16_t type, const struct ct_entry *ct, int dir, bool zone)
{
	size_t at = ct_nl_nest(b, type);

	put_ip(b, ct_tuple(ct, dir));
	put_proto(b, ct_tuple(ct, dir));
	if (zone && ct->zone && ct->zone_dirs == 1 << dir)
		put_be16(b, CTA_TUPLE_ZONE, ct->zone);
	ct_nl_nest_end(b, at);
}

static void put_tcp_flags(struct buf *b, uint16_t type, uint8_t flags)
{
	ct_nl_put(b, type, (const uint8_t[2]){ flags, 0 }, 2);
}

static void put_protoinfo(struct buf *b, const struct ct_entry *ct)
{
	uint8_t proto = ct_tuple(ct, CT_ORIG)->proto;
	size_t at, in;

	if (proto != IPPROTO_TCP && proto != IPPROTO_SCTP)
		return;
	at = ct_nl_nest(b, CTA_PROTOINFO);
	in = ct_nl_nest(b, proto == IPPROTO_TCP ? CTA_PROTOINFO_TCP : CTA_PROTOINFO_SCTP);
	if (proto == IPPROTO_TCP) {
		put_u8(b, CTA_PROTOINFO_TCP_STATE, ct->proto.tcp.state);
		put_u8(b, CTA_PROTOINFO_TCP_WSCALE_ORIGINAL, ct->proto.tcp.seen[0].scale);
		put_u8(b, CTA_PROTOINFO_TCP_WSCALE_REPLY, ct->proto.tcp.seen[1].scale);
		put_tcp_flags(b, CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, ct->proto.tcp.seen[0].flags);
		put_tcp_flags(b, CTA_PROTOINFO_TCP_FLAGS_REPLY, ct->proto.tcp.seen[1].flags);
	} else {
		put_u8(b, CTA_PROTOINFO_SCTP_STATE, ct->proto.sctp.state);
		ct_nl_put(b, CTA_PROTOINFO_SCTP_VTAG_ORIGINAL, &ct->proto.sctp.vtag[0], 4);
		ct_nl_put(b, CTA_PROTOINFO_SCTP_VTAG_REPLY, &ct->proto.sctp.vtag[1], 4);
	}
	ct_nl_nest_end(b, in);
	ct_nl_nest_end(b, at);
}

static void put_counters(struct buf *b, const struct ct_entry *ct, int dir)
{
	size_t at = ct_nl_nest(b, dir == CT_ORIG ? CTA_COUNTERS_ORIG : CTA_COUNTERS_REPLY);
	uint64_t packets, bytes;

	ct_counters(ct, dir, &packets, &bytes);
	put_be64(b, CTA_COUNTERS_PACKETS, packets);
	put_be64(b, CTA_COUNTERS_BYTES, bytes);
	ct_nl_nest_end(b, at);
}

static void put_seqadj(struct buf *b, uint16_t type, const struct ct_seqadj *s)
{
	size_t at = ct_nl_nest(b, type);

	ct_nl_put_be32(b, CTA_SEQADJ_CORRECTION_POS, s->pos);
	ct_nl_put_be32(b, CTA_SEQADJ_OFFSET_BEFORE, (uint32_t)s->before);
	ct_nl_put_be32(b, CTA_SEQADJ_OFFSET_AFTER, (uint32_t)s->after);
	ct_nl_nest_end(b, at);
}

/* ctnetlink_dump_extinfo */
static void put_extras(struct buf *b, struct ct_table *t, struct ct_entry *ct)
{
	const struct ct_helper *helper = ct_helper(ct->helper);
	uint64_t labels[2] = { 0, 0 };
	size_t at;

	if (ct->acct) {
		put_counters(b, ct, CT_ORIG);
		put_counters(b, ct, CT_REPLY);
	}
	if (helper) {
		at = ct_nl_nest(b, CTA_HELP);
		ct_nl_put(b, CTA_HELP_NAME, helper->name, (uint32_t)strlen(helper->name) + 1);
		ct_nl_nest_end(b, at);
	}
	if (atomic_load_explicit(&ct->has, memory_order_acquire) & CT_HAS_LABELS)
		for (unsigned i = 0; i < 2; i++)
			labels[i] = atomic_load_explicit(&t->labels[ct_index(t, ct)][i], memory_order_relaxed);
	if (labels[0] | labels[1])
		ct_nl_put(b, CTA_LABELS, labels, sizeof(labels));
	if (ct_status(ct) & IPS_SEQ_ADJUST) {
		put_seqadj(b, CTA_SEQ_ADJ_ORIG, &ct_help_of(t, ct)->seq[CT_ORIG]);
		put_seqadj(b, CTA_SEQ_ADJ_REPLY, &ct_help_of(t, ct)->seq[CT_REPLY]);
	}
}

void ct_nl_fill(struct buf *out, struct ct_table *t, struct ct_entry *ct, uint32_t seq, uint32_t port, uint16_t flags)
{
	size_t at = nl_begin(out, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW, flags, seq, port, ct_tuple(ct, CT_ORIG)->l3, 0);
	uint64_t expires = atomic_load_explicit(&ct->expires_ns, memory_order_relaxed), now = vm_now(t->e);

	put_tuple(out, CTA_TUPLE_ORIG, ct, CT_ORIG, true);
	put_tuple(out, CTA_TUPLE_REPLY, ct, CT_REPLY, true);
	if (ct->zone && ct->zone_dirs == (1 << CT_ORIG | 1 << CT_REPLY))
		put_be16(out, CTA_ZONE, ct->zone);
	ct_nl_put_be32(out, CTA_STATUS, ct_status(ct));
	ct_nl_put_be32(out, CTA_MARK, ct_mark(ct));
	ct_nl_put_be32(out, CTA_ID, ct->id);
	ct_nl_put_be32(out, CTA_USE, 1);
	ct_nl_put_be32(out, CTA_TIMEOUT, expires > now ? (uint32_t)((expires - now) / 1000000000) : 0);
	put_protoinfo(out, ct);
	put_extras(out, t, ct);
	nl_end(out, at);
}
