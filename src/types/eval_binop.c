/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operators: & | ^ << >> and ~, byte order conversions, and moving constants from one side of a comparison to the other.
 *
 *     ip dscp cs1          (byte 1 of the header & 0xfc) >> 2 == 8    becomes    byte 1 & 0xfc == 0x20
 *     ct mark ^ 3 != 1                                               becomes    ct mark != 2
 */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/typed.h"

static const char *const op_names[] = {
	[AST_OP_AND] = "&", [AST_OP_OR] = "|", [AST_OP_XOR] = "^", [AST_OP_LSHIFT] = "<<", [AST_OP_RSHIFT] = ">>",
};

static u128 mask_of(uint32_t bits)
{
	return bits >= 128 ? ~(u128)0 : ((u128)1 << bits) - 1;
}

struct tx *eval_order(struct eval *v, struct tx *e, enum byteorder bo)
{
	static const char *const names[] = { [BO_INVALID] = "invalid", [BO_HOST] = "host endian", [BO_BIG] = "big endian" };
	struct tx *u;

	if (e->kind == TX_CONCAT) {
		for (struct tx **p = &e->parts; *p; p = &(*p)->next) {
			struct tx *next = (*p)->next;

			u = eval_order(v, *p, bo);
			if (!u)
				return NULL;
			u->next = next;
			*p = u;
		}
		return e;
	}
	if (e->bo == bo || type_root(e->type) == &type_string)
		return e;
	if (type_root(e->type) != &type_integer) {
		diag_error(v->d, e->at, "Byteorder mismatch: %s expected %s, %s got %s", names[bo], tx_kind_name(e), tx_kind_name(e), names[e->bo]);
		return NULL;
	}
	if (e->constant || e->bits <= 8) {
		e->bo = (uint8_t)bo;
		if (e->kind == TX_RANGE || e->kind == TX_PREFIX)
			e->a->bo = (uint8_t)bo;
		if (e->kind == TX_RANGE)
			e->b->bo = (uint8_t)bo;
		return e;
	}
	if (e->kind == TX_MAP || e->kind == TX_LOAD || e->kind == TX_BINOP || e->kind == TX_ORDER) {
		u = tx_new(v, TX_ORDER, e->at, e->type, bo, e->bits);
		u->vbits = e->vbits;
		u->op = bo == BO_BIG ? NFT_BYTEORDER_HTON : NFT_BYTEORDER_NTOH;
		u->a = e;
		return u;
	}
	return e;
}

static u128 compute(enum ast_op op, u128 a, u128 b, uint32_t bits)
{
	switch (op) {
	case AST_OP_AND:
		return a & b;
	case AST_OP_OR:
		return a | b;
	case AST_OP_XOR:
		return a ^ b;
	case AST_OP_LSHIFT:
		return b >= 128 ? 0 : (a << b) & mask_of(bits);
	default:
		return b >= 128 ? 0 : a >> b;
	}
}

static struct tx *fold(struct eval *v, const struct ast_expr *e, enum ast_op op, struct tx *a, const struct tx *b, uint32_t bits)
{
	return tx_value(v, e->at, a->type, a->bo, bits, compute(op, a->v, b->v, bits));
}

static struct tx *shift(struct eval *v, const struct ast_expr *e, enum ast_op op, struct tx *a, struct tx *b)
{
	uint32_t bits = a->bits > v->stmt_bits ? a->bits : v->stmt_bits;
	struct tx *r;

	if (b->v > UINT32_MAX)
		return diag_error(v->d, b->at, "shifts exceeding %u bits", UINT32_MAX), NULL;
	if (b->v >= bits) {
		diag_error(v->d, b->at, "%s shift of %u bits is undefined for type of %u bits width", op == AST_OP_LSHIFT ? "Left" : "Right",
			   (unsigned)b->v, a->bits);
		return NULL;
	}
	a = eval_order(v, a, BO_HOST);
	if (!a)
		return NULL;
	b->bo = BO_HOST;
	if (a->constant)
		return fold(v, e, op, a, b, bits);
	r = tx_binop(v, op, a, b);
	r->at = e->at;
	r->bo = BO_HOST;
	r->bits = bits;
	return r;
}

/* (x op c) op d is x op (c op d), so that the kernel computes once. */
static bool folds_with(const struct tx *a, enum ast_op op, const struct tx *b)
{
	return b->constant && a->kind == TX_BINOP && a->op == op && a->b->constant && a->bits == b->bits;
}

static struct tx *bitwise(struct eval *v, const struct ast_expr *e, enum ast_op op, struct tx *a, struct tx *b)
{
	uint32_t bits = a->bits > b->bits ? a->bits : b->bits;
	struct tx *r;

	if (a->constant && !b->constant) { /* 1 | ct mark is ct mark | 1 */
		r = a;
		a = b;
		b = r;
	}
	if (a->bo != b->bo && bits > 8) {
		b = eval_order(v, b, a->bo);
		if (!b)
			return NULL;
	}
	if (a->constant)
		return fold(v, e, op, a, b, bits);
	if (b->constant)
		b->bo = a->bo;
	if (folds_with(a, op, b)) {
		b = tx_value(v, b->at, b->type, b->bo, bits, compute(op, a->b->v, b->v, bits));
		a = a->a;
	}
	r = tx_binop(v, op, a, b);
	r->at = e->at;
	r->bits = bits;
	if (a->bits < bits && a->bo == BO_BIG && a->bits > 8)
		r->bits = a->bits;
	return r;
}

static int check_operand(struct eval *v, const struct ast_expr *e, const struct tx *t, const char *op)
{
	if (t->kind == TX_CONCAT || t->kind == TX_SET || t->kind == TX_VERDICT)
		return diag_error(v->d, e->at, "Binary operation (%s) is undefined for %s expressions", op, tx_kind_name(t));
	if (type_root(t->type) != &type_integer && type_root(t->type) != &type_string)
		return diag_error(v->d, e->at, "Binary operation (%s) is undefined for %s types", op, t->type->desc);
	if (t->constant && t->kind != TX_VALUE)
		return diag_error(v->d, e->at, "Binary operation (%s) is undefined for %s expressions", op, tx_kind_name(t));
	return 0;
}

struct tx *eval_binop(struct eval *v, const struct ast_expr *e, struct expect x)
{
	enum ast_op op = e->op;
	const char *name = op_names[op];
	bool shifts = op == AST_OP_LSHIFT || op == AST_OP_RSHIFT;
	struct tx *a = eval_expr(v, e->a, x), *b;
	struct expect y;

	if (!a || check_operand(v, e, a, name))
		return NULL;
	y = expect_like(a);
	if (a->constant && x.type)
		y = x;
	if (shifts)
		y = expect_type(&type_integer, BO_HOST, 32);
	else if (v->stmt_bits > y.bits || !y.bits)
		y.bits = v->stmt_bits > a->bits ? v->stmt_bits : a->bits;
	y.max = 0;
	if (v->stmt_bits && !shifts && !a->constant)
		y.bo = BO_HOST;
	b = eval_expr(v, e->b, y);
	if (!b || check_operand(v, e, b, name))
		return NULL;
	if (type_root(a->type) != type_root(b->type)) {
		diag_error(v->d, e->at, "Binary operation (%s) with different base types (%s vs %s) is not supported", name, a->type->name,
			   b->type->name);
		return NULL;
	}
	if (!shifts)
		return bitwise(v, e, op, a, b);
	if (!b->constant) {
		diag_error(v->d, b->at, "Right hand side of binary operation (%s) must be constant", name);
		return NULL;
	}
	return shift(v, e, op, a, b);
}

struct tx *eval_unary(struct eval *v, const struct ast_expr *e, struct expect x)
{
	struct tx *a = eval_expr(v, e->a, x);

	if (!a)
		return NULL;
	if (a->kind != TX_VALUE) {
		diag_error(v->d, e->at, "Unary operation is only defined for constants");
		return NULL;
	}
	return tx_value(v, e->at, a->type, a->bo, a->bits, ~a->v & mask_of(a->bits));
}

/* ---- from the left of a comparison to the right ---------------------------------------------------- */

/* What a right shift would have dropped is masked instead. */
static struct tx *mask_for(struct eval *v, struct tx *e, uint32_t by)
{
	struct tx *a = e->a;
	u128 mask = mask_of(a->bits) >> by << by;

	if (a->kind == TX_ORDER && a->a->kind == TX_BINOP && a->a->op == AST_OP_AND) /* turned only to be shifted */
		a = a->a;
	if (a->kind == TX_BINOP && a->op == AST_OP_AND && a->b->constant) {
		a->b->v &= mask;
		a->type = e->type;
		return a;
	}
	a = tx_binop(v, AST_OP_AND, a, tx_value(v, e->b->at, e->type, a->bo, a->bits, mask));
	a->type = e->type;
	return a;
}

static bool transferable(const struct tx *e)
{
	return e->kind == TX_BINOP && e->b->constant && (e->op == AST_OP_RSHIFT || e->op == AST_OP_LSHIFT || e->op == AST_OP_XOR);
}

/* Only what is shifted to the right keeps its order. */
static bool transferable_to(const struct tx *left, const struct tx *right, bool ordered)
{
	if (!transferable(left))
		return false;
	if (left->op == AST_OP_RSHIFT)
		return right->kind == TX_VALUE || right->kind == TX_RANGE || right->kind == TX_PREFIX;
	return right->kind == TX_VALUE && !ordered;
}

static int transfer_value(struct eval *v, const struct tx *left, struct tx *right)
{
	u128 n = left->b->v, x = right->v;

	switch (left->op) {
	case AST_OP_LSHIFT:
		if (x & mask_of((uint32_t)n))
			return diag_error(v->d, right->at, "Comparison is always false");
		x >>= n;
		break;
	case AST_OP_RSHIFT:
		if (n < 128 && (x << n >> n != x || x << n > mask_of(left->a->bits)))
			return diag_error(v->d, right->at, "Comparison is always false");
		x <<= n;
		break;
	default:
		x ^= n;
	}
	right->v = x;
	right->bits = left->a->bits;
	return 0;
}

static int transfer_ends(struct eval *v, const struct tx *left, struct tx *right)
{
	if (right->kind == TX_VALUE)
		return transfer_value(v, left, right);
	if (transfer_value(v, left, right->a) || (right->kind == TX_RANGE && transfer_value(v, left, right->b)))
		return -1;
	if (right->kind == TX_PREFIX) /* the bits shifted out are as good as masked, those above the field are none of it */
		right->len += left->a->bits - (uint32_t)left->b->v - right->bits;
	return 0;
}

int eval_transfer(struct eval *v, struct tx **left, struct tx **right, bool ordered)
{
	struct tx *l = *left, *r = *right;

	if (!transferable_to(l, r, ordered))
		return 0;
	if (transfer_ends(v, l, r))
		return -1;
	if (l->op == AST_OP_RSHIFT) {
		l = mask_for(v, l, (uint32_t)l->b->v);
	} else {
		l->a->type = l->type;
		l = l->a;
	}
	r->bits = l->bits;
	if (!eval_order(v, r, l->bo))
		return -1;
	*left = l;
	*right = r;
	return 0;
}

void eval_transfer_elems(struct eval *v, struct tx **left, struct telem_shift *s)
{
	struct tx *l = *left;

	*s = (struct telem_shift){ 0 };
	if (!transferable(l) || l->op == AST_OP_LSHIFT)
		return;
	if (l->op == AST_OP_XOR) {
		s->xor = l->b->v;
		l->a->type = l->type;
		*left = l->a;
		return;
	}
	s->left = (uint8_t)l->b->v;
	*left = mask_for(v, l, (uint32_t)l->b->v);
	(*left)->vbits = l->vbits ? l->vbits : (uint16_t)(l->bits - s->left);
}
