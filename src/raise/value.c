/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values on the way back: bytes as they lie in registers and set elements, to SYMBOL, NUMBER and STRING nodes
 * whose text is the canonical one.
 *
 *   ipv4_addr 0a 00 00 01 → SYMBOL 10.0.0.1     inet_service 00 16 → NUMBER 22     mark 04 00 00 00 → NUMBER 4, text 0x00000004
 *   ifname "eth0\0…" → STRING eth0              tcp_flag 12 → BINOP syn | ack
 */
#include <ctype.h>

#include "src/raise/rx.h"
#include "src/types/time.h"

struct ast_expr *raise_symbol(struct raise *r, const char *text)
{
	return ast_symbol(r->a, text, (struct place){});
}

struct ast_expr *raise_number(struct raise *r, u128 n)
{
	return ast_number(r->a, n, (struct place){});
}

u128 raise_load(const struct rtype *t, const void *p, unsigned len)
{
	unsigned want = t->bits && !t->shift ? raise_bytes(t->bits) : len;
	const uint8_t *b = p;

	if (len > 16)
		len = 16;
	if (want < len && t->bo == BO_BIG && !t->shift) {
		/* a narrow field in a wider register: it lies in front */
		len = want;
	}
	return value_load(b, len, t->bo == BO_INVALID ? BO_HOST : t->bo) >> t->shift;
}

int raise_prefix_len(u128 mask, unsigned bits)
{
	u128 all = bits >= 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
	u128 low = all & ~mask;
	int n = bits;

	if (low & (low + 1))
		return -1;
	for (; low; low >>= 1)
		n--;
	return n;
}

static unsigned popcount(u128 v)
{
	return __builtin_popcountll((uint64_t)v) + __builtin_popcountll((uint64_t)(v >> 64));
}

/* Decimal digits and nothing else. */
static bool is_plain(const char *s, u128 *n)
{
	for (*n = 0; isdigit((unsigned char)*s); s++)
		*n = *n * 10 + (*s - '0');
	return !*s;
}

struct ast_expr *raise_time_ms(struct raise *r, uint64_t ms)
{
	struct ast_expr *e = raise_time(r, ms);

	e->num = ms;
	return e;
}

struct ast_expr *raise_time(struct raise *r, uint64_t ms)
{
	struct ast_expr *e = raise_number(r, ms / 1000);

	buf_cut(&r->scratch, 0);
	duration_print(ms, &r->scratch);
	e->text = arena_memdup(r->a, r->scratch.p, r->scratch.len);
	return e;
}

static bool is_text(const struct datatype *t)
{
	for (; t; t = t->base)
		if (t->json_string)
			return true;
	return false;
}

/* One value, not a set of flags. A NUMBER is what JSON has as a number (see datatype_json_number). */
static struct ast_expr *one_value(struct raise *r, const struct rtype *t, u128 v)
{
	bool is_time = datatype_is(t->type, &type_time);
	struct ast_expr *e;
	const char *s;
	u128 plain;
	size_t n;

	buf_cut(&r->scratch, 0);
	datatype_print(t->type, r->types, v, t->bits, &r->scratch);
	s = buf_str(&r->scratch);
	n = r->scratch.len;
	if (*s == '"' && n >= 2)
		return ast_string(r->a, arena_memdup(r->a, s + 1, n - 2), (struct place){});
	if (!isdigit((unsigned char)*s) || is_text(t->type))
		return raise_symbol(r, arena_memdup(r->a, s, n));
	if (is_plain(s, &plain)) /* of a label its bit */
		return raise_number(r, plain);
	if (!is_time && strncmp(s, "0x", 2))
		return raise_symbol(r, arena_memdup(r->a, s, n));
	e = raise_number(r, is_time ? v / 1000 : v);
	e->text = arena_memdup(r->a, s, n);
	return e;
}

struct ast_expr *raise_typed(struct raise *r, const struct rtype *t, u128 v)
{
	struct ast_expr *all = NULL;
	unsigned n = raise_is_flags(t->type) ? popcount(v) : 1;

	if (n <= 1 || n == t->bits)
		return one_value(r, t, v);
	for (unsigned i = 0; i < 128; i++) {
		struct ast_expr *e;

		if (!(v >> i & 1))
			continue;
		e = one_value(r, t, (u128)1 << i);
		all = all ? ast_binary(r->a, AST_OP_OR, all, e) : e;
	}
	return all;
}

struct ast_expr *raise_flags(struct raise *r, const struct rtype *t, u128 v)
{
	struct ast_expr *list;

	if (popcount(v) <= 1)
		return one_value(r, t, v);
	list = ast_expr(r->a, AST_LIST, (struct place){});
	for (unsigned i = 0; i < 128; i++)
		if (v >> i & 1)
			ast_list_add(list, one_value(r, t, (u128)1 << i));
	return list;
}

/* Interface names and the like. Without a NUL in its bytes it is the beginning of names: eth*. */
static struct ast_expr *string_value(struct raise *r, const struct rtype *t, const char *p, unsigned len)
{
	unsigned n = p ? strnlen(p, len) : 0;
	const char *text;

	if (n == len && len < raise_bytes(t->bits))
		text = arena_printf(r->a, "%.*s*", (int)n, p);
	else if (n && p[n - 1] == '*')
		text = arena_printf(r->a, "%.*s\\*", (int)n - 1, p);
	else
		text = arena_memdup(r->a, p, n);
	return ast_string(r->a, text, (struct place){});
}

struct ast_expr *raise_value(struct raise *r, const struct rtype *t, const void *p, unsigned len)
{
	if (datatype_is(t->type, &type_string))
		return string_value(r, t, p, len);
	return raise_typed(r, t, raise_load(t, p, len));
}

static const char *name_of(struct raise *r, const struct datatype *t, u128 v)
{
	const char *name = NULL;

	for (; t && !t->print && !name; t = t->base)
		name = datatype_symbol(t, r->types, v);
	return name;
}

/* One end: in text a number, in JSON its name where it has one. */
static struct ast_expr *range_end(struct raise *r, const struct rtype *t, const struct type_ctx *numeric, u128 v)
{
	const struct type_ctx *types = r->types;
	const char *name = name_of(r, t->type, v);
	struct ast_expr *e;

	r->types = numeric;
	e = raise_typed(r, t, v);
	r->types = types;
	if (name && e->kind == AST_NUMBER)
		e->a = raise_symbol(r, name);
	return e;
}

/* Ends of a range are numbers: 3-8, not echo-reply-echo-request. Services and users never have their names there. */
struct ast_expr *raise_range_ast(struct raise *r, const struct rtype *t, u128 lo, u128 hi)
{
	struct ast_expr *e = ast_expr(r->a, AST_RANGE, (struct place){});
	struct type_ctx numeric = *r->types;

	numeric.numeric_all = numeric.numeric_time = true;
	numeric.service_names = numeric.guid_names = numeric.reverse_dns = false;
	e->a = range_end(r, t, &numeric, lo);
	e->b = range_end(r, t, &numeric, hi);
	return e;
}

struct ast_expr *raise_span(struct raise *r, const struct rtype *t, u128 lo, u128 hi)
{
	struct ast_expr *e;
	int plen;

	if (lo == hi)
		return raise_typed(r, t, lo);
	plen = t->type->prefix && !(lo & (lo ^ hi)) ? raise_prefix_len(~(lo ^ hi), t->bits) : -1;
	if (plen >= 0) {
		e = ast_expr(r->a, AST_PREFIX, (struct place){});
		e->a = raise_typed(r, t, lo);
		e->num = plen;
		return e;
	}
	return raise_range_ast(r, t, lo, hi);
}

/* The first n bytes that both have, where all behind them is 0 in the one and 0xff in the other; else -1. */
static int common_beginning(const uint8_t *lo, const uint8_t *hi, unsigned n)
{
	unsigned same = 0;

	while (same < n && lo[same] == hi[same])
		same++;
	for (unsigned i = same; i < n; i++)
		if (lo[i] || hi[i] != 0xff)
			return -1;
	return (int)same;
}

struct ast_expr *raise_string_span(struct raise *r, const struct rtype *t, const uint8_t *lo, const uint8_t *hi, unsigned n)
{
	int same = common_beginning(lo, hi, n);
	struct ast_expr *e;

	if (same == (int)n)
		return string_value(r, t, (const char *)lo, n);
	if (same >= 0)
		return ast_string(r->a, arena_printf(r->a, "%.*s*", same, lo), (struct place){});
	e = ast_expr(r->a, AST_RANGE, (struct place){});
	e->a = string_value(r, t, (const char *)lo, n);
	e->b = string_value(r, t, (const char *)hi, n);
	return e;
}
