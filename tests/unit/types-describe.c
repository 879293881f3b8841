/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `describe` against stock nft, of the version whose tables are known to differ only where said here. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "src/types/describe.h"
#include "src/types/proto.h"
#include "tests/unit/unit.h"

#define KNOWN_VERSION "nftables v1.0.6"

/* Output of a command, cut at size. */
static void run(const char *command, char *out, size_t size)
{
	FILE *p = popen(command, "r");
	size_t n = p ? fread(out, 1, size - 1, p) : 0;

	out[n] = '\0';
	if (p)
		pclose(p);
}

static bool stock_known(void)
{
	char version[128];

	run("nft -v 2>/dev/null", version, sizeof(version));
	return !strncmp(version, KNOWN_VERSION, strlen(KNOWN_VERSION));
}

/* What 1.1.6 prints otherwise than 1.0.6, or 1.0.6 cannot parse. */
static bool differs(const char *what)
{
	static const char *const list[] = {
		"icmp code",
		"icmpv6 code",
		"icmp_code",
		"icmpv6_code",
		"icmpx_code",
		"ct status",
		"ct_status",
		"icmpv6 packet-too-big",
		"icmpv6 taddr",
		"icmpv6 daddr",
		"icmpv6 param-problem",
		"icmpv6 parameter-problem",
		"vxlan",
		"geneve",
		"gretap",
		"gre",
		"srh seg-left",
		"rt2",
		"rt0",
		"srh sid",
		"meta broute",
		"meta ibrhwaddr",
		"fib saddr oifname",
		"tcp option mptcp subtype",
		"tcp option eol kind",
		"verdict",
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (!strncmp(what, list[i], strlen(list[i])))
			return true;
	return strstr(what, " kind") != NULL;
}

static void compare(const char *what, const struct ast_expr *e)
{
	char command[256], want[8192];
	const char *why = "";
	buf_auto out = { 0 };

	ck_assert_msg(!describe(e, &out, &why), "%s: %s", what, why);
	ck_assert(out.len > 0 && out.p[out.len - 1] == '\n');
	if (differs(what))
		return;
	snprintf(command, sizeof(command), "nft describe '%s' 2>&1", what);
	run(command, want, sizeof(want) - 1);
	if (*want && want[strlen(want) - 1] != '\n') /* it forgets the last newline where the type is unknown */
		strcat(want, "\n");
	ck_assert_msg(!strcmp(buf_str(&out), want), "%s: ours\n%s\nstock\n%s", what, buf_str(&out), want);
}

static void compare_field(const char *head, const char *w1, const char *w2)
{
	struct ast_word words[2] = { { .text = w1 }, { .text = w2 } };
	struct ast_field f = { .head = head, .words = words, .n_words = w2 ? 2 : 1 };
	struct ast_expr e = { .kind = AST_FIELD, .field = &f };
	char what[128];

	snprintf(what, sizeof(what), "%s %s%s%s", head, w1, w2 ? " " : "", w2 ? w2 : "");
	compare(what, &e);
}

static void compare_options(enum proto_kind kind, const char *head)
{
	for (const struct proto *p = proto_options(kind); p->name; p++) {
		compare_field(head, p->name, NULL);
		for (unsigned i = 0; i < p->n_fields; i++)
			compare_field(head, p->name, p->fields[i].name);
	}
}

START_TEST(fields)
{
	for (const struct proto *const *p = proto_all(); stock_known() && *p; p++)
		for (unsigned i = 0; i < (*p)->n_fields; i++)
			compare_field((*p)->name, (*p)->fields[i].name, NULL);
	if (stock_known())
		compare_field("arp", "daddr", "ip");
}
END_TEST

START_TEST(options)
{
	if (!stock_known())
		return;
	compare_options(PROTO_TCPOPT, "tcp option");
	compare_options(PROTO_IPOPT, "ip option");
	compare_options(PROTO_SCTP_CHUNK, "sctp chunk");
}
END_TEST

START_TEST(surroundings)
{
	if (!stock_known())
		return;
	for (const struct meta_key *k = meta_keys; k->name; k++)
		compare_field("meta", k->name, NULL);
	for (const struct ct_key *k = ct_keys; k->name; k++)
		if (k->dirs & CT_KEY_NODIR)
			compare_field("ct", k->name, NULL);
		else if (!strncmp(k->name, "proto", 5))
			continue; /* a service, whatever the protocol */
		else if (!k->family)
			compare_field("ct", "original", k->name);
	compare_field("rt", "classid", NULL);
	compare_field("rt", "nexthop", NULL);
	compare_field("rt", "ip6", "nexthop");
	compare_field("rt", "mtu", NULL);
	compare_field("rt", "ipsec", NULL);
	compare_field("socket", "mark", NULL);
	compare_field("socket", "transparent", NULL);
	compare_field("osf", "name", NULL);
	compare_field("ipsec", "in", "spi");
	compare_field("exthdr", "frag", NULL);
}
END_TEST

START_TEST(types)
{
	for (uint32_t i = TYPE_NFPROTO; stock_known() && i < TYPE_MAX; i++) {
		const struct datatype *t = datatype_by_id(i);
		struct ast_expr e = { .kind = AST_SYMBOL, .text = t->name };

		/* words of the grammar of 1.0.6, or types that it does not find by name */
		if (i != TYPE_TIME && i != TYPE_MARK && i != TYPE_ECN && i != TYPE_CT_LABEL && i != TYPE_CT_EVENTBIT &&
		    i < TYPE_TIME_DATE)
			compare(t->name, &e);
	}
}
END_TEST

/* Without stock nft: the forms themselves. */
static void is(const struct ast_expr *e, const char *want)
{
	const char *why = "";
	buf_auto out = { 0 };

	ck_assert(!describe(e, &out, &why));
	ck_assert_str_eq(buf_str(&out), want);
}

START_TEST(forms)
{
	struct ast_word w = { .text = "iifname" };
	struct ast_field f = { .head = "meta", .words = &w, .n_words = 1 }, bad = { .head = "tcp", .words = &w, .n_words = 1 };
	struct ast_expr field = { .kind = AST_FIELD, .field = &f }, unknown = { .kind = AST_FIELD, .field = &bad };
	struct ast_expr raw = { .kind = AST_RAW, .text = "th", .num = 0, .num2 = 8 }, set = { .kind = AST_SET };
	struct ast_expr type = { .kind = AST_SYMBOL, .text = "boolean" }, no = { .kind = AST_SYMBOL, .text = "nosuch" };
	const char *why = NULL;
	buf_auto out = { 0 };

	is(&field, "meta expression, datatype ifname (network interface name) (basetype string), 16 characters\n");
	is(&raw, "payload expression, datatype integer (integer) (basetype integer), 8 bits\n");
	is(&type,
	   "datatype boolean (boolean type) (basetype integer), 1 bits\n\npre-defined symbolic constants (in decimal):\n"
	   "\texists                        \t                   1\n\tmissing                       \t                   0\n");
	is(&no, "symbol expression, datatype invalid (invalid)\n");
	ck_assert(describe(&unknown, &out, &why) && why);
	ck_assert(describe(&set, &out, &why));
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

UNIT_MAIN("types-describe", forms, fields, options, surroundings, types)
