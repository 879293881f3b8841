/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand at the end of a text: with the names of the language as src/types has them. */
#include <stdio.h>
#include <string.h>

#include "parser/parse.h"
#include "src/types/proto.h"
#include "tests/unit/unit.h"

static struct buf offered; /* " word word … " */

static void take_word(void *ctx, const char *word)
{
	buf_printf(&offered, "%s ", word);
}

static void take_name(void *ctx, enum ast_obj_kind kind, const struct ast_handle *h)
{
	buf_printf(&offered, "<%d:%s> ", kind, h->table ? h->table : "");
}

static const struct parse_offers offers = { .word = take_word, .name = take_name };
static size_t from;

static void complete(struct parse *p, const char *text)
{
	buf_cut(&offered, 0);
	buf_putc(&offered, ' ');
	from = parse_complete(p, text, &offers);
}

struct session {
	struct arena *a;
	struct texts *t;
	struct diag d;
	struct parse *p;
};

static struct session begin(void)
{
	struct session s = { .a = arena_new(), .t = texts_new() };
	return s;
}

static void end(struct session *s)
{
	parse_free(&s->p);
	texts_free(&s->t);
	arena_free(&s->a);
	buf_free(&offered);
}

#define WITH_SESSION(s)                                                                                                            \
	struct session s = begin();                                                                                                \
	diag_init(&s.d, s.t, s.a);                                                                                                 \
	s.p = parse_new(s.a, s.t, &s.d, &types_words)

static bool has(const char *word)
{
	char padded[128];

	snprintf(padded, sizeof(padded), " %s ", word);
	return strstr(buf_str(&offered), padded);
}

/* A text, a word that must be offered at its end, and one that must not. */
static const struct {
	const char *text, *yes, *no;
} places[] = {
	{ "", "add", "tcp" },
	{ "li", "list", "add" },
	{ "list ", "ruleset", "accept" },
	{ "list ct ", "helpers", "tables" },
	{ "add ", "table", "accept" },
	{ "add rule in", "inet", "insert" },
	{ "add rule inet ", "<0:>", "inet" },
	{ "add rule inet t ", "<1:t>", "tcp" },
	{ "add rule inet t c ", "tcp", "ruleset" },
	{ "add rule inet t c ", "masquerade", "list" },
	{ "add rule inet t c tcp ", "dport", "saddr" },
	{ "add rule inet t c tcp ", "option", "counter" },
	{ "add rule inet t c tcp option max", "maxseg", "mask" },
	{ "add rule inet t c tcp option maxseg s", "size", "sack" },
	{ "add rule inet t c ip sa", "saddr", "sport" },
	{ "add rule inet t c meta ", "skuid", "saddr" },
	{ "add rule inet t c ct ", "state", "skuid" },
	{ "add rule inet t c ct state ", "established", "accept" },
	{ "add rule inet t c ct state { new, est", "established", "new" },
	{ "add rule inet t c ct state new,", "related", "accept" },
	{ "add rule inet t c ct state vmap { inv", "invalid", "accept" },
	{ "add rule inet t c tcp dport 22 ", "accept", "ruleset" },
	{ "add rule inet t c tcp dport @", "<3:t>", "tcp" },
	{ "add rule inet t c jump ", "<1:t>", "accept" },
	{ "add rule inet t c counter name ", "<7:t>", "packets" },
	{ "add rule inet t c ct helper set ", "<10:t>", "accept" },
	{ "add rule inet t c tcp dport vmap { 22 : ", "drop", "tcp" },
	{ "add rule inet t c log ", "prefix", "dport" },
	{ "add rule inet t c limit rate 10/", "minute", "packets" },
	{ "add rule inet t c reject with ", "icmpx", "accept" },
	{ "add rule inet t c fib saddr . ", "iif", "oifname" },
	{ "add table inet t { ", "chain", "rule" },
	{ "add table inet t { chain c { ", "policy", "chain" },
	{ "add table inet t { chain c { type ", "nat", "policy" },
	{ "add table inet t { chain c { type filter hook ", "ingress", "egress" },
	{ "add table netdev t { chain c { type filter hook ", "egress", "input" },
	{ "add table inet t { chain c { type nat hook postrouting priority ", "srcnat", "dstnat" },
	{ "add table inet t {\n set s {\n  type ipv4_addr . inet", "inet_service", "ipv4_addr" },
	{ "add table inet t {\n set s {\n  typeof ip ", "saddr", "sport" },
	{ "add set inet t s { type ipv4_addr; flags ", "interval", "offload" },
	{ "add element inet t ", "<5:t>", "tcp" },
	{ "delete chain inet t ", "handle", "tcp" },
	{ "describe ipv4", "ipv4_addr", "ip" },
	{ "describe ct ", "mark", "table" },
	{ "reset ", "quotas", "table inet" },
	{ "monitor ", "trace", "filter" },
	{ "foo; list t", "table", "chain" },
};

START_TEST(by_position)
{
	WITH_SESSION(s);

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		complete(s.p, places[i].text);
		ck_assert_msg(has(places[i].yes), "behind \"%s\": no %s in%s", places[i].text, places[i].yes, buf_str(&offered));
		ck_assert_msg(!has(places[i].no), "behind \"%s\": %s in%s", places[i].text, places[i].no, buf_str(&offered));
	}
	end(&s);
}
END_TEST

/* Nothing fits behind a number, in a comment, in a string, behind an error. */
START_TEST(nowhere)
{
	static const char *const texts[] = { "add rule inet t c tcp dport 22", "add table t # an", "add rule t c log prefix \"ac",
					     "add bogus bogus { ac", "\"" };
	WITH_SESSION(s);

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		complete(s.p, texts[i]);
		ck_assert_msg(!strcmp(buf_str(&offered), " "), "behind \"%s\":%s", texts[i], buf_str(&offered));
	}
	end(&s);
}
END_TEST

START_TEST(where_the_word_begins)
{
	WITH_SESSION(s);

	complete(s.p, "list rul");
	ck_assert_uint_eq(from, 5);
	complete(s.p, "list ");
	ck_assert_uint_eq(from, 5);
	complete(s.p, "add rule t c tcp dport @fo");
	ck_assert_uint_eq(from, 24);
	complete(s.p, "");
	ck_assert_uint_eq(from, 0);
	end(&s);
}
END_TEST

/* The session's variables are offered; completing changes none, and says nothing. */
START_TEST(variables)
{
	struct ast_cmd *cmds;
	WITH_SESSION(s);

	ck_assert_int_eq(parse_string(s.p, "a", "define wan = eth0\ndefine lan = eth1\n", &cmds), 0);
	complete(s.p, "define lax = 3; add rule t c iifname $la");
	ck_assert(has("lan") && has("lax") && !has("wan"));
	complete(s.p, "redefine wan = eth7; add rule t c iifname $");
	ck_assert(has("wan") && !has("lax"));
	ck_assert_int_eq(parse_string(s.p, "b", "add rule t c iifname $wan", &cmds), 0);
	ck_assert_str_eq(cmds->obj->rule->stmts->a->b->a->text, "eth0");
	ck_assert_uint_eq(s.d.errors, 0);
	end(&s);
}
END_TEST

START_TEST(open_texts)
{
	ck_assert(parse_is_open("table t {"));
	ck_assert(parse_is_open("table t {\n chain c {\n}"));
	ck_assert(parse_is_open("add rule t c tcp dport { 1,"));
	ck_assert(parse_is_open("add rule t c meta mark & (1 |"));
	ck_assert(parse_is_open("list \\"));
	ck_assert(!parse_is_open("list ruleset"));
	ck_assert(!parse_is_open("table t { }"));
	ck_assert(!parse_is_open("add table t # {"));
	ck_assert(!parse_is_open("add rule t c log prefix \"{\""));
	ck_assert(!parse_is_open("} } }"));
	ck_assert(!parse_is_open(""));
}
END_TEST

UNIT_MAIN("parser-complete", by_position, nowhere, where_the_word_begins, variables, open_texts)
