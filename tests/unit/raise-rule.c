/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules from bytecode to text: each case is a family, bytecode (raise-util.h) and what must be listed. */
#include <string.h>

#include "bytecode/expr.h"
#include "parser/print.h"
#include "src/raise/raise.h"
#include "tests/unit/raise-util.h"
#include "tests/unit/unit.h"

struct rule_case {
	uint8_t family;
	const char *code, *text;
};

enum {
	INET = NFPROTO_INET,
	IP = NFPROTO_IPV4,
	IP6 = NFPROTO_IPV6,
	BRIDGE = NFPROTO_BRIDGE,
	NETDEV = NFPROTO_NETDEV,
	ARP = NFPROTO_ARP
};

/* ---- sets that lookups find ------------------------------------------------------------------------------- */

struct set_case {
	const char *name;
	uint32_t flags, key_type, key_len, data_type, data_len, obj_type;
	const char *elems; /* "key", "key:data", "key!" (end of an interval), "key-end", separated by blanks; data "accept" … */
};

enum { ANON = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, IV = NFT_SET_INTERVAL, MAP = NFT_SET_MAP };

static const struct set_case sets[] = {
	{ "named", 0, TYPE_IPADDR, 4, 0, 0, 0, "" },
	{ "__set0", ANON, TYPE_INET_SERVICE, 2, 0, 0, 0, "0050 0016" },
	{ "__set1", ANON | IV, TYPE_INET_SERVICE, 2, 0, 0, 0, "0000! 0016 001a! 0050 0051! ff00" },
	{ "__set2", ANON | IV, TYPE_IPADDR, 4, 0, 0, 0, "0a000000 0b000000! 0b000001 0b000002!" },
	{ "__set3", ANON, TYPE_IPADDR << 6 | TYPE_INET_SERVICE, 8, 0, 0, 0, "0a00000100160000" },
	{ "__set4", ANON | IV, TYPE_IPADDR << 6 | TYPE_INET_SERVICE, 8, 0, 0, 0, "0a00000000160000-0affffff00170000" },
	{ "__set5", ANON, TYPE_CT_STATE, 4, 0, 0, 0, "40000000 02000000" },
	{ "__set6", ANON, TYPE_DSCP, 1, 0, 0, 0, "20 b8" },
	{ "__set7", ANON | IV, TYPE_IFNAME, 16, 0, 0, 0,
	  "65746800000000000000000000000000 65746900000000000000000000000000! 6c6f0000000000000000000000000000 6c6f0000000000000000000000000001!" },
	{ "__set8", ANON, TYPE_TCP_FLAG, 1, 0, 0, 0, "12 02" },
	{ "__map0", ANON | MAP, TYPE_INET_SERVICE, 2, 0xffffff00, 0, 0, "0016:accept 0050:drop" },
	{ "__map1", ANON | MAP, TYPE_IPADDR, 4, TYPE_MARK, 4, 0, "0a000001:05000000" },
};

static struct bc_data value(struct arena *a, const char *hex, size_t len)
{
	struct bc_bytes b = raise_hex(a, arena_memdup(a, hex, len));

	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = b.len, .value = b.p };
}

static void element(struct arena *a, struct bc_node ***tail, const char *text, size_t len)
{
	struct bc_elem *e = bc_node_add(a, tail, sizeof(*e));
	const char *end = text + len, *p = text;

	while (p < end && !strchr(":!-", *p))
		p++;
	BC_SET(e, NFTA_SET_ELEM_KEY, key, value(a, text, p - text));
	if (p < end && *p == '!')
		BC_SET(e, NFTA_SET_ELEM_FLAGS, flags, NFT_SET_ELEM_INTERVAL_END);
	else if (p < end && *p == '-')
		BC_SET(e, NFTA_SET_ELEM_KEY_END, key_end, value(a, p + 1, end - p - 1));
	else if (p < end && !strncmp(p, ":accept", end - p))
		BC_SET(e, NFTA_SET_ELEM_DATA, data, ((struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = NF_ACCEPT }));
	else if (p < end && !strncmp(p, ":drop", end - p))
		BC_SET(e, NFTA_SET_ELEM_DATA, data, ((struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = NF_DROP }));
	else if (p < end)
		BC_SET(e, NFTA_SET_ELEM_DATA, data, value(a, p + 1, end - p - 1));
}

static const struct bc_set *find_set(void *ctx, uint8_t family, const char *table, const char *name, const struct bc_node **elems)
{
	struct arena *a = ctx;
	struct bc_node *first = NULL, **tail = &first;

	for (unsigned i = 0; i < ARRAY_SIZE(sets); i++) {
		const struct set_case *c = &sets[i];
		struct bc_set *s = arena_new_of(a, struct bc_set);

		if (strcmp(c->name, name))
			continue;
		for (const char *p = c->elems; *p; p += strspn(p, " ")) {
			size_t n = strcspn(p, " ");

			element(a, &tail, p, n);
			p += n;
		}
		*s = (struct bc_set){ .table = table,
				      .name = c->name,
				      .flags = c->flags,
				      .key_type = c->key_type,
				      .key_len = c->key_len,
				      .data_type = c->data_type,
				      .data_len = c->data_len,
				      .obj_type = c->obj_type };
		*elems = first;
		return s;
	}
	return NULL;
}

/* ---- cases -------------------------------------------------------------------------------------------------- */

static const struct rule_case plain[] = {
	{ INET, "verdict accept", "accept" },
	{ INET, "verdict jump c", "jump c" },
	{ INET, "counter 5 7", "counter packets 5 bytes 7" },
	{ INET, "notrack", "notrack" },
	{ INET, "meta mark; eq 10000000", "meta mark 0x00000010" },
	{ INET, "meta mark; ne 10000000", "meta mark != 0x00000010" },
	{ INET, "meta length; gt e8030000", "meta length > 1000" },
	{ INET, "meta mark; hton 4; range 00000001 00000100", "meta mark 0x00000001-0x00000100" },
	{ INET, "meta mark; hton 4; nrange 00000001 00000100", "meta mark != 0x00000001-0x00000100" },
	{ INET, "meta iifname; eq 6574683000000000", "iifname \"eth0\"" },
	{ INET, "meta iifname; eq 657468", "iifname \"eth*\"" },
	{ INET, "meta iifname; eq 6574682a000000000000000000000000", "iifname \"eth\\*\"" },
	{ INET, "meta skuid; ge 00000000; le 05000000", "meta skuid 0-5" },
	{ INET, "imm 05000000; setmeta mark", "meta mark set 0x00000005" },
	{ INET, "ct mark; mask ffffffff 01000000; setct mark", "ct mark set ct mark ^ 0x00000001" },
	{ INET, "ct mark; mask feffffff 01000000; setct mark", "ct mark set ct mark | 0x00000001" },
	{ INET, "ct mark; mask 0f000000 00000000; shl 4; setmeta mark", "meta mark set (ct mark & 0x0000000f) << 4" },
	{ INET, "ct state; mask 06000000 00000000; ne 00000000", "ct state established,related" },
	{ INET, "ct state; mask 06000000 00000000; eq 00000000", "ct state ! established,related" },
	{ INET, "ct state; eq 08000000", "ct state == new" },
	{ INET, "meta mark; mask ff000000 00000000; eq 10000000", "meta mark & 0x000000ff == 0x00000010" },
	{ INET, "log hello", "log prefix \"hello\"" },
};

static const struct rule_case dependencies[] = {
	{ INET, "meta l4proto; eq 06; pl th 2 2; eq 0016", "tcp dport 22" },
	{ INET, "meta l4proto; eq 06", "meta l4proto tcp" },
	{ INET, "meta l4proto; eq 06; counter 0 0; pl th 2 2; eq 0016", "meta l4proto tcp counter packets 0 bytes 0 tcp dport 22" },
	{ INET, "meta l4proto; ne 06; pl th 2 2; eq 0016", "meta l4proto != tcp th dport 22" },
	{ INET, "meta nfproto; eq 02; pl nh 12 4; eq 0a000001", "ip saddr 10.0.0.1" },
	{ INET, "meta nfproto; eq 02; meta l4proto; eq 06; pl th 2 2; eq 0016", "meta nfproto ipv4 tcp dport 22" },
	{ INET, "meta nfproto; eq 02; meta l4proto; eq 01; pl th 0 1; eq 08", "icmp type echo-request" },
	{ INET, "meta nfproto; eq 0a; meta l4proto; eq 01; pl th 0 1; eq 08", "meta nfproto ipv6 icmp type echo-request" },
	{ INET, "meta nfproto; eq 02; pl nh 9 1; eq 06; meta l4proto; eq 06; pl th 2 2; eq 0016", "ip protocol tcp tcp dport 22" },
	{ INET, "meta nfproto; eq 02; meta mark; eq 01000000; pl nh 12 4; eq 0a000001", "meta mark 0x00000001 ip saddr 10.0.0.1" },
	{ IP, "pl nh 9 1; eq 06; pl th 2 2; eq 0016", "tcp dport 22" },
	{ IP, "pl nh 9 1; eq 06", "ip protocol tcp" },
	{ IP, "meta l4proto; eq 01; pl th 0 1; eq 03; pl th 6 2; eq 0578", "icmp mtu 1400" },
	{ IP, "meta l4proto; eq 01; pl th 0 1; eq 08; pl th 4 2; eq 0001", "icmp type echo-request icmp id 1" },
	{ IP, "meta l4proto; eq 06; reject 1 0", "reject with tcp reset" },
	{ INET, "meta l4proto; eq 06; reject 1 0", "meta l4proto tcp reject with tcp reset" },
	{ INET, "meta nfproto; eq 02; reject 0 1", "reject with icmp host-unreachable" },
	{ INET, "meta nfproto; eq 02; reject 0 3", "reject with icmp port-unreachable" },
	{ INET, "reject 2 1", "reject" },
	{ INET, "reject 2 3", "reject with icmpx admin-prohibited" },
	{ IP, "reject 0 3", "reject" },
	{ BRIDGE, "pl ll 12 2; eq 0800; pl nh 12 4; eq 0a000001", "ip saddr 10.0.0.1" },
	{ BRIDGE, "pl ll 12 2; eq 8100; pl ll 14 2; mask 0fff 0000; eq 0005", "vlan id 5" },
	{ BRIDGE, "pl ll 12 2; eq 88a8; pl ll 14 2; mask 0fff 0000; eq 0005", "ether type 8021ad vlan id 5" },
	{ BRIDGE, "pl ll 12 2; eq 8100; pl ll 16 2; eq 0800; pl nh 12 4; eq 0a000001", "ether type 8021q ip saddr 10.0.0.1" },
	{ NETDEV, "meta protocol; eq 0800; pl nh 12 4; eq 0a000001", "ip saddr 10.0.0.1" },
	{ NETDEV, "meta iiftype; eq 0100; pl ll 6 6; eq 001122334455", "ether saddr 00:11:22:33:44:55" },
	{ ARP, "pl nh 6 2; eq 0001", "arp operation request" },
};

static const struct rule_case payloads[] = {
	{ IP, "pl nh 12 4; eq 0a000001", "ip saddr 10.0.0.1" },
	{ IP, "pl nh 12 1; eq 0a", "ip saddr 10.0.0.0/8" },
	{ IP, "pl nh 12 4; mask ff800000 00000000; eq 0a800000", "ip saddr 10.128.0.0/9" },
	{ IP, "pl nh 12 4; mask ff0000ff 00000000; eq 0a000001", "ip saddr & 255.0.0.255 == 10.0.0.1" },
	{ IP, "pl nh 12 8; eq 0a0000010a000002", "ip saddr 10.0.0.1 ip daddr 10.0.0.2" },
	{ IP, "meta l4proto; eq 06; pl th 0 4; eq 00160050", "tcp sport 22 tcp dport 80" },
	{ IP, "pl nh 1 1; mask fc 00; eq 20", "ip dscp cs1" },
	{ IP, "pl nh 1 1; mask fc 00; in __set6", "ip dscp { cs1, ef }" },
	{ IP, "pl nh 1 1; mask fc 00; shr 2; setmeta mark", "meta mark set ip dscp" },
	{ IP, "pl nh 0 1; mask 0f 00; eq 05", "ip hdrlength 5" },
	{ IP, "pl nh 6 2; mask 1fff 0000; ne 0000", "ip frag-off & 0x1fff != 0x0" },
	{ IP, "meta l4proto; eq 06; pl th 13 1; mask 12 00; eq 02", "tcp flags & (syn | ack) == syn" },
	{ IP, "meta l4proto; eq 06; pl th 13 1; mask 12 00; ne 00", "tcp flags syn,ack" },
	{ IP, "meta l4proto; eq 06; pl th 13 1; eq 02", "tcp flags == syn" },
	{ IP, "meta l4proto; eq 06; pl th 13 1; in __set8", "tcp flags { syn | ack, syn }" },
	{ IP, "pl nh 8 2; mask 00ff 4000; write nh 8 2", "ip ttl set 64" },
	{ IP, "pl nh 0 2; mask ff03 0020; write nh 0 2", "ip dscp set cs1" },
	{ IP, "imm 0a000001; write nh 12 4", "ip saddr set 10.0.0.1" },
	{ IP6, "pl nh 0 2; mask 0fc0 0000; eq 0200", "ip6 dscp cs1" },
	{ INET, "pl nh 12 4; eq 0a000001", "@nh,96,32 0xa000001" },
	{ INET, "pl th 2 2; eq 0016", "th dport 22" },
	{ INET, "pl ih 4 4; eq 14000000", "@ih,32,32 0x14000000" },
	{ INET, "pl ll 0 1; mask 80 00; eq 80", "@ll,0,8 & 0x80 == 0x80" },
};

static const struct rule_case lookups[] = {
	{ IP, "pl nh 12 4; in named", "ip saddr @named" },
	{ IP, "pl nh 12 4; notin named", "ip saddr != @named" },
	{ IP, "meta l4proto; eq 06; pl th 2 2; in __set0", "tcp dport { 22, 80 }" },
	{ IP, "meta l4proto; eq 06; pl th 2 2; notin __set0", "tcp dport != { 22, 80 }" },
	{ IP, "meta l4proto; eq 06; pl th 2 2; in __set1", "tcp dport { 22-25, 80, 65280-65535 }" },
	{ IP, "pl nh 12 4; in __set2", "ip saddr { 10.0.0.0/8, 11.0.0.1 }" },
	{ IP, "meta l4proto; eq 06; pl nh 12 4; reg 9; pl th 2 2; reg 1; in __set3", "ip saddr . tcp dport { 10.0.0.1 . 22 }" },
	{ IP, "meta l4proto; eq 06; pl nh 12 4; reg 9; pl th 2 2; reg 1; in __set4",
	  "ip saddr . tcp dport { 10.0.0.0/8 . 22-23 }" },
	{ IP, "ct state; in __set5", "ct state { established, untracked }" },
	{ IP, "meta iifname; in __set7", "iifname { \"eth*\", \"lo\" }" },
	{ IP, "meta l4proto; eq 06; pl th 2 2; vmap __map0", "tcp dport vmap { 22 : accept, 80 : drop }" },
	{ IP, "pl nh 12 4; map __map1; setmeta mark", "meta mark set ip saddr map { 10.0.0.1 : 0x00000005 }" },
	{ IP, "pl nh 12 4; in unknown", "ip saddr @unknown" },
};

static void run(const struct rule_case *cases, size_t n)
{
	static const struct type_ctx types;

	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new();
		struct raise_ctx c = { .a = a, .types = &types, .set = find_set, .ctx = a };
		struct bc_rule r = { .table = "t", .chain = "c", .exprs = raise_assemble(a, cases[i].code) };
		buf_auto out = { 0 };

		ast_print_rule(&out, raise_rule(&c, cases[i].family, &r), NULL);
		ck_assert_msg(!strcmp(buf_str(&out), cases[i].text), "%s\n  lists  %s\n  wanted %s", cases[i].code, buf_str(&out),
			      cases[i].text);
		arena_free(&a);
	}
}

START_TEST(test_plain)
{
	run(plain, ARRAY_SIZE(plain));
}
END_TEST

START_TEST(test_dependencies)
{
	run(dependencies, ARRAY_SIZE(dependencies));
}
END_TEST

START_TEST(test_payloads)
{
	run(payloads, ARRAY_SIZE(payloads));
}
END_TEST

START_TEST(test_lookups)
{
	run(lookups, ARRAY_SIZE(lookups));
}
END_TEST

/* What no register holds, and what no table knows, must not crash. */
static const char *const nonsense[] = {
	"eq 00",
	"in named",
	"mask ff 00; eq 00",
	"reg 23; pl nh 0 40; eq 00",
	"shl 3; setmeta mark",
	"reg 20; meta iifname; reg 23; eq 00000000000000000000",
	"ct state; mask ffffffffffffffffffffffffffffffff 00000000000000000000000000000000; eq 00000000",
	"setct mark",
	"write nh 0 4",
	"vmap unknown",
	"pl ll 0 64; eq 00",
	"meta mark; eq",
	"meta mark; range 00 0000000000000000",
	"verdict jump",
};

START_TEST(test_nonsense)
{
	static const uint8_t families[] = { INET, IP, IP6, BRIDGE, NETDEV, ARP };
	static const struct type_ctx types;

	for (size_t i = 0; i < ARRAY_SIZE(nonsense) * ARRAY_SIZE(families); i++) {
		struct arena *a = arena_new();
		struct raise_ctx c = { .a = a, .types = &types, .set = find_set, .ctx = a };
		struct bc_rule r = { .table = "t", .chain = "c", .exprs = raise_assemble(a, nonsense[i / ARRAY_SIZE(families)]) };
		buf_auto out = { 0 };

		ast_print_rule(&out, raise_rule(&c, families[i % ARRAY_SIZE(families)], &r), NULL);
		arena_free(&a);
	}
}
END_TEST

UNIT_MAIN("raise-rule", test_plain, test_dependencies, test_payloads, test_lookups, test_nonsense)
