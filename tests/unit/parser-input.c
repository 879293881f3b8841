/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where texts come from: files, includes, wildcards, variables from outside; and texts that are too much of something. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/parser-util.h"
#include "tests/unit/unit.h"

static char dir[64];

static const char *put(const char *name, const char *bytes, size_t len)
{
	static char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	fclose(f);
	return path;
}

static void write_file(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static const char *parse_path(struct session *s, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return session_text(s, parse_file(s->parse, path, &s->cmds));
}

static void setup(void)
{
	char sub[128];

	strcpy(dir, "/tmp/nfvm-parser-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(sub, sizeof(sub), "%s/d", dir);
	ck_assert_int_eq(mkdir(sub, 0700), 0);
}

static void teardown(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -r '%s'", dir);
	ck_assert_int_eq(system(cmd), 0);
}

#define BEGIN             \
	struct session s; \
	setup();          \
	session_begin(&s)
#define END              \
	session_end(&s); \
	teardown()

START_TEST(included_files_stand_in_their_place)
{
	BEGIN;
	write_file("main.nft", "define port = 22\ntable ip t {\n\tinclude \"chain.nft\"\n}\ninclude \"d/*.nft\"; add table last");
	write_file("chain.nft", "chain c {\n\tinclude \"rules.nft\"\n\tdrop\n}");
	write_file("rules.nft", "tcp dport $port accept\n");
	write_file("d/b.nft", "add table b");
	write_file("d/a.nft", "add table a\n");
	write_file("d/.hidden.nft", "nonsense\n");
	ck_assert_str_eq(parse_path(&s, "main.nft"), "table ip t {\n\tchain c {\n\t\ttcp dport $port accept\n\t\tdrop\n\t}\n}\n"
						     "add table ip a\nadd table ip b\nadd table ip last\n");
	END;
}
END_TEST

START_TEST(wildcards_may_match_nothing_names_may_not)
{
	BEGIN;
	write_file("none.nft", "include \"d/*.none\"\nadd table t\n");
	ck_assert_str_eq(parse_path(&s, "none.nft"), "add table ip t\n");
	write_file("gone.nft", "include \"gone.none\"\nadd table t\n");
	ck_assert_ptr_nonnull(strstr(parse_path(&s, "gone.nft"), "gone.nft:1:1-20: Error: File not found: gone.none\n"));
	END;
}
END_TEST

START_TEST(include_paths_are_searched_in_order)
{
	char sub[128];

	BEGIN;
	snprintf(sub, sizeof(sub), "%s/d", dir);
	parse_include_path(s.parse, "/nonexistent");
	parse_include_path(s.parse, sub);
	write_file("d/x.nft", "add table x\n");
	ck_assert_str_eq(session_parse(&s, "include \"x.nft\""), "add table ip x\n");
	ck_assert_ptr_nonnull(strstr(session_parse(&s, "include \"./x.nft\""), "File not found"));
	END;
}
END_TEST

START_TEST(errors_name_the_files_that_include)
{
	BEGIN;
	write_file("main.nft", "table ip t {\n\tinclude \"bad.nft\"\n}\n");
	write_file("bad.nft", "chain c {\n\ttcp dport\n}\n");
	ck_assert_ptr_nonnull(strstr(parse_path(&s, "main.nft"), "main.nft:2:2-19:\n"));
	ck_assert_ptr_nonnull(strstr(s.out.p, "In file included from "));
	ck_assert_ptr_nonnull(strstr(s.out.p, "bad.nft:2:11-11: Error: syntax error, unexpected newline"));
	END;
}
END_TEST

START_TEST(includes_end_somewhere)
{
	char name[32], text[64];

	BEGIN;
	write_file("self.nft", "include \"self.nft\"\n");
	ck_assert_ptr_nonnull(strstr(parse_path(&s, "self.nft"), "includes itself"));
	diag_clear(&s.diag);
	for (int i = 0; i <= 200; i++) {
		snprintf(name, sizeof(name), "n%d.nft", i);
		snprintf(text, sizeof(text), i < 200 ? "include \"n%d.nft\"\n" : "add table t%d\n", i + 1);
		write_file(name, text);
	}
	ck_assert_ptr_nonnull(strstr(parse_path(&s, "n0.nft"), "Include nested too deeply, max 16 levels"));
	ck_assert_ptr_null(s.cmds);
	diag_clear(&s.diag);
	ck_assert_str_eq(parse_path(&s, "n186.nft"), "add table ip t201\n"); /* 15 levels */
	END;
}
END_TEST

START_TEST(what_is_no_text_is_refused)
{
	BEGIN;
	put("nul.nft", "add table a\nadd t\0able b\n", 25);
	ck_assert_ptr_nonnull(strstr(parse_path(&s, "nul.nft"), "nul.nft:2:6-6: Error: syntax error, NUL byte"));
	ck_assert_ptr_null(s.cmds);
	diag_clear(&s.diag);
	ck_assert_ptr_nonnull(strstr(parse_path(&s, "nowhere.nft"), "Could not open file"));
	diag_clear(&s.diag);
	ck_assert_ptr_nonnull(strstr(parse_path(&s, "d"), "Is a directory"));
	END;
}
END_TEST

START_TEST(variables_live_on_between_texts)
{
	BEGIN;
	ck_assert_int_eq(parse_define(s.parse, "port", "{ 22, 80 }"), 0);
	ck_assert_int_eq(parse_define(s.parse, "name", "eth0"), 0);
	ck_assert_int_eq(parse_define(s.parse, "bad", "{ 22"), -1);
	ck_assert_int_eq(parse_define(s.parse, "bad", "22\nadd table x"), -1);
	diag_clear(&s.diag);
	ck_assert_str_eq(session_parse(&s, "define two = $port"), "");
	ck_assert_str_eq(session_parse(&s, "add rule t c tcp dport $two iifname $name"), "add rule ip t c tcp dport $two iifname $name\n");
	ck_assert_str_eq(session_parse(&s, "redefine name = eth1\nundefine two"), "");
	ck_assert_ptr_nonnull(strstr(session_parse(&s, "add rule t c tcp dport $two"), "unknown identifier 'two'"));
	END;
}
END_TEST

/* A million elements in a few node's sizes each, and in time that grows with them: the test's own time limit would tell. */
START_TEST(large_texts_stay_cheap)
{
	enum { N = 200000 };
	struct buf b = { 0 };

	BEGIN;
	buf_puts(&b, "add element t s {\n");
	for (unsigned i = 0; i < N; i++)
		buf_printf(&b, "10.%u.%u.%u,\n", i >> 16, i >> 8 & 255, i & 255);
	buf_puts(&b, "}\n");
	ck_assert_int_eq(parse_string(s.parse, "t", b.p, &s.cmds), 0);
	ck_assert_uint_eq(ast_list_len(s.cmds->obj->elems), N);
	ck_assert_uint_lt(arena_size(s.arena), N * 100ull);
	buf_free(&b);
	END;
}
END_TEST

START_TEST(one_line_may_be_very_long)
{
	enum { N = 20000000 };
	char *text = malloc(N + 1);

	BEGIN;
	memset(text, 'a', N);
	memcpy(text, "add table ", 10);
	text[N] = 0;
	ck_assert_int_eq(parse_string(s.parse, "t", text, &s.cmds), -1);
	diag_print(&s.diag, &s.out);
	ck_assert_uint_lt(s.out.len, 4096);
	memset(text + 10, '"', N - 10);
	ck_assert_int_eq(parse_string(s.parse, "t", text, &s.cmds), -1);
	free(text);
	END;
}
END_TEST

UNIT_MAIN("parser-input", included_files_stand_in_their_place, wildcards_may_match_nothing_names_may_not, include_paths_are_searched_in_order,
	  errors_name_the_files_that_include, includes_end_somewhere, what_is_no_text_is_refused, variables_live_on_between_texts,
	  large_texts_stay_cheap, one_line_may_be_very_long)
