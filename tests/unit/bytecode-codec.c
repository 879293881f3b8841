/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The codec: what is encoded is decoded, whatever arrives is refused or understood, and refused as the kernel does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytecode/expr.h"
#include "tests/unit/bytecode-random.h"
#include "tests/unit/unit.h"

enum { ROUNDS = 400 };

static const struct bc_desc *const messages[] = {
	&bc_table_desc, &bc_chain_desc,	    &bc_rule_desc, &bc_set_msg_desc, &bc_elem_desc,
	&bc_elems_desc, &bc_obj_desc,	    &bc_flowtable_desc, &bc_gen_desc, &bc_trace_desc,
	&bc_hook_desc,	&bc_counters_desc,
};

/* A copy in memory of its own size, so that the sanitizer sees any step beyond it. */
static void *exactly(const void *p, size_t len)
{
	void *copy = malloc(len ? len : 1);

	if (len)
		memcpy(copy, p, len);
	return copy;
}

static void round_trip(const struct bc_desc *d, struct arena *a, const void *s)
{
	struct buf bytes = { 0 }, again = { 0 };
	const char *where = "";
	struct bc_err err;
	void *t = arena_alloc(a, d->size), *u, *msg;

	ck_assert_int_eq(bc_encode(&bytes, d, s), 0);
	ck_assert_uint_eq(bytes.len % 4, 0);
	msg = exactly(bytes.p, bytes.len);
	ck_assert_int_eq(bc_decode(d, msg, bytes.len, t, a, BC_COPY, &err), 0);
	ck_assert_int_eq(err.err, 0);
	memset(msg, 0xee, bytes.len);
	free(msg);
	ck_assert_msg(same_struct(d, s, t, &where), "%s: decoded differs at %s", d->name, where);
	ck_assert_int_eq(bc_encode(&again, d, t), 0);
	ck_assert_uint_eq(again.len, bytes.len);
	ck_assert(!bytes.len || !memcmp(again.p, bytes.p, bytes.len));

	u = bc_copy(a, d, t);
	ck_assert_msg(same_struct(d, s, u, &where), "%s: copy differs at %s", d->name, where);
	buf_free(&bytes);
	buf_free(&again);
}

START_TEST(messages_come_back)
{
	struct rnd_opts o = { .arena = arena_new() };

	rnd_seed();
	for (unsigned i = 0; i < ROUNDS * ARRAY_SIZE(messages); i++) {
		const struct bc_desc *d = messages[i % ARRAY_SIZE(messages)];

		round_trip(d, o.arena, rnd_struct(&o, d));
		arena_reset(o.arena);
	}
	arena_free(&o.arena);
}
END_TEST

START_TEST(expressions_come_back)
{
	struct rnd_opts o = { .arena = arena_new() };

	rnd_seed();
	for (unsigned i = 0; i < ROUNDS * rnd_expr_count; i++) {
		struct bc_rule r = { 0 };
		const char *name = rnd_expr_names[i % rnd_expr_count];

		BC_SET(&r, NFTA_RULE_EXPRESSIONS, exprs, rnd_expr(&o, name));
		ck_assert(bc_expr_is(r.exprs, name));
		round_trip(&bc_rule_desc, o.arena, &r);
		arena_reset(o.arena);
	}
	arena_free(&o.arena);
}
END_TEST

START_TEST(registry_is_in_order)
{
	for (size_t i = 0; i < rnd_expr_count; i++) {
		ck_assert_str_eq(bc_expr_type(rnd_expr_names[i])->name, rnd_expr_names[i]);
		ck_assert(!i || strcmp(rnd_expr_names[i - 1], rnd_expr_names[i]) < 0);
	}
	ck_assert_ptr_null(bc_expr_type(""));
	ck_assert_ptr_null(bc_expr_type("cmpx"));
	ck_assert_ptr_null(bc_expr_type("zzz"));
}
END_TEST

static void mutate(uint8_t *p, size_t len)
{
	for (unsigned n = 1 + rnd(4); n && len; n--) {
		size_t at = rnd((uint32_t)len);

		switch (rnd(3)) {
		case 0:
			p[at] = (uint8_t)rnd(256);
			break;
		case 1:
			p[at] ^= (uint8_t)(1U << rnd(8));
			break;
		default:
			p[at & ~(size_t)3] = (uint8_t)rnd(20); /* mostly the length of something */
		}
	}
}

/* Decoding must come back; what it accepts must be a struct that can be encoded, copied and printed. */
static void survive(const struct bc_desc *d, const void *p, size_t len)
{
	struct arena *a = arena_new();
	void *msg = exactly(p, len), *s = arena_alloc(a, d->size);
	struct bc_err err;
	struct buf out = { 0 };

	if (!bc_decode(d, msg, len, s, a, (int)rnd(4), &err)) {
		ck_assert_int_eq(bc_encode(&out, d, s), 0);
		ck_assert_ptr_nonnull(bc_copy(a, d, s));
		if (d == &bc_rule_desc)
			bc_dump_rule(&out, NFPROTO_INET, s);
		else if (d == &bc_set_msg_desc)
			bc_dump_set(&out, NFPROTO_INET, s);
		else if (d == &bc_elems_desc)
			bc_dump_elems(&out, NFPROTO_INET, s);
	} else {
		ck_assert_int_lt(err.err, 0);
		ck_assert(!err.at || ((const char *)err.at >= (char *)msg && (const char *)err.at < (char *)msg + len));
	}
	buf_free(&out);
	free(msg);
	arena_free(&a);
}

START_TEST(garbage_is_survived)
{
	struct rnd_opts o = { .arena = arena_new() };

	rnd_seed();
	for (unsigned i = 0; i < 4 * ROUNDS * ARRAY_SIZE(messages); i++) {
		const struct bc_desc *d = messages[i % ARRAY_SIZE(messages)];
		struct buf b = { 0 };

		bc_encode(&b, d, rnd_struct(&o, d));
		mutate((uint8_t *)b.p, b.len);
		survive(d, b.p, rnd(2) ? b.len : rnd((uint32_t)b.len + 1));
		buf_free(&b);
		arena_reset(o.arena);
	}
	for (unsigned i = 0; i < 10 * ROUNDS; i++) {
		uint8_t noise[200];

		for (unsigned j = 0; j < sizeof(noise); j++)
			noise[j] = (uint8_t)(rnd(3) ? rnd(24) : rnd(256));
		survive(messages[rnd(ARRAY_SIZE(messages))], noise, rnd(sizeof(noise)));
	}
	arena_free(&o.arena);
}
END_TEST

START_TEST(nesting_is_bounded)
{
	/* dynset in dynset in dynset …: built from the inside */
	struct arena *a = arena_new();
	struct bc_expr *e = NULL;
	struct bc_rule r = { 0 };
	struct buf b = { 0 };
	struct bc_err err;

	for (int i = 0; i < 40; i++) {
		struct bc_expr *outer = bc_expr_new(a, "dynset");

		if (e)
			BC_SET(BC_EXPR_BODY(outer, struct bc_dynset), NFTA_DYNSET_EXPR, expr, e);
		e = outer;
	}
	BC_SET(&r, NFTA_RULE_EXPRESSIONS, exprs, e);
	ck_assert_int_eq(bc_encode(&b, &bc_rule_desc, &r), 0);
	ck_assert_int_eq(bc_decode(&bc_rule_desc, b.p, b.len, &r, a, 0, &err), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(err.at);
	buf_free(&b);
	arena_free(&a);
}
END_TEST

START_TEST(too_large_is_refused)
{
	struct arena *a = arena_new();
	struct bc_expr *list = NULL, **tail = &list;
	struct bc_rule r = { 0 };
	struct buf b = { 0 };

	for (int i = 0; i < 3; i++) {
		struct bc_xt_match *m = bc_expr_add(a, &tail, "match");

		BC_SET(m, NFTA_MATCH_NAME, name, "x");
		BC_SET(m, NFTA_MATCH_INFO, info, ((struct bc_bytes){ arena_alloc(a, 30000), 30000 }));
	}
	BC_SET(&r, NFTA_RULE_EXPRESSIONS, exprs, list);
	buf_puts(&b, "kept");
	ck_assert_int_eq(bc_encode(&b, &bc_rule_desc, &r), -EMSGSIZE);
	ck_assert_str_eq(b.p, "kept");
	buf_free(&b);
	arena_free(&a);
}
END_TEST

/* Attributes written by hand, and what becomes of them; seen with Linux 6.18. */
#define ATTR(type, ...) (sizeof((uint8_t[]){ __VA_ARGS__ }) + 4), 0, (type), 0, __VA_ARGS__

static const struct {
	const char *what;
	const struct bc_desc *d;
	uint8_t bytes[64];
	size_t len;
	int err, at; /* at: offset of the attribute at fault; -1: none */
} refusals[] = {
#define CASE(what, d, err, at, ...) { what, d, { __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }), err, at }
	CASE("short number", &bc_table_desc, -ERANGE, 0, ATTR(NFTA_TABLE_FLAGS, 0, 0, 0)),
	CASE("long number", &bc_table_desc, 0, -1, ATTR(NFTA_TABLE_FLAGS, 0, 0, 0, 1, 9, 9, 9, 9)),
	CASE("empty string", &bc_table_desc, -ERANGE, 0, 4, 0, NFTA_TABLE_NAME, 0),
	CASE("string without NUL", &bc_table_desc, 0, -1, ATTR(NFTA_TABLE_NAME, 'a', 'b', 'c', 'd')),
	CASE("unknown attribute", &bc_table_desc, 0, -1, ATTR(200, 1, 2, 3, 4)),
	CASE("handle too short, behind a name", &bc_table_desc, -ERANGE, 8, ATTR(NFTA_TABLE_NAME, 'a', 0, 0, 0), ATTR(NFTA_TABLE_HANDLE, 1, 2, 3, 4)),
	CASE("owner is none of the kernel's policy", &bc_table_desc, 0, -1, ATTR(NFTA_TABLE_OWNER, 1)),
	CASE("nest of two bytes", &bc_chain_desc, -ERANGE, 0, ATTR(NFTA_CHAIN_HOOK, 1, 2), 0, 0),
	CASE("empty nest", &bc_chain_desc, 0, -1, 4, 0, NFTA_CHAIN_HOOK, 0),
	CASE("in a nest, none is named", &bc_chain_desc, -ERANGE, -1, ATTR(NFTA_CHAIN_HOOK, ATTR(NFTA_HOOK_HOOKNUM, 1))),
	CASE("length beyond the end ends the list", &bc_table_desc, 0, -1, 200, 0, NFTA_TABLE_FLAGS, 0, 0, 0, 0, 0),
	CASE("only a dump has a set's type", &bc_set_msg_desc, -EINVAL, 0, ATTR(NFTA_SET_TYPE, 'x', 0, 0, 0)),
	CASE("element without data in its key", &bc_elems_desc, -EINVAL, 4,
	     16, 0, NFTA_SET_ELEM_LIST_ELEMENTS, 0, 12, 0, 1, 0, 8, 0, NFTA_SET_ELEM_KEY, 0, 4, 0, 9, 0),
	CASE("expression without name", &bc_rule_desc, -EINVAL, 4, 8, 0, NFTA_RULE_EXPRESSIONS, 0, 4, 0, NFTA_LIST_ELEM, 0),
	CASE("expression of no kind", &bc_rule_desc, -ENOENT, 4,
	     16, 0, NFTA_RULE_EXPRESSIONS, 0, 12, 0, NFTA_LIST_ELEM, 0, ATTR(NFTA_EXPR_NAME, 'n', 'o', 0), 0),
	CASE("list of something else", &bc_rule_desc, -EINVAL, -1, 8, 0, NFTA_RULE_EXPRESSIONS, 0, 4, 0, 2, 0),
	CASE("number above its greatest", &bc_rule_desc, -ERANGE, 4,
	     28, 0, NFTA_RULE_EXPRESSIONS, 0, 24, 0, NFTA_LIST_ELEM, 0, ATTR(NFTA_EXPR_NAME, 'r', 't', 0), 0, 12, 0, NFTA_EXPR_DATA, 0,
	     ATTR(NFTA_RT_KEY, 0, 0, 1, 0)),
	CASE("bits beyond the mask", &bc_rule_desc, -EINVAL, 4,
	     28, 0, NFTA_RULE_EXPRESSIONS, 0, 24, 0, NFTA_LIST_ELEM, 0, ATTR(NFTA_EXPR_NAME, 'f', 'i', 'b', 0), 12, 0, NFTA_EXPR_DATA, 0,
	     ATTR(NFTA_FIB_FLAGS, 0, 0, 0, 0x40)),
	CASE("value longer than all registers", &bc_elem_desc, -EOVERFLOW, -1,
	     76, 0, NFTA_SET_ELEM_DATA, 0, ATTR(NFTA_DATA_VALUE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65), 0, 0, 0),
	CASE("devices are named or prefixed", &bc_hook_desc, -EINVAL, 4, 12, 0, NFTA_HOOK_DEVS, 0, ATTR(3, 'l', 'o', 0), 0),
};

START_TEST(refusals_are_the_kernels)
{
	struct arena *a = arena_new();

	for (unsigned i = 0; i < ARRAY_SIZE(refusals); i++) {
		const void *p = arena_memdup(a, refusals[i].bytes, refusals[i].len);
		void *s = arena_alloc(a, refusals[i].d->size);
		struct bc_err err;

		ck_assert_msg(bc_decode(refusals[i].d, p, refusals[i].len, s, a, BC_REQUEST, &err) == refusals[i].err, "%s: %d",
			      refusals[i].what, err.err);
		ck_assert_msg((err.at ? (const char *)err.at - (const char *)p : -1) == refusals[i].at, "%s: at %td", refusals[i].what,
			      (const char *)err.at - (const char *)p);
	}
	arena_free(&a);
}
END_TEST

START_TEST(last_of_a_type_counts)
{
	static const uint8_t bytes[] = { ATTR(NFTA_TABLE_NAME, 'o', 'n', 'e', 'x'), ATTR(NFTA_TABLE_NAME, 't', 'w', 'o', 0) };
	struct arena *a = arena_new();
	const void *p = arena_memdup(a, bytes, sizeof(bytes));
	struct bc_table t;

	ck_assert_int_eq(bc_decode(&bc_table_desc, p, sizeof(bytes), &t, a, 0, NULL), 0);
	ck_assert_str_eq(t.name, "two");
	ck_assert_int_eq(bc_decode(&bc_table_desc, p, 8, &t, a, 0, NULL), 0);
	ck_assert_str_eq(t.name, "onex");
	ck_assert_ptr_eq(bc_find(p, sizeof(bytes), NFTA_TABLE_NAME), p);
	ck_assert_ptr_null(bc_find(p, sizeof(bytes), NFTA_TABLE_FLAGS));
	arena_free(&a);
}
END_TEST

UNIT_MAIN("bytecode codec", messages_come_back, expressions_come_back, registry_is_in_order, garbage_is_survived, nesting_is_bounded,
	  too_large_is_refused, refusals_are_the_kernels, last_of_a_type_counts)
