/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in texts, and messages as nft prints them. */
#include "base/diag.h"

#include <string.h>

#include "base/bytes.h"
#include "tests/unit/unit.h"

struct fixture {
	struct arena *arena;
	struct texts *texts;
	struct diag diag;
	struct buf out;
};

static void begin(struct fixture *f)
{
	*f = (struct fixture){ .arena = arena_new(), .texts = texts_new() };
	diag_init(&f->diag, f->texts, f->arena);
}

static void end(struct fixture *f)
{
	texts_free(&f->texts);
	arena_free(&f->arena);
	buf_free(&f->out);
}

static uint32_t text(struct fixture *f, const char *name, const char *s, struct place from)
{
	return texts_add(f->texts, name, strdup(s), strlen(s), from);
}

static const char *printed(struct fixture *f)
{
	buf_cut(&f->out, 0);
	diag_print(&f->diag, &f->out);
	return buf_str(&f->out);
}

START_TEST(messages_have_carets)
{
	struct fixture f;
	uint32_t n;

	begin(&f);
	n = text(&f, "x.nft", "add\n\t\tfoo bar\nend", (struct place){ 0 });
	ck_assert_int_eq(diag_error(&f.diag, (struct place){ n, 10, 3 }, "bad %s", "bar"), -1);
	diag_also(&f.diag, (struct place){ n, 6, 3 });
	diag_hint(&f.diag, "did you mean '%s'?", "baz");
	ck_assert_str_eq(printed(&f), "x.nft:2:7-9: Error: bad bar\n\t\tfoo bar\n\t\t~~~ ^^^\ndid you mean 'baz'?\n");
	diag_clear(&f.diag);
	diag_warn(&f.diag, (struct place){ n, 10, 7 }, "two lines");
	ck_assert_str_eq(printed(&f), "x.nft:2:7-9: Warning: two lines\n\t\tfoo bar\n\t\t    ^^^\n");
	ck_assert_uint_eq(f.diag.errors, 0);
	ck_assert_uint_eq(f.diag.warnings, 1);
	end(&f);
}
END_TEST

START_TEST(command_lines_have_no_name_and_places_may_be_unknown)
{
	struct fixture f;
	uint32_t n;

	begin(&f);
	n = text(&f, "<cmdline>", "add foo", (struct place){ 0 });
	diag_error(&f.diag, (struct place){ n, 4, 3 }, "no");
	diag_error(&f.diag, (struct place){ 0 }, "nowhere");
	ck_assert_str_eq(printed(&f), "Error: no\nadd foo\n    ^^^\nError: nowhere\n");
	end(&f);
}
END_TEST

START_TEST(includes_are_named)
{
	struct fixture f;
	uint32_t a, b, c;

	begin(&f);
	a = text(&f, "a", "one\ntwo\n", (struct place){ 0 });
	b = text(&f, "b", "xyz", (struct place){ a, 4, 3 });
	c = text(&f, "c", "bad", (struct place){ b, 0, 3 });
	diag_error(&f.diag, (struct place){ c, 0, 3 }, "no");
	ck_assert_str_eq(printed(&f), "In file included from b:1:1-3:\n                 from a:2:1-3:\nc:1:1-3: Error: no\nbad\n^^^\n");
	end(&f);
}
END_TEST

START_TEST(bytes_that_drive_terminals_are_hidden)
{
	struct fixture f;
	uint32_t n;

	begin(&f);
	n = text(&f, "x", "a\x1b[1m\x80\xc3\xa9z\r\n", (struct place){ 0 });
	diag_error(&f.diag, (struct place){ n, 0, 1 }, "no");
	ck_assert_str_eq(printed(&f), "x:1:1-1: Error: no\na?[1m?\xc3\xa9z\n^\n");
	end(&f);
}
END_TEST

START_TEST(long_lines_are_cut)
{
	struct fixture f;
	char *s = malloc(100001);
	uint32_t n;

	begin(&f);
	memset(s, 'x', 100000);
	s[100000] = 0;
	s[50000] = 'Y';
	n = text(&f, "x", s, (struct place){ 0 });
	diag_error(&f.diag, (struct place){ n, 50000, 1 }, "no");
	ck_assert_uint_lt(strlen(printed(&f)), 3000);
	ck_assert_ptr_nonnull(strchr(f.out.p, 'Y'));
	/* the caret stands below the Y */
	ck_assert_int_eq(strchr(f.out.p, 'Y') - strchr(f.out.p, '\n') - 1, strchr(f.out.p, '^') - strrchr(strchr(f.out.p, 'x'), 'x') - 2);
	free(s);
	end(&f);
}
END_TEST

START_TEST(lines_resolve)
{
	struct fixture f;
	uint32_t n, line, col, last;

	begin(&f);
	n = text(&f, "x", "\n\nab\n", (struct place){ 0 });
	texts_resolve(f.texts, (struct place){ n, 2, 2 }, &line, &col, &last);
	ck_assert_uint_eq(line, 3);
	ck_assert_uint_eq(col, 1);
	ck_assert_uint_eq(last, 2);
	texts_resolve(f.texts, (struct place){ n, 4, 1 }, &line, &col, &last);
	ck_assert_uint_eq(line, 3);
	ck_assert_uint_eq(col, 3);
	texts_resolve(f.texts, (struct place){ n, 5, 0 }, &line, &col, &last);
	ck_assert_uint_eq(line, 4);
	end(&f);
}
END_TEST

START_TEST(the_errors_kept_are_few)
{
	struct fixture f;

	begin(&f);
	for (int i = 0; i < 50; i++) {
		diag_error(&f.diag, (struct place){ 0 }, "error %d", i);
		diag_hint(&f.diag, "hint %d", i);
	}
	ck_assert_uint_eq(f.diag.errors, 50);
	ck_assert_ptr_nonnull(strstr(printed(&f), "Error: error 9\nhint 9\n"));
	ck_assert_ptr_null(strstr(f.out.p, "error 10"));
	ck_assert_ptr_null(strstr(f.out.p, "hint 10"));
	end(&f);
}
END_TEST

START_TEST(near_names)
{
	static const char *const words[] = { "limit", "log", "list", "accept", "x" };

	ck_assert_str_eq(diag_nearest("lmit", words, ARRAY_SIZE(words)), "limit");
	ck_assert_str_eq(diag_nearest("acecpt", words, ARRAY_SIZE(words)), "accept");
	ck_assert_str_eq(diag_nearest("lgo", words, ARRAY_SIZE(words)), "log");
	ck_assert_ptr_null(diag_nearest("banana", words, ARRAY_SIZE(words)));
	ck_assert_ptr_null(diag_nearest("", words, ARRAY_SIZE(words)));
	ck_assert_ptr_null(diag_nearest("limit", words, 0));
}
END_TEST

UNIT_MAIN("base-diag", messages_have_carets, command_lines_have_no_name_and_places_may_be_unknown, includes_are_named,
	  bytes_that_drive_terminals_are_hidden, long_lines_are_cut, lines_resolve, the_errors_kept_are_few, near_names)
