/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arena, buffer, byte order. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "tests/unit/unit.h"

START_TEST(arena_aligns_and_zeroes)
{
	struct arena *a = arena_new();

	for (size_t n = 1; n < 100000; n = n * 3 + 1) {
		unsigned char *p = arena_alloc(a, n);

		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_reset(a);
	ck_assert_uint_eq(*(unsigned char *)arena_alloc(a, 1), 0);
	ck_assert_str_eq(arena_printf(a, "%s-%d", "x", 7), "x-7");
	arena_free(&a);
	ck_assert_ptr_null(a);
}
END_TEST

START_TEST(buf_keeps_a_nul_behind)
{
	buf_auto b = { 0 };

	ck_assert_str_eq(buf_str(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	ck_assert_uint_eq(strlen(b.p), b.len);
	buf_cut(&b, 4);
	ck_assert_str_eq(b.p, "0,1,");
	buf_printf(&b, "%0300d", 1);
	ck_assert_uint_eq(b.len, 304);
}
END_TEST

START_TEST(bytes_are_big_endian)
{
	unsigned char b[9] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };

	ck_assert_uint_eq(be16_load(b + 1), 0x0102);
	ck_assert_uint_eq(be32_load(b + 1), 0x01020304);
	ck_assert_uint_eq(be64_load(b + 1), 0x0102030405060708);
	be32_store(b + 1, 0xa0b0c0d0);
	ck_assert_uint_eq(b[1], 0xa0);
	ck_assert_uint_eq(b[4], 0xd0);
}
END_TEST

UNIT_MAIN("base", arena_aligns_and_zeroes, buf_keeps_a_nul_behind, bytes_are_big_endian)
