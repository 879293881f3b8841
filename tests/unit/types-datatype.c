/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datatypes: every type there and back, widths, names, errors in the words users know, all options of printing. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "bytecode/nf.h"
#include "src/types/datatype.h"
#include "src/types/hooks.h"
#include "src/types/names.h"
#include "src/types/number.h"
#include "src/types/reject.h"
#include "src/types/time.h"
#include "tests/unit/unit.h"

static int one_device(void *host, const char *name)
{
	return strcmp(name, "eth7") ? -1 : 7;
}

static const char *one_name(void *host, uint32_t index)
{
	return index == 7 ? "eth7" : NULL;
}

static const struct type_ctx ctx = { .ifindex = one_device, .ifname = one_name };

static const struct {
	const struct datatype *type;
	unsigned bits;              /* of the place; 0: the type's */
	const char *text, *printed; /* NULL: as text */
	uint64_t value;
} rows[] = {
	{ &type_integer, 32, "22", NULL, 22 },
	{ &type_integer, 32, "0x16", "22", 22 },
	{ &type_integer, 32, "010", "8", 8 },
	{ &type_xinteger, 32, "22", "0x16", 22 },
	{ &type_bitmask, 8, "5", "0x5", 5 },
	{ &type_string, 128, "ftp", "\"ftp\"", 'f' | 't' << 8 | 'p' << 16 },
	{ &type_nfproto, 0, "ipv4", NULL, 2 },
	{ &type_nfproto, 0, "7", NULL, 7 },
	{ &type_boolean, 0, "exists", NULL, 1 },
	{ &type_boolean, 0, "missing", NULL, 0 },
	{ &type_lladdr, 48, "1:2:3:4:5:f", "01:02:03:04:05:0f", 0x01020304050f },
	{ &type_lladdr, 16, "1:2", "01:02", 0x102 },
	{ &type_etheraddr, 0, "00:11:22:33:44:ff", NULL, 0x0011223344ff },
	{ &type_ipaddr, 0, "10.1.2.3", NULL, 0x0a010203 },
	{ &type_ipaddr, 0, "127.1", "127.0.0.1", 0x7f000001 },
	{ &type_ipaddr, 0, "0x7f000001", "127.0.0.1", 0x7f000001 },
	{ &type_ip6addr, 0, "::1", NULL, 1 },
	{ &type_ip6addr, 0, "0:0:0:0:0:0:0:1", "::1", 1 },
	{ &type_ip6addr, 0, "::ffff:1.2.3.4", NULL, 0xffff01020304 },
	{ &type_ethertype, 0, "arp", NULL, 0x0806 },
	{ &type_ethertype, 0, "vlan", "8021q", 0x8100 },
	{ &type_ethertype, 0, "0x88cc", NULL, 0x88cc },
	{ &type_ethertype, 0, "1", "0x0001", 1 },
	{ &type_arpop, 0, "reply", NULL, 2 },
	{ &type_arpop, 0, "99", NULL, 99 },
	{ &type_inet_protocol, 0, "tcp", NULL, 6 },
	{ &type_inet_protocol, 0, "icmpv6", "ipv6-icmp", 58 },
	{ &type_inet_protocol, 0, "comp", "ipcomp", 108 },
	{ &type_inet_protocol, 0, "253", NULL, 253 },
	{ &type_inet_service, 0, "ssh", "22", 22 },
	{ &type_inet_service, 0, "65535", NULL, 65535 },
	{ &type_icmp_type, 0, "echo-request", NULL, 8 },
	{ &type_icmp_type, 0, "77", NULL, 77 },
	{ &type_icmp_code, 0, "prot-unreachable", "2", 2 },
	{ &type_icmp_code, 0, "111", NULL, 111 },
	{ &type_icmpv6_type, 0, "mld-listener-reduction", "mld-listener-done", 132 },
	{ &type_icmpv6_code, 0, "policy-fail", "5", 5 },
	{ &type_icmpx_code, 0, "no-route", "0", 0 },
	{ &type_reject_icmp_code, 0, "host-unreachable", NULL, 1 },
	{ &type_reject_icmpv6_code, 0, "policy-fail", NULL, 5 },
	{ &type_reject_icmpx_code, 0, "admin-prohibited", NULL, 3 },
	{ &type_igmp_type, 0, "leave-group", NULL, 0x17 },
	{ &type_tcp_flag, 0, "syn", NULL, 2 },
	{ &type_tcp_flag, 0, "3", "0x3", 3 },
	{ &type_dccp_pkttype, 0, "closereq", NULL, 5 },
	{ &type_dccp_pkttype, 0, "12", NULL, 12 },
	{ &type_mh_type, 0, "binding-error", NULL, 7 },
	{ &type_mptcp_subtype, 0, "mp-join", NULL, 1 },
	{ &type_time, 32, "1d1h1m1s1ms", NULL, 90061001 },
	{ &type_time, 32, "90061001ms", "1d1h1m1s1ms", 90061001 },
	{ &type_time, 32, "233", "3m53s", 233000 },
	{ &type_time, 32, "0s", NULL, 0 },
	{ &type_mark, 0, "10", "0x0000000a", 10 },
	{ &type_ifindex, 0, "eth7", "\"eth7\"", 7 },
	{ &type_ifindex, 0, "99", NULL, 99 },
	{ &type_arphrd, 0, "loopback", NULL, 772 },
	{ &type_arphrd, 0, "9", NULL, 9 },
	{ &type_realm, 0, "4000000000", NULL, 4000000000 },
	{ &type_devgroup, 0, "12345", NULL, 12345 },
	{ &type_classid, 0, "root", NULL, 0xffffffff },
	{ &type_classid, 0, "none", NULL, 0 },
	{ &type_classid, 0, "aabb:0", NULL, 0xaabb0000 },
	{ &type_classid, 0, "1:1234", NULL, 0x11234 },
	{ &type_classid, 0, "1:", "1:0", 0x10000 },
	{ &type_classid, 0, ":5", "0:5", 5 },
	{ &type_classid, 0, "0x87654321", "8765:4321", 0x87654321 },
	{ &type_uid, 0, "root", "0", 0 },
	{ &type_gid, 0, "4294967295", NULL, 4294967295 },
	{ &type_ct_state, 0, "established", NULL, 2 },
	{ &type_ct_state, 0, "8", "new", 8 },
	{ &type_ct_state, 0, "0x80", NULL, 0x80 },
	{ &type_ct_dir, 0, "reply", NULL, 1 },
	{ &type_ct_status, 0, "fixed-timeout", NULL, 0x400 },
	{ &type_ct_status, 0, "hw-offload", NULL, 0x8000 },
	{ &type_ct_event, 0, "label", NULL, 0x400 },
	{ &type_ct_label, 0, "5", NULL, 32 },
	{ &type_pkttype, 0, "unicast", "host", 0 },
	{ &type_pkttype, 0, "other", NULL, 3 },
	{ &type_dscp, 0, "af11", NULL, 10 },
	{ &type_dscp, 0, "be", "cs0", 0 },
	{ &type_dscp, 0, "3", "0x03", 3 },
	{ &type_ecn, 0, "ect0", NULL, 2 },
	{ &type_fib_addrtype, 0, "local", NULL, 2 },
	{ &type_ifname, 0, "eth0", "\"eth0\"", 0x30687465 },
	{ &type_ifname, 0, "a\\*", "\"a\\*\"", 'a' | '*' << 8 },
	{ &type_date, 0, "1970-05-23 21:07:14", "\"1970-05-23 21:07:14\"", 12337634000000000 },
	{ &type_date, 0, "12341234", "\"1970-05-23 22:07:14\"", 12341234000000000 },
	{ &type_date, 0, "2019-06-21", "\"2019-06-21 00:00:00\"", 1561068000000000000 },
	{ &type_date, 0, "2019-06-21 17:00", "\"2019-06-21 17:00:00\"", 1561129200000000000 },
	{ &type_hour, 0, "17:00", "\"17:00\"", 54000 },
	{ &type_hour, 0, "17:00:01", "\"17:00:01\"", 54001 },
	{ &type_hour, 0, "00:30", "\"00:30\"", 81000 },
	{ &type_hour, 0, "23:59:60", "\"00:00\"", 79200 },
	{ &type_hour, 0, "3600", "\"01:00\"", 82800 },
	{ &type_day, 0, "Saturday", "\"Saturday\"", 6 },
	{ &type_day, 0, "sat", "\"Saturday\"", 6 },
	{ &type_day, 0, "6", "\"Saturday\"", 6 },
	{ &type_cgroupv2, 0, "18446744073709551615", NULL, UINT64_MAX },
};

/* Parses what was printed: quotes are the scanner's. */
static void unquote(char *s)
{
	size_t n = strlen(s);

	if (n > 1 && *s == '"') {
		memmove(s, s + 1, n - 2);
		s[n - 2] = '\0';
	}
}

START_TEST(there_and_back)
{
	struct arena *a = arena_new();

	setenv("TZ", "UTC-2", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct datatype *t = rows[i].type;
		const char *why = "", *printed = rows[i].printed ? rows[i].printed : rows[i].text;
		char again[64];
		buf_auto out = { 0 };
		u128 v = 0, w = 0;

		ck_assert_msg(!datatype_parse(t, &ctx, rows[i].text, rows[i].bits, &v, a, &why), "%s %s: %s", t->name, rows[i].text,
			      why);
		ck_assert_msg(v == rows[i].value, "%s %s: value %llx", t->name, rows[i].text, (unsigned long long)v);
		datatype_print(t, &ctx, v, rows[i].bits, &out);
		ck_assert_str_eq(buf_str(&out), printed);
		snprintf(again, sizeof(again), "%s", printed);
		unquote(again);
		ck_assert_msg(!datatype_parse(t, &ctx, again, rows[i].bits, &w, a, &why), "%s %s: %s", t->name, again, why);
		if (strcmp(rows[i].text, "23:59:60"))
			ck_assert(w == v);
	}
	arena_free(&a);
}
END_TEST

static bool has_row(const struct datatype *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].type == t)
			return true;
	return false;
}

START_TEST(every_type_has_a_row)
{
	for (uint32_t i = TYPE_NFPROTO; i < TYPE_MAX; i++) {
		const struct datatype *t = datatype_by_id(i);

		ck_assert_ptr_nonnull(t);
		ck_assert_uint_eq(t->id, i);
		ck_assert_msg(has_row(t), "no case for type %s", t->name);
		if (t != &type_date) /* shares its name with type_time */
			ck_assert_ptr_eq(datatype_by_name(t->name), t);
	}
	ck_assert_ptr_null(datatype_by_id(TYPE_MAX));
	ck_assert_ptr_null(datatype_by_name("nosuch"));
}
END_TEST

/* Every name of every table, not only those above. */
START_TEST(every_symbol)
{
	struct arena *a = arena_new();

	for (uint32_t i = TYPE_NFPROTO; i < TYPE_MAX; i++) {
		const struct datatype *t = datatype_by_id(i);
		unsigned bits = t->bits;

		for (const struct symbol *s = t->symbols; s && s->name; s++) {
			const char *why = "", *name;
			u128 v = ~(u128)0;

			ck_assert_msg(!datatype_parse(t, &ctx, s->name, bits, &v, a, &why), "%s %s: %s", t->name, s->name, why);
			ck_assert(v == s->value);
			name = datatype_symbol(t, &ctx, v);
			ck_assert_ptr_nonnull(name);
			ck_assert_ptr_null(datatype_symbol(t, &(struct type_ctx){ .numeric_all = true }, v));
		}
	}
	arena_free(&a);
}
END_TEST

static const struct {
	const struct datatype *type;
	unsigned bits;
	const char *text, *why;
} refused[] = {
	{ &type_ct_state, 0, "xxx", "Could not parse conntrack state" },
	{ &type_ct_state, 0, "0x100000000", "Value 4294967296 exceeds valid range 0-4294967295" },
	{ &type_tcp_flag, 0, "256", "Value 256 exceeds valid range 0-255" },
	{ &type_icmp_type, 0, "foo", "Could not parse ICMP type" },
	{ &type_icmp_code, 0, "256", "Value 256 exceeds valid range 0-255" },
	{ &type_icmpv6_code, 0, "foo", "Could not parse icmpv6 code" },
	{ &type_integer, 16, "foo", "Could not parse integer" },
	{ &type_integer, 12, "4096", "Value 4096 exceeds valid range 0-4095" },
	{ &type_integer, 32, "0x", "Could not parse integer" },
	{ &type_integer, 32, "", "Could not parse integer" },
	{ &type_integer, 0, "340282366920938463463374607431768211456", "Could not parse integer" },
	{ &type_inet_protocol, 0, "nosuch", "Could not resolve protocol name" },
	{ &type_inet_protocol, 0, "300", "Protocol out of range" },
	{ &type_inet_service, 0, "nosuch", "Could not resolve service: Servname not supported for ai_socktype" },
	{ &type_inet_service, 0, "70000", "Service out of range" },
	{ &type_ifindex, 0, "nosuch", "Interface does not exist" },
	{ &type_ifname, 0, "", "Empty string is not allowed" },
	{ &type_ifname, 0, "abcdefghijklmnopq", "String exceeds maximum length of 16" },
	{ &type_string, 128, "12345678901234567", "String exceeds maximum length of 16" },
	{ &type_uid, 0, "no such", "User does not exist" },
	{ &type_uid, 0, "4294967296", "Value too large" },
	{ &type_gid, 0, "no such", "Group does not exist" },
	{ &type_classid, 0, "1:99999", "Could not parse TC classid" },
	{ &type_classid, 0, ":", "Could not parse TC classid" },
	{ &type_classid, 0, "x", "Could not parse TC classid" },
	{ &type_realm, 0, "no such", "Could not parse routing realm" },
	{ &type_etheraddr, 0, "1:2:3:4:5", "Invalid LL address" },
	{ &type_etheraddr, 0, "100:1:1:1:1:1", "Invalid LL address" },
	{ &type_etheraddr, 0, "1:2:3:4:5:", "Invalid LL address" },
	{ &type_ct_label, 0, "128", "128: bit 128 out of range (128 max)" },
	{ &type_ct_label, 0, "no such", "/etc/connlabel.conf: could not parse conntrack label \"no such\"" },
	{ &type_time, 32, "foo", "wrong time format" },
	{ &type_time, 32, "1h2h", "wrong time format" },
	{ &type_time, 32, "5x", "wrong time format" },
	{ &type_time, 32, "5000000000", "value too large" },
	{ &type_time, 32, "99999999999999999999s", "value too large" },
	{ &type_date, 0, "meh", "Cannot parse date" },
	{ &type_hour, 0, "24:00", "wrong time format" },
	{ &type_hour, 0, "90000", "Value 90000 exceeds valid range 0-86400" },
	{ &type_day, 0, "Satturday", "Could not parse Day of week of packet reception" },
	{ &type_day, 0, "T", "Could not parse Day of week of packet reception" },
	{ &type_day, 0, "7", "Value 7 exceeds valid range 0-6" },
	{ &type_cgroupv2, 0, "no such", "cgroupv2 path fails: No such file or directory" },
	{ &type_dscp, 0, "64", "Value 64 exceeds valid range 0-63" },
};

/* Any text is read or refused, and what was read can be printed. Addresses are left out: they would ask the resolver. */
START_TEST(random_text)
{
	static const char letters[] = "0123456789abcdefxhmsd:*\\. -rootne\"/";
	struct arena *a = arena_new();
	unsigned seed = 1;

	for (unsigned round = 0; round < 2000; round++) {
		char text[24];
		unsigned n = (unsigned)rand_r(&seed) % (sizeof(text) - 1);

		for (unsigned i = 0; i < n; i++)
			text[i] = letters[(unsigned)rand_r(&seed) % (sizeof(letters) - 1)];
		text[n] = '\0';
		for (uint32_t id = TYPE_NFPROTO; id < TYPE_MAX; id++) {
			const struct datatype *t = datatype_by_id(id);
			const char *why = NULL;
			buf_auto out = { 0 };
			u128 v;

			if (t == &type_ipaddr || t == &type_ip6addr || t == &type_cgroupv2)
				continue;
			if (datatype_parse(t, &ctx, text, t->bits, &v, a, &why))
				ck_assert_msg(why && *why, "%s '%s': no reason given", t->name, text);
			else
				datatype_print(t, &ctx, v, t->bits, &out);
		}
		arena_reset(a);
	}
	arena_free(&a);
}
END_TEST

START_TEST(refusals)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const char *why = "";
		u128 v = 77;

		ck_assert_msg(datatype_parse(refused[i].type, &ctx, refused[i].text, refused[i].bits, &v, a, &why),
			      "%s %s was taken", refused[i].type->name, refused[i].text);
		ck_assert_str_eq(why, refused[i].why);
		ck_assert_msg(v == 77, "%s: output touched", refused[i].text);
	}
	arena_free(&a);
}
END_TEST

static void prints(const struct datatype *t, const struct type_ctx *c, u128 v, const char *want)
{
	buf_auto out = { 0 };

	datatype_print(t, c, v, 0, &out);
	ck_assert_str_eq(buf_str(&out), want);
}

START_TEST(options)
{
	const struct type_ctx n = { .numeric_all = true }, p = { .numeric_proto = true }, t = { .numeric_time = true };
	const struct type_ctx s = { .service_names = true }, u = { .guid_names = true };

	prints(&type_ecn, &n, 2, "0x2");
	prints(&type_dscp, &n, 10, "0x0a");
	prints(&type_tcp_flag, &n, 2, "0x2");
	prints(&type_ct_state, &n, 8, "0x8");
	prints(&type_ct_dir, &n, 1, "1");
	prints(&type_ethertype, &n, 0x0806, "0x0806");
	prints(&type_arphrd, &n, 1, "1");
	prints(&type_boolean, &n, 1, "1");
	prints(&type_day, &n, 1, "1");
	prints(&type_devgroup, &n, 0, "0");
	prints(&type_inet_protocol, &n, 6, "6");
	prints(&type_inet_protocol, &p, 6, "6");
	prints(&type_time, &n, 5400000, "5400s");
	prints(&type_time, &t, 5400000, "5400s");
	prints(&type_uid, &u, 0, "\"root\"");
	prints(&type_gid, &u, 0, "\"root\"");
	prints(&type_inet_service, &s, 1, getservbyname("tcpmux", "tcp") ? "\"tcpmux\"" : "1");
	prints(&type_inet_service, &ctx, 1, "1");
}
END_TEST

static void json(const struct datatype *t, u128 v, bool number, uint64_t want)
{
	uint64_t n = 0;

	ck_assert_msg(datatype_json_number(t, &ctx, v, t->bits, &n) == number, "%s %llu", t->name, (unsigned long long)v);
	ck_assert_uint_eq(n, want);
}

START_TEST(json_forms)
{
	json(&type_mark, 10, true, 10);
	json(&type_time, 233000, true, 233);
	json(&type_ct_label, 32, true, 5);
	json(&type_ifindex, 7, false, 0);
	json(&type_ifindex, 9, false, 0);
	json(&type_ethertype, 0x8100, false, 0);
	json(&type_ethertype, 0x88cc, true, 0x88cc);
	json(&type_inet_protocol, 6, false, 0);
	json(&type_inet_service, 22, true, 22);
	json(&type_classid, 10, false, 0);
	json(&type_ipaddr, 1, false, 0);
	json(&type_etheraddr, 1, false, 0);
	json(&type_date, 0, false, 0);
}
END_TEST

START_TEST(device_prefixes)
{
	struct arena *a = arena_new();
	const char *why = "";
	unsigned prefix;
	buf_auto out = { 0 };
	u128 v;

	ck_assert(!ifname_parse("eth*", 128, &v, &prefix, a, &why));
	ck_assert_uint_eq(prefix, 24);
	ck_assert(v == ('e' | 't' << 8 | 'h' << 16));
	ifname_print(v, prefix, &out);
	ck_assert_str_eq(buf_str(&out), "\"eth*\"");
	ck_assert(!ifname_parse("eth\\*", 128, &v, &prefix, a, &why));
	ck_assert_uint_eq(prefix, 0);
	buf_cut(&out, 0);
	ifname_print(v, prefix, &out);
	ck_assert_str_eq(buf_str(&out), "\"eth\\*\"");
	ck_assert(ifname_parse("*", 128, &v, &prefix, a, &why));
	ck_assert_str_eq(why, "All-wildcard strings are not supported");
	ck_assert(ifname_parse("abcdefghijklmno*", 128, &v, &prefix, a, &why));
	arena_free(&a);
}
END_TEST

START_TEST(near_names)
{
	ck_assert_str_eq(datatype_near(&type_ct_state, "estblished"), "established");
	ck_assert_str_eq(datatype_near(&type_icmp_type, "echo-requst"), "echo-request");
	ck_assert_ptr_null(datatype_near(&type_ct_state, "zzzzzzzz"));
}
END_TEST

START_TEST(stored_bytes)
{
	uint8_t b[16];

	value_store(0x0102, 2, BO_BIG, b);
	ck_assert_mem_eq(b, "\x01\x02", 2);
	value_store(0x0102, 2, BO_HOST, b);
	ck_assert_mem_eq(b, "\x02\x01", 2);
	value_store((u128)1 << 120 | 2, 16, BO_BIG, b);
	ck_assert_uint_eq(b[0], 1);
	ck_assert_uint_eq(b[15], 2);
	ck_assert(value_load(b, 16, BO_BIG) == ((u128)1 << 120 | 2));
	ck_assert(value_load("\x02\x01", 2, BO_HOST) == 0x0102);
}
END_TEST

static void prio(uint8_t family, uint32_t hook, int32_t n, const char *want)
{
	buf_auto out = { 0 };

	priority_print(&ctx, family, hook, n, &out);
	ck_assert_str_eq(buf_str(&out), want);
}

START_TEST(priorities)
{
	int32_t n;

	prio(NFPROTO_INET, NF_INET_LOCAL_IN, 0, "filter");
	prio(NFPROTO_INET, NF_INET_LOCAL_IN, 10, "filter + 10");
	prio(NFPROTO_INET, NF_INET_LOCAL_IN, 11, "11");
	prio(NFPROTO_INET, NF_INET_PRE_ROUTING, -155, "mangle - 5");
	prio(NFPROTO_INET, NF_INET_FORWARD, -100, "-100");
	prio(NFPROTO_IPV4, NF_INET_LOCAL_OUT, -100, "dstnat");
	prio(NFPROTO_ARP, 0, 0, "filter");
	prio(NFPROTO_ARP, 0, -300, "-300");
	prio(NFPROTO_NETDEV, 0, -1, "filter - 1");
	prio(NFPROTO_BRIDGE, NF_INET_LOCAL_OUT, 100, "out");
	prio(NFPROTO_BRIDGE, NF_INET_FORWARD, -200, "filter");
	prio(NFPROTO_BRIDGE, NF_INET_FORWARD, 0, "0");
	prio(NFPROTO_INET, 0, INT32_MIN, "-2147483648");
	ck_assert(priority_by_name(NFPROTO_BRIDGE, NF_INET_FORWARD, "filter", &n) && n == -200);
	ck_assert(priority_by_name(NFPROTO_IPV6, NF_INET_POST_ROUTING, "srcnat", &n) && n == 100);
	ck_assert(!priority_by_name(NFPROTO_IPV6, NF_INET_FORWARD, "srcnat", &n));
	ck_assert(!priority_by_name(NFPROTO_NETDEV, 0, "raw", &n));
	ck_assert(priority_name_known("srcnat") && !priority_name_known("nosuch"));
}
END_TEST

START_TEST(hooks)
{
	ck_assert_int_eq(hook_by_name(NFPROTO_INET, "ingress"), NF_INET_INGRESS);
	ck_assert_int_eq(hook_by_name(NFPROTO_IPV4, "ingress"), -1);
	ck_assert_int_eq(hook_by_name(NFPROTO_ARP, "output"), 1);
	ck_assert_int_eq(hook_by_name(NFPROTO_NETDEV, "egress"), 1);
	ck_assert_int_eq(hook_by_name(77, "input"), -1);
	ck_assert_str_eq(hook_name(NFPROTO_BRIDGE, 4), "postrouting");
	ck_assert_ptr_null(hook_name(NFPROTO_NETDEV, 4));
	ck_assert(chain_type_known("route") && !chain_type_known("raw"));
}
END_TEST

START_TEST(names)
{
	uint64_t v;

	ck_assert(names_value(names_family, "bridge", &v) && v == NFPROTO_BRIDGE);
	ck_assert(!names_value(names_family, "nosuch", &v));
	ck_assert_str_eq(names_name(names_log_level, 4), "warn");
	ck_assert_ptr_null(names_name(names_log_level, 99));
	ck_assert_str_eq(names_near(names_set_flag, "intervall"), "interval");
}
END_TEST

START_TEST(numbers)
{
	char buf[NUMBER_TEXT];
	u128 v;

	ck_assert(number_parse("340282366920938463463374607431768211455", &v) && v == ~(u128)0);
	ck_assert_str_eq(number_text(v, buf), "340282366920938463463374607431768211455");
	ck_assert_str_eq(number_hex(v, 1, buf), "0xffffffffffffffffffffffffffffffff");
	ck_assert_str_eq(number_hex(0, 4, buf), "0x0000");
	ck_assert(!number_parse("08", &v) && !number_parse("-1", &v) && !number_parse("1 ", &v) && !number_parse("", &v));
}
END_TEST

UNIT_MAIN("types-datatype", there_and_back, every_type_has_a_row, every_symbol, random_text, refusals, options, json_forms,
	  device_prefixes, near_names, stored_bytes, priorities, hooks, names, numbers)
