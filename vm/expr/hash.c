/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "hash": a hash of registers (jhash, the kernel's bit for bit), or of the packet's flow, the same for both directions (symhash).
 * The kernel's symhash has a key of its own for each boot; here it has a fixed one. Reference: net/netfilter/nft_hash.c.
 */
#include <errno.h>

#include "vm/expr/expr.h"
#include "vm/expr/jhash.h"
#include "vm/worker.h"

struct ins_hash {
	struct vm_ins head; /* a: source, b: destination, c: NFT_HASH_*, len: bytes */
	uint32_t modulus, offset, seed;
	bool own_seed;      /* nobody gave one: not dumped */
};

static int by_bytes(const uint8_t *a, const uint8_t *b, uint32_t n)
{
	return memcmp(a, b, n) <= 0;
}

/* Addresses and ports, the lesser of each pair first. */
static uint32_t flow_hash(const struct vm_pkt *p)
{
	uint8_t key[40] = { p->l4proto };
	uint32_t n = p->protocol == __builtin_bswap16(0x86dd) ? 16 : 4;
	const uint8_t *src = vm_pkt_at(p, p->l3 + (n == 16 ? 8 : 12), 2 * n), *ports;

	if (!src)
		return 0;
	memcpy(key + 4, by_bytes(src, src + n, n) ? src : src + n, n);
	memcpy(key + 20, by_bytes(src, src + n, n) ? src + n : src, n);
	ports = vm_pkt_has_th(p) ? vm_pkt_at(p, p->l4, 4) : NULL;
	if (ports && (p->l4proto == IPPROTO_TCP || p->l4proto == IPPROTO_UDP || p->l4proto == IPPROTO_SCTP || p->l4proto == IPPROTO_UDPLITE)) {
		memcpy(key + 36, by_bytes(ports, ports + 2, 2) ? ports : ports + 2, 2);
		memcpy(key + 38, by_bytes(ports, ports + 2, 2) ? ports + 2 : ports, 2);
	}
	return jhash(key, sizeof(key), 0);
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_hash *i = (const struct ins_hash *)ins;
	uint32_t h = ins->c == NFT_HASH_JENKINS ? jhash(&regs->w[ins->a], ins->len, i->seed) : flow_hash(pkt);

	regs->w[ins->b] = jhash_scale(h, i->modulus) + i->offset;
}

static int check_source(struct expr_build *b, const struct bc_hash *x, uint8_t *sreg)
{
	int err;

	if (!BC_HAS(x, NFTA_HASH_SREG) || !BC_HAS(x, NFTA_HASH_LEN))
		return -EINVAL;
	err = expr_u32_max(x->len, UINT8_MAX);
	if (err || !x->len)
		return -ERANGE;
	return expr_load(b, x->sreg, x->len, sreg);
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_hash *x = body;

	return x->type > NFT_HASH_SYM ? -EOPNOTSUPP : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_hash *x = body;
	uint8_t sreg = 0, dreg;
	struct ins_hash *i;
	int err = 0;

	if (!BC_HAS(x, NFTA_HASH_DREG) || !BC_HAS(x, NFTA_HASH_MODULUS))
		return -EINVAL;
	if (x->type == NFT_HASH_JENKINS)
		err = check_source(b, x, &sreg);
	if (err)
		return err;
	if (!x->modulus)
		return -ERANGE;
	if (x->offset + x->modulus - 1 < x->offset)
		return -EOVERFLOW;
	err = expr_store(b, x->dreg, sizeof(uint32_t), &dreg);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = sreg;
	i->head.b = dreg;
	i->head.c = x->type;
	i->head.len = x->type == NFT_HASH_JENKINS ? x->len : 0;
	i->modulus = x->modulus;
	i->offset = x->offset;
	i->own_seed = !BC_HAS(x, NFTA_HASH_SEED);
	i->seed = i->own_seed ? jhash(&x->modulus, 4, x->len) : x->seed;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_hash *i = (const struct ins_hash *)ins;
	struct bc_hash *x = body;

	if (ins->c == NFT_HASH_JENKINS) {
		BC_SET(x, NFTA_HASH_SREG, sreg, expr_reg(ins->a));
		BC_SET(x, NFTA_HASH_LEN, len, ins->len);
		if (!i->own_seed)
			BC_SET(x, NFTA_HASH_SEED, seed, i->seed);
	}
	BC_SET(x, NFTA_HASH_DREG, dreg, expr_reg(ins->b));
	BC_SET(x, NFTA_HASH_MODULUS, modulus, i->modulus);
	if (i->offset)
		BC_SET(x, NFTA_HASH_OFFSET, offset, i->offset);
	BC_SET(x, NFTA_HASH_TYPE, type, ins->c);
}

const struct vm_expr vm_expr_hash = { .name = "hash", .kernel_size = 24, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
