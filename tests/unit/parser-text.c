/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The language, there and back: what is parsed prints as the second column, and that text prints as itself.
 */
#include <stdio.h>

#include "tests/unit/parser-util.h"
#include "tests/unit/unit.h"

struct sample {
	const char *in, *out; /* NULL: as it is */
};

/* Rules; "add rule ip t c " stands before each, on both sides. */
static const struct sample rules[] = {
	{ "accept", NULL },
	{ "ip saddr 10.0.0.0/8 ip daddr != 192.168.0.1-192.168.0.9 drop", NULL },
	{ "tcp dport ssh accept", NULL },
	{ "tcp dport {22,80 , 8000-8010,} counter packets 3 bytes 180 accept", "tcp dport { 22, 80, 8000-8010 } counter packets 3 bytes 180 accept" },
	{ "tcp dport 22 accept comment \"ssh is fine\"", NULL },
	{ "tcp dport eq 22 udp sport ne 5 ip ttl lt 5 ip ttl gt 5 ip length le 1500 ip length ge 40",
	  "tcp dport == 22 udp sport != 5 ip ttl < 5 ip ttl > 5 ip length <= 1500 ip length >= 40" },
	{ "ip protocol tcp tcp dport 0x16", NULL },
	{ "meta protocol ip ip saddr 1.2.3.4", NULL },
	{ "meta l4proto { tcp, udp } th dport 53", NULL },
	{ "iifname \"eth*\" oifname lo mark 0x1 meta mark 0x2", NULL },
	{ "iifname eth* accept", NULL },
	{ "ct state established,related accept", NULL },
	{ "ct state ! new", NULL },
	{ "ct original ip saddr 1.2.3.4 ct reply proto-dst 80 ct bytes > 100000", NULL },
	{ "ct mark set ct mark and 0xffff0000 or meta mark and 0xffff", "ct mark set ct mark & 0xffff0000 | meta mark & 0xffff" },
	{ "ct helper set \"ftp\" ct timeout set \"slow\" ct expectation set \"e\" ct event set new,related,destroy", NULL },
	{ "tcp flags & (fin | syn | rst) == syn", NULL },
	{ "tcp flags syn,ack / syn,ack,fin", NULL },
	{ "tcp flags ! syn tcp flags != syn,ack", NULL },
	{ "meta mark & 3 | 5 ^ 6 << 2 == 1", NULL },
	{ "meta mark & (3 | 5) == 1", NULL },
	{ "meta mark set (1 | 2) & 3 << (1 & 1)", NULL },
	{ "(word) 5 (word | 1) . ip saddr 5 (word) . ip saddr { 1 . 2 } ((word | 1) & 2) vmap @m (*) 3", NULL },
	{ "(5) 3 (\"word\") 3 (ip saddr) 3", "5 3 \"word\" 3 ip saddr 3" },
	{ "ip6 saddr fe80::1 ip6 daddr ::ffff:10.0.0.1 ip6 daddr [2001:db8::1]",
	  "ip6 saddr fe80::1 ip6 daddr ::ffff:10.0.0.1 ip6 daddr 2001:db8::1" },
	{ "ip6 saddr 1:2:3:4:5:6:7:8 ip6 daddr ::/0 ether saddr 0:1:2:a:b:c", NULL },
	{ "arp saddr ip 1.2.3.4 arp daddr ether 00:11:22:33:44:55 arp operation request", NULL },
	{ "ether type 8021q vlan id 5 vlan type ip vlan pcp 3", NULL },
	{ "icmp type { echo-request, echo-reply } icmpv6 type nd-neighbor-solicit", NULL },
	{ "@th,16,16 22 @nh , 96 , 32 0x0a000001 @ll,0,48 set 5", "@th,16,16 22 @nh,96,32 0x0a000001 @ll,0,48 set 5" },
	{ "ip saddr @s ip saddr != @s", NULL },
	{ "ip saddr . tcp dport { 1.2.3.4 . 22, 10.0.0.0/8 . 80-90 } drop", NULL },
	{ "ip saddr . tcp dport vmap { 1.2.3.4 . 22 : accept, * : drop }", NULL },
	{ "tcp dport vmap @m ip saddr vmap { 1.2.3.4 : jump a, 1.2.3.5 : goto b, 1.2.3.6 : continue }", NULL },
	{ "meta mark set ip saddr map { 1.2.3.4 : 1, 10.0.0.0/8 : 2 } meta priority set 1:10", NULL },
	{ "jump x", NULL },
	{ "ip saddr 1.2.3.4 jump { tcp dport 22 accept; drop\n}", "ip saddr 1.2.3.4 jump { tcp dport 22 accept; drop; }" },
	{ "goto { counter ; jump { drop; } ; }", "goto { counter; jump { drop; }; }" },
	{ "limit rate 10/second limit rate over 5/minute burst 3 packets limit rate until 1 mbytes/second burst 20 kbytes",
	  "limit rate 10/second limit rate over 5/minute burst 3 packets limit rate 1 mbytes/second burst 20 kbytes" },
	{ "limit rate 512 kbytes / hour limit name \"l\"", "limit rate 512 kbytes/hour limit name \"l\"" },
	{ "quota over 25 mbytes used 3 bytes quota until 1 kbytes quota name tcp dport map { 22 : \"q\" }",
	  "quota over 25 mbytes used 3 bytes quota 1 kbytes quota name tcp dport map { 22 : \"q\" }" },
	{ "counter name \"c\" counter name ip saddr map @m last last used 3h", NULL },
	{ "ct count over 20 ct count 3 drop", NULL },
	{ "log log prefix \"a b\" group 2 snaplen 40 queue-threshold 5 log level debug flags all", NULL },
	{ "log flags tcp sequence,options flags ip options flags skuid", NULL },
	{ "log prefix word", "log prefix \"word\"" },
	{ "reject reject with icmp host-unreachable reject with icmpx type 2 reject with tcp reset",
	  "reject reject with icmp host-unreachable reject with icmpx 2 reject with tcp reset" },
	{ "snat 1.2.3.4 ", "snat to 1.2.3.4" },
	{ "snat ip to 10.0.0.1-10.0.0.9:80-90 random,persistent", NULL },
	{ "dnat ip6 to [2001:db8::1]:80", NULL },
	{ "dnat to [2001:db8::1]-[2001:db8::9]:80 fully-random", NULL },
	{ "dnat to :80", NULL },
	{ "dnat ip addr . port to ip saddr map @m", NULL },
	{ "snat ip prefix to ip saddr map { 10.0.0.0/24 : 10.1.0.0/24 }", NULL },
	{ "dnat ip to ip saddr . tcp dport map { 1.2.3.4 . 80 : 10.0.0.1-10.0.0.5 . 8888-8999 }", NULL },
	{ "dnat to ip saddr map { 1.2.3.4 : 1.2.3.5 }:80", NULL },
	{ "masquerade", NULL },
	{ "masquerade to :1024-2048 random", NULL },
	{ "redirect to 80", "redirect to :80" },
	{ "redirect to :tcp dport map { 22 : 8000 }", NULL },
	{ "dnat to numgen inc mod 2 map { 0 : 1.1.1.1, 1 : 2.2.2.2 }", NULL },
	{ "tproxy to 1.2.3.4:50080 tproxy ip6 to [::1] tproxy to :50", NULL },
	{ "queue queue num 2-3 fanout bypass queue to 5", "queue queue flags bypass,fanout to 2-3 queue to 5" },
	{ "queue flags bypass to symhash mod 4", NULL },
	{ "dup to 1.2.3.4 device \"lo\" fwd to \"lo\" fwd ip to 1.2.3.4 device \"lo\"", NULL },
	{ "synproxy synproxy mss 1460 wscale 7 timestamp sack-perm synproxy name \"s\"", NULL },
	{ "notrack flow add @f flow offload @f", "notrack flow add @f flow add @f" },
	{ "add @s { ip saddr }", NULL },
	{ "update @s { ip saddr . tcp dport timeout 1m limit rate 10/second counter }", NULL },
	{ "update @s { ip saddr limit rate 10/second timeout 1m comment \"x\" : tcp dport }",
	  "update @s { ip saddr timeout 1m limit rate 10/second comment \"x\" : tcp dport }" },
	{ "set update ip saddr @s", "update @s { ip saddr }" },
	{ "add @m { ip saddr . ip daddr : meta mark } delete @s { ip saddr }", NULL },
	{ "meter m size 100 { ip saddr ct count over 3 } drop", NULL },
	{ "tcp option maxseg size set rt mtu tcp option sack-perm exists tcp option @42,16,4 5 tcp option 255 missing", NULL },
	{ "reset tcp option mptcp tcp option mptcp subtype mp-capable", NULL },
	{ "ip option rr exists ip option lsrr ptr 1 exthdr frag exists frag more-fragments 1 srh sid[1] ::1", NULL },
	{ "sctp chunk data exists sctp chunk init initial-tsn 5 dccp option 40 exists", NULL },
	{ "fib saddr . iif oif exists fib daddr type local fib saddr check missing", NULL },
	{ "socket transparent 1 socket cgroupv2 level 2 \"a/b\" osf ttl skip name \"Linux\" osf version \"L:3\"", NULL },
	{ "rt classid 1 rt ip nexthop 1.2.3.4 rt type 2 ipsec in spnum 1 ip saddr 1.2.3.4 ipsec out reqid 3", NULL },
	{ "jhash ip saddr . tcp dport mod 2 seed 0xdead offset 3 == 4 symhash mod 5 offset 1 1 numgen random mod 9 3", NULL },
	{ "vxlan vni 5 vxlan ip saddr 1.2.3.4 gre ip daddr 1.2.3.4 geneve tcp dport 80 gretap ether type ip tunnel id 3", NULL },
	{ "meta time \"2022-07-01 11:00:00\"-\"2022-08-01 11:00:00\" meta hour \"17:00\" meta day \"Saturday\"", NULL },
	{ "ct status snat icmp type redirect", NULL },
	{ "ip saddr { { 1.1.1.1, 2.2.2.2 }, 3.3.3.3 }", NULL },
	{ "tunnel name \"x\" tunnel name ip saddr map { 1.2.3.4 : \"x\" } tunnel path exists", NULL },
	{ "xt match \"comment\"", NULL },
};

/* Commands as they are. */
static const struct sample commands[] = {
	{ "table ip t", "add table ip t\n" },
	{ "add table inet t { flags dormant; comment \"x\"; }", "add table inet t { flags dormant; comment \"x\"; }\n" },
	{ "filter input drop", "add rule ip filter input drop\n" },
	{ "add ip6 filter input drop", "add rule ip6 filter input drop\n" },
	{ "add chain t c; add chain t d { type filter hook input priority -5; policy drop; }",
	  "add chain ip t c\nadd chain ip t d { type filter hook input priority -5; policy drop; }\n" },
	{ "add chain netdev t c { type filter hook ingress devices = { lo, eth* } priority filter + 5 ; }",
	  "add chain netdev t c { type filter hook ingress devices = { \"lo\", \"eth*\" } priority filter + 5; }\n" },
	{ "insert rule t c index 3 drop; replace rule t c handle 4 accept; add rule t c position 8 accept",
	  "insert rule ip t c index 3 drop\nreplace rule ip t c handle 4 accept\nadd rule ip t c handle 8 accept\n" },
	{ "create set t s { type ipv4_addr . inet_service; flags interval,timeout; timeout 1h30m; gc-interval 5m; size 10; auto-merge; policy memory }",
	  "create set ip t s { type ipv4_addr . inet_service; policy memory; size 10; flags interval,timeout; auto-merge; timeout 1h30m; "
	  "gc-interval 5m; } \n" },
	{ "add map t m { typeof ip saddr . meta mark : interval ip daddr . tcp dport; counter; elements = { 1.2.3.4 . 5 : 1.1.1.1 . 2 } ; }",
	  "add map ip t m { typeof ip saddr . meta mark : interval ip daddr . tcp dport; counter; elements = { 1.2.3.4 . 5 : 1.1.1.1 . 2 }; } \n" },
	{ "add map t m { type ipv4_addr : ct helper; }", "add map ip t m { type ipv4_addr : ct helper; } \n" },
	{ "add element t s { 1.2.3.4 timeout 1h expires 30m comment \"x\", 1.2.3.5 counter packets 1 bytes 2 }",
	  "add element ip t s { 1.2.3.4 timeout 1h expires 30m comment \"x\", 1.2.3.5 counter packets 1 bytes 2 }\n" },
	{ "delete element t s { 1.2.3.4 }; get element t s { 1 }; reset element t m { 1 }; destroy element t s { * }",
	  "delete element ip t s { 1.2.3.4 }\nget element ip t s { 1 }\nreset element ip t m { 1 }\ndestroy element ip t s { * }\n" },
	{ "delete table t; destroy table inet t; delete table ip handle 4; delete chain t handle 5; delete rule t c handle 6",
	  "delete table ip t\ndestroy table inet t\ndelete table ip handle 4\ndelete chain ip t handle 5\ndelete rule ip t c handle 6\n" },
	{ "delete set t s; delete map t handle 5; delete flowtable t f; delete ct helper t h",
	  "delete set ip t s\ndelete map ip t handle 5\ndelete flowtable ip t f\ndelete ct helper ip t h\n" },
	{ "rename chain inet t a b", "rename chain inet t a b\n" },
	{ "flush ruleset; flush ruleset ip6; flush table t; flush chain t c; flush set t s; flush map t m",
	  "flush ruleset\nflush ruleset ip6\nflush table ip t\nflush chain ip t c\nflush set ip t s\nflush map ip t m\n" },
	{ "list ruleset; list tables; list tables ip; list table t; list chains; list sets inet t; list counters table t",
	  "list ruleset\nlist tables\nlist tables ip\nlist table ip t\nlist chains\nlist sets inet t\nlist counters ip t\n" },
	{ "list ct helpers; list ct timeouts inet t; list ct helper table t; list hooks netdev device lo; list flowtables",
	  "list ct helpers\nlist ct timeouts inet t\nlist ct helpers ip t\nlist hooks netdev device lo\nlist flowtables\n" },
	{ "reset counters; reset quotas ip t; reset counter t c; reset rules; reset rules t c; reset rules chain ip t c; reset rule t c handle 3",
	  "reset counters\nreset quotas ip t\nreset counter ip t c\nreset rules\nreset rules ip t c\nreset rules ip t c\n"
	  "reset rule ip t c handle 3\n" },
	{ "add counter t c; add counter t c { packets 1 bytes 2; }; add quota t q over 25 mbytes; add limit t l rate 1/day",
	  "add counter ip t c { } \nadd counter ip t c { packets 1 bytes 2 } \nadd quota ip t q { over 25 mbytes } \n"
	  "add limit ip t l { rate 1/day } \n" },
	{ "monitor; monitor new rules; monitor trace", "monitor\nmonitor new rules\nmonitor trace\n" },
	{ "describe tcp dport; describe ipv4_addr; describe ct state", "describe tcp dport\ndescribe ipv4_addr\ndescribe ct state\n" },
	{ "# only a comment\n\n;;\n", "" },
	{ "add rule t c tcp dport 22 \\\n  accept # why\n", "add rule ip t c tcp dport 22 accept\n" },
	{ "add table t\r\nadd chain t c\r\n", "add table ip t\nadd chain ip t c\n" },
	{ "define a = 22\ndefine b = { $a, 80 }\nadd rule t c tcp dport $b", "add rule ip t c tcp dport $b\n" },
	{ "define a = 22\ndefine b = \"two\"\nadd rule t c log prefix \"$a, $b-$ \"", "add rule ip t c log prefix \"22, two-$ \"\n" },
	{ "define p = filter\ndefine q = \"drop\"\nadd chain t c { type filter hook input priority $p - 3; policy $q; }",
	  "add chain ip t c { type filter hook input priority filter - 3; policy drop; }\n" },
};

/* Listings, which print back byte for byte. */
static const char *const listings[] = {
	"table inet t {\n"
	"\tflags dormant\n"
	"\tcomment \"of the table\"\n"
	"\n"
	"\tcounter c {\n\t\tcomment \"of the counter\"\n\t\tpackets 1 bytes 2\n\t}\n"
	"\n"
	"\tquota q {\n\t\tover 25 mbytes used 3 kbytes\n\t}\n"
	"\n"
	"\tlimit l {\n\t\trate over 10/second burst 7 packets\n\t}\n"
	"\n"
	"\tct helper h {\n\t\ttype \"ftp\" protocol tcp\n\t\tl3proto inet\n\t}\n"
	"\n"
	"\tct timeout ctt {\n\t\tprotocol tcp\n\t\tl3proto ip\n\t\tpolicy = { established : 2m, close : 20s }\n\t}\n"
	"\n"
	"\tct expectation e {\n\t\tprotocol tcp\n\t\tdport 99\n\t\ttimeout 1h\n\t\tsize 12\n\t\tl3proto ip\n\t}\n"
	"\n"
	"\tsecmark s {\n\t\t\"system_u:object_r:ssh_t:s0\"\n\t}\n"
	"\n"
	"\tsynproxy sp {\n\t\tmss 1460\n\t\twscale 2\n\t\ttimestamp sack-perm\n\t}\n"
	"}\n",

	"table netdev t {\n"
	"\ttunnel g {\n\t\tid 10\n\t\tip saddr 10.0.0.1\n\t\tip daddr 10.0.0.2\n\t\tsport 10\n\t\tdport 20\n\t\tttl 10\n"
	"\t\tgeneve {\n\t\t\tclass 0x1 opt-type 0x1 data \"0x12345678\"\n\t\t\tclass 0x2 opt-type 0x2 data \"0x87654321\"\n\t\t}\n\t}\n"
	"\n"
	"\ttunnel v {\n\t\tid 11\n\t\tvxlan {\n\t\t\tgbp 200\n\t\t}\n\t}\n"
	"\n"
	"\ttunnel e {\n\t\tid 12\n\t\terspan {\n\t\t\tversion 1\n\t\t\tindex 2\n\t\t}\n\t}\n"
	"}\n",

	"table ip t {\n"
	"\tflowtable f {\n\t\thook ingress priority filter + 10\n\t\tdevices = { \"foo*\", \"lo\" }\n\t\tcounter\n\t}\n"
	"\n"
	"\tset ports {\n\t\ttype inet_service\n\t\telements = { 1, 2, 3, 4, 5,\n\t\t\t     6, 7-9 }\n\t}\n"
	"\n"
	"\tset addrs {\n\t\ttype ipv4_addr\n\t\tpolicy memory\n\t\tsize 100\n\t\tflags interval,timeout\n\t\tcounter\n\t\tauto-merge\n"
	"\t\ttimeout 1h\n\t\tgc-interval 5m\n\t\tcomment \"x\"\n"
	"\t\telements = { 10.0.0.0/8, 11.0.0.1,\n"
	"\t\t\t     12.0.0.1 counter packets 1 bytes 2 timeout 1h expires 5m comment \"one\",\n"
	"\t\t\t     13.0.0.1-13.0.0.9 }\n\t}\n"
	"\n"
	"\tmap m {\n\t\ttypeof ip saddr . tcp dport : verdict\n\t\telements = { 1.2.3.4 . 22 : accept,\n\t\t\t     1.2.3.4 . 80 : jump c }\n\t}\n"
	"\n"
	"\tchain c {\n\t\tcomment \"regular\"\n\t\ttcp dport 22 accept\n\t}\n"
	"\n"
	"\tchain b {\n\t\ttype filter hook forward priority filter - 5; policy drop;\n"
	"\t\tip saddr 1.2.3.4 jump {\n\t\t\taccept comment \"in\"\n\t\t\tjump {\n\t\t\t\tdrop\n\t\t\t}\n\t\t}\n"
	"\t\tct state established,related accept\n\t}\n"
	"}\n",

	"table netdev n {\n"
	"\tchain i {\n\t\ttype filter hook ingress device \"lo\" priority -500; policy accept;\n\t\tflags offload;\n\t}\n"
	"}\n",

	"table ip a {\n}\n",
};

static void check_text(const char *in, const char *want)
{
	struct session s;

	session_begin(&s);
	ck_assert_str_eq(session_parse(&s, in), want);
	session_end(&s);
}

START_TEST(rules_print_canonically)
{
	char in[1024], out[1024];

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const char *want = rules[i].out ? rules[i].out : rules[i].in;

		snprintf(in, sizeof(in), "add rule ip t c %s", rules[i].in);
		snprintf(out, sizeof(out), "add rule ip t c %s\n", want);
		check_text(in, out);
		check_text(out, out);
	}
}
END_TEST

START_TEST(commands_print_canonically)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check_text(commands[i].in, commands[i].out);
}
END_TEST

START_TEST(listings_come_back_byte_for_byte)
{
	static const struct ast_print_opts opts;

	for (size_t i = 0; i < ARRAY_SIZE(listings); i++) {
		struct session s;

		session_begin(&s);
		ck_assert_int_eq(parse_string(s.parse, "t.nft", listings[i], &s.cmds), 0);
		ck_assert_ptr_nonnull(s.cmds);
		ast_print_obj(&s.out, s.cmds->obj, &opts);
		ck_assert_str_eq(s.out.p, listings[i]);
		session_end(&s);
	}
}
END_TEST

START_TEST(options_leave_out_or_add)
{
	static const struct ast_print_opts stateless = { .stateless = true }, terse = { .terse = true }, handles = { .handles = true };
	struct session s;

	session_begin(&s);
	ck_assert_int_eq(parse_string(s.parse, "t", "table ip t { set s { type mark; elements = { 1 }; }\n"
						    "chain c { counter packets 1 bytes 2 quota 5 bytes used 1 bytes\n }\n }", &s.cmds), 0);
	ast_print_obj(&s.out, s.cmds->obj->table.objs->next, &stateless);
	ck_assert_str_eq(s.out.p, "chain c {\n\tcounter quota 5 bytes\n}\n");
	buf_cut(&s.out, 0);
	ast_print_obj(&s.out, s.cmds->obj->table.objs, &terse);
	ck_assert_str_eq(s.out.p, "set s {\n\ttype mark\n}\n");
	buf_cut(&s.out, 0);
	s.cmds->obj->table.objs->next->chain.rules->handle = 7;
	s.cmds->obj->table.objs->next->h.handle = 3;
	ast_print_obj(&s.out, s.cmds->obj->table.objs->next, &handles);
	ck_assert_str_eq(s.out.p, "chain c { # handle 3\n\tcounter packets 1 bytes 2 quota 5 bytes used 1 bytes # handle 7\n}\n");
	session_end(&s);
}
END_TEST

UNIT_MAIN("parser-text", rules_print_canonically, commands_print_canonically, listings_come_back_byte_for_byte, options_leave_out_or_add)
