/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ruleset: tables, chains, rules, sets, objects, flowtables, and transactions on them.
 *
 * As in the kernel, everything has a genmask: bit c set means "not there in generation c" (c = gen & 1). A batch works on the next
 * generation: what it adds is linked at once with the current generation's bit set, what it deletes gets the next one's bit and stays linked. Commit
 * publishes and then unlinks the dead; abort undoes the batch's steps in reverse. Readers (workers) see only what is published for
 * their cursor: chain->rules[cursor] and the hook lists; and sets through their elements' genmasks.
 *
 * Control thread only, except for what is marked "worker".
 */
#ifndef NFVM_VM_STATE_STATE_H
#define NFVM_VM_STATE_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <urcu/list.h>

#include "bytecode/bc.h"
#include "bytecode/msg.h"
#include "vm/set/set.h"
#include "vm/state/hash.h"
#include "vm/vm.h"

struct vm_prog;
struct vm_stateful;

/* ---- what everything that has a name or handle begins with ---- */

enum state_kind { STATE_TABLE, STATE_CHAIN, STATE_RULE, STATE_SET, STATE_OBJ, STATE_FLOWTABLE };

struct state_head {
	struct cds_list_head list;   /* among its kind in its table, in dump order; rules: in their segment */
	struct hash_node by_name;    /* tables: of the state; else of the table */
	struct hash_node by_handle;
	uint8_t kind;                /* enum state_kind */
	uint8_t genmask;
	uint32_t use;                /* references, as the kernel counts them */
	uint64_t handle;
	char *name;                  /* NULL: rules */
	struct bc_bytes userdata;    /* owned */
};

static inline bool state_active(const struct state_head *h, unsigned cursor) { return !(h->genmask >> cursor & 1); }

/* ---- tables ---- */

struct vm_table {
	struct state_head h;
	uint8_t family;              /* NFPROTO_* */
	uint32_t flags;              /* NFT_TABLE_F_* */
	uint32_t owner;              /* port id, with NFT_TABLE_F_OWNER */
	uint64_t handles;            /* last one given away */
	struct cds_list_head chains, sets, objs, flowtables;
	struct hash names;           /* of all kinds: key kind, name */
	struct hash handles_of;      /* of all kinds, rules included: key handle */
	struct cds_list_head patterns; /* numbers of "__set%d" names in use: set_name.c */
	bool unsound;                /* the bounds of its chains are to be made anew: validate.c */
	struct vm_engine *engine;
};

/* ---- chains ---- */

/* Rules of a chain as workers see them: blocks of rules in order. Immutable. */
struct vm_rule_ref {
	const struct vm_prog *prog;
	const struct vm_rule *rule;
};
struct vm_rule_block {
	uint32_t n;
	struct vm_rule_ref rule[];
};
struct vm_rules {
	uint32_t n_blocks, n_rules;
	const struct vm_rule_block *block[];
};

/* A device of a netdev (or inet ingress) chain or flowtable. */
struct vm_hook_dev {
	struct cds_list_head list;
	char *name;                  /* or the prefix */
	bool prefix;
	uint32_t index;              /* 0: no such device (yet) */
	uint8_t genmask;
};

/* Of base chains only. */
struct vm_base {
	uint8_t type;                /* enum prog_chain_type */
	uint8_t hook;
	int32_t priority;
	uint8_t policy[2];           /* worker: [cursor]: NF_ACCEPT, NF_DROP */
	struct vm_stateful *_Atomic counters; /* worker: a counter of what the policy decides; NULL: none */
	struct cds_list_head devs;   /* of struct vm_hook_dev; see its genmask */
	uint64_t order;              /* time of registration, decides between equal priorities */
};

struct vm_chain {
	struct state_head h;
	struct vm_table *table;
	const struct vm_rules *_Atomic rules[2]; /* worker: [cursor], NULL: no rules */
	struct vm_base *base;        /* NULL: a regular chain */
	uint32_t flags;              /* NFT_CHAIN_* */
	bool bound;                  /* of a binding chain: it has its rule */
	/* control thread: */
	uint32_t id;                 /* NFTA_CHAIN_ID in the batch that made it */
	struct hash_node by_id;
	struct cds_list_head segments; /* of struct rule_segment, in order */
	uint32_t n_rules;            /* linked, dead ones included */
	struct cds_list_head dirty;  /* in txn->work->chains while its rules change */
	bool is_dirty;
	/* bounds of what the check of jumps knows (validate.c): the base chains' places it is reached from, the longest way there, and
	 * the places that its rules allow */
	uint32_t reached_from, places;
	uint8_t depth;
};

/* ---- rules ---- */

struct vm_rule {
	struct state_head h;
	struct vm_chain *chain;
	struct rule_segment *segment;
	struct vm_prog *prog;
	struct set_binding *bindings; /* one for each PROG_REF_SET of the program, in order */
	uint32_t n_bindings;
	bool needs_ct;               /* counted in state->ct_users */
	uint32_t id;                 /* NFTA_RULE_ID in the batch */
	struct hash_node by_id;
};

/* ---- sets ---- */

struct vm_set {
	struct state_head h;
	struct vm_table *table;
	const struct set_ops *ops;
	void *backend;               /* the backend's */
	uint32_t flags;              /* NFT_SET_* */
	uint32_t key_type, key_len;  /* bytes */
	uint32_t data_type, data_len; /* NFT_DATA_VERDICT, or the user's number */
	uint32_t obj_type;           /* NFT_OBJECT_*, with NFT_SET_OBJECT */
	uint32_t policy, gc_interval_ms;
	uint64_t timeout_ns;         /* default of elements; 0: none */
	uint32_t size;               /* largest number of elements, 0: no limit */
	uint8_t n_fields, field_len[SET_FIELDS_MAX];
	_Atomic uint32_t n_elems;    /* elements inside, against size (worker: dynset adds and takes) */
	uint32_t n_dead;             /* of these, deleted in the batch under way */
	uint8_t n_exprs;
	struct vm_stateful *exprs[SET_EXPRS_MAX]; /* that new elements begin with */
	struct vm_elem *_Atomic catchall[2];      /* worker: [cursor]; NULL: none */
	struct cds_list_head catchalls;           /* control: of all generations */
	struct cds_list_head bindings;            /* of struct set_binding: rules that use it */
	uint16_t dynset_users;
	bool dead;                   /* deleted for good: readers of old programs only */
	uint32_t id;                 /* NFTA_SET_ID in the batch that made it */
	struct hash_node by_id;
	struct cds_list_head touched; /* in txn->work->sets while the batch changes it */
	bool is_touched;
};

static inline bool vm_set_is_anonymous(const struct vm_set *s) { return s->flags & NFT_SET_ANONYMOUS; }

/* ---- objects, flowtables ---- */

struct vm_obj {
	struct state_head h;
	struct vm_table *table;
	uint32_t type;               /* NFT_OBJECT_* */
	struct vm_stateful *stateful; /* COUNTER, QUOTA, LIMIT */
	uint16_t ct;                 /* ct helper, ct timeout: its number in vm/ct/help.h, 0: none */
	struct vm_engine *e;
	void *data;                  /* others: the struct of bytecode/msg.h (bc_ct_helper_obj, …), owned */
	struct arena *arena;         /* of data */
};

struct vm_flowtable {
	struct state_head h;
	struct vm_table *table;
	uint32_t flags;              /* NFT_FLOWTABLE_* */
	uint8_t hook;
	int32_t priority;
	struct cds_list_head devs;   /* of struct vm_hook_dev */
};

/* ---- transactions ---- */

/* One batch under way. next = cursor that it works for, cur = the published one. */
struct vm_txn {
	struct vm_engine *engine;
	unsigned cur, next;
	uint64_t now_ns;
	uint32_t port;               /* who sends */
	uint8_t family;              /* of the message being handled */
	const struct bc_rule *rule;  /* NEWRULE being handled (compat), else NULL */
	struct cds_list_head steps;  /* of struct txn_step, in order */
	struct hash chain_ids, set_ids, rule_ids; /* made in this batch, by NFTA_*_ID */
	struct txn_work *work;       /* state/'s own */
	bool validate_now;           /* a replay: every rule is checked at once, so that the error falls on its message */
};

/* Lookups for the next generation, as the kernel's; NULL: none. */
struct vm_table *state_find_table(struct vm_txn *t, uint8_t family, const char *name);
struct vm_chain *state_find_chain(struct vm_txn *t, struct vm_table *tb, const char *name);
struct vm_chain *state_find_chain_id(struct vm_txn *t, struct vm_table *tb, uint32_t id);
struct vm_rule *state_find_rule(struct vm_txn *t, struct vm_chain *c, uint64_t handle);
/* By name; where there is none and has_id, the set that this batch made with that id (nft_set_lookup_global). */
struct vm_set *state_find_set(struct vm_txn *t, struct vm_table *tb, const char *name, bool has_id, uint32_t id);
struct vm_obj *state_find_obj(struct vm_txn *t, struct vm_table *tb, const char *name, uint32_t type);
struct vm_flowtable *state_find_flowtable(struct vm_txn *t, struct vm_table *tb, const char *name);

/*
 * A verdict as nft_verdict_init reads it: checks the code, finds the chain. elem: for a set element (jumps into binding chains refused).
 * 0 and *out; -EINVAL, -ENOENT, -EOPNOTSUPP (base chain), -EMFILE. Counts nothing.
 */
int state_verdict(struct vm_txn *t, struct vm_table *tb, const struct bc_data *d, bool elem, struct vm_verdict *out);

/* ---- elements made by packets (run/, set/) ---- */

/* What an element is made of; pointers are borrowed, NULL: not there. */
struct elem_spec {
	const void *key, *key_end;   /* set->key_len bytes; key NULL: catch-all */
	const void *data;            /* set->data_len bytes */
	const struct vm_verdict *verdict;
	struct bc_bytes userdata;
	uint8_t n_exprs, flags;
	uint64_t timeout_ns, expires_ns;
};
/* Bytes that such an element takes. */
size_t elem_size(const struct vm_set *s, const struct elem_spec *x);
/* Lays it out in mem (elem_size() bytes, 8-byte aligned). genmask 0: there for all generations. The caller fills vm_elem_exprs(). */
struct vm_elem *elem_init(void *mem, const struct vm_set *s, const struct elem_spec *x);
/* As a dump would tell it. */
void elem_dump(const struct vm_set *s, const struct vm_elem *e, struct arena *a, uint64_t now_ns, bool reset, struct bc_elem *out);

#endif
