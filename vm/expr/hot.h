/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands and bodies of the hot instructions: compiled into the interpreter's loop (run/run.c) and into the exec functions of
 * their expressions. Each body returns false for NFT_BREAK.
 */
#ifndef NFVM_VM_EXPR_HOT_H
#define NFVM_VM_EXPR_HOT_H

#include "vm/ct/ct.h"
#include "vm/expr/expr.h"
#include "vm/run/run.h"
#include "vm/set/set.h"
#include "vm/worker.h"

struct ins_imm {
	struct vm_ins head; /* a: register, len: bytes */
	uint32_t word[];
};

struct ins_verdict {
	struct vm_ins head;
	int32_t code;
	struct vm_chain *chain;
};

/* Up to four bytes: value and mask as they lie in a register. */
struct ins_cmp1 {
	struct vm_ins head; /* a: register, b: 1 for "not equal", len: bytes */
	uint32_t mask, value;
};

static inline bool hot_cmp1(const struct ins_cmp1 *i, uint32_t word)
{
	return ((word & i->mask) == i->value) ^ i->head.b;
}

struct ins_cmp {
	struct vm_ins head; /* a: register, b: NFT_CMP_* (OP_CMP2: 1 for "not equal"), c: NFT_CMP_*, len: bytes */
	uint32_t word[4];
};

struct ins_bitwise1 {
	struct vm_ins head; /* a: source, b: destination */
	uint32_t mask, xor;
};

struct ins_payload {
	struct vm_ins head; /* a: destination, b: NFT_PAYLOAD_* base, len: bytes */
	uint32_t offset;
	uint32_t pad;
};

/*
 * Loads from network and transport header. The bytes must be in the packet; a last word that is not filled has zeros behind.
 * Later fragments have no transport header, but the kernel does not look for that where it loads an aligned 1, 2 or 4 bytes (nft_payload_fast_eval).
 */
static inline bool hot_payload(const struct ins_payload *i, struct vm_regs *regs, const struct vm_pkt *p)
{
	uint32_t off, len = i->head.len, *dst = &regs->w[i->head.a];

	if (i->head.b == NFT_PAYLOAD_NETWORK_HEADER) {
		off = p->l3 + i->offset;
	} else {
		if (!p->has_l4 || (p->fragoff && !(len <= 4 && !(len & (len - 1)) && !(i->offset & (len - 1)))))
			return false;
		off = p->l4 + i->offset;
	}
	if (off + len > p->len)
		return false;
	switch (len) {
	case 1:
		*dst = p->data[off];
		return true;
	case 2: {
		uint16_t v;

		memcpy(&v, p->data + off, 2);
		*dst = v;
		return true;
	}
	case 4:
		memcpy(dst, p->data + off, 4);
		return true;
	case 16:
		memcpy(dst, p->data + off, 16);
		return true;
	default:
		vm_reg_copy(dst, p->data + off, len);
		return true;
	}
}

struct ins_meta {
	struct vm_ins head; /* a: register, b: NFT_META_* */
};

/* Words that every packet has. */
static inline uint32_t hot_meta(const struct ins_meta *i, const struct vm_pkt *p)
{
	switch (i->head.b) {
	case NFT_META_LEN:
		return vm_pkt_len(p);
	case NFT_META_PROTOCOL:
		return p->protocol;
	case NFT_META_NFPROTO:
		return p->pf;
	case NFT_META_PRIORITY:
		return p->priority;
	case NFT_META_MARK:
		return p->mark;
	case NFT_META_IIF:
		return p->iif;
	default: /* NFT_META_OIF */
		return p->oif;
	}
}

struct ins_lookup {
	struct vm_ins head; /* a: key, b: destination where c & 1, c: 1 data wanted, 2 inverted */
	struct vm_set *set;
};

static inline bool hot_lookup(const struct ins_lookup *i, struct vm_regs *regs, struct vm_pkt *p)
{
	const struct vm_set *s = i->set;
	struct vm_elem *e = set_lookup(s, p->w->gen & 1, &regs->w[i->head.a], p->w->now_ns);

	if (!e == !(i->head.c & 2))
		return false;
	if (!e)
		return true;
	if (i->head.c & 1) {
		if (s->data_type == NFT_DATA_VERDICT) {
			const struct vm_verdict *v = vm_elem_verdict(e);

			regs->verdict.code = v->code;
			regs->verdict.chain = v->chain;
		} else {
			vm_reg_copy(&regs->w[i->head.b], vm_elem_data(e), s->data_len);
		}
	}
	for (unsigned n = 0; n < e->n_exprs; n++) {
		struct vm_stateful *x = vm_elem_exprs(e)[n];

		x->type->stateful->eval(x->state, regs, p);
		if (regs->verdict.code == NFT_BREAK)
			return false;
	}
	return true;
}

struct ins_counter {
	struct vm_ins head;
	uint32_t id; /* of run/counter.h */
};

static inline void hot_counter(const struct ins_counter *i, const struct vm_pkt *p)
{
	run_count(p->w, i->id, vm_pkt_len(p));
}

#endif
