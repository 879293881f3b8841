/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements of sets and maps: from the AST to records of bytes that sort and compare as memory. Built for lists of millions: no node
 * is allocated for an element that has nothing but its key.
 *
 * Each part of a key is stored most significant byte first (names: as their characters), padded to four bytes in a concatenation. An element's
 * upper end follows its lower one.
 */
#include <stdlib.h>
#include <string.h>

#include "bytecode/nf.h"
#include "parser/parse.h"
#include "src/types/time.h"
#include "src/types/typed.h"

enum { PARTS = 16 };

struct adder {
	struct eval *v;
	const struct tset *set;
	const struct telem_shift *shift;
	struct telems *out;
	struct expect part[PARTS];
	uint32_t bytes[PARTS], room[PARTS];
	unsigned n;
	bool upper;                  /* records hold an upper end */
};

static int setup(struct adder *a)
{
	const struct tx *k = a->set->key;
	uint32_t off = 0;

	if (k->kind != TX_CONCAT) {
		a->part[0] = expect_like(k);
		a->bytes[0] = a->room[0] = tx_bytes(k);
		a->n = 1;
		off = a->room[0];
	}
	for (const struct tx *p = k->kind == TX_CONCAT ? k->parts : NULL; p; p = p->next) {
		if (a->n == PARTS)
			return diag_error(a->v->d, a->set->at, "too many concatenation components");
		a->part[a->n] = expect_like(p);
		a->bytes[a->n] = tx_bytes(p);
		a->room[a->n] = (a->bytes[a->n] + 3) & ~3u;
		off += a->room[a->n++];
	}
	a->upper = a->set->flags & (NFT_SET_INTERVAL | NFT_SET_ANONYMOUS);
	if (!a->out->n) {
		a->out->klen = off;
		a->out->size = (uint32_t)(sizeof(struct telem) + off * (a->upper ? 2 : 1) + 7) & ~7u;
	}
	return 0;
}

struct telem *telems_new(struct telems *out)
{
	struct telem *e;
	char *mem;

	if (out->n == out->cap) {
		uint32_t cap = out->cap ? out->cap + out->cap / 2 : 16;

		mem = realloc(out->mem, (size_t)cap * out->size);
		if (!mem)
			abort();
		out->mem = mem;
		out->cap = cap;
	}
	e = telem_at(out, out->n++);
	memset(e, 0, out->size);
	return e;
}

static bool is_string(const struct expect *x)
{
	return type_root(x->type) == &type_string;
}

static void store(const struct expect *x, u128 n, uint32_t bytes, uint8_t *to)
{
	value_store(n, bytes, is_string(x) ? BO_HOST : BO_BIG, to);
}

/* The upper end of a prefix, as bytes: all behind its bits is ones. */
static void store_prefix(const struct expect *x, u128 n, unsigned len, uint32_t bytes, uint8_t *lo, uint8_t *hi)
{
	store(x, n, bytes, lo);
	memcpy(hi, lo, bytes);
	for (unsigned i = len; i < bytes * 8; i++) {
		lo[i / 8] &= (uint8_t)~(0x80 >> i % 8);
		hi[i / 8] |= (uint8_t)(0x80 >> i % 8);
	}
}

static u128 shifted(const struct adder *a, u128 n)
{
	return (n << a->shift->left >> a->shift->right) ^ a->shift->xor;
}

/* Bits of a part's bytes before its value: 4 for the 12 bits of a VLAN's id. */
static unsigned spare_bits(const struct adder *a, unsigned i)
{
	return is_string(&a->part[i]) ? 0 : a->bytes[i] * 8 - a->part[i].bits - a->shift->left;
}

static int part_general(struct adder *a, const struct ast_expr *e, unsigned i, uint8_t *lo, uint8_t *hi, bool *range)
{
	const struct expect *x = &a->part[i];
	struct tx *t = eval_expr(a->v, e, *x);

	if (!t)
		return -1;
	if (!t->constant)
		return diag_error(a->v->d, t->at, "Set member is not constant");
	switch ((enum tx_kind)t->kind) {
	case TX_VALUE:
		store(x, shifted(a, t->v), a->bytes[i], lo);
		if (hi)
			memcpy(hi, lo, a->bytes[i]);
		return 0;
	case TX_PREFIX:
	case TX_RANGE:
		if (!hi)
			return diag_error(a->v->d, t->at, "You must add 'flags interval' to your %s declaration if you want to add %s elements",
					  a->set->data || a->set->obj_type ? "map" : "set", t->kind == TX_PREFIX ? "prefix" : "range");
		*range = true;
		if (t->kind == TX_PREFIX) {
			store_prefix(x, shifted(a, t->a->v), t->len + spare_bits(a, i), a->bytes[i], lo, hi);
			return 0;
		}
		if (t->a->v > t->b->v)
			return diag_error(a->v->d, t->at, "Range negative size");
		store(x, shifted(a, t->a->v), a->bytes[i], lo);
		store(x, shifted(a, t->b->v), a->bytes[i], hi);
		return 0;
	default:
		return diag_error(a->v->d, t->at, "Set member cannot be a %s", tx_kind_name(t));
	}
}

static bool is_word(const struct ast_expr *e)
{
	return e->kind == AST_SYMBOL || e->kind == AST_NUMBER || e->kind == AST_STRING;
}

/* a-b and a/n of plain words and integer types, without a node for either. 1: not that. */
static int part_range(struct adder *a, const struct ast_expr *e, unsigned i, uint8_t *lo, uint8_t *hi)
{
	const struct expect *x = &a->part[i];
	unsigned prefix_bits;
	u128 from, to;

	if (!hi || is_string(x) || a->shift->left || a->shift->right || a->shift->xor || !is_word(e->a))
		return 1;
	if (e->kind == AST_RANGE && !is_word(e->b))
		return 1;
	if (eval_scalar(a->v, e->a, x, &from, &prefix_bits))
		return -1;
	if (e->kind == AST_PREFIX) {
		if (e->num > x->bits)
			return 1;
		store_prefix(x, from, (unsigned)e->num + spare_bits(a, i), a->bytes[i], lo, hi);
		return 0;
	}
	if (eval_scalar(a->v, e->b, x, &to, &prefix_bits))
		return -1;
	if (from > to)
		return diag_error(a->v->d, e->at, "Range negative size");
	store(x, from, a->bytes[i], lo);
	store(x, to, a->bytes[i], hi);
	return 0;
}

static int part(struct adder *a, const struct ast_expr *e, unsigned i, uint8_t *lo, uint8_t *hi, bool *range)
{
	unsigned prefix_bits;
	int err;
	u128 n;

	e = eval_deref(e);
	if (!e)
		return -1;
	if (e->kind == AST_RANGE || e->kind == AST_PREFIX) {
		err = part_range(a, e, i, lo, hi);
		*range |= !err;
		if (err <= 0)
			return err;
	}
	if (!is_word(e))
		return part_general(a, e, i, lo, hi, range);
	if (eval_scalar(a->v, e, &a->part[i], &n, &prefix_bits))
		return -1;
	if (prefix_bits)
		return part_general(a, e, i, lo, hi, range);
	store(&a->part[i], shifted(a, n), a->bytes[i], lo);
	if (hi)
		memcpy(hi, lo, a->bytes[i]);
	return 0;
}

static int mismatch(struct adder *a, const struct ast_expr *e)
{
	if (e->kind == AST_CONCAT)
		return diag_error(a->v->d, e->at, "datatype mismatch, expected %s, expression has type concatenation",
				  tx_type_desc(a->v->a, a->set->key));
	return diag_error(a->v->d, e->at, "datatype mismatch, expected %s, expression has a single value", tx_type_desc(a->v->a, a->set->key));
}

static int key(struct adder *a, const struct ast_expr *e, struct telem *r)
{
	uint8_t *lo = r->key, *hi = a->upper ? r->key + a->out->klen : NULL;
	const struct ast_expr *p;
	bool range = false;
	unsigned i = 0;

	if (e->kind == AST_WILDCARD) {
		r->flags |= ELEM_CATCHALL;
		return 0;
	}
	if (a->set->key->kind != TX_CONCAT) {
		if (e->kind == AST_CONCAT)
			return mismatch(a, e);
		if (part(a, e, 0, lo, hi, &range))
			return -1;
	} else {
		if (e->kind != AST_CONCAT)
			return mismatch(a, e);
		for (p = e->items; p; p = p->next, i++) {
			if (i == a->n || (!p->next && i + 1 != a->n))
				return mismatch(a, e);
			if (part(a, p, i, lo, hi, &range))
				return -1;
			lo += a->room[i];
			hi = hi ? hi + a->room[i] : NULL;
		}
	}
	if (range) {
		r->flags |= ELEM_RANGE;
		a->out->ranges = true;
	}
	return 0;
}

static int time_option(struct adder *a, const struct ast_opt *o, uint64_t *ms)
{
	const char *why = NULL;
	const struct ast_expr *val = eval_deref(o->val);

	if (!val || !val->text || duration_parse(val->text, ms, &why))
		return diag_error(a->v->d, val ? val->at : o->at, "%s", why ? why : "wrong time format");
	return 0;
}

static int options(struct adder *a, const struct ast_expr *e, struct telem_props *p)
{
	struct tstmt **tail = &p->stmts;

	for (const struct ast_opt *o = e->opts; o; o = o->next) {
		if (!strcmp(o->name, "timeout")) {
			p->has_timeout = true;
			if (time_option(a, o, &p->timeout_ms))
				return -1;
		} else if (!strcmp(o->name, "expires")) {
			p->has_expires = true;
			if (time_option(a, o, &p->expires_ms))
				return -1;
		} else if (!strcmp(o->name, "comment")) {
			p->comment = o->val ? o->val->text : "";
			if (strlen(p->comment) > 128)
				return diag_error(a->v->d, o->at, "comment too long, 128 characters maximum allowed");
		} else {
			return diag_error(a->v->d, o->at, "unknown element option '%s'", o->name);
		}
	}
	for (const struct ast_stmt *s = e->stmts; s; s = s->next) {
		struct tstmt *t = arena_new_of(a->v->a, struct tstmt);

		if (eval_stmt(a->v, s, t))
			return -1;
		if (!t->type->stateful)
			return diag_error(a->v->d, s->at, "meter statement must be stateful");
		*tail = t;
		tail = &t->next;
	}
	return 0;
}

static int data(struct adder *a, const struct ast_expr *e, struct telem_props *p)
{
	const struct ast_expr *val = eval_deref(e);

	if (a->set->obj_type) {
		if (!val || !val->text || (val->kind != AST_SYMBOL && val->kind != AST_STRING))
			return diag_error(a->v->d, e->at, "expected the name of an object");
		p->obj = val->text;
		return 0;
	}
	if (!a->set->data)
		return diag_error(a->v->d, e->at, "mapping outside of map context");
	p->data = eval_expr(a->v, e, expect_like(a->set->data));
	if (!p->data)
		return -1;
	if (!p->data->constant)
		return diag_error(a->v->d, e->at, "Value must be a constant");
	if (p->data->kind == TX_SET || !tx_same_type(p->data, a->set->data))
		return diag_error(a->v->d, e->at, "datatype mismatch, expected %s, expression has type %s", tx_type_desc(a->v->a, a->set->data),
				  tx_type_desc(a->v->a, p->data));
	if (p->data->kind == TX_VALUE)
		p->data->bo = a->set->data->bo;
	return 0;
}

static int one(struct adder *a, const struct ast_expr *e);

/* Room for a list at once: growing it would hold it twice for a while. */
static void reserve(struct telems *out, const struct ast_expr *list)
{
	uint32_t n = 0;
	char *mem;

	for (const struct ast_expr *i = list->items; i; i = i->next)
		n += i->kind == AST_PLAIN ? i->plain->n : 1;
	if (out->n + n <= out->cap)
		return;
	mem = realloc(out->mem, (size_t)(out->n + n) * out->size);
	if (!mem)
		abort();
	out->mem = mem;
	out->cap = out->n + n;
}

static int run(struct adder *a, const struct ast_expr *plain)
{
	struct ast_plain_room room;

	for (uint32_t i = 0; i < plain->plain->n; i++)
		if (one(a, ast_plain_item(a->v->d->texts, plain, i, &room)))
			return -1;
	return 0;
}

static int all(struct adder *a, const struct ast_expr *list)
{
	reserve(a->out, list);
	for (const struct ast_expr *i = list->items; i; i = i->next)
		if (i->kind == AST_PLAIN ? run(a, i) : one(a, i))
			return -1;
	return 0;
}

static int one(struct adder *a, const struct ast_expr *e)
{
	const struct ast_expr *k = eval_deref(e), *value = NULL;
	struct telem_props *p = NULL;
	struct telem *r;
	uint32_t at;

	if (!k)
		return -1;
	if (k->kind == AST_SET)
		return all(a, k);
	if (k->kind == AST_MAPPING) {
		value = k->b;
		k = eval_deref(k->a);
	}
	if (value || k->kind == AST_ELEM)
		p = arena_new_of(a->v->a, struct telem_props);
	if (k->kind == AST_ELEM) {
		if (options(a, k, p))
			return -1;
		k = eval_deref(k->a);
	}
	if (value && data(a, value, p))
		return -1;
	if (!value && (a->set->data || a->set->obj_type) && !a->v->in_set)
		return diag_error(a->v->d, e->at, "missing data in mapping");
	at = a->out->n;
	r = telems_new(a->out);
	r->at = k->at;
	r->props = p;
	if (key(a, k, r)) {
		a->out->n = at;
		return -1;
	}
	return 0;
}

int eval_elems(struct eval *v, const struct tset *set, const struct ast_expr *items, const struct telem_shift *shift, struct telems *out)
{
	static const struct telem_shift none;
	struct adder a = { .v = v, .set = set, .shift = shift ? shift : &none, .out = out };
	uint32_t stmt_bits = v->stmt_bits;
	int err;

	if (setup(&a))
		return -1;
	v->stmt_bits = 0;
	err = items->kind == AST_SET ? all(&a, items) : one(&a, items);
	v->stmt_bits = stmt_bits;
	return err;
}
