/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bitwise: (reg & mask) ^ xor as one node, since which field or operators it is depends on its use (complete.c);
 * shifts; and the operators on two registers.
 */
#include "src/raise/rx.h"

static const struct rx *masked(struct raise *r, const struct rx *a, const struct bc_bitwise *b)
{
	struct rx *e = rx_new(r, RX_MASK, a->t.type, a->t.bits > b->len * 8 ? a->t.bits : b->len * 8, a->t.bo);

	if (!BC_HAS(b, NFTA_BITWISE_MASK) || !BC_HAS(b, NFTA_BITWISE_XOR) || b->mask.len != b->xor.len || !b->mask.len) {
		r->failed = true;
		return a;
	}
	e->m.a = a;
	e->m.mask = &b->mask;
	e->m.xor = &b->xor ;
	return e;
}

static const struct rx *combined(struct raise *r, enum ast_op op, const struct rx *a, const struct bc_bitwise *b)
{
	const struct rx *right;

	if (BC_HAS(b, NFTA_BITWISE_SREG2))
		right = raise_reg_bytes(r, b->sreg2, b->len);
	else
		right = rx_value(r, b->data.value, b->data.len);
	return right ? rx_binop(r, op, a, right) : NULL;
}

static void raise_bitwise(struct raise *r, const void *body)
{
	static const uint8_t ops[] = {
		[NFT_BITWISE_LSHIFT] = AST_OP_LSHIFT, [NFT_BITWISE_RSHIFT] = AST_OP_RSHIFT, [NFT_BITWISE_AND] = AST_OP_AND,
		[NFT_BITWISE_OR] = AST_OP_OR,         [NFT_BITWISE_XOR] = AST_OP_XOR,
	};
	const struct bc_bitwise *b = body;
	const struct rx *a = raise_reg_bytes(r, b->sreg, b->len);

	if (!a)
		return;
	if (b->op == NFT_BITWISE_BOOL)
		raise_reg_set(r, b->dreg, masked(r, a, b));
	else if (b->op < ARRAY_SIZE(ops))
		raise_reg_set(r, b->dreg, combined(r, ops[b->op], a, b));
	else
		r->failed = true;
}

const struct raise_type raise_bitwise_type = { "bitwise", raise_bitwise };
