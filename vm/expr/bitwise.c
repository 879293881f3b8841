/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "bitwise": (source & mask) ^ xor, shifts, and, or, xor of a constant or of a second register. Reference: net/netfilter/nft_bitwise.c.
 */
#include <errno.h>

#include "vm/expr/hot.h"

struct ins_bitwise {
	struct vm_ins head; /* a: source, b: destination, c: NFT_BITWISE_*, len: bytes */
	uint8_t sreg2;      /* 0: none, the constant is in x */
	uint32_t shift;
	uint32_t mask[4], x[4];
};

static void shift_left(uint32_t *dst, const uint32_t *src, uint32_t words, uint32_t by)
{
	uint32_t carry = 0;

	for (uint32_t n = words; n > 0; n--) {
		uint32_t w = src[n - 1];

		dst[n - 1] = w << by | carry;
		carry = by ? w >> (32 - by) : 0;
	}
}

static void shift_right(uint32_t *dst, const uint32_t *src, uint32_t words, uint32_t by)
{
	uint32_t carry = 0;

	for (uint32_t n = 0; n < words; n++) {
		uint32_t w = src[n];

		dst[n] = carry | w >> by;
		carry = by ? w << (32 - by) : 0;
	}
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_bitwise *i = (const struct ins_bitwise *)ins;
	const uint32_t *src = &regs->w[ins->a], *with = i->sreg2 ? &regs->w[i->sreg2] : i->x;
	uint32_t *dst = &regs->w[ins->b], words = expr_words(ins->len);

	switch (ins->c) {
	case NFT_BITWISE_MASK_XOR:
		for (uint32_t n = 0; n < words; n++)
			dst[n] = (src[n] & i->mask[n]) ^ i->x[n];
		break;
	case NFT_BITWISE_LSHIFT:
		shift_left(dst, src, words, i->shift);
		break;
	case NFT_BITWISE_RSHIFT:
		shift_right(dst, src, words, i->shift);
		break;
	case NFT_BITWISE_AND:
		for (uint32_t n = 0; n < words; n++)
			dst[n] = src[n] & with[n];
		break;
	case NFT_BITWISE_OR:
		for (uint32_t n = 0; n < words; n++)
			dst[n] = src[n] | with[n];
		break;
	case NFT_BITWISE_XOR:
		for (uint32_t n = 0; n < words; n++)
			dst[n] = src[n] ^ with[n];
		break;
	}
}

/* ---- build ---- */

static int check_mask_xor(const struct bc_bitwise *x)
{
	int err;

	if (BC_HAS(x, NFTA_BITWISE_DATA) || BC_HAS(x, NFTA_BITWISE_SREG2))
		return -EINVAL;
	if (!BC_HAS(x, NFTA_BITWISE_MASK) || !BC_HAS(x, NFTA_BITWISE_XOR))
		return -EINVAL;
	err = expr_value(&x->mask, EXPR_DATA_MAX, x->len);
	return err ? err : expr_value(&x->xor, EXPR_DATA_MAX, x->len);
}

static int read_shift(const struct bc_bitwise *x, struct ins_bitwise *i)
{
	int err;

	if (BC_HAS(x, NFTA_BITWISE_MASK) || BC_HAS(x, NFTA_BITWISE_XOR) || BC_HAS(x, NFTA_BITWISE_SREG2) || !BC_HAS(x, NFTA_BITWISE_DATA))
		return -EINVAL;
	err = expr_value(&x->data, EXPR_DATA_MAX, sizeof(uint32_t));
	if (err)
		return err;
	memcpy(&i->shift, x->data.value, sizeof(uint32_t));
	return !i->shift || i->shift >= 32 ? -EINVAL : 0;
}

static int read_bool(struct expr_build *b, const struct bc_bitwise *x, struct ins_bitwise *i)
{
	int err;

	if (BC_HAS(x, NFTA_BITWISE_MASK) || BC_HAS(x, NFTA_BITWISE_XOR) || BC_HAS(x, NFTA_BITWISE_DATA) == BC_HAS(x, NFTA_BITWISE_SREG2))
		return -EINVAL;
	if (BC_HAS(x, NFTA_BITWISE_SREG2))
		return expr_load(b, x->sreg2, x->len, &i->sreg2);
	err = expr_value(&x->data, EXPR_DATA_MAX, x->len);
	if (!err)
		memcpy(i->x, x->data.value, x->data.len);
	return err;
}

static int read_op(struct expr_build *b, const struct bc_bitwise *x, struct ins_bitwise *i)
{
	int err;

	switch (x->op) {
	case NFT_BITWISE_MASK_XOR:
		err = check_mask_xor(x);
		if (err)
			return err;
		memcpy(i->mask, x->mask.value, x->len);
		memcpy(i->x, x->xor.value, x->len);
		return 0;
	case NFT_BITWISE_LSHIFT:
	case NFT_BITWISE_RSHIFT:
		return read_shift(x, i);
	case NFT_BITWISE_AND:
	case NFT_BITWISE_OR:
	case NFT_BITWISE_XOR:
		return read_bool(b, x, i);
	default:
		return -EOPNOTSUPP;
	}
}

static void emit(struct expr_build *b, const struct ins_bitwise *from)
{
	if (from->head.len == 4 && from->head.c == NFT_BITWISE_MASK_XOR) {
		struct ins_bitwise1 *i = expr_emit(b, OP_BITWISE1, sizeof(*i));

		i->head.a = from->head.a;
		i->head.b = from->head.b;
		i->head.len = 4;
		i->mask = from->mask[0];
		i->xor = from->x[0];
	} else {
		struct ins_bitwise *i = expr_emit(b, OP_CALL, sizeof(*i));
		struct vm_ins head = i->head;

		*i = *from;
		i->head.op = head.op;
		i->head.kind = head.kind;
		i->head.size = head.size;
	}
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_bitwise *x = body;

	if (!BC_HAS(x, NFTA_BITWISE_LEN) || !BC_HAS(x, NFTA_BITWISE_SREG) || !BC_HAS(x, NFTA_BITWISE_DREG))
		return -EINVAL;
	return expr_u32_max(x->len, UINT8_MAX);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_bitwise *x = body;
	struct ins_bitwise i = { 0 };
	int err;

	err = expr_load(b, x->sreg, x->len, &i.head.a);
	if (!err)
		err = expr_store(b, x->dreg, x->len, &i.head.b);
	if (!err)
		err = expr_overlap(i.head.a, i.head.b, x->len);
	i.head.c = x->op;
	i.head.len = x->len;
	if (!err)
		err = read_op(b, x, &i);
	if (!err)
		emit(b, &i);
	return err;
}

/* ---- dump ---- */

static void dump_general(const struct ins_bitwise *i, struct arena *a, struct bc_bitwise *x)
{
	BC_SET(x, NFTA_BITWISE_OP, op, i->head.c);
	switch (i->head.c) {
	case NFT_BITWISE_MASK_XOR:
		BC_SET(x, NFTA_BITWISE_MASK, mask, expr_dump_value(a, i->mask, i->head.len));
		BC_SET(x, NFTA_BITWISE_XOR, xor, expr_dump_value(a, i->x, i->head.len));
		break;
	case NFT_BITWISE_LSHIFT:
	case NFT_BITWISE_RSHIFT:
		BC_SET(x, NFTA_BITWISE_DATA, data, expr_dump_value(a, &i->shift, sizeof(i->shift)));
		break;
	default:
		if (i->sreg2)
			BC_SET(x, NFTA_BITWISE_SREG2, sreg2, expr_reg(i->sreg2));
		else
			BC_SET(x, NFTA_BITWISE_DATA, data, expr_dump_value(a, i->x, sizeof(i->x[0]))); /* the first word only, as the kernel */
	}
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_bitwise *x = body;

	BC_SET(x, NFTA_BITWISE_SREG, sreg, expr_reg(ins->a));
	BC_SET(x, NFTA_BITWISE_DREG, dreg, expr_reg(ins->b));
	BC_SET(x, NFTA_BITWISE_LEN, len, ins->len);
	if (ins->op == OP_CALL) {
		dump_general((const struct ins_bitwise *)ins, a, x);
		return;
	}
	BC_SET(x, NFTA_BITWISE_OP, op, NFT_BITWISE_MASK_XOR);
	BC_SET(x, NFTA_BITWISE_MASK, mask, expr_dump_value(a, &((const struct ins_bitwise1 *)ins)->mask, 4));
	BC_SET(x, NFTA_BITWISE_XOR, xor, expr_dump_value(a, &((const struct ins_bitwise1 *)ins)->xor, 4));
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	const struct ins_bitwise1 *i = (const struct ins_bitwise1 *)ins;

	if (ins->op == OP_BITWISE1)
		buf_printf(out, "R%u := (R%u & 0x%x) ^ 0x%x", ins->b, ins->a, i->mask, i->xor);
	else
		buf_printf(out, "R%u := R%u by operation %u, %u bytes", ins->b, ins->a, ins->c, ins->len);
}

const struct vm_expr vm_expr_bitwise = {
	.name = "bitwise", .kernel_size = 56, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .disasm = disasm,
};
