/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions of the engine: what each of them must tell, and the instructions they become.
 *
 * One file per expression, of the same name as in bytecode/expr/: a struct of its instruction, exec, build, dump, and at the end
 * one const struct vm_expr; vm/expr/registry.c lists them all. prog/ calls build() for each expression of a rule, in order, which checks
 * it as the kernel's init() does and emits an instruction; run/ executes; prog/ asks for dumps.
 *
 * An instruction is a head of 8 bytes and operands, all of a rule's in one block. The hot ones have an operation of their own,
 * whose body stands in expr/hot.h and is compiled into the interpreter's loop; OP_CALL goes through vm_exprs[kind]->exec.
 *
 * Threads: build, dump, destroy by the control thread; exec by workers.
 */
#ifndef NFVM_VM_EXPR_EXPR_H
#define NFVM_VM_EXPR_EXPR_H

#include <errno.h>

#include "vm/prog/prog.h"
#include "vm/state/state.h"
#include "vm/vm.h"

/* Operations of the interpreter. The comment names operand struct and effect; R are register words, P the packet. */
enum vm_op {
	OP_CALL,        /* vm_exprs[kind]->exec(ins, R, P) */
	OP_END,         /* the rule's end */
	OP_IMM1,        /* ins_imm: R[a] := word */
	OP_VERDICT,     /* ins_verdict: verdict := code, chain */
	OP_CMP1,        /* ins_cmp1: break unless ((R[a] & mask) == value) ^ b */
	OP_CMP2,        /* ins_cmp: break unless the 5 to 16 bytes at R[a] are equal to data, ^ b */
	OP_BITWISE1,    /* ins_bitwise1: R[b] := (R[a] & mask) ^ xor */
	OP_PAYLOAD,     /* ins_payload: R[a] := bytes of P from network or transport header */
	OP_PAYLOAD_CMP, /* ins_payload, ins_cmp1: both in one step */
	OP_PAYLOAD_BITWISE_CMP, /* ins_payload, ins_bitwise1, ins_cmp1 */
	OP_META,        /* ins_meta: R[a] := a word of P that is always there */
	OP_META_CMP,    /* ins_meta, ins_cmp1 */
	OP_LOOKUP,      /* ins_lookup */
	OP_COUNTER,     /* ins_counter: counts P */
	OP_CT_STATE,    /* R[a] := ct state bits */
};

struct vm_ins {
	uint8_t op;   /* enum vm_op */
	uint8_t kind; /* of its expression: index of vm_exprs[] */
	uint16_t size; /* bytes to the next instruction, a multiple of 8 */
	uint8_t a, b, c, len;
};

static inline const struct vm_ins *vm_ins_next(const struct vm_ins *i)
{
	return (const struct vm_ins *)((const char *)i + i->size);
}

/* ---- building ----------------------------------------------------------------------------------- */

enum { EXPR_DATA_MAX = 16 /* bytes of a constant: struct nft_data */ };

/* A rule (or single expression) being built. */
struct expr_build {
	struct vm_txn *txn;
	struct vm_engine *e;
	struct vm_table *table;
	struct vm_chain *chain;      /* NULL: of a set or an object */
	uint8_t family;              /* the table's */
	struct bc_err *err;
	const struct nlattr *at;     /* list element of the expression being built */
	uint8_t kind;                /* its number */
	uint32_t written;            /* register words written so far, bit n: word n */
	uint32_t places;             /* PROG_PLACE(), narrowed by each expression */
	uint32_t flags;              /* PROG_NEEDS_* */
	struct buf code;
	struct buf refs;             /* of struct prog_ref */
	uint32_t n_refs, n_ins;
};

/* What an expression must tell. A const struct in its file, a line in registry.c. */
struct vm_expr {
	const char *name;
	uint16_t kernel_size;       /* bytes that the kernel's struct takes in a rule: a rule of 4096 bytes or more is refused */
	uint32_t (*kernel_size_of)(const void *body); /* the same, where it depends on the body; NULL: it does not */
	/*
	 * The kernel's select_ops(), and whether the family has such an expression at all: looked at for all expressions of a rule before the
	 * first is built. 0 or -errno; emits nothing. May be NULL. Not called for expressions of elements and objects.
	 */
	int (*precheck)(struct expr_build *b, const void *body);
	/* Checks body (its struct of bytecode/expr.h) and emits. 0 or -errno; err->at and msg where they say more than the element. */
	int (*build)(struct expr_build *b, const void *body);
	void (*exec)(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt);
	/* Fills *body (zeroed) as the kernel's dump. reset: state goes back to zero after being told. */
	void (*dump)(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset);
	/* Frees what the instruction owns. May be NULL. */
	void (*destroy)(struct vm_engine *e, struct vm_ins *ins);
	/* A line of disassembly; may be NULL. */
	void (*disasm)(const struct vm_ins *ins, struct buf *out);
	const struct vm_stateful_ops *stateful; /* NULL: it keeps no state that elements and objects could have */
};

extern const struct vm_expr *const vm_exprs[];
extern const unsigned vm_exprs_n;
/* Its number in vm_exprs[], -1: none. */
int vm_expr_kind(const char *name);

/* An instruction of `size` bytes behind those emitted, zeroed but for its head's op, kind and size. Valid until the next is emitted. */
void *expr_emit(struct expr_build *b, uint8_t op, size_t size);
/* Sets the error: always returns err. */
int expr_fail(struct expr_build *b, int err, const char *msg);
/* For what is verified and dumped but not executed: 0 in an engine that only checks, else a refusal that says so. */
int expr_unexecuted(struct expr_build *b, const char *msg);

/*
 * Registers: reg is the number on the wire, *word its first word. As nft_parse_register_load and _store: -ERANGE for a number that is none or
 * bytes beyond the last; -EINVAL for the verdict register or no bytes; -ENODATA where a word has not been written before it is read.
 */
int expr_load(struct expr_build *b, uint32_t reg, uint32_t len, uint8_t *word);
int expr_store(struct expr_build *b, uint32_t reg, uint32_t len, uint8_t *word);
/* The number as the kernel dumps it. */
uint32_t expr_reg(uint8_t word);
static inline uint32_t expr_words(uint32_t bytes) { return (bytes + 3) / 4; }

/* ip, ip6, inet: families whose packets are IP's for sure. */
static inline bool expr_is_ip(uint8_t family)
{
	return family == NFPROTO_IPV4 || family == NFPROTO_IPV6 || family == NFPROTO_INET;
}
/* Families that have connections (nf_ct_netns_get); -EPROTO for others. */
static inline bool expr_has_ct(uint8_t family)
{
	return expr_is_ip(family) || family == NFPROTO_BRIDGE;
}
/* -EINVAL where len bytes from word a and from word b overlap, but are not the same: an expression that reads one and writes the other refuses that. */
static inline int expr_overlap(uint8_t a, uint8_t b, uint32_t len)
{
	return a != b && (uint32_t)(a > b ? a - b : b - a) < expr_words(len) ? -EINVAL : 0;
}

/* nft_parse_u32_check: -ERANGE where v > max. */
int expr_u32_max(uint32_t v, uint32_t max);
/*
 * nft_data_init for values: -EINVAL where there is none, it is a verdict, it is empty, or want != 0 and it has not that length; -EOVERFLOW
 * beyond `max` bytes.
 */
int expr_value(const struct bc_data *d, uint32_t max, uint32_t want);
/* A value of a dump: points to len bytes at p, copied to the arena. */
struct bc_data expr_dump_value(struct arena *a, const void *p, uint32_t len);

/* Adds a reference; returns it, valid until the next call. */
struct prog_ref *expr_ref(struct expr_build *b, enum prog_ref_kind kind, void *p);
/* Only these places remain: a mask of PROG_PLACE(). The kernel's validate() of the expression. */
void expr_places(struct expr_build *b, uint32_t places);
/* All types of chain at hooks of a mask, bit n: hook n. */
uint32_t expr_hooks(uint32_t hooks);

/* ---- executing ---------------------------------------------------------------------------------- */

static inline void vm_break(struct vm_regs *regs)
{
	regs->verdict.code = NFT_BREAK;
}
/* Copies a value to registers; a last word that is not filled has zeros behind (nft_data_copy). */
static inline void vm_reg_copy(uint32_t *dst, const void *src, uint32_t len)
{
	if (len % 4)
		dst[len / 4] = 0;
	memcpy(dst, src, len);
}
/* Bytes behind which the packet ends for the kernel: skb->len. */
static inline uint32_t vm_pkt_len(const struct vm_pkt *p)
{
	if (p->pf == NFPROTO_NETDEV && p->hook == NF_NETDEV_EGRESS)
		return p->len;
	return p->len - p->l3;
}
/* n bytes from offset off of P, or NULL where they are not all there. */
static inline uint8_t *vm_pkt_at(const struct vm_pkt *p, uint32_t off, uint32_t n)
{
	return off <= p->len && n <= p->len - off ? p->data + off : NULL;
}
/* The transport header may be read (NFT_PKTINFO_L4PROTO, and no later fragment). */
static inline bool vm_pkt_has_th(const struct vm_pkt *p)
{
	return p->has_l4 && !p->fragoff;
}

/* ---- state of expressions ----------------------------------------------------------------------- */

/*
 * Expressions with state stand in rules, set elements and objects. Their state is one struct vm_stateful, which the
 * instruction points to. `state` is what the ops below get.
 */
struct vm_stateful {
	const struct vm_expr *type;
	struct vm_engine *e;
	size_t bytes; /* of all */
	_Alignas(8) char state[];
};

struct vm_stateful_ops {
	uint16_t size;      /* of state */
	bool needs_gc;      /* NFT_EXPR_GC: elements go when it is idle() */
	bool needs_ct;      /* the packets' connections must be tracked */
	uint32_t object;    /* NFT_OBJECT_* of objects that are this, 0: none */
	size_t (*room)(const void *body); /* bytes that the state has behind it; NULL: none */
	/* Checks body and fills state (zeroed). element: it will live in set elements, made and freed by workers. */
	int (*init)(struct expr_build *b, void *state, const void *body, bool element);
	/* Fills `to` (zeroed) with the settings of `from`, fresh. No allocation: workers call it. */
	void (*clone)(void *to, const void *from);
	void (*fini)(struct vm_engine *e, void *state);     /* may be NULL */
	void (*eval)(void *state, struct vm_regs *regs, struct vm_pkt *pkt);
	/* Two of the type that count as of one kind (nft_expr_ops); NULL: any. */
	bool (*same)(const void *a, const void *b);
	bool (*idle)(void *state);          /* with needs_gc: nothing is kept any more */
	void (*dump)(struct vm_engine *e, void *state, struct arena *a, void *body, bool reset);
	void (*update)(void *state, const void *from);      /* NULL: objects of it cannot be updated */
};

/* An instruction that runs a struct vm_stateful: exec, dump and destroy of all expressions that have one. */
struct ins_stateful {
	struct vm_ins head;
	struct vm_stateful *s;
};
int expr_stateful_build(struct expr_build *b, const void *body);
void expr_stateful_exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt);
void expr_stateful_dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset);
void expr_stateful_destroy(struct vm_engine *e, struct vm_ins *ins);

#endif
