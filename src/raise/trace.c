/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace messages as text. A packet's headers are printed field by field from the protocol tables, in nft's order; bytes that no
 * header explains are printed raw.
 */
#include "src/raise/trace.h"

#include <libmnl/libmnl.h>
#include <net/if_arp.h>
#include <string.h>

#include "bytecode/msg.h"
#include "src/types/names.h"
#include "src/types/proto.h"

/* Which fields of a header are shown, in which order; a header without a row shows all of them. */
static const struct {
	const struct proto *proto;
	const char *fields[12];
} shown[] = {
	{ &proto_ether, { "saddr", "daddr" } },
	{ &proto_vlan, { "pcp", "dei", "id" } },
	{ &proto_ip, { "saddr", "daddr", "dscp", "ecn", "ttl", "id", "protocol", "length" } },
	{ &proto_ip6, { "saddr", "daddr", "dscp", "ecn", "hoplimit", "flowlabel", "nexthdr", "length" } },
	{ &proto_tcp, { "sport", "dport", "flags", "window" } },
	{ &proto_udp, { "sport", "dport", "length" } },
	{ &proto_udplite, { "sport", "dport" } },
	{ &proto_sctp, { "sport", "dport", "vtag" } },
	{ &proto_icmp, { "type", "code", "id", "sequence" } },
	{ &proto_icmpv6, { "type", "code", "parameter-problem" } },
};

struct printer {
	const struct trace_ctx *c;
	const struct bc_trace *t;
	struct buf *out;
	const struct proto *next;  /* header that the one before leads to */
};

static u128 bits_of(const uint8_t *p, unsigned off, unsigned len)
{
	u128 v = 0;

	for (unsigned bit = off; bit < off + len; bit++)
		v = v << 1 | (p[bit / 8] >> (7 - (bit & 7)) & 1);
	return v;
}

static void print_field(struct printer *p, const struct proto *proto, const struct proto_field *f, struct bc_bytes h)
{
	static const struct type_ctx plain;
	const struct type_ctx *types = p->c->types ? p->c->types : &plain;

	if ((f->off + f->len + 7u) / 8 > h.len)
		return;
	buf_printf(p->out, "%s %s %s", proto->name, f->name, f->type->bitmask ? "== " : "");
	datatype_print(f->type, types, bits_of(h.p, f->off, f->len), f->len, p->out);
	buf_putc(p->out, ' ');
}

static void print_fields(struct printer *p, const struct proto *proto, struct bc_bytes h)
{
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		if (shown[i].proto == proto) {
			for (const char *const *name = shown[i].fields; *name; name++)
				print_field(p, proto, proto_field_by_name(proto, *name), h);
			return;
		}
	for (unsigned i = 0; i < proto->n_fields; i++)
		if (!(proto->fields[i].flags & PROTO_F_ALIAS))
			print_field(p, proto, &proto->fields[i], h);
}

static void print_raw(struct printer *p, const char *base, unsigned off, struct bc_bytes h)
{
	bool zero = true;

	if (off >= h.len)
		return;
	buf_printf(p->out, "@%s,%u,%u 0x", base, off * 8, (h.len - off) * 8);
	for (unsigned i = off; i < h.len; i++) {
		if (zero && !h.p[i] && i + 1 < h.len)
			continue;
		buf_printf(p->out, zero ? "%x" : "%02x", h.p[i]);
		zero = false;
	}
	buf_putc(p->out, ' ');
}

static const struct proto *leads_to(const struct proto *proto, struct bc_bytes h)
{
	const struct proto_field *key = proto->key ? proto_field_by_name(proto, proto->key) : NULL;

	if (!key || (key->off + key->len + 7u) / 8 > h.len)
		return NULL;
	return proto_upper(proto, (uint32_t)bits_of(h.p, key->off, key->len));
}

/* All headers in the bytes of one base, one behind the other; what is left is raw. */
static void print_base(struct printer *p, const char *name, const struct proto *proto, struct bc_bytes all)
{
	unsigned off = 0;

	p->next = NULL;
	while (proto && off + proto->bits / 8u <= all.len) {
		struct bc_bytes h = { all.p + off, all.len - off };

		print_fields(p, proto, h);
		off += proto->bits / 8u;
		p->next = leads_to(proto, h);
		if (!p->next || p->next->base != proto->base)
			break;
		proto = p->next;
	}
	print_raw(p, name, off, all);
}

static const struct proto *network_of(const struct bc_trace *t, uint8_t family)
{
	switch (BC_HAS(t, NFTA_TRACE_NFPROTO) ? (uint8_t)t->nfproto : family) {
	case NFPROTO_IPV4:
		return &proto_ip;
	case NFPROTO_IPV6:
		return &proto_ip6;
	case NFPROTO_ARP:
		return &proto_arp;
	}
	return NULL;
}

static void print_iface(struct printer *p, const char *word, uint32_t index)
{
	const struct type_ctx *types = p->c->types;
	const char *name = types && types->ifname ? types->ifname(types->host, index) : NULL;

	if (name)
		buf_printf(p->out, "%s \"%s\" ", word, name);
	else
		buf_printf(p->out, "%s %u ", word, index);
}

static void print_head(struct printer *p, uint8_t family)
{
	const char *name = names_name(names_family, family);

	buf_printf(p->out, "trace id %08x %s %s %s ", p->t->id, name ? name : "?", p->t->table, p->t->chain);
}

static void print_packet(struct printer *p, uint8_t family)
{
	const struct bc_trace *t = p->t;
	bool ether = (BC_HAS(t, NFTA_TRACE_IIFTYPE) ? t->iiftype : BC_HAS(t, NFTA_TRACE_OIFTYPE) ? t->oiftype : 0) == ARPHRD_ETHER;
	const struct proto *network = network_of(t, family);

	print_head(p, family);
	buf_puts(p->out, "packet: ");
	if (BC_HAS(t, NFTA_TRACE_IIF))
		print_iface(p, "iif", t->iif);
	if (BC_HAS(t, NFTA_TRACE_OIF))
		print_iface(p, "oif", t->oif);
	if (BC_HAS(t, NFTA_TRACE_LL_HEADER)) {
		print_base(p, "ll", ether ? &proto_ether : NULL, t->ll_header);
		network = p->next ? p->next : network;
	}
	p->next = NULL;
	if (BC_HAS(t, NFTA_TRACE_NETWORK_HEADER))
		print_base(p, "nh", network, t->network_header);
	if (BC_HAS(t, NFTA_TRACE_TRANSPORT_HEADER))
		print_base(p, "th", p->next, t->transport_header);
	buf_putc(p->out, '\n');
}

static void print_verdict(struct buf *out, const struct bc_data *v)
{
	static const struct {
		int32_t code;
		const char *name;
	} names[] = {
		{ NF_ACCEPT, "accept" },   { NF_DROP, "drop" }, { NF_STOLEN, "stolen" },   { NF_QUEUE, "queue" },
		{ NFT_CONTINUE, "continue" }, { NFT_BREAK, "break" }, { NFT_JUMP, "jump" }, { NFT_GOTO, "goto" },
		{ NFT_RETURN, "return" },
	};
	int32_t code = v->verdict < 0 ? v->verdict : v->verdict & NF_VERDICT_MASK;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == code)
			buf_puts(out, names[i].name);
	if ((code == NFT_JUMP || code == NFT_GOTO) && v->chain)
		buf_printf(out, " %s", v->chain);
}

static void print_mark(struct printer *p)
{
	if (BC_HAS(p->t, NFTA_TRACE_MARK))
		buf_printf(p->out, "meta mark 0x%08x ", p->t->mark);
}

/* The end of a regular chain is told like a rule, without a handle: nothing to show. */
static void print_rule(struct printer *p, uint8_t family)
{
	if (!BC_HAS(p->t, NFTA_TRACE_RULE_HANDLE))
		return;
	print_head(p, family);
	buf_puts(p->out, "rule ");
	if (!p->c->rule || !p->c->rule(p->c->ctx, family, p->t->table, p->t->chain, p->t->rule_handle, p->out))
		buf_printf(p->out, "handle %llu", (unsigned long long)p->t->rule_handle);
	buf_puts(p->out, " (verdict ");
	print_verdict(p->out, &p->t->verdict);
	buf_puts(p->out, ")\n");
}

static void print_end(struct printer *p, uint8_t family)
{
	static const char *const policies[] = { [NF_DROP] = "drop", [NF_ACCEPT] = "accept" };

	print_head(p, family);
	if (p->t->type == NFT_TRACETYPE_POLICY && p->t->policy < ARRAY_SIZE(policies)) {
		buf_printf(p->out, "policy %s ", policies[p->t->policy]);
	} else if (p->t->type == NFT_TRACETYPE_RETURN) {
		buf_puts(p->out, "verdict ");
		print_verdict(p->out, &p->t->verdict);
		buf_putc(p->out, ' ');
	}
	print_mark(p);
	buf_putc(p->out, '\n');
}

void trace_print(const struct trace_ctx *c, const void *nlmsg, size_t len, struct buf *out)
{
	const struct nlmsghdr *h = nlmsg;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(h);
	struct arena *a = arena_new();
	struct bc_trace t;
	struct bc_err err;
	struct printer p = { .c = c, .t = &t, .out = out };

	if (len >= sizeof(*h) + sizeof(*nfg) && (h->nlmsg_type & 0xff) == NFT_MSG_TRACE &&
	    !bc_decode(&bc_trace_desc, nfg + 1, len - sizeof(*h) - sizeof(*nfg), &t, a, 0, &err) && t.table && t.chain) {
		if (BC_HAS(&t, NFTA_TRACE_LL_HEADER) || BC_HAS(&t, NFTA_TRACE_NETWORK_HEADER))
			print_packet(&p, nfg->nfgen_family);
		if (t.type == NFT_TRACETYPE_RULE)
			print_rule(&p, nfg->nfgen_family);
		else
			print_end(&p, nfg->nfgen_family);
	}
	arena_free(&a);
}
