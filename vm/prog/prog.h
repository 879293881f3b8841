/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs: the expressions of one rule, verified and made ready to run.
 *
 * state/ asks prog/ to build, and keeps all books: prog_build() looks names up (state_find_*), but changes nothing outside of the program. What it refers
 * to is listed in prog_refs(); state counts uses, binds sets, walks jumps for loops and depth, and undoes all of this on abort.
 *
 * Threads: control thread; a built program is only read by workers, but for its state (counters, limits), which is atomic or per worker.
 */
#ifndef NFVM_VM_PROG_PROG_H
#define NFVM_VM_PROG_PROG_H

#include <stdbool.h>
#include <stdint.h>

#include "bytecode/bc.h"
#include "vm/vm.h"

struct vm_txn;
struct vm_table;
struct vm_chain;
struct vm_set;
struct vm_obj;
struct vm_flowtable;
struct vm_prog;
struct vm_stateful;
struct vm_pkt;
struct vm_regs;

/* ---- rules ---- */

/*
 * Builds a rule's program. list: decoded expressions (may be empty). chain is the rule's. txn gives the engine, the next
 * generation and the message (txn->rule: NFTA_RULE_COMPAT for match and target). *out is untouched on failure.
 * Errors: as the kernel's init of the expression at fault; err->at is the list element of that expression (or deeper where the kernel points deeper).
 */
int prog_build(struct vm_txn *txn, struct vm_table *table, struct vm_chain *chain, const struct bc_expr *list, struct vm_prog **out,
	       struct bc_err *err);
/* Frees a program that no reader can see. */
void prog_free(struct vm_prog **p);
/*
 * The rule's expressions as the kernel dumps them, with their current state (counters, quotas, last). reset: state is set back to zero (GETRULE_RESET);
 * what is told is from before.
 */
struct bc_expr *prog_dump(const struct vm_prog *p, struct arena *a, bool reset);

enum prog_ref_kind { PROG_REF_SET, PROG_REF_CHAIN, PROG_REF_OBJ, PROG_REF_FLOWTABLE };

struct prog_ref {
	uint8_t kind;     /* enum prog_ref_kind */
	bool dynset;      /* SET: written by packets (dynset) */
	uint32_t flags;   /* SET: NFT_SET_MAP where its data is read (binding flags), NFT_SET_EVAL of dynset, NFT_SET_OBJECT of objref maps */
	int32_t code;     /* CHAIN: NFT_JUMP or NFT_GOTO */
	const struct nlattr *at; /* of the expression; valid only during the message that built it */
	union {
		void *p;
		struct vm_set *set;
		struct vm_chain *chain;
		struct vm_obj *obj;
		struct vm_flowtable *flowtable;
	};
};
/* What the program refers to, in order of its expressions, one entry per reference. The program's; valid as long as it. */
const struct prog_ref *prog_refs(const struct vm_prog *p, uint32_t *n);

/*
 * Where a rule may stand: a mask of base chain places, bit (type * 8 + hook), type enum prog_chain_type, hook the family's
 * number (NF_INET_*, NF_BR_*, NF_NETDEV_*, NF_ARP_*). It must hold all places from which the rule's chain can be reached: what the
 * kernel's nft_chain_validate_hooks and the validate() of each expression say, for the table's family.
 */
enum prog_chain_type { PROG_CHAIN_FILTER, PROG_CHAIN_ROUTE, PROG_CHAIN_NAT };
#define PROG_PLACE(type, hook) (UINT32_C(1) << ((type) * 8 + (hook)))
#define PROG_ANYWHERE          UINT32_MAX
uint32_t prog_places(const struct vm_prog *p);

enum {
	PROG_NEEDS_CT = 1,       /* reads or writes conntrack (nf_ct_netns_get of the kernel's init) */
	PROG_NEEDS_VALIDATE = 2, /* an expression with a validate(): the kernel checks the whole table at commit */
};
uint32_t prog_flags(const struct vm_prog *p);
/* The program as text, for people: an instruction a line. */
void prog_disasm(const struct vm_prog *p, struct buf *out);

/* ---- single expressions with state: of set elements (counter, quota, limit, last, connlimit) and of objects (counter, quota, limit) ---- */

/*
 * Builds one. For elements (object false) the kernel's nft_set_elem_expr_alloc: must be NFT_EXPR_STATEFUL, else -EOPNOTSUPP; -EOPNOTSUPP also where
 * the expression needs GC and the set has no timeout, that is state's check by stateful_needs_gc().
 */
int stateful_build(struct vm_txn *txn, struct vm_table *table, const struct bc_expr *x, struct vm_stateful **out, struct bc_err *err);
/* As stateful_build, from the NFTA_OBJ_DATA struct of an object of type NFT_OBJECT_COUNTER, QUOTA, LIMIT (and CONNLIMIT). */
int stateful_build_object(struct vm_txn *txn, uint32_t type, const void *data, struct vm_stateful **out, struct bc_err *err);
/* A fresh one of the same settings; NULL: no memory. May be called by a worker if it was given room (see stateful_size). */
struct vm_stateful *stateful_clone(const struct vm_stateful *s);
void stateful_free(struct vm_stateful **s);
const struct bc_expr_type *stateful_type(const struct vm_stateful *s);
bool stateful_needs_gc(const struct vm_stateful *s);
/* Of one kind: elements' expressions must be of the kinds that their set says. */
bool stateful_same(const struct vm_stateful *a, const struct vm_stateful *b);
/* As an expression, with its current state. */
struct bc_expr *stateful_dump(const struct vm_stateful *s, struct arena *a, bool reset);
/* The NFTA_OBJ_DATA struct of an object. */
void *stateful_dump_object(const struct vm_stateful *s, struct arena *a, bool reset);
/* New settings for an object (NEWOBJ on an existing one: quota); takes them from `from`, keeps what was consumed, as the kernel's update. */
void stateful_update(struct vm_stateful *s, const struct vm_stateful *from);
/* True where the type of object can be updated in place (the kernel's ops->update: quota). */
bool stateful_can_update(const struct vm_stateful *s);
/* Runs it (worker). */
void stateful_eval(struct vm_stateful *s, struct vm_regs *regs, struct vm_pkt *pkt);
/* Base chain counters: adds to a counter's state (worker), sets and reads its totals (control). */
void stateful_counter_set(struct vm_stateful *s, uint64_t packets, uint64_t bytes);
void stateful_counter_get(const struct vm_stateful *s, uint64_t *packets, uint64_t *bytes);

#endif
