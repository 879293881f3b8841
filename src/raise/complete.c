/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Naming and typing an expression at the place where it is used, and its AST.
 *
 * A bitwise instruction is (a & mask) ^ xor. Written as nft does: a & m ^ x | o, where o are the bits that are
 * set whatever they were:  o = xor & ~mask, m = mask | o, x = xor & mask.
 */
#include "src/raise/rx.h"

static u128 ones(unsigned bits)
{
	return bits >= 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
}

static const struct rx *constant(struct raise *r, const struct rtype *t, u128 v, unsigned len)
{
	uint8_t *p = arena_alloc(r->tmp, len);
	struct rx *e = rx_value(r, p, len);

	value_store(v, len, t->bo, p);
	e->t = *t;
	return e;
}

/* How constants are read that an expression is combined with: a register that is wider than the field is the host's. */
static struct rtype beside(const struct rx *e, unsigned len)
{
	struct rtype t = e->t;

	t.shift = 0;
	if (t.bo == BO_INVALID || len > raise_bytes(t.bits))
		t.bo = BO_HOST;
	if (len > raise_bytes(t.bits))
		t.bits = len * 8;
	if (t.type == &type_integer)
		t.type = &type_xinteger;
	return t;
}

/* Bits are read in hexadecimal. */
static const struct rx *operation(struct raise *r, enum ast_op op, const struct rx *a, const struct rx *b)
{
	struct rx *e = rx_binop(r, op, a, b);

	if (e->t.type == &type_integer)
		e->t.type = &type_xinteger;
	return e;
}

static const struct rx *arithmetic(struct raise *r, const struct rx *a, const struct rx *m)
{
	unsigned len = m->m.mask->len;
	struct rtype t = beside(a, len), raw = t;
	u128 mask, xor, o, all = ones(a->t.bits < len * 8 ? a->t.bits : len * 8);
	const struct rx *e = a;

	raw.bits = len * 8;
	mask = raise_load(&raw, m->m.mask->value, len);
	xor = raise_load(&raw, m->m.xor->value, len);
	o = xor&~mask;
	mask |= o;
	xor &= ~o;
	if ((mask & all) != all)
		e = operation(r, AST_OP_AND, e, constant(r, &t, mask, len));
	if (xor)
		e = operation(r, AST_OP_XOR, e, constant(r, &t, xor, len));
	if (o)
		e = operation(r, AST_OP_OR, e, constant(r, &t, o, len));
	return e;
}

static bool is_zero(const struct bc_data *d)
{
	for (uint32_t i = 0; i < d->len; i++)
		if (d->value[i])
			return false;
	return true;
}

static const struct rx *mask_concat(struct raise *r, const struct rx *cat, const struct rx *m)
{
	struct rx *v = rx_value(r, m->m.mask->value, m->m.mask->len);

	if (!is_zero(m->m.xor))
		r->failed = true;
	return rx_binop(r, AST_OP_AND, cat, v);
}

static const struct rx *complete_mask(struct raise *r, const struct rx *e, bool in_place)
{
	static const struct rtype big = { .type = &type_integer, .bo = BO_BIG };
	const struct rx *a = e->m.a, *f;
	struct rx *c;

	if ((a->kind == RX_PAYLOAD || a->kind == RX_EXTHDR) && is_zero(e->m.xor) && e->m.mask->len == raise_bytes(a->t.bits) &&
	    e->m.mask->len <= 16) {
		f = raise_bitfield(r, a, raise_load(&big, e->m.mask->value, e->m.mask->len));
		if (f && (in_place || !f->t.shift))
			return f;
	}
	a = raise_complete(r, a, false);
	if (a->kind == RX_CONCAT)
		return mask_concat(r, a, e);
	f = arithmetic(r, a, e);
	if (!e->swapped)
		return f;
	c = rx_copy(r, f);
	c->t.bo = c->t.bo == BO_BIG ? BO_HOST : BO_BIG;
	return c;
}

static u128 shift_of(const struct rx *v)
{
	static const struct rtype host = { .type = &type_integer, .bo = BO_HOST };

	return v->kind == RX_VALUE ? raise_load(&host, v->val.p, v->val.len) : ~(u128)0;
}

static const struct rx *complete_shift(struct raise *r, const struct rx *e)
{
	const struct rx *a = e->a;
	struct rx *c;

	if (e->op == AST_OP_RSHIFT && a->kind == RX_MASK) {
		a = raise_complete(r, a, true);
		if (a->t.shift && a->t.shift == shift_of(e->b)) {
			c = rx_copy(r, a);
			c->t.shift = 0;
			c->t.bo = BO_HOST;
			return c;
		}
	}
	a = raise_complete(r, e->a, false);
	c = rx_binop(r, e->op, a, constant(r, &(struct rtype){ &type_integer, 32, BO_HOST, 0 }, shift_of(e->b), 4));
	if (c->t.bits < 32)
		c->t = (struct rtype){ &type_xinteger, 32, BO_HOST, 0 };
	c->t.bo = BO_HOST;
	return c;
}

static const struct rx *complete_binop(struct raise *r, const struct rx *e)
{
	const struct rx *a, *b = e->b;

	if (e->op == AST_OP_LSHIFT || e->op == AST_OP_RSHIFT)
		return complete_shift(r, e);
	a = raise_complete(r, e->a, false);
	if (b->kind == RX_VALUE) {
		struct rx *v = rx_copy(r, b);

		v->t = beside(a, v->val.len);
		b = v;
	} else {
		b = raise_complete(r, b, false);
	}
	return operation(r, e->op, a, b);
}

static const struct rx *complete_concat(struct raise *r, const struct rx *e, bool in_place)
{
	struct rx *c = rx_copy(r, e), **tail = &c->cat.items;

	for (const struct rx *i = e->cat.items; i; i = i->next) {
		*tail = rx_copy(r, raise_complete(r, i, in_place));
		tail = &(*tail)->next;
	}
	return c;
}

const struct rx *raise_complete(struct raise *r, const struct rx *e, bool in_place)
{
	struct rx *c;

	switch (e->kind) {
	case RX_PAYLOAD:
		return raise_payload_name(r, e);
	case RX_EXTHDR:
		return raise_exthdr_name(r, e);
	case RX_MASK:
		return complete_mask(r, e, in_place);
	case RX_BINOP:
		return complete_binop(r, e);
	case RX_CONCAT:
		return complete_concat(r, e, in_place);
	case RX_MAP:
		c = rx_copy(r, e);
		c->a = raise_complete(r, e->a, true);
		return c;
	default:
		return e;
	}
}

void raise_types(const struct rx *e, struct rtypes *out)
{
	out->n = 0;
	if (e->kind != RX_CONCAT) {
		out->t[out->n++] = e->kind == RX_BINOP && e->op == AST_OP_AND && e->a->kind == RX_CONCAT ? e->a->t : e->t;
		if (e->kind == RX_BINOP && e->a->kind == RX_CONCAT)
			raise_types(e->a, out);
		return;
	}
	for (const struct rx *i = e->cat.items; i && out->n < RAISE_CONCAT_MAX; i = i->next)
		out->t[out->n++] = i->t;
}

/* ---- to AST ------------------------------------------------------------------------------------------ */

struct ast_expr *raise_bytes_ast(struct raise *r, const struct rtypes *t, const uint8_t *p, unsigned len)
{
	struct ast_expr *cat;
	unsigned off = 0;

	if (t->n == 1)
		return raise_value(r, &t->t[0], p, len);
	cat = ast_expr(r->a, AST_CONCAT, (struct place){});
	for (unsigned i = 0; i < t->n && off < len; i++) {
		unsigned n = raise_bytes(t->t[i].bits + t->t[i].shift), room = (n + 3) & ~3u;

		if (n > len - off)
			n = len - off;
		ast_list_add(cat, raise_value(r, &t->t[i], p + off, n));
		off += room;
	}
	return cat;
}

static struct ast_expr *set_ast(struct raise *r, const struct rx *e, const struct rtypes *like)
{
	struct rtypes key, data;
	struct ast_expr *ref;

	if (!e->set.anon || !e->set.set) {
		ref = ast_expr(r->a, AST_SETREF, (struct place){});
		ref->text = arena_strdup(r->a, e->set.name);
		return ref;
	}
	raise_set_types(r, e->set.set, &key, &data);
	return raise_elems(r, e->set.set, e->set.elems, like ? like : &key, &data);
}

static struct ast_expr *pair(struct raise *r, enum ast_expr_kind kind, struct ast_expr *a, struct ast_expr *b)
{
	struct ast_expr *e = ast_expr(r->a, kind, (struct place){});

	e->a = a;
	e->b = b;
	return e;
}

static struct ast_expr *concat_ast(struct raise *r, const struct rx *e, const struct rtypes *like)
{
	struct ast_expr *cat = ast_expr(r->a, AST_CONCAT, (struct place){});
	unsigned n = 0;

	for (const struct rx *i = e->cat.items; i; i = i->next, n++)
		ast_list_add(cat, like && n < like->n ? raise_as(r, i, &like->t[n]) : raise_ast(r, i, NULL));
	return cat;
}

static struct ast_expr *range_ast(struct raise *r, const struct rx *e, const struct rtypes *like)
{
	const struct rtype *t = like ? &like->t[0] : &e->t;

	if (datatype_is(t->type, &type_string) || (like && like->n > 1))
		return pair(r, AST_RANGE, raise_ast(r, e->a, like), raise_ast(r, e->b, like));
	return raise_range_ast(r, t, raise_load(t, e->a->val.p, e->a->val.len), raise_load(t, e->b->val.p, e->b->val.len));
}

struct ast_expr *raise_ast(struct raise *r, const struct rx *e, const struct rtypes *like)
{
	struct rtypes own;

	switch (e->kind) {
	case RX_VALUE:
		if (like)
			return raise_bytes_ast(r, like, e->val.p, e->val.len);
		return raise_value(r, &e->t, e->val.p, e->val.len);
	case RX_PAYLOAD:
		return raise_payload_ast(r, e);
	case RX_EXTHDR:
		return raise_exthdr_ast(r, e);
	case RX_META:
	case RX_CT:
	case RX_FIELD:
		return (struct ast_expr *)(void *)arena_memdup(r->a, e->f.ast, sizeof(*e->f.ast));
	case RX_BINOP:
		raise_types(e->a, &own);
		return ast_binary(r->a, e->op, raise_ast(r, e->a, NULL), raise_ast(r, e->b, e->a->kind == RX_CONCAT ? &own : NULL));
	case RX_CONCAT:
		return concat_ast(r, e, like);
	case RX_MAP:
		raise_types(e->a, &own);
		return pair(r, AST_MAP, raise_ast(r, e->a, NULL), raise_ast(r, e->b, &own));
	case RX_SET:
		return set_ast(r, e, like);
	case RX_RANGE:
		return range_ast(r, e, like);
	default:
		r->failed = true;
		return raise_symbol(r, "?");
	}
}

struct ast_expr *raise_as(struct raise *r, const struct rx *e, const struct rtype *like)
{
	struct rtypes t = { .n = 1, .t = { *like } };

	return raise_ast(r, e, &t);
}

struct ast_expr *raise_use(struct raise *r, const struct rx *e, const struct rtype *like)
{
	e = raise_complete(r, e, false);
	return like ? raise_as(r, e, like) : raise_ast(r, e, NULL);
}
