/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set elements to AST, in the order of their values; concatenations with ranges in the order in which they come.
 *
 * Intervals of one field come as half-open pairs: an element for the first value, and one with NFT_SET_ELEM_INTERVAL_END for
 * the first value behind; the last may have no end. Concatenations with ranges have both ends, inclusive, in one element.
 *
 *   0a000000; end 0b000000              10.0.0.0/8
 *   0016; end 0017; 0050; end 0060      22, 80-95
 */
#include <stdlib.h>

#include "src/raise/rx.h"

struct item {
	u128 key; /* for the order: the value, or of a concatenation its first 16 bytes */
	u128 end; /* of intervals: the last value */
	const struct bc_elem *e;
	size_t n; /* as they came: equal ones stay in their order */
};

static int compare(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	uint32_t len = a->e->key.len < b->e->key.len ? a->e->key.len : b->e->key.len;
	int d;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	d = len > sizeof(a->key) ? memcmp(a->e->key.value, b->e->key.value, len) : 0;
	return d ? d : a->n < b->n ? -1 : 1;
}

static bool is_end(const struct bc_elem *e)
{
	return e->flags & NFT_SET_ELEM_INTERVAL_END;
}

static bool is_catchall(const struct bc_elem *e)
{
	return e->flags & NFT_SET_ELEM_CATCHALL;
}

/* ---- one element --------------------------------------------------------------------------------------- */

static u128 all_ones(unsigned bytes)
{
	return bytes >= 16 ? ~(u128)0 : ((u128)1 << bytes * 8) - 1;
}

static struct ast_expr *mapped(struct raise *r, struct ast_expr *key, struct ast_expr *data)
{
	struct ast_expr *m = ast_expr(r->a, AST_MAPPING, (struct place){});

	m->a = key;
	m->b = data;
	return m;
}

/* Both ends of a range of which each part is one: the parts as spans. p and q are of len bytes. */
static struct ast_expr *spans(struct raise *r, const struct rtypes *t, const uint8_t *p, const uint8_t *q, unsigned len)
{
	struct ast_expr *cat = ast_expr(r->a, AST_CONCAT, (struct place){}), *one = NULL;
	unsigned off = 0;

	for (unsigned i = 0; i < t->n && off < len; i++) {
		const struct rtype *f = &t->t[i];
		unsigned n = raise_bytes(f->bits + f->shift), room = t->n == 1 ? n : (n + 3) & ~3u;

		if (n > len - off)
			n = len - off;
		if (datatype_is(f->type, &type_string))
			one = raise_string_span(r, f, p + off, q + off, n);
		else
			one = raise_span(r, f, raise_load(f, p + off, n), raise_load(f, q + off, n));
		if (t->n == 1)
			return one;
		ast_list_add(cat, one);
		off += room;
	}
	return cat;
}

/* From and to, of len bytes each. A single address is a prefix of full length. */
static struct ast_expr *data_span(struct raise *r, const struct rtypes *t, const uint8_t *p, unsigned len)
{
	struct ast_expr *e = spans(r, t, p, p + len, len), *prefix;

	if (t->n > 1 || !t->t[0].type->prefix || e->kind == AST_PREFIX || e->kind == AST_RANGE)
		return e;
	prefix = ast_expr(r->a, AST_PREFIX, (struct place){});
	prefix->a = e;
	prefix->num = t->t[0].bits;
	return prefix;
}

static struct ast_expr *data_of(struct raise *r, const struct bc_set *s, const struct bc_elem *e, const struct rtypes *t)
{
	if (BC_HAS(e, NFTA_SET_ELEM_OBJREF))
		return ast_string(r->a, arena_strdup(r->a, e->objref), (struct place){});
	if (e->data.kind == BC_DATA_VERDICT)
		return raise_verdict(r, &e->data);
	if (raise_set_data_interval(s) && !(e->data.len % 2))
		return data_span(r, t, e->data.value, e->data.len / 2);
	return raise_bytes_ast(r, t, e->data.value, e->data.len);
}

static struct ast_expr *with_properties(struct raise *r, const struct bc_elem *e, struct ast_expr *key)
{
	const char *comment = raise_comment(r, e->userdata, BC_UD_ELEM_COMMENT);
	struct ast_stmt *stmts = e->expr || e->exprs ? raise_stmts(r, e->expr, e->exprs) : NULL;
	bool timeout = BC_HAS(e, NFTA_SET_ELEM_TIMEOUT), expires = BC_HAS(e, NFTA_SET_ELEM_EXPIRATION);
	struct ast_opt **tail;
	struct ast_expr *x;

	if (!comment && !stmts && !timeout && !expires)
		return key;
	x = ast_expr(r->a, AST_ELEM, (struct place){});
	x->a = key;
	x->stmts = stmts;
	tail = &x->opts;
	if (timeout)
		ast_opt(r->a, &tail, "timeout", e->timeout ? raise_time(r, e->timeout) : raise_symbol(r, "never"),
			(struct place){});
	if (expires)
		ast_opt(r->a, &tail, "expires", raise_time(r, e->expiration), (struct place){});
	if (comment)
		ast_opt(r->a, &tail, "comment", ast_string(r->a, comment, (struct place){}), (struct place){});
	return x;
}

static void add(struct raise *r, struct ast_expr *set, const struct bc_set *s, const struct bc_elem *e, struct ast_expr *key,
		const struct rtypes *data)
{
	key = with_properties(r, e, key);
	if (BC_HAS(e, NFTA_SET_ELEM_DATA) || BC_HAS(e, NFTA_SET_ELEM_OBJREF))
		key = mapped(r, key, data_of(r, s, e, data));
	ast_list_add(set, key);
}

/* ---- all ------------------------------------------------------------------------------------------------ */

static size_t count(const struct bc_node *n)
{
	size_t c = 0;

	for (; n; n = n->next)
		c++;
	return c;
}

/* Numbers by value, sets of flags by their lowest, strings and concatenations by their bytes. */
static u128 order_key(const struct rtypes *t, const struct bc_data *k)
{
	const struct rtype *f = &t->t[0];
	u128 v = 0;

	if (t->n == 1 && !datatype_is(f->type, &type_string)) {
		v = raise_load(f, k->value, k->len);
		return raise_is_flags(f->type) && f->bits < 64 && v != (1ULL << f->bits) - 1 ? v & -v : v;
	}
	for (unsigned i = 0; i < k->len && i < 16; i++)
		v |= (u128)k->value[i] << (120 - 8 * i);
	return v;
}

static void add_catchall(struct raise *r, struct ast_expr *set, const struct bc_set *s, const struct bc_node *elems,
			 const struct rtypes *data)
{
	for (; elems; elems = elems->next) {
		const struct bc_elem *e = BC_BODY(elems, struct bc_elem);

		if (is_catchall(e))
			add(r, set, s, e, ast_expr(r->a, AST_WILDCARD, (struct place){}), data);
	}
}

/* Half-open pairs. Two intervals that touch have the end of the one and the start of the other at one value, in any order. */
static size_t pair_up(struct item *items, size_t n, unsigned bytes)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		struct item *it = &items[i];

		if (out && items[out - 1].end == all_ones(bytes) && items[out - 1].key < it->key)
			items[out - 1].end = it->key - 1;
		if (is_end(it->e))
			continue;
		items[out] = *it;
		items[out++].end = all_ones(bytes);
	}
	return out;
}

static bool is_halfopen(const struct bc_set *s, const struct bc_node *elems)
{
	if (!(s->flags & NFT_SET_INTERVAL))
		return false;
	for (; elems; elems = elems->next)
		if (BC_HAS(BC_BODY(elems, struct bc_elem), NFTA_SET_ELEM_KEY_END))
			return false;
	return true;
}

/* The length of the largest block that begins at lo with whole bytes and ends before or at hi. */
static u128 block_from(u128 lo, u128 hi, unsigned bytes)
{
	u128 size = 0, next; /* less one */

	for (unsigned i = 0; i < bytes; i++) {
		next = all_ones(i + 1);
		if ((lo & next) || hi - lo < next)
			break;
		size = next;
	}
	return size;
}

/*
 * Names that were put together by the kernel or by auto-merge, taken apart again: "a*", "b" lie side by side, and a range of
 * names has no text. False where that would take too many pieces.
 */
static bool add_names(struct raise *r, struct ast_expr *set, const struct bc_set *s, const struct item *it, const struct rtype *t,
		      unsigned bytes, const struct rtypes *data)
{
	enum { PIECES = 16 };
	u128 lo = it->key, size;
	uint8_t a[16], b[16];
	unsigned n = 0;

	for (; n < PIECES; n++) {
		size = block_from(lo, it->end, bytes);
		if (it->end - lo == size)
			break;
		lo += size + 1;
	}
	if (n == PIECES)
		return false;
	for (lo = it->key;; lo += size + 1) {
		size = block_from(lo, it->end, bytes);
		value_store(lo, bytes, BO_BIG, a);
		value_store(lo + size, bytes, BO_BIG, b);
		add(r, set, s, it->e, raise_string_span(r, t, a, b, bytes), data);
		if (it->end - lo == size)
			return true;
	}
}

static void add_intervals(struct raise *r, struct ast_expr *set, const struct bc_set *s, struct item *items, size_t n,
			  const struct rtypes *key, const struct rtypes *data)
{
	static const struct rtype big = { .type = &type_integer, .bo = BO_BIG };
	const struct rtype *t = &key->t[0];
	unsigned bytes = s->key_len > 16 ? 16 : s->key_len;

	for (size_t i = 0; i < n; i++)
		items[i].key = raise_load(&big, items[i].e->key.value, items[i].e->key.len);
	qsort(items, n, sizeof(*items), compare);
	n = pair_up(items, n, bytes);
	for (size_t i = 0; i < n; i++) {
		uint8_t lo[16], hi[16];

		if (datatype_is(t->type, &type_string) && add_names(r, set, s, &items[i], t, bytes, data))
			continue;
		value_store(items[i].key, bytes, BO_BIG, lo);
		value_store(items[i].end, bytes, BO_BIG, hi);
		add(r, set, s, items[i].e, spans(r, &(struct rtypes){ 1, { *t } }, lo, hi, bytes), data);
	}
}

static struct ast_expr *key_of(struct raise *r, const struct bc_elem *e, const struct rtypes *t)
{
	if (BC_HAS(e, NFTA_SET_ELEM_KEY_END) && e->key_end.len == e->key.len)
		return spans(r, t, e->key.value, e->key_end.value, e->key.len);
	return raise_bytes_ast(r, t, e->key.value, e->key.len);
}

static void add_plain(struct raise *r, struct ast_expr *set, const struct bc_set *s, struct item *items, size_t n,
		      const struct rtypes *key, const struct rtypes *data)
{
	for (size_t i = 0; i < n; i++)
		items[i].key = order_key(key, &items[i].e->key);
	if (!(s->flags & NFT_SET_INTERVAL))
		qsort(items, n, sizeof(*items), compare);
	for (size_t i = 0; i < n; i++)
		add(r, set, s, items[i].e, key_of(r, items[i].e, key), data);
}

struct ast_expr *raise_elems(struct raise *r, const struct bc_set *s, const struct bc_node *elems, const struct rtypes *key,
			     const struct rtypes *data)
{
	struct ast_expr *set = ast_expr(r->a, AST_SET, (struct place){});
	struct item *items = malloc((count(elems) + 1) * sizeof(*items));
	size_t n = 0;

	if (!items) {
		r->failed = true;
		return set;
	}
	for (const struct bc_node *i = elems; i; i = i->next)
		if (!is_catchall(BC_BODY(i, struct bc_elem)) && BC_BODY(i, struct bc_elem)->key.kind == BC_DATA_VALUE) {
			items[n] = (struct item){ .e = BC_BODY(i, struct bc_elem), .n = n };
			n++;
		}
	if (is_halfopen(s, elems))
		add_intervals(r, set, s, items, n, key, data);
	else
		add_plain(r, set, s, items, n, key, data);
	add_catchall(r, set, s, elems, data);
	free(items);
	return set;
}
