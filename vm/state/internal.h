/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of state/: what its files share. A message comes in by calls.c, is handled by the file of its kind (table.c, chain.c, rule.c,
 * set.c, elem_*.c, obj.c, flowtable.c), which changes the next generation and leaves a step in the transaction. txn.c commits or aborts the steps.
 * Control thread.
 */
#ifndef NFVM_VM_STATE_INTERNAL_H
#define NFVM_VM_STATE_INTERNAL_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "vm/engine.h"
#include "vm/nl/nl.h"
#include "vm/prog/prog.h"
#include "vm/state/api.h"
#include "vm/state/state.h"

/* ---- the whole ---------------------------------------------------------------------------------- */

struct hook_lists; /* hooks.c */

/* Something dead: freed once no reader and no dump can know it, in the order of dying. */
struct retired {
	void (*fn)(void *p);         /* NULL: p is an element of set */
	void *p;
	struct vm_set *set;
};

struct state {
	struct vm_engine *e;
	struct cds_list_head tables;
	struct hash table_names;
	uint64_t table_handles;      /* last one given away */
	uint64_t chain_names;        /* last number of a "__chain%llu" */
	uint64_t hook_order;         /* last vm_base.order */
	uint32_t uncounted;          /* generations that clients do not see: tables whose owner went */
	struct hook_lists *_Atomic hooks[2]; /* worker: [cursor] */
	_Atomic uint32_t ct_users[VM_NFPROTOS]; /* worker: rules that need conntrack */
	_Atomic uint64_t ct_order[VM_NFPROTOS]; /* worker: when the first of them came, as base chains have `order` */
	struct vm_txn *txn;          /* under way, or NULL */
	struct retired *retired;
	size_t n_retired, cap_retired;
	unsigned pins;               /* dumps that hold pointers */
};

void state_retire(struct state *s, void (*fn)(void *p), void *p);
void state_retire_elem(struct state *s, struct vm_set *set, struct vm_elem *x);
/* Waits for readers and frees what is retired, unless a dump holds on to it. */
void state_drain(struct state *s);
/* The generation's number as clients know it. */
static inline uint32_t state_genid(const struct vm_engine *e) { return (uint32_t)e->gen - e->state->uncounted; }
static inline unsigned state_cursor(const struct vm_engine *e) { return e->gen & 1; }
/* Largest use count, as the kernel's nft_use_inc. False: would overflow. */
static inline bool use_inc(uint32_t *use)
{
	if (*use == UINT32_MAX)
		return false;
	++*use;
	return true;
}

/* ---- finding ------------------------------------------------------------------------------------- */

/*
 * Tables by name. port: of who asks for a change (tables of other owners: -EPERM), 0: of who only reads.
 * 0, -EINVAL (no name), -ENOENT, -EPERM.
 */
int find_table(struct state *s, uint8_t family, const char *name, unsigned cursor, uint32_t port, struct vm_table **out);
/* Anything that has a name in a table, active for cursor; NULL: none. */
struct state_head *find_named(const struct vm_table *t, enum state_kind kind, const char *name, unsigned cursor);
struct state_head *find_handle(const struct vm_table *t, enum state_kind kind, uint64_t handle, unsigned cursor);
struct vm_chain *find_chain(const struct vm_table *t, const char *name, unsigned cursor);
struct vm_set *find_set(const struct vm_table *t, const char *name, unsigned cursor);
struct vm_obj *find_obj(const struct vm_table *t, const char *name, uint32_t type, unsigned cursor);
struct vm_flowtable *find_flowtable(const struct vm_table *t, const char *name, unsigned cursor);

/* Links a new thing into its table (lists, hashes) for the next generation only, with a handle if it has none. 0 or -ENOMEM. */
int head_link(struct vm_table *t, struct state_head *h, enum state_kind kind, struct cds_list_head *list, unsigned cur);
/* Takes it out of lists and hashes; readers of old pointers see it as dead. */
void head_unlink(struct vm_table *t, struct state_head *h);
int head_name(struct state_head *h, const char *name);
int head_userdata(struct state_head *h, struct bc_bytes ud);
/* Renames what is linked; takes name over. */
void head_rename(struct vm_table *t, struct state_head *h, char *name);
void head_free(struct state_head *h);
uint32_t name_hash(enum state_kind kind, const char *name);

/* ---- transactions -------------------------------------------------------------------------------- */

struct txn_step;

struct step_ops {
	/* After publication and a grace period: makes the change permanent, takes dead things out, tells listeners. */
	void (*commit)(struct vm_txn *t, struct txn_step *s);
	/* Undoes it. Steps are undone in reverse. */
	void (*abort)(struct vm_txn *t, struct txn_step *s);
	/* Last of all, after commit or abort: frees the step's own memory. May be NULL. */
	void (*free)(struct txn_step *s);
	/* Before publication: -EINVAL where the batch may not end like this. May be NULL. */
	int (*check)(struct vm_txn *t, struct txn_step *s);
};

struct txn_step {
	struct cds_list_head list;
	const struct step_ops *ops;
	uint32_t seq;                /* of its message */
	uint16_t msg, flags;         /* type and NLM_F_* of its message */
	uint8_t family;
	union {
		struct state_head *head;
		struct vm_table *table;
		struct vm_chain *chain;
		struct vm_rule *rule;
		struct vm_set *set;
		struct vm_obj *obj;
		struct vm_flowtable *flowtable;
	};
	void *more;                  /* the kind's own */
};

/* A step at the transaction's end, for the message at hand; NULL: no memory. */
struct txn_step *txn_add(struct nl_req *q, const struct step_ops *ops, uint16_t msg, void *what);
/* As if it had never been added (its change failed). */
void txn_drop(struct txn_step *s);
struct vm_txn *txn_of(const struct nl_req *q);

/* For a socket's batch, or for the engine's own doings (sock NULL: nobody is told). 0 or -ENOMEM. */
int txn_start(struct vm_engine *e, struct nfvm_socket *s, uint32_t port);
int txn_begin(struct vm_engine *e, struct nfvm_socket *s, uint32_t genid, bool replay);
int txn_commit(struct vm_engine *e, struct nfvm_socket *s, const struct nlmsghdr *first);
int txn_abort(struct vm_engine *e, struct nfvm_socket *s, enum nl_abort how);

/* What a batch touched, beyond its steps. */
struct txn_work {
	struct cds_list_head chains; /* of vm_chain.dirty: rules to be published */
	struct cds_list_head sets;   /* of vm_set.touched */
	bool hooks;                  /* hook lists change */
	struct nfvm_socket *sock;
	struct buf notes;            /* notifications being gathered into a datagram */
	size_t note_first;           /* length of the first of them */
	bool note_echo;
	struct cds_list_head checks; /* of struct reach_seed: validate.c */
};

void txn_touch_chain(struct vm_txn *t, struct vm_chain *c);
int txn_touch_set(struct vm_txn *t, struct vm_set *s);
/* Genmasks, for the transaction at hand. */
static inline bool active_next(const struct vm_txn *t, const struct state_head *h) { return state_active(h, t->next); }
static inline void deactivate_next(const struct vm_txn *t, struct state_head *h) { h->genmask |= 1u << t->next; }
static inline void reactivate_next(const struct vm_txn *t, struct state_head *h) { h->genmask &= ~(1u << t->next); }
/* After publication: what was new is there for both cursors. */
static inline void genmask_clear(struct state_head *h) { h->genmask = 0; }
enum { GENMASK_DEAD = 3 };

/* ---- messages out ---------------------------------------------------------------------------------- */

/* Header of a message to be written. */
struct fill {
	struct vm_engine *e;
	uint16_t msg, flags;
	uint8_t family;
	uint32_t seq, port;
	bool reset;                  /* counters are set back */
	unsigned policy;             /* of base chains: cursor whose policy is told */
	uint64_t position;           /* of rules: handle of the one before, 0: not told */
	const struct cds_list_head *devs; /* of deleted devices alone */
};
int fill_put(struct buf *out, const struct fill *f, const struct bc_desc *d, const void *body);
/* True for messages that only name what is gone. */
static inline bool fill_is(const struct fill *f, uint16_t a, uint16_t b) { return f->msg == a || f->msg == b; }

int fill_table(struct buf *out, const struct fill *f, const struct vm_table *t);
int fill_chain(struct buf *out, const struct fill *f, const struct vm_chain *c);
int fill_rule(struct buf *out, const struct fill *f, const struct vm_rule *r);
int fill_set(struct buf *out, const struct fill *f, const struct vm_set *s);
int fill_obj(struct buf *out, const struct fill *f, const struct vm_obj *o);
int fill_flowtable(struct buf *out, const struct fill *f, const struct vm_flowtable *ft);
/* One element in a message of its own. */
int fill_elem(struct buf *out, const struct fill *f, struct vm_set *s, struct vm_elem *x);

/* True where a step's change must be told to anybody. */
bool note_wanted(const struct vm_txn *t, const struct txn_step *s);
/* A fill for a step's notification; flags: those of the request that are passed on. */
struct fill note_fill(const struct vm_txn *t, const struct txn_step *s, uint16_t msg, uint16_t flags);
/* Adds the message at the end of t's work->notes (begun at offset `at`) to the notifications. */
struct buf *note_begin(struct vm_txn *t, const struct txn_step *s);
void note_end(struct vm_txn *t);
void note_flush(struct vm_txn *t);

/* Answers a request with one message. */
void reply(struct nl_req *q, struct buf *b);
struct fill reply_fill(const struct nl_req *q, uint16_t msg);

/* ---- dumps ------------------------------------------------------------------------------------------ */

/*
 * A dump: pointers gathered at its start, told one by one. What has died meanwhile is left out; pointers stay valid by state->pins.
 */
struct dump {
	struct nl_dump d;
	struct state *s;
	void **item;
	size_t n, cap, i;
	/* Appends the message of an item; nothing where it is gone. */
	int (*put)(struct dump *x, struct buf *out, void *item);
	int (*part)(struct dump *x, struct buf *out, size_t room); /* instead, where it is not one message an item */
	struct buf kept;             /* a message that did not fit */
	struct vm_set *set;          /* elements: theirs */
	const struct vm_chain *chain; /* rules: of the last one told */
	uint64_t last;               /* its handle */
	bool reset;
	uint8_t family;
	struct arena *arena;
};
struct dump *dump_new(struct nl_req *q, int (*put)(struct dump *, struct buf *, void *));
int dump_add(struct dump *x, void *item);
int dump_start(struct nl_req *q, struct dump *x);
struct fill dump_fill(const struct dump *x, uint16_t msg, uint16_t flags);
void dump_free(struct dump *x);

/* ---- parts -------------------------------------------------------------------------------------------- */

/* tables; their flags until the batch ends, where it changed them */
enum { TABLE_UPDATED = 0x70000000 };
int table_new(struct nl_req *q);
int table_del(struct nl_req *q);
int table_get(struct nl_req *q);
void table_free(struct vm_table *t);
bool family_supported(uint8_t family);

/* chains */
int chain_new(struct nl_req *q);
int chain_del(struct nl_req *q);
int chain_get(struct nl_req *q);
/* Deletes in the next generation; its rules must be gone already. */
int chain_delete(struct nl_req *q, struct vm_chain *c);
void chain_free(struct vm_chain *c);
/* True for steps that change a chain of the table or delete a base chain of it. */
bool chain_step_pending(const struct txn_step *s, const struct vm_table *tb);
/* Takes a chain out for good: binding chains with their rule. */
void chain_unlink(struct vm_txn *t, struct vm_chain *c);
static inline bool chain_is_binding(const struct vm_chain *c) { return c->flags & NFT_CHAIN_BINDING; }
static inline bool chain_is_bound(const struct vm_chain *c) { return chain_is_binding(c) && c->bound; }

/* devices of chains and flowtables: hook_devs.c */
int hook_devs_parse(struct nl_req *q, struct bc_node *devs, const char *dev, const struct nlattr *nest, struct cds_list_head *out);
/* One that the name covers, or that covers it, and has this genmask (0: there for good). */
struct vm_hook_dev *hook_devs_find(const struct cds_list_head *devs, const struct vm_hook_dev *like, uint8_t mask);
/* As attributes: devices active for cursor (2: all). *only: the name, if it is one device. */
struct bc_node *hook_devs_fill(const struct cds_list_head *devs, unsigned cursor, struct arena *a, const char **only);
/* Frees those that are not there for cursor: new ones at an abort, deleted ones at commit. */
void hook_devs_drop(struct cds_list_head *devs, unsigned cursor);
/*
 * Deletes the devices named in the next generation; named then holds what they are called, last one first. -ENOENT: none, and nothing
 * is deleted.
 */
int hook_devs_delete(struct cds_list_head *devs, struct cds_list_head *named, unsigned next);
/* Undoes the deletion of those named; they come first then, as in the kernel. */
void hook_devs_restore(struct cds_list_head *devs, const struct cds_list_head *named, unsigned next);
/* Frees one of a list. */
void hook_devs_take(struct vm_hook_dev *d);
void hook_devs_free(struct cds_list_head *devs);
bool hook_is_netdev(uint8_t family, uint32_t hook);

/* base chains: chain_type.c */
const char *chain_type_name(uint8_t type);
/* Parses NFTA_CHAIN_HOOK and TYPE of a new base chain. 0 or -errno with extack. *base: type, hook, priority, devices. */
int chain_hook_parse(struct nl_req *q, const struct bc_chain *m, struct vm_base *base);
/* As above against an existing one: what is said must be as it is. *devs: devices named. */
int chain_hook_check(struct nl_req *q, const struct bc_chain *m, const struct vm_chain *c, struct cds_list_head *devs);

/* hook lists: hooks.c */
int hooks_prepare(struct vm_txn *t);
void hooks_publish(struct vm_txn *t);
void hooks_abort(struct vm_txn *t);
void hooks_free(struct state *s);

/* rules */
int rule_new(struct nl_req *q);
int rule_new_early(struct nl_req *q);
int rule_del(struct nl_req *q);
int rule_get(struct nl_req *q);
int rule_delete(struct nl_req *q, struct vm_rule *r);
int rule_delete_all(struct nl_req *q, struct vm_chain *c);
void rule_free(struct vm_rule *r);
/* Takes a rule out of lists and hashes for good. */
void rule_unlink(struct vm_txn *t, struct vm_rule *r);
/* The rules of a chain in order, dead ones and new ones included. */
struct vm_rule *rule_first(const struct vm_chain *c);
struct vm_rule *rule_next(const struct vm_rule *r);
struct vm_rule *rule_prev(const struct vm_rule *r);

/* rules in segments, and their publication: segment.c */
int segment_insert(struct vm_chain *c, struct vm_rule *r, struct vm_rule *at, bool behind);
void segment_remove(struct vm_rule *r);
/* Says that the chain's published rules no longer hold at r. */
void segment_dirty(struct vm_rule *r);
void segment_prepare(struct vm_txn *t, struct vm_chain *c);
void segment_publish(struct vm_txn *t, struct vm_chain *c);
void segment_abort(struct vm_txn *t, struct vm_chain *c);
void segment_free(struct vm_chain *c);

/* references of rules and elements: refs.c */
struct set_binding {
	struct cds_list_head list;
	struct vm_rule *rule;
	uint32_t flags;              /* of the reference: NFT_SET_MAP … */
};
/* Counts a new rule's references. 0, -EBUSY (anonymous set in use), -EMFILE: nothing is counted; *bad: at fault. */
int refs_take(struct vm_txn *t, struct vm_rule *r, const struct prog_ref **bad);
/* A rule leaves the next generation (delete), and comes back (the deletion is undone). */
void refs_deactivate(struct vm_txn *t, struct vm_rule *r);
void refs_activate(struct vm_txn *t, struct vm_rule *r);
/* A new rule is undone: all that refs_take did. */
void refs_drop(struct vm_txn *t, struct vm_rule *r);
/* A deleted rule is gone for good: unbinds its sets; anonymous sets and binding chains die with it. */
void refs_release(struct vm_txn *t, struct vm_rule *r, const struct txn_step *why);
/* An element's verdict chain and object. */
int refs_take_elem(struct vm_set *s, struct vm_elem *x);
void refs_drop_elem(struct vm_set *s, struct vm_elem *x);
/* Of all elements of a map, as it leaves or enters the next generation. */
void refs_map(struct vm_txn *t, struct vm_set *s, bool take);

/* the check of jumps and places: validate.c */
int validate_seed_rule(struct vm_txn *t, struct vm_rule *r);
int validate_seed_elem(struct vm_txn *t, struct vm_set *s, struct vm_elem *x);
void validate_seed_base(struct vm_txn *t, struct vm_chain *c);
int validate_run(struct vm_txn *t);
void validate_end(struct vm_txn *t);

/* sets */
int set_new(struct nl_req *q);
int set_del(struct nl_req *q);
int set_get(struct nl_req *q);
int set_delete(struct nl_req *q, struct vm_set *s);
void set_free(struct vm_set *s);
void set_unlink(struct vm_txn *t, struct vm_set *s);
/* An anonymous set whose rule is gone: told and unlinked. */
void set_release(struct vm_txn *t, struct vm_set *s, const struct txn_step *why);
/* A name of its own for "__set%d"; -EINVAL, -ENFILE, -ENOMEM. set_name.c */
int set_name_new(struct vm_txn *t, struct vm_table *tb, const char *pattern, char **out);
/* A set enters or leaves the next generation: its number is taken or free. */
void set_name_taken(struct vm_table *tb, const char *name, bool taken);
void set_names_free(struct vm_table *tb);

/* elements */
int elems_new(struct nl_req *q);
int elems_new_early(struct nl_req *q);
int elems_del(struct nl_req *q);
int elems_del_early(struct nl_req *q);
int elems_get(struct nl_req *q);
/* What an element's message says, checked and made. elem_parse.c */
struct elem_parsed {
	struct vm_elem *elem;
	bool has_timeout, has_expiration;
	uint64_t timeout_ns, expiration_ns;
	bool has_data, has_obj;
	struct vm_verdict verdict;
};
int elem_parse(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, struct elem_parsed *out);
/* A probe with flags, key and key_end alone, in the request's arena. get: for a look-up, where the kernel leaves out a check. */
int elem_parse_key(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, bool get, struct vm_elem **out);
/* s may be NULL for one that was never in a set. */
void elem_free(struct vm_set *s, struct vm_elem *x);
/* Elements of a set that is gone, or undone. */
void elem_retire(struct state *st, struct vm_set *s, struct vm_elem *x);
/* The catch-all element active for a cursor, or NULL. catchall.c */
struct catchall {
	struct cds_list_head list;
	struct vm_elem *elem;
};
struct vm_elem *catchall_find(const struct vm_set *s, unsigned cursor, uint64_t now_ns);
int catchall_insert(struct vm_set *s, struct vm_elem *x, unsigned next, uint64_t now_ns, struct vm_elem **dup);
void catchall_remove(struct vm_set *s, struct vm_elem *x);
/* Calls fn for all elements, catch-all ones last. */
int set_walk(struct vm_set *s, set_walk_fn fn, void *ctx);
/*
 * The expressions of a set or element: one, or many (NULL: none). -E2BIG where there are more than max, -EOPNOTSUPP, …; exprs[] is filled up to *n,
 * on failure too.
 */
int set_exprs_build(struct nl_req *q, struct vm_set *s, const struct bc_expr *one, const struct bc_expr *many, unsigned max,
		    struct vm_stateful *exprs[], uint8_t *n);

/* objects, flowtables, generation */
int obj_new(struct nl_req *q);
int obj_del(struct nl_req *q);
int obj_get(struct nl_req *q);
int obj_delete(struct nl_req *q, struct vm_obj *o);
void obj_free(struct vm_obj *o);
int flowtable_new(struct nl_req *q);
int flowtable_del(struct nl_req *q);
int flowtable_get(struct nl_req *q);
int flowtable_delete(struct nl_req *q, struct vm_flowtable *ft);
void flowtable_free(struct vm_flowtable *ft);
int gen_get(struct nl_req *q);
void gen_notify(struct vm_txn *t, const struct nlmsghdr *first);

#endif
