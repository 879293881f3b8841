/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set elements to AST: all in a list, or one by one, each in the memory of the one before, for a set may have millions of them.
 * In which order they come, and which pairs are intervals: elems.h.
 */
#include "src/raise/elems.h"

/* ---- one element --------------------------------------------------------------------------------------- */

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

/* An element whose key is made: with its properties and what it is mapped to. */
static struct ast_expr *whole(struct raise *r, const struct elems *of, const struct bc_elem *e, struct ast_expr *key)
{
	key = with_properties(r, e, key);
	if (BC_HAS(e, NFTA_SET_ELEM_DATA) || BC_HAS(e, NFTA_SET_ELEM_OBJREF))
		key = mapped(r, key, data_of(r, of->s, e, &of->data));
	return key;
}

/* ---- intervals ------------------------------------------------------------------------------------------ */

/* The length of the largest block that begins at lo with whole bytes and ends before or at hi. */
static u128 block_from(u128 lo, u128 hi, unsigned bytes)
{
	u128 size = 0, next; /* less one */

	for (unsigned i = 0; i < bytes; i++) {
		next = elems_last(i + 1);
		if ((lo & next) || hi - lo < next)
			break;
		size = next;
	}
	return size;
}

/*
 * Names that were put together by the kernel or by auto-merge, taken apart again: "a*", "b" lie side by side, and a range of
 * names has no text. NULL where that would take too many pieces.
 */
static struct ast_expr *names(struct raise *r, const struct elems *of, const struct bc_elem *e, u128 lo, u128 end)
{
	enum { PIECES = 16 };
	struct ast_expr *first = NULL, **tail = &first;
	unsigned bytes = elems_key_bytes(of);
	u128 size = 0;

	for (unsigned n = 0; n < PIECES; n++, lo += size + 1) {
		uint8_t a[16], b[16];

		size = block_from(lo, end, bytes);
		value_store(lo, bytes, BO_BIG, a);
		value_store(lo + size, bytes, BO_BIG, b);
		*tail = whole(r, of, e, raise_string_span(r, &of->key.t[0], a, b, bytes));
		tail = &(*tail)->next;
		if (end - lo == size)
			return first;
	}
	return NULL;
}

static struct ast_expr *interval(struct raise *r, const struct elems *of, const struct bc_elem *e, u128 from, u128 to)
{
	unsigned bytes = elems_key_bytes(of);
	uint8_t lo[16], hi[16];
	struct ast_expr *x;

	if (datatype_is(of->key.t[0].type, &type_string) && (x = names(r, of, e, from, to)))
		return x;
	value_store(from, bytes, BO_BIG, lo);
	value_store(to, bytes, BO_BIG, hi);
	return whole(r, of, e, spans(r, &(struct rtypes){ 1, { of->key.t[0] } }, lo, hi, bytes));
}

/* ---- all ------------------------------------------------------------------------------------------------ */

static struct ast_expr *key_of(struct raise *r, const struct bc_elem *e, const struct rtypes *t)
{
	if (BC_HAS(e, NFTA_SET_ELEM_KEY_END) && e->key_end.len == e->key.len)
		return spans(r, t, e->key.value, e->key_end.value, e->key.len);
	return raise_bytes_ast(r, t, e->key.value, e->key.len);
}

/* The next element in order as a list of mostly one, or NULL. */
static struct ast_expr *next(struct raise *r, struct elems *of)
{
	struct bc_elem room;
	const struct bc_elem *e;
	u128 from, to;

	e = elems_next(of, r->tmp, &room, &from, &to);
	if (!e)
		return NULL;
	if (e->flags & NFT_SET_ELEM_CATCHALL)
		return whole(r, of, e, ast_expr(r->a, AST_WILDCARD, (struct place){}));
	if (of->halfopen)
		return interval(r, of, e, from, to);
	return whole(r, of, e, key_of(r, e, &of->key));
}

struct ast_expr *raise_elems(struct raise *r, const struct bc_set *s, const struct bc_node *elems, const struct rtypes *key,
			     const struct rtypes *data)
{
	struct ast_expr *set = ast_expr(r->a, AST_SET, (struct place){}), *e, *rest;
	struct elems of = { .s = s, .nodes = elems, .key = *key, .data = *data };

	if (elems_open(&of)) {
		r->failed = true;
		return set;
	}
	while ((e = next(r, &of)))
		for (; e; e = rest) {
			rest = e->next;
			e->next = NULL;
			ast_list_add(set, e);
		}
	elems_close(&of);
	return set;
}

/* ---- one by one ----------------------------------------------------------------------------------------- */

struct stream {
	struct ast_source source;
	struct raise r;
	struct elems of;
	struct arena *mem;           /* of one element; NULL: not begun */
	const struct ast_expr *left; /* of the element made last */
};

static void stream_end(struct stream *st)
{
	elems_close(&st->of);
	arena_free(&st->mem);
	raise_done(&st->r);
}

static bool stream_begin(struct stream *st)
{
	st->mem = arena_new();
	st->r.a = st->r.tmp = st->mem;
	if (!elems_open(&st->of))
		return true;
	stream_end(st);
	return false;
}

static const struct ast_expr *stream_next(struct ast_source *source)
{
	struct stream *st = (struct stream *)source;
	const struct ast_expr *e = st->left;

	if (!st->mem && !stream_begin(st))
		return NULL;
	if (!e) {
		arena_reset(st->mem);
		e = next(&st->r, &st->of);
	}
	if (e)
		st->left = e->next;
	else
		stream_end(st);
	return e;
}

struct ast_source *raise_stream(const struct raise_ctx *c, uint8_t family, const struct bc_set *s, struct bc_bytes packed)
{
	struct stream *st = arena_new_of(c->a, struct stream);

	raise_init(&st->r, c, family, s->table);
	st->source.next = stream_next;
	st->of = (struct elems){ .s = s, .packed = packed };
	raise_set_types(&st->r, s, &st->of.key, &st->of.data);
	return &st->source;
}
