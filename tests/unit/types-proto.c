/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protocol tables: every row fits its type and header, places are told apart, links lead somewhere and back. */
#include <string.h>

#include "base/bytes.h"
#include "bytecode/nf.h"
#include "parser/parse.h"
#include "src/types/keys.h"
#include "src/types/proto.h"
#include "tests/unit/unit.h"

static void check_row(const struct proto *p, const struct proto_field *f)
{
	ck_assert_ptr_nonnull(f->type);
	ck_assert_msg(f->len > 0 && f->len <= 128, "%s %s: length %u", p->name, f->name, f->len);
	if (f->type->bits)
		ck_assert_msg(f->type->bits == f->len, "%s %s: %u bits of a type of %u", p->name, f->name, f->len, f->type->bits);
	if (p->kind == PROTO_HEADER && f->type != &type_ip6addr)
		ck_assert_msg(f->off + f->len <= p->bits, "%s %s: ends behind the header", p->name, f->name);
	if (f->dep)
		ck_assert_msg(p->deps && p->deps[f->dep].n > 0, "%s %s: empty dependency", p->name, f->name);
	ck_assert_ptr_eq(proto_field_by_name(p, f->name), f);
}

static bool overlap(const struct proto_field *a, const struct proto_field *b)
{
	return a->off < b->off + b->len && b->off < a->off + a->len;
}

static bool share_type(const struct proto *p, const struct proto_field *a, const struct proto_field *b)
{
	for (unsigned i = 0; i < p->deps[a->dep].n; i++)
		for (unsigned j = 0; j < p->deps[b->dep].n; j++)
			if (p->deps[a->dep].type[i] == p->deps[b->dep].type[j])
				return true;
	return false;
}

/* Two rows may share bits only as aliases, or where the message's type tells them apart. */
static void check_pair(const struct proto *p, const struct proto_field *a, const struct proto_field *b)
{
	if (!overlap(a, b) || (b->flags & PROTO_F_ALIAS))
		return;
	ck_assert_msg(a->dep && b->dep && !share_type(p, a, b), "%s: %s and %s overlap", p->name, a->name, b->name);
}

static void check_table(const struct proto *p)
{
	for (unsigned i = 0; i < p->n_fields; i++) {
		check_row(p, &p->fields[i]);
		for (unsigned j = i + 1; j < p->n_fields; j++)
			check_pair(p, &p->fields[i], &p->fields[j]);
	}
}

START_TEST(headers)
{
	unsigned n = 0;

	for (const struct proto *const *p = proto_all(); *p; p++, n++) {
		ck_assert_ptr_eq(proto_by_name((*p)->name), *p);
		check_table(*p);
		if ((*p)->checksum_off >= 0)
			ck_assert_msg(proto_field_at(*p, (unsigned)(*p)->checksum_off * 8, (*p) == &proto_sctp ? 32 : 16, -1),
				      "%s: no field where its checksum is", (*p)->name);
	}
	ck_assert_uint_eq(n, 29);
	ck_assert_ptr_null(proto_by_name("nosuch"));
}
END_TEST

START_TEST(options)
{
	static const enum proto_kind kinds[] = { PROTO_TCPOPT, PROTO_IPOPT, PROTO_SCTP_CHUNK };
	static const unsigned counts[] = { 14, 4, 18 };

	for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
		unsigned n = 0;

		for (const struct proto *p = proto_options(kinds[k]); p->name; p++, n++) {
			ck_assert_int_eq(p->kind, kinds[k]);
			ck_assert_ptr_eq(proto_option_by_name(kinds[k], p->name), p);
			check_table(p);
		}
		ck_assert_uint_eq(n, counts[k]);
	}
	ck_assert_str_eq(proto_option_by_number(PROTO_TCPOPT, 5)->name, "sack");
	ck_assert_str_eq(proto_option_by_name(PROTO_TCPOPT, "sack-permitted")->name, "sack-perm");
	ck_assert_ptr_null(proto_option_by_number(PROTO_TCPOPT, 254));
	ck_assert_ptr_null(proto_option_by_name(PROTO_IPOPT, "maxseg"));
}
END_TEST

START_TEST(places)
{
	ck_assert_str_eq(proto_field_at(&proto_tcp, 16, 16, -1)->name, "dport");
	ck_assert_str_eq(proto_field_at(&proto_icmp, 32, 32, 5)->name, "gateway");
	ck_assert_str_eq(proto_field_at(&proto_icmp, 48, 16, 3)->name, "mtu");
	ck_assert_str_eq(proto_field_at(&proto_icmp, 48, 16, 8)->name, "sequence");
	ck_assert_str_eq(proto_field_at(&proto_icmpv6, 32, 32, 2)->name, "mtu");
	ck_assert_str_eq(proto_field_at(&proto_icmpv6, 32, 32, 4)->name, "parameter-problem");
	ck_assert_ptr_null(proto_field_at(&proto_icmp, 32, 32, 8));
	ck_assert_ptr_null(proto_field_at(&proto_tcp, 1, 16, -1));
	ck_assert_uint_eq(proto_field_by_name(&proto_arp, "saddr ip")->off, 112);
	ck_assert_uint_eq(proto_field_by_name(&proto_srh, "sid[2]")->off, 192);
}
END_TEST

static void check_links(const struct proto *p)
{
	for (const struct proto_up *u = p->up; u && u->proto; u++) {
		int64_t num = proto_number_of(p, u->proto);

		ck_assert_msg(num >= 0 && proto_upper(p, (uint32_t)num), "%s to %s", p->name, u->proto->name);
		ck_assert_ptr_nonnull(proto_upper(p, u->num));
	}
	if (p->up && p->kind != PROTO_META)
		ck_assert_ptr_nonnull(proto_field_by_name(p, p->key));
	if (p->kind == PROTO_META)
		ck_assert_ptr_nonnull(meta_key_by_name(p->key));
}

START_TEST(links)
{
	enum proto_base base;

	for (const struct proto *const *p = proto_all(); *p; p++)
		check_links(*p);
	check_links(&proto_inet);
	check_links(&proto_netdev);
	check_links(&proto_inet_service);
	ck_assert_ptr_eq(proto_upper(&proto_ether, 0x86dd), &proto_ip6);
	ck_assert_ptr_eq(proto_upper(&proto_ip, 47), &proto_gre);
	ck_assert_int_eq(proto_number_of(&proto_inet_service, &proto_icmpv6), 58);
	ck_assert_int_eq(proto_number_of(&proto_tcp, &proto_udp), -1);
	ck_assert_ptr_eq(proto_base_of_family(NFPROTO_INET, &base), &proto_inet);
	ck_assert_int_eq(base, PROTO_LL);
	ck_assert_ptr_eq(proto_base_of_family(NFPROTO_ARP, &base), &proto_arp);
	ck_assert_int_eq(base, PROTO_NH);
	ck_assert_ptr_null(proto_base_of_family(77, &base));
	ck_assert_ptr_eq(proto_of_arphrd(1), &proto_ether);
	ck_assert_ptr_null(proto_of_arphrd(772));
}
END_TEST

START_TEST(pseudo_header)
{
	ck_assert(proto_field_by_name(&proto_ip, "saddr")->flags & PROTO_F_PSEUDO);
	ck_assert(proto_field_by_name(&proto_ip6, "nexthdr")->flags & PROTO_F_PSEUDO);
	ck_assert(!(proto_field_by_name(&proto_ip, "ttl")->flags & PROTO_F_PSEUDO));
}
END_TEST

START_TEST(meta_and_ct)
{
	unsigned n = 0;

	for (const struct meta_key *k = meta_keys; k->name; k++, n++) {
		ck_assert_ptr_eq(meta_key_by_name(k->name), k);
		ck_assert_msg(!k->type->bits || k->bits >= k->type->bits || k->key == NFT_META_BRI_BROUTE, "meta %s", k->name);
		ck_assert(!k->bare || k->unqualified);
	}
	ck_assert_uint_eq(n, 40);
	ck_assert_str_eq(meta_key_by_number(NFT_META_SECPATH)->name, "ipsec");
	ck_assert_ptr_null(meta_key_by_number(999));
	for (const struct ct_key *k = ct_keys; k->name; k++) {
		ck_assert_ptr_eq(ct_key_by_name(k->name, k->family), k);
		ck_assert_ptr_eq(ct_key_by_number(k->key), k);
		ck_assert(!k->type->bits || k->bits == k->type->bits);
	}
	ck_assert_uint_eq(ct_key_by_name("saddr", "ip6")->bits, 128);
	ck_assert_ptr_null(ct_key_by_name("mark", "ip"));
}
END_TEST

START_TEST(small_keys)
{
	static const struct key *const tables[] = { rt_keys, socket_keys, xfrm_keys, tunnel_keys, osf_keys, fib_results };

	for (unsigned i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct key *k = tables[i]; k->name; k++) {
			ck_assert_ptr_eq(key_by_name(tables[i], k->name, k->family), k);
			ck_assert_ptr_eq(key_by_number(tables[i], k->key, k->flags), k);
			ck_assert_uint_ge(k->bits, k->type->bits);
		}
	ck_assert_ptr_null(key_by_name(rt_keys, "nexthop", NULL));
}
END_TEST

START_TEST(words)
{
	const struct parse_words *w = &types_words;

	ck_assert(w->is_header("tcp") && w->is_header("frag") && !w->is_header("meta"));
	ck_assert(w->is_field("tcp", "dport") && !w->is_field("tcp", "saddr") && w->is_field("arp", "saddr ip"));
	ck_assert(w->is_field("tcp option", "maxseg") && w->is_field("tcp option", "size") && !w->is_field("tcp option", "foo"));
	ck_assert(w->is_meta_key("iif", true) && !w->is_meta_key("length", true) && w->is_meta_key("length", false));
	ck_assert(w->is_ct_key("state") && !w->is_ct_key("nosuch"));
	ck_assert_str_eq(w->near("tcp", "dprt"), "dport");
	ck_assert_str_eq(w->near("meta", "iifnam"), "iifname");
	ck_assert_str_eq(w->near("ct", "stat"), "state");
	ck_assert_str_eq(w->near("tcp option", "maxsec"), "maxseg");
	ck_assert_str_eq(w->near(NULL, "icmpv66"), "icmpv6");
	ck_assert_ptr_null(w->near("udp", "zzzzzzzzz"));
}
END_TEST

UNIT_MAIN("types-proto", headers, options, places, links, pseudo_header, meta_and_ct, small_keys, words)
