/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong, and where: places are those of nft, wording is ours. Every text must be refused, with the message's head as
 * first line, and no command from the faulty line may come out.
 */
#include <stdio.h>

#include "tests/unit/parser-util.h"
#include "tests/unit/unit.h"

static const struct {
	const char *in, *head;  /* head: the beginning of the first line */
	const char *hint;       /* somewhere in the output; NULL: none asked */
} errors[] = {
	{ "table ip t {", "2:1-1: Error: syntax error, unexpected end of file", "the '{' at t.nft:1:12 is not closed" },
	{ "add rule ip t c tcp dport", "1:26-26: Error: syntax error, unexpected newline", NULL },
	{ "add rule ip t c tcp dport 22 acept", "1:30-34: Error: syntax error, unexpected 'acept'", "did you mean 'accept'?" },
	{ "add rule ip t c tcp dprt 22", "1:21-24: Error: syntax error, unexpected 'dprt', expecting a field of tcp", "did you mean 'dport'?" },
	{ "add rule ip t c tpc dport 22", "1:17-19: Error: syntax error, unexpected 'tpc'", "did you mean 'tcp'?" },
	{ "add rule ip t c tcp dport { 22, 80", "2:1-1: Error: syntax error, unexpected end of file", NULL },
	{ "add rule ip t c tcp dport { 22 80 }", "1:32-33: Error: syntax error, unexpected number, expecting ',' or '}'", NULL },
	{ "add rule ip t c tcp dport == == 22", "1:30-31: Error: syntax error, unexpected '=='", NULL },
	{ "add rule ip t c ip saddr 1.2.3.4/", "1:34-34: Error: syntax error, unexpected newline", NULL },
	{ "add rule ip t c ip saddr /24", "1:26-26: Error: syntax error, unexpected '/'", NULL },
	{ "add rule ip t c ct stat new", "1:20-23: Error: syntax error, unexpected 'stat', expecting a ct key", NULL },
	{ "add rule ip t c meta foo 1", "1:17-24: Error: syntax error, unexpected 'foo', expecting a meta key", NULL },
	{ "add rule ip t c limit rate 10", "1:30-30: Error: syntax error, unexpected newline, expecting '/'", NULL },
	{ "add rule ip t c limit rate 10/secnd", "1:31-35: Error: syntax error, unexpected 'secnd'", "did you mean 'second'?" },
	{ "add rule ip t c log level loud", "1:27-30: Error: syntax error, unexpected 'loud'", NULL },
	{ "add rule ip t c log prefix", "1:27-27: Error: syntax error, unexpected newline", NULL },
	{ "add rule ip t c reject with foo", "1:29-31: Error: syntax error, unexpected 'foo'", NULL },
	{ "add rule ip t c jump", "1:21-21: Error: syntax error, unexpected newline", NULL },
	{ "add rule ip t c iifname accept", "1:25-30: Error: syntax error, unexpected 'accept'", NULL },
	{ "add rule ip t c tcp dport and", "1:30-30: Error: syntax error, unexpected newline", NULL },
	{ "add rule ip t c add { ip saddr }", "1:21-21: Error: syntax error, unexpected '{'", NULL },
	{ "add rule ip t c fib saddr oops", "1:27-30: Error: syntax error, unexpected 'oops'", NULL },
	{ "add rule ip t c comment \"x\" drop", "1:17-23: Error: syntax error, unexpected 'comment'", NULL },
	{ "add rule ip t c drop comment \"x\" drop", "1:34-37: Error: syntax error, unexpected 'drop', expecting newline or semicolon", NULL },
	{ "add rule ip t", "1:14-14: Error: syntax error, unexpected newline, expecting name of a chain", NULL },
	{ "add tabel ip t", "1:11-12: Error: syntax error, unexpected 'ip'", "did you mean 'table'?" },
	{ "ad table t", "1:10-10: Error: syntax error, unexpected 't'", "did you mean 'add'?" },
	{ "add table ip t }", "1:16-16: Error: syntax error, unexpected '}'", NULL },
	{ "add table ip 6to4", "1:14-14: Error: syntax error, unexpected number", NULL },
	{ "add chain ip t c { type foo hook input priority 0; }", "1:25-27: Error: unknown chain type", NULL },
	{ "add chain ip t c { type filter hook input; }", "1:42-42: Error: syntax error, unexpected ';', expecting 'priority'", NULL },
	{ "add chain ip t c { policy maybe; }", "1:27-31: Error: syntax error, unexpected 'maybe'", NULL },
	{ "add set ip t s { type ipv4_addr flags interval; }", "1:33-37: Error: syntax error, unexpected 'flags'", NULL },
	{ "add set ip t s { type ipv4_addr; flags intervall; }", "1:40-48: Error: syntax error", "did you mean 'interval'?" },
	{ "add set ip t s { type ipv4_addr; size 5; size 6; }", "1:42-45: Error: size: may be given only once", NULL },
	{ "add set ip t s", "1:15-15: Error: syntax error, unexpected newline, expecting '{'", NULL },
	{ "add map ip t m { type ipv4_addr; }", "1:32-32: Error: syntax error, unexpected ';', expecting ':'", NULL },
	{ "delete rule ip t c", "1:19-19: Error: syntax error, unexpected newline, expecting 'handle'", NULL },
	{ "list tabel", "1:6-10: Error: syntax error, unexpected 'tabel'", "did you mean 'table'?" },
	{ "flush", "1:6-6: Error: syntax error, unexpected newline", NULL },
	{ "define x", "1:9-9: Error: syntax error, unexpected newline, expecting '='", NULL },
	{ "define x = 5 6", "1:14-14: Error: syntax error, unexpected number, expecting newline or semicolon", NULL },
	{ "define x = 5\ndefine x = 6", "2:8-8: Error: redefinition of symbol 'x'", NULL },
	{ "undefine x", "1:10-10: Error: unknown identifier 'x'", NULL },
	{ "define port = 5\nadd rule ip t c tcp dport $prot", "2:28-31: Error: unknown identifier 'prot'", "did you mean '$port'?" },
	{ "table t {\n chain c {\n  define x = 5\n }\n chain d {\n  tcp dport $x\n }\n}", "6:14-14: Error: unknown identifier 'x'", NULL },
	{ "add rule ip t c log prefix \"abc", "1:28-28: Error: syntax error, unterminated string", NULL },
	{ "add rule ip t c log prefix \"to $nope\"", "1:28-37: Error: unknown identifier 'nope'", NULL },
	{ "add table ip \x01", "1:14-14: Error: syntax error, unexpected byte 0x01", NULL },
	{ "include \"./does-not-exist.nft\"", "1:1-31: Error: File not found: ./does-not-exist.nft", NULL },
	{ "include nope", "1:9-12: Error: syntax error, unexpected 'nope'", NULL },
	{ "describe", "1:9-9: Error: syntax error, unexpected newline", NULL },
	{ "monitor foo", "1:9-11: Error: syntax error, unexpected 'foo'", NULL },
	{ "table t {\n chain c { accept }\n} x", "3:3-3: Error: syntax error, unexpected 'x'", NULL },
	{ "add element t s { 1.2.3.4 timeout }", "1:35-35: Error: syntax error, unexpected '}'", NULL },
	{ "add quota t q { 25 }", "1:20-20: Error: syntax error, unexpected '}'", NULL },
	{ "add flowtable t f { hook ingress priority 0; devices = lo; }", "1:56-57: Error: syntax error, unexpected 'lo'", NULL },
	{ "add chain t c { type filter hook input priority 99999999999; }", "1:49-59: Error: priority: a number of 32 bits", NULL },
};

START_TEST(errors_are_placed_as_by_nft)
{
	char head[256];

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct session s;
		const char *out;

		session_begin(&s);
		out = session_parse(&s, errors[i].in);
		snprintf(head, sizeof(head), "t.nft:%s", errors[i].head);
		ck_assert_msg(strncmp(out, head, strlen(head)) == 0, "%s\nwant %s\ngot  %s", errors[i].in, head, out);
		if (errors[i].hint)
			ck_assert_msg(strstr(out, errors[i].hint), "%s\nwant %s\ngot  %s", errors[i].in, errors[i].hint, out);
		session_end(&s);
	}
}
END_TEST

START_TEST(several_errors_in_one_run)
{
	static const char text[] = "table ip t {\n"
				   "\tchain c {\n"
				   "\t\ttcp dport 22 acept\n"
				   "\t\ttcp dport { 22,\n"
				   "\t\t\t80 81,\n"
				   "\t\t\t90 } drop\n"
				   "\t\taccept\n"
				   "\t}\n"
				   "\tst x { type mark; }\n"
				   "}\n"
				   "add table ok\n"
				   "add rule t c log prefix\n";
	struct session s;
	const char *out;

	session_begin(&s);
	out = session_parse(&s, text);
	ck_assert_uint_eq(s.diag.errors, 4);
	ck_assert_ptr_nonnull(strstr(out, "t.nft:3:16-20: Error"));
	ck_assert_ptr_nonnull(strstr(out, "t.nft:5:7-8: Error"));
	ck_assert_ptr_nonnull(strstr(out, "t.nft:9:2-3: Error"));
	ck_assert_ptr_nonnull(strstr(out, "t.nft:12:24-24: Error"));
	session_end(&s);
}
END_TEST

START_TEST(the_eleventh_error_ends_it)
{
	struct buf b = { 0 };
	struct session s;

	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "add rule\n");
	session_begin(&s);
	session_parse(&s, b.p);
	ck_assert_uint_eq(s.diag.errors, 10);
	session_end(&s);
	buf_free(&b);
}
END_TEST

/* n times before, then middle, then n times behind. */
static char *repeat(const char *head, const char *before, const char *middle, const char *behind, unsigned n)
{
	struct buf b = { 0 };

	buf_puts(&b, head);
	for (unsigned i = 0; i < n; i++)
		buf_puts(&b, before);
	buf_puts(&b, middle);
	for (unsigned i = 0; i < n; i++)
		buf_puts(&b, behind);
	buf_putc(&b, '\n');
	return b.p;
}

START_TEST(depth_is_bounded)
{
	static const struct {
		const char *head, *before, *middle, *behind;
	} towers[] = {
		{ "add rule t c meta mark ", "(", "1", ")" },       { "add rule t c tcp dport ", "{", "1", "}" },
		{ "add rule t c ", "jump {", "accept", "}" },       { "add rule t c ", "vxlan ", "tcp dport 1", "" },
		{ "add rule t c ", "jhash ", "ip saddr", " mod 2" }, { "add rule t c meta mark 1", "|1", "", "" },
		{ "add rule t c meta mark ", "1<<(", "1", ")" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(towers); i++) {
		char *low = repeat(towers[i].head, towers[i].before, towers[i].middle, towers[i].behind, 10);
		char *high = repeat(towers[i].head, towers[i].before, towers[i].middle, towers[i].behind, 1000000);
		struct session s;

		session_begin(&s);
		ck_assert_msg(strstr(low, "jhash") || strstr(low, "vxlan") || !strstr(session_parse(&s, low), "Error"), "%s", buf_str(&s.out));
		ck_assert_int_eq(parse_string(s.parse, "t", high, &s.cmds), -1);
		session_end(&s);
		free(low);
		free(high);
	}
}
END_TEST

UNIT_MAIN("parser-errors", errors_are_placed_as_by_nft, several_errors_in_one_run, the_eleventh_error_ends_it, depth_is_bounded)
