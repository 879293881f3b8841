/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmp: `reg op value`. More bytes than the register's expression has are a concatenation. */
#include "src/raise/rx.h"

static enum ast_op op_of(uint32_t op)
{
	static const uint8_t ops[] = {
		[NFT_CMP_EQ] = AST_OP_EQ,  [NFT_CMP_NEQ] = AST_OP_NE, [NFT_CMP_LT] = AST_OP_LT,
		[NFT_CMP_LTE] = AST_OP_LE, [NFT_CMP_GT] = AST_OP_GT,  [NFT_CMP_GTE] = AST_OP_GE,
	};

	return op < ARRAY_SIZE(ops) ? ops[op] : AST_OP_EQ;
}

static void raise_cmp(struct raise *r, const void *body)
{
	const struct bc_cmp *c = body;
	const struct rx *left = raise_reg_bytes(r, c->sreg, c->data.len);

	if (left)
		raise_match(r, op_of(c->op), left, rx_value(r, c->data.value, c->data.len));
}

const struct raise_type raise_cmp_type = { "cmp", raise_cmp };
