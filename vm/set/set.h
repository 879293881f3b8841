/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set backends: what they must do, and what an element is.
 *
 * state/ owns sets and elements: it checks messages against the set's description, builds struct vm_elem, counts uses, keeps the transaction
 * and decides what is destroyed when. A backend only stores pointers to elements (it may copy keys beside them), finds them, and says which
 * of them collide. One file per backend and one const struct set_ops; set/set.c picks the backend from the description.
 *
 * Generations. An element's genmask has bit c set where the element does not exist for readers with cursor c (c = gen & 1). The control thread
 * works for the next cursor, `next` below. A new element comes in with the current cursor's bit set: no reader sees it. Deletion sets the next
 * cursor's bit. After publication, state clears the bits of new elements and calls remove() for dead ones, then frees these after a grace period.
 *
 * Expiry: an element with expires_ns != 0 and expires_ns <= now does not match, collides with nothing and is not dumped, until gc() takes it.
 *
 * Threads: lookup and update by workers, at any time; all else by the control thread alone. Readers never lock or allocate (update() takes
 * elements from a pool that the backend keeps filled).
 */
#ifndef NFVM_VM_SET_SET_H
#define NFVM_VM_SET_SET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytecode/bc.h"

struct vm_set;
struct vm_obj;
struct vm_chain;
struct vm_stateful;

enum { SET_FIELDS_MAX = 16, SET_KEY_MAX = 64, SET_DATA_MAX = 64, SET_EXPRS_MAX = 2 };

/* A verdict as element data (set->data_type == NFT_DATA_VERDICT). */
struct vm_verdict {
	int32_t code;
	struct vm_chain *chain; /* of NFT_JUMP and NFT_GOTO */
};

/*
 * An element. The fixed part is followed by what `off_*` point to (bytes from the struct's start; 0: not there). The key has set->key_len
 * bytes, registers' order, each field of a concatenation padded to 4 bytes; storage is zero-filled up to a multiple of 4 bytes.
 */
struct vm_elem {
	_Atomic uint8_t genmask;      /* see above */
	uint8_t flags;                /* NFT_SET_ELEM_INTERVAL_END, NFT_SET_ELEM_CATCHALL */
	_Atomic bool dead;            /* taken by gc or removed from the data path: no reader may match it any more */
	uint8_t n_exprs;
	uint16_t off_key;             /* 0 for a catch-all element */
	uint16_t off_key_end;
	uint16_t off_data;            /* bytes of set->data_len (padded to 4), or a struct vm_verdict */
	uint16_t off_exprs;           /* struct vm_stateful *[n_exprs] */
	uint16_t off_userdata;        /* one byte length - 1, then the bytes, as in the kernel */
	uint16_t size;                /* of all */
	uint64_t timeout_ns;          /* of this element; 0: none */
	_Atomic uint64_t expires_ns;  /* vm_now() clock; 0: never */
	struct vm_obj *obj;           /* of an object map */
	void *backend;                /* the backend's, where it wants a way back from element to place */
};

static inline void *vm_elem_at(const struct vm_elem *e, uint16_t off) { return off ? (uint8_t *)(uintptr_t)e + off : NULL; }
static inline const uint8_t *vm_elem_key(const struct vm_elem *e) { return vm_elem_at(e, e->off_key); }
static inline const uint8_t *vm_elem_key_end(const struct vm_elem *e) { return vm_elem_at(e, e->off_key_end); }
static inline uint8_t *vm_elem_data(const struct vm_elem *e) { return vm_elem_at(e, e->off_data); }
static inline struct vm_verdict *vm_elem_verdict(const struct vm_elem *e) { return vm_elem_at(e, e->off_data); }
static inline struct vm_stateful **vm_elem_exprs(const struct vm_elem *e) { return vm_elem_at(e, e->off_exprs); }
static inline bool vm_elem_active(const struct vm_elem *e, unsigned cursor)
{
	return !(atomic_load_explicit(&e->genmask, memory_order_relaxed) >> cursor & 1) && !atomic_load_explicit(&e->dead, memory_order_relaxed);
}
static inline bool vm_elem_expired(const struct vm_elem *e, uint64_t now_ns)
{
	uint64_t x = atomic_load_explicit(&e->expires_ns, memory_order_relaxed);

	return x && x <= now_ns;
}

/* What NEWSET says, for the choice of a backend. */
struct set_desc {
	uint8_t family;
	uint32_t flags;                    /* NFT_SET_* */
	uint32_t key_len, data_len;
	uint32_t size;                     /* elements; 0: not said */
	uint32_t policy;                   /* NFT_SET_POL_* */
	uint8_t n_fields;                  /* of a concatenation with intervals (NFTA_SET_DESC_CONCAT); 0: none */
	uint8_t field_len[SET_FIELDS_MAX]; /* bytes */
	bool has_expr;                     /* NFT_SET_EXPR: elements carry expressions */
};
struct set_estimate {
	uint64_t bytes; /* for desc.size elements (or per element, where that is 0) */
	uint8_t lookup, space; /* class, the smaller the better, as the kernel's NFT_SET_CLASS_O_* */
};

/* Tells of one element; not 0 ends the walk with this value. */
typedef int (*set_walk_fn)(struct vm_set *s, struct vm_elem *e, void *ctx);

struct set_ops {
	const char *name;     /* "hash", "bitmap", "rbtree", "pipapo" */
	const char *kernel_name; /* NFTA_SET_TYPE of dumps, e.g. "rhash"; as the kernel would have chosen */
	/* False where this backend cannot hold such a set. */
	bool (*estimate)(const struct set_desc *d, struct set_estimate *out);
	/* Makes s->backend. 0 or -ENOMEM. */
	int (*create)(struct vm_set *s, const struct set_desc *d);
	/* Frees s->backend; calls fn (if not NULL) for every element still inside, which then belongs to the caller. No reader is left. */
	void (*destroy)(struct vm_set *s, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx);
	/*
	 * Puts e in. 0; -EEXIST: an element active for `next` has the same key (*dup is that element; data not looked at: state compares
	 * and forgives equal elements unless NLM_F_EXCL); -ENOTEMPTY: an interval overlaps one of the next generation in a way the kernel
	 * refuses; -ENOMEM, -E2BIG. On failure the set is as before.
	 */
	int (*insert)(struct vm_set *s, struct vm_elem *e, unsigned next, uint64_t now_ns, struct vm_elem **dup);
	/* The element active for `next` which is exactly this one (key, key_end, INTERVAL_END flag of the probe), or NULL. Changes nothing. */
	struct vm_elem *(*find)(const struct vm_set *s, const struct vm_elem *probe, unsigned next, uint64_t now_ns);
	/*
	 * GETSETELEM: the element that would match the key (of intervals: which holds it; NFT_SET_ELEM_INTERVAL_END in flags asks for the
	 * end), active for cursor; NULL: none.
	 */
	struct vm_elem *(*get)(const struct vm_set *s, const struct vm_elem *probe, unsigned cursor, uint64_t now_ns);
	/* The element's genmask is about to change for `next` (delete, undone delete): backends that keep copies of activity follow. May be NULL. */
	void (*activity)(struct vm_set *s, struct vm_elem *e, unsigned next, bool active);
	/*
	 * Deletion of single elements: false where e (as found) may not go now. An interval's end goes only with the start that went last. May be NULL.
	 */
	bool (*may_leave)(struct vm_set *s, const struct vm_elem *e, unsigned next);
	/* Takes e out of the structure; e stays readable until state frees it after a grace period. */
	void (*remove)(struct vm_set *s, struct vm_elem *e);
	/* Every element in dump order (the kernel's where it has one: ascending for rbtree), activity and expiry not looked at. fn may set genmask bits but not insert or remove. */
	int (*walk)(struct vm_set *s, set_walk_fn fn, void *ctx);
	/* Around publication: before a batch's first change / just before the new generation is published / after abort. Any may be NULL. */
	int (*begin)(struct vm_set *s);
	int (*commit)(struct vm_set *s);
	void (*abort)(struct vm_set *s);
	/*
	 * Takes elements out that have expired or are dead, at most max of them; calls fn for each, which then belongs to the caller (freed
	 * after a grace period). Interval ends leave with their starts. Returns their number.
	 */
	uint32_t (*gc)(struct vm_set *s, uint64_t now_ns, uint32_t max, void (*fn)(struct vm_set *s, struct vm_elem *e, void *ctx), void *ctx);

	/*
	 * Memory of an element that update() made: takes it back with what its expressions hold, and returns true. False: not the backend's, the
	 * caller frees it. Control thread, after the grace period. NULL: never the backend's.
	 */
	bool (*release)(struct vm_set *s, struct vm_elem *e);

	/* ---- workers ---- */

	/* The element that matches key (set->key_len bytes, 4-byte aligned registers), or NULL; catch-all elements are not looked at. */
	struct vm_elem *(*lookup)(const struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns);
	/* As many lookups at a time, with prefetching; may be NULL. */
	void (*lookup_burst)(const struct vm_set *s, unsigned cursor, const uint32_t *const *keys, unsigned n, uint64_t now_ns, struct vm_elem **out);
	/*
	 * dynset: the element of this key, made by make(ctx) if there is none (which may return NULL: full; make NULL: never). *fresh says whether what
	 * make() gave is now in the set; else it is the caller's again. NULL where there is none and no room.
	 * A NULL function: packets cannot change this kind of set (-EOPNOTSUPP at load).
	 */
	struct vm_elem *(*update)(struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns, struct vm_elem *(*make)(void *ctx), void *ctx,
				  bool *fresh);
	/* dynset delete: true if an element was there. */
	bool (*take)(struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns);
};

/* The backend for a set as the kernel would judge; NULL where none can hold it (-EOPNOTSUPP). */
const struct set_ops *set_choose(const struct set_desc *d);
/* True where the kernel would not find the memory: hashes of a given size come in one piece. */
bool set_too_large(const struct set_ops *ops, const struct set_desc *d);
/* True where the kernel collects what is idle in the background (gc_init). */
bool set_collects(const struct set_ops *ops);

/* Lookup with the catch-all element behind it (worker). */
struct vm_elem *set_lookup(const struct vm_set *s, unsigned cursor, const uint32_t *key, uint64_t now_ns);

#endif
