/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, sets, maps, chains and objects: a canonical text compiles to what lists as that text, and to the JSON beside it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "parser/print.h"
#include "src/raise/json.h"
#include "tests/unit/raise-world.h"
#include "tests/unit/unit.h"

static const char *const listings[] = {
	"table inet t {\n\tflags dormant\n\tcomment \"mine\"\n}\n",

	"table ip t {\n\tcounter c {\n\t\tcomment \"x\"\n\t\tpackets 1 bytes 2\n\t}\n\n"
	"\tquota q {\n\t\tover 25 mbytes used 2 bytes\n\t}\n\n\tlimit l {\n\t\trate over 10 mbytes/second burst 12 kbytes\n\t}\n\n"
	"\tlimit m {\n\t\trate 400/minute burst 7 packets\n\t}\n\n\tct helper h {\n\t\ttype \"ftp\" protocol tcp\n\t\tl3proto ip\n\t}\n\n"
	"\tct timeout o {\n\t\tprotocol tcp\n\t\tl3proto ip\n\t\tpolicy = { established : 1m40s, close : 4s }\n\t}\n\n"
	"\tct expectation e {\n\t\tprotocol tcp\n\t\tdport 9876\n\t\ttimeout 2m\n\t\tsize 12\n\t\tl3proto ip\n\t}\n\n"
	"\tsynproxy s {\n\t\tmss 1460\n\t\twscale 7\n\t\ttimestamp sack-perm\n\t}\n}\n",

	"table netdev t {\n\ttunnel a {\n\t\tid 10\n\t\tip saddr 192.168.2.10\n\t\tip daddr 192.168.2.11\n\t\tsport 10\n\t\tdport 20\n"
	"\t\tttl 10\n\t\tvxlan {\n\t\t\tgbp 200\n\t\t}\n\t}\n\n"
	"\ttunnel b {\n\t\tid 11\n\t\tip6 saddr fe80::1\n\t\tip6 daddr fe80::2\n\t\ttos 10\n\t\tgeneve {\n"
	"\t\t\tclass 0x1010 opt-type 0x1 data \"0x12345678\"\n\t\t\tclass 0x2010 opt-type 0x2 data \"0x87654321\"\n\t\t}\n\t}\n\n"
	"\ttunnel c {\n\t\tid 12\n\t\terspan {\n\t\t\tversion 1\n\t\t\tindex 5\n\t\t}\n\t}\n\n"
	"\ttunnel d {\n\t\tid 13\n\t\terspan {\n\t\t\tversion 2\n\t\t\tdirection egress\n\t\t\tid 10\n\t\t}\n\t}\n}\n",

	"table inet t {\n\tsecmark s {\n\t\t\"system_u:object_r:ssh_server_packet_t:s0\"\n\t}\n\n"
	"\tmap m {\n\t\ttype inet_service : secmark\n\t\telements = { 22 : \"s\" }\n\t}\n\n"
	"\tchain x {\n\t\tmeta secmark set \"s\"\n\t\tmeta secmark set tcp dport map @m\n\t\tct secmark set meta secmark\n\t}\n}\n",

	"table inet t {\n\tset a {\n\t\ttype ipv4_addr\n\t\telements = { 10.0.0.1, 10.0.0.2 comment \"c\" }\n\t}\n\n"
	"\tset b {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { 10.0.0.0/8, 11.0.0.1-11.0.0.5 }\n\t}\n\n"
	"\tset c {\n\t\ttype inet_service\n\t\tflags interval\n\t\tauto-merge\n\t\telements = { 1-5, 7, 65280-65535 }\n\t}\n\n"
	"\tset d {\n\t\ttype ifname\n\t\tflags interval\n\t\telements = { \"eth*\",\n\t\t\t     \"lo\" }\n\t}\n\n"
	"\tset e {\n\t\ttype ipv4_addr . inet_service\n\t\tflags interval\n\t\telements = { 10.0.0.0/8 . 22,\n\t\t\t     11.0.0.1-11.0.0.5 . 80-90 }\n\t}\n\n"
	"\tset f {\n\t\ttype ipv4_addr\n\t\tsize 1000\n\t\tflags dynamic,timeout\n\t\tcounter\n\t\ttimeout 1h30m\n\t\tgc-interval 10s\n\t}\n\n"
	"\tset g {\n\t\ttype mark\n\t\telements = { 0x00000001, 0x00000100 }\n\t}\n\n"
	"\tset h {\n\t\ttypeof ip saddr . tcp dport\n\t\telements = { 10.0.0.1 . 22 }\n\t}\n\n"
	"\tset i {\n\t\ttypeof vlan id\n\t\telements = { 5, 7 }\n\t}\n\n\tset j {\n\t\ttypeof ct original ip saddr\n\t}\n\n"
	"\tset k {\n\t\ttypeof tcp option maxseg size\n\t}\n\n\tset l {\n\t\ttypeof @nh,32,16\n\t\telements = { 0x5 }\n\t}\n\n"
	"\tset m {\n\t\ttypeof fib saddr . iif oif\n\t}\n\n\tset n {\n\t\ttypeof ipsec in reqid\n\t}\n}\n",

	"table inet t {\n\tmap a {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 10.0.0.1 : accept,\n\t\t\t     10.0.0.2 : jump c }\n\t}\n\n"
	"\tmap b {\n\t\ttype ipv4_addr : mark\n\t\tflags interval\n\t\telements = { 10.0.0.0/8 : 0x00000005,\n\t\t\t     * : 0x00000007 }\n\t}\n\n"
	"\tmap d {\n\t\ttypeof ip saddr : interval ip daddr . tcp dport\n\t\telements = { 10.0.0.1 : 11.0.0.1-11.0.0.5 . 22-25 }\n\t}\n\n"
	"\tchain c {\n\t}\n}\n",

	"table inet t {\n\tchain a {\n\t\ttype filter hook input priority filter + 5; policy drop;\n\t\tct state established,related accept\n\t}\n\n"
	"\tchain b {\n\t\tcomment \"side\"\n\t\ttcp dport 22 jump {\n\t\t\tip saddr 10.0.0.1 accept\n\t\t\tdrop\n\t\t}\n"
	"\t\taccept comment \"rest\"\n\t}\n}\n",

	"table netdev t {\n\tchain a {\n\t\ttype filter hook ingress device \"lo\" priority filter - 5; policy accept;\n\t}\n}\n",

	"table ip t {\n\tflowtable f {\n\t\thook ingress priority filter - 1\n\t\tdevices = { \"lo\" }\n\t\tcounter\n\t}\n}\n",
};

static void must_compile(struct world *w, const char *text)
{
	buf_auto why = { 0 };

	if (!world_compile(w, text))
		return;
	diag_print(&w->diag, &why);
	ck_abort_msg("%s does not compile:\n%s", text, buf_str(&why));
}

START_TEST(there_and_back)
{
	for (unsigned i = 0; i < ARRAY_SIZE(listings); i++) {
		buf_auto out = { 0 };
		struct world w;

		must_compile(&w, listings[i]);
		for (const struct ast_obj *t = world_tables(&w); t; t = t->next)
			ast_print_obj(&out, t, NULL);
		ck_assert_str_eq(buf_str(&out), listings[i]);
		world_free(&w);
	}
}
END_TEST

/* What is in a table of family ip, and the JSON of it, without table, chains and handles. */
static const struct {
	const char *text, *json;
} pairs[] = {
	{ "counter c { packets 1 bytes 2; comment \"x\"; }",
	  "[{'counter':{'family':'ip','name':'c','table':'t','comment':'x','packets':1,'bytes':2}}]" },
	{ "quota q { over 25 mbytes; }",
	  "[{'quota':{'family':'ip','name':'q','table':'t','bytes':26214400,'used':0,'inv':true}}]" },
	{ "limit l { rate 400/minute; }",
	  "[{'limit':{'family':'ip','name':'l','table':'t','rate':400,'per':'minute','burst':5}}]" },
	{ "set s { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 22-25 }; }",
	  "[{'set':{'family':'ip','name':'s','table':'t','type':['ipv4_addr','inet_service'],'flags':['interval'],"
	  "'elem':[{'concat':[{'prefix':{'addr':'10.0.0.0','len':8}},{'range':[22,25]}]}]}}]" },
	{ "map m { typeof ip saddr : meta mark; timeout 1h; elements = { 10.0.0.1 timeout 5m : 5 }; }",
	  "[{'map':{'family':'ip','name':'m','table':'t','type':{'typeof':{'payload':{'protocol':'ip','field':'saddr'}}},'map':'mark',"
	  "'flags':['timeout'],'timeout':3600,'elem':[[{'elem':{'val':'10.0.0.1','timeout':300}},5]]}}]" },
	{ "chain d { tcp dport { 22, 80 } ct state new,established counter accept comment \"k\"; }",
	  "[{'rule':{'family':'ip','table':'t','chain':'d','comment':'k','expr':["
	  "{'match':{'op':'==','left':{'payload':{'protocol':'tcp','field':'dport'}},'right':{'set':[22,80]}}},"
	  "{'match':{'op':'in','left':{'ct':{'key':'state'}},'right':['established','new']}},{'counter':{'packets':0,'bytes':0}},{'accept':null}]}}]" },
	{ "chain d { ip dscp 8-24 tcp flags & (syn | ack) == syn meta mark set ip saddr map { 10.0.0.1 : 1 }; }",
	  "[{'rule':{'family':'ip','table':'t','chain':'d','expr':["
	  "{'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'dscp'}},'right':{'range':['cs1','cs3']}}},"
	  "{'match':{'op':'==','left':{'&':[{'payload':{'protocol':'tcp','field':'flags'}},{'|':['syn','ack']}]},'right':'syn'}},"
	  "{'mangle':{'key':{'meta':{'key':'mark'}},'value':{'map':{'key':{'payload':{'protocol':'ip','field':'saddr'}},'data':{'set':[['10.0.0.1',1]]}}}}}]}}]" },
	{ "chain d { log prefix \"x\" group 2 reject; }",
	  "[{'rule':{'family':'ip','table':'t','chain':'d','expr':[{'log':{'prefix':'x','group':2}},"
	  "{'reject':{'type':'icmp','expr':'port-unreachable'}}]}}]" },
};

/* Without handles, and without the objects that every pair has. */
static json_t *bare(const struct world *w, const struct ast_obj *tables)
{
	json_t *list, *root = json_ruleset(&list), *out = json_array(), *o, *body;
	const char *key;
	size_t i;

	for (; tables; tables = tables->next)
		json_objects(list, tables, NULL);
	json_array_foreach(list, i, o)
	{
		key = json_object_iter_key(json_object_iter(o));
		body = json_object_get(o, key);
		json_object_del(body, "handle");
		if (strcmp(key, "metainfo") && strcmp(key, "table") && strcmp(key, "chain"))
			json_array_append(out, o);
	}
	json_decref(root);
	return out;
}

static json_t *expected(const char *text)
{
	buf_auto quoted = { 0 };
	json_t *j;

	for (; *text; text++)
		buf_putc(&quoted, *text == '\'' ? '"' : *text);
	j = json_loads(buf_str(&quoted), 0, NULL);
	ck_assert_msg(j, "no JSON: %s", buf_str(&quoted));
	return j;
}

START_TEST(json_of)
{
	for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++) {
		buf_auto in = { 0 };
		struct world w;
		json_t *got, *want;
		char *text;

		buf_printf(&in, "table ip t { %s }", pairs[i].text);
		must_compile(&w, buf_str(&in));
		got = bare(&w, world_tables(&w));
		want = expected(pairs[i].json);
		text = json_dumps(got, 0);
		ck_assert_msg(json_equal(got, want), "%s\n  is     %s\n  wanted %s", pairs[i].text, text, pairs[i].json);
		free(text);
		json_decref(got);
		json_decref(want);
		world_free(&w);
	}
}
END_TEST

/* Userdata that is cut short or makes no sense is as if it were not there. */
START_TEST(odd_userdata)
{
	static const char *const cuts[] = {
		"", "\x03", "\x03\xff", "\x03\x06\x00\x04\x07\x00\x00\x00", "\x03\x02\x00\x00", "\x00\x01\x05"
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cuts); i++) {
		struct arena *a = arena_new();
		static const struct type_ctx types;
		struct raise_ctx c = { .a = a, .types = &types };
		struct bc_set s = { .table = "t",
				    .name = "s",
				    .key_type = TYPE_IPADDR,
				    .key_len = 4,
				    .userdata = { (const uint8_t *)cuts[i], (uint32_t)(i == 3   ? 8
										       : i == 4 ? 4
												: strlen(cuts[i])) } };
		buf_auto out = { 0 };

		ast_print_obj(&out, raise_set(&c, NFPROTO_IPV4, &s, NULL), NULL);
		ck_assert_ptr_nonnull(strstr(buf_str(&out), "type ipv4_addr\n"));
		arena_free(&a);
	}
}
END_TEST

UNIT_MAIN("raise-object", there_and_back, json_of, odd_userdata)
