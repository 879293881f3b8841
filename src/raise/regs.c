/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers on the way back: which expression each 4-byte slot holds while the expressions of a rule are read in order.
 * The kernel's 16-byte registers 1–4 are the slots 0, 4, 8, 12, its 4-byte registers NFT_REG32_00… the slots 0, 1, ….
 * An expression stands in its first slot; those behind belong to it but are not marked.
 */
#include "src/raise/rx.h"

struct rx *rx_new(struct raise *r, enum rx_kind kind, const struct datatype *type, unsigned bits, enum byteorder bo)
{
	struct rx *e = arena_new_of(r->tmp, struct rx);

	e->kind = kind;
	e->t = (struct rtype){ .type = type, .bits = bits, .bo = bo };
	return e;
}

struct rx *rx_copy(struct raise *r, const struct rx *e)
{
	struct rx *c = arena_new_of(r->tmp, struct rx);

	*c = *e;
	c->next = NULL;
	return c;
}

struct rx *rx_value(struct raise *r, const void *p, uint32_t len)
{
	struct rx *e = rx_new(r, RX_VALUE, &type_integer, len * 8, BO_INVALID);

	e->val.p = p;
	e->val.len = len;
	return e;
}

struct rx *rx_binop(struct raise *r, enum ast_op op, const struct rx *a, const struct rx *b)
{
	struct rx *e = rx_new(r, RX_BINOP, a->t.type, a->t.bits, a->t.bo);

	e->op = op;
	e->a = a;
	e->b = b;
	return e;
}

struct rx *rx_field(struct raise *r, const char *head, const char *const *words, const struct datatype *type, unsigned bits,
		    enum byteorder bo)
{
	struct rx *e = rx_new(r, RX_FIELD, type, bits, bo);

	e->f.ast = ast_field(r->a, head, (struct place){});
	for (; *words; words++)
		ast_field_word(r->a, e->f.ast, *words, (struct place){});
	return e;
}

struct rx *rx_range(struct raise *r, const struct rx *of, const struct rx *from, const struct rx *to)
{
	struct rx *e = rx_new(r, RX_RANGE, of->t.type, of->t.bits, of->t.bo);

	e->a = from;
	e->b = to;
	return e;
}

static int slot_of(uint32_t reg)
{
	if (reg >= NFT_REG_1 && reg <= NFT_REG_4)
		return (reg - NFT_REG_1) * 4;
	if (reg >= NFT_REG32_00 && reg < NFT_REG32_00 + RAISE_SLOTS)
		return reg - NFT_REG32_00;
	return -1;
}

void raise_reg_set(struct raise *r, uint32_t reg, const struct rx *e)
{
	int s = slot_of(reg);

	if (s < 0 || !e)
		r->failed = true;
	else
		r->reg[s] = e;
}

static const struct rx *at_slot(struct raise *r, int s)
{
	if (s >= 0 && s < RAISE_SLOTS && r->reg[s])
		return r->reg[s];
	r->failed = true;
	return NULL;
}

const struct rx *raise_reg(struct raise *r, uint32_t reg)
{
	return at_slot(r, slot_of(reg));
}

static unsigned slots_of(const struct rx *e)
{
	return e->t.bits ? (e->t.bits + 31) / 32 : 1;
}

/* A constant that is longer than asked for is a concatenation already (map data): it stays whole. */
const struct rx *raise_reg_bytes(struct raise *r, uint32_t reg, uint32_t len)
{
	int s = slot_of(reg), left = len;
	const struct rx *e = at_slot(r, s);
	struct rx *cat, **tail;

	if (!e || slots_of(e) * 4 >= len)
		return e;
	cat = rx_new(r, RX_CONCAT, &type_invalid, len * 8, BO_INVALID);
	for (tail = &cat->cat.items; left > 0 && cat->cat.n < RAISE_CONCAT_MAX; cat->cat.n++) {
		e = at_slot(r, s);
		if (!e)
			return NULL;
		*tail = rx_copy(r, e);
		tail = &(*tail)->next;
		s += slots_of(e);
		left -= slots_of(e) * 4;
	}
	return cat;
}
