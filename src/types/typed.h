/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The typed AST: what the evaluation (src/types/eval_*.c) makes of the parser's AST, and what src/lower turns into expressions.
 *
 * A typed expression has a datatype, a width and a byte order; header fields have become offsets, names numbers, and every match has what it
 * depends on before it in its rule. Nothing here depends on the wire.
 *
 * One evaluation belongs to one thread; everything lives in the arena of its command.
 */
#ifndef NFVM_TYPES_TYPED_H
#define NFVM_TYPES_TYPED_H

#include "base/arena.h"
#include "base/diag.h"
#include "parser/ast.h"
#include "src/types/datatype.h"
#include "src/types/proto.h"

struct eval;
struct tset;
struct tx;

/* ---- expressions -------------------------------------------------------------------------------- */

enum tx_kind {
	TX_VALUE,   /* v */
	TX_LOAD,    /* read from the packet or its surroundings: load */
	TX_PREFIX,  /* a (VALUE) and its first len bits */
	TX_RANGE,   /* a to b, VALUEs, both included */
	TX_BINOP,   /* a op b: & | ^ << >> */
	TX_ORDER,   /* a, its byte order turned round */
	TX_CONCAT,  /* parts */
	TX_SET,     /* set: a named one, or the anonymous one written here */
	TX_MAP,     /* a looked up in set */
	TX_VERDICT, /* verdict, chain */
};

/* What is read; one eval_NAME.c in src/types, one load_NAME.c in src/lower each. */
enum tx_load {
	LOAD_PAYLOAD, LOAD_EXTHDR, LOAD_META, LOAD_CT, LOAD_RT, LOAD_SOCKET, LOAD_OSF, LOAD_FIB, LOAD_XFRM, LOAD_NUMGEN, LOAD_HASH, LOAD_TUNNEL,
	LOADS
};

struct tx {
	struct tx *next;             /* the next part of a CONCAT */
	struct place at;
	uint8_t kind;                /* enum tx_kind */
	uint8_t bo;                  /* enum byteorder: how its bytes lie in a register */
	uint8_t op;                  /* BINOP: enum ast_op; ORDER: NFT_BYTEORDER_NTOH or _HTON */
	uint8_t load;                /* enum tx_load */
	bool constant;               /* known now */
	uint16_t vbits;              /* width of the values it can hold, where narrower (a masked field); else 0 */
	uint32_t bits;               /* width; of a CONCAT: its parts, each rounded up to 32 */
	const struct datatype *type; /* type_invalid of a CONCAT: its parts' count */
	const struct proto *inner;   /* LOAD of something within a tunnel: vxlan, …; else NULL */
	union {
		u128 v;
		struct { struct tx *a, *b; uint32_t len; };
		struct { struct tx *parts; uint32_t n_parts; };
		struct { struct tx *key; struct tset *set; };
		struct { const char *chain; int32_t verdict; uint32_t chain_id; };
		struct {
			const struct proto *proto;        /* NULL: raw */
			const struct proto_field *field;
			uint8_t base;                     /* NFT_PAYLOAD_* */
			uint32_t off;                     /* bits from the base */
		} payload;
		struct {
			const struct proto *proto;        /* NULL: raw */
			const struct proto_field *field;
			uint8_t op, type, flags;          /* NFT_EXTHDR_OP_*, option or header number, NFT_EXTHDR_F_PRESENT */
			uint32_t off;                     /* bits from the option's start */
		} exthdr;
		struct { uint32_t key; uint8_t proto; } meta;
		struct { uint32_t key; int8_t dir; uint8_t nfproto; } ct; /* dir: -1, IP_CT_DIR_* */
		struct { uint32_t key; } rt;
		struct { uint32_t key, level; } socket;
		struct { uint8_t ttl; uint32_t flags; } osf;
		struct { uint32_t flags, result; } fib;
		struct { uint8_t dir; uint32_t key, spnum; } xfrm;
		struct { uint32_t type, mod, off; } numgen;
		struct { struct tx *of; uint32_t type, mod, off, seed; bool has_seed; } hash;
		struct { uint32_t key; } tunnel;
	};
};

/* The number under which a key's type travels: six bits for each part of a concatenation. */
uint32_t tx_type_id(const struct tx *e);
/* Bytes of a value in registers or a set: of a CONCAT, each part padded to 4. */
uint32_t tx_bytes(const struct tx *e);
/* For messages: "IPv4 address", "concatenation of (IPv4 address, internet network service)". */
const char *tx_type_desc(struct arena *a, const struct tx *e);
bool tx_same_type(const struct tx *a, const struct tx *b);
/* Reads the same thing. */
bool tx_same(const struct tx *a, const struct tx *b);
/* "payload", "value", … for messages. */
const char *tx_kind_name(const struct tx *e);
/* The type at the root: integer, string, or itself. */
const struct datatype *type_root(const struct datatype *t);

struct tx *tx_new(struct eval *v, enum tx_kind kind, struct place at, const struct datatype *type, enum byteorder bo, uint32_t bits);
struct tx *tx_value(struct eval *v, struct place at, const struct datatype *type, enum byteorder bo, uint32_t bits, u128 value);
struct tx *tx_binop(struct eval *v, enum ast_op op, struct tx *a, struct tx *b);
/* The first and the last value of a VALUE, PREFIX or RANGE; either pointer may be NULL. */
void tx_ends(const struct tx *e, u128 *lo, u128 *hi);
/* The value as it lies in a register or element: tx_bytes() bytes. VALUE or CONCAT of VALUEs; ranges: their lower or upper end. */
void tx_store(const struct tx *e, bool upper, uint8_t *out);

/* ---- statements and rules -------------------------------------------------------------------------- */

/* A relation: left (op) right. */
struct trel {
	enum ast_op op;              /* IMPLICIT, EQ, NE, LT, GT, LE, GE, NOT */
	struct tx *left, *right;
};

struct tstmt;
struct gen;

/* A statement of the language: one stmt_NAME.c each. */
struct tstmt_type {
	const char *name;            /* as in struct ast_stmt */
	bool terminal;               /* what follows it in its rule is never reached */
	bool stateful;               /* may stand in set elements: counter, limit, … */
	/* Evaluates s into out->body. 0, or -1 with the diag saying why. */
	int (*eval)(struct eval *v, const struct ast_stmt *s, struct tstmt *out);
	void (*lower)(struct gen *g, const struct tstmt *s);
};

struct tstmt {
	struct tstmt *next;
	struct place at;
	const struct tstmt_type *type;
	union {
		struct trel *rel;    /* of a match */
		void *body;
	};
};

extern const struct tstmt_type tstmt_match;

/* ---- protocols known of a packet ---------------------------------------------------------------------- */

enum { PCTX_MANY = 16 };

struct pctx_layer {
	const struct proto *desc;               /* NULL: not known */
	struct place at;                        /* what said so */
	const struct proto *many[PCTX_MANY];    /* transport: all that were named */
	uint8_t n_many;
	uint32_t off;                           /* link layer: where its header starts, in bits (behind stacked tags) */
};

struct pctx {
	uint8_t family;
	enum proto_base hook_base;
	const struct proto *hook;               /* what the family starts from */
	struct pctx_layer layer[PROTO_BASES];
	const struct proto *stacked[PCTX_MANY]; /* link layer headers below the last */
	uint8_t n_stacked;
	bool icmp_known;
	uint64_t icmp_types[4];                 /* the types an icmp match has left possible */
};

void pctx_init(struct pctx *c, uint8_t family);
/* A header of protocol desc is there. */
void pctx_update(struct pctx *c, enum proto_base base, struct place at, const struct proto *desc);
/* Learns from a match that has been evaluated. */
void pctx_learn(struct eval *v, const struct trel *r);

extern const struct proto proto_unknown;

/* ---- sets ------------------------------------------------------------------------------------------------ */

/* What an element has beside its key. */
struct telem_props {
	struct tx *data;             /* of a map; VERDICT for vmaps; RANGE or CONCAT of RANGEs where data are intervals */
	const char *obj;             /* of an object map */
	const char *comment;
	uint64_t timeout_ms, expires_ms;
	bool has_timeout, has_expires;
	struct tstmt *stmts;
};

enum { ELEM_RANGE = 1, ELEM_CATCHALL = 2 };

/* An element; its bytes follow: the key's lower end and, in sets with ranges, its upper end, each set->klen bytes, most significant first. */
struct telem {
	struct place at;
	uint32_t flags;              /* ELEM_* */
	const struct telem_props *props; /* NULL: none */
	uint8_t key[];
};

/* Elements evaluated, in the order written. Heap memory, so that a million of them does not stay in the arena. */
struct telems {
	uint32_t n, cap;
	uint32_t klen, size;         /* bytes of a key; of a record */
	bool ranges;                 /* some element is a range or prefix */
	char *mem;
};
void telems_free(struct telems *e);
/* A new record at the end, zeroed; size is set. */
struct telem *telems_new(struct telems *e);
static inline struct telem *telem_at(const struct telems *e, uint32_t i)
{
	return (struct telem *)(void *)(e->mem + (size_t)i * e->size);
}

/* How elements written for a field narrower than its bytes are brought in line with what is loaded: value << shift ^ xor. */
struct telem_shift {
	uint8_t left, right;
	u128 xor;
};

struct tset {
	struct tset *hash_next;
	uint8_t family;
	const char *table, *name;    /* "__set%d" of an anonymous one */
	uint32_t id;                 /* 0: none */
	uint32_t flags;              /* NFT_SET_* */
	struct tx *key;              /* what a key is: type, width and order of a VALUE or of a CONCAT's parts */
	struct tx *data;             /* of a map; VERDICT; or NULL */
	uint32_t obj_type;           /* object map; else 0 */
	bool data_interval, automerge;
	const struct tx *key_of, *data_of; /* what the types were taken from (typeof), or NULL */
	uint32_t key_order;          /* enum byteorder of the key as declared, where elements are sent otherwise; 0: key's */
	bool from_target;            /* was there before this run */
	bool filled;                 /* this run has added elements */
	struct have *have;           /* intervals of one that merges (src/lower/merge.c), or NULL */
	const struct ast_expr *init; /* elements of a named one that this run has declared, or NULL */
	struct telems elems;         /* of an anonymous one */
	struct tset *next;           /* in its rule: anonymous sets, in order; named: all sets of a run */
	struct place at;
};

/* ---- evaluation -------------------------------------------------------------------------------------------- */

/* What the place of an expression wants. Passed by value and changed on the way down. */
struct expect {
	const struct datatype *type; /* NULL: nothing said */
	enum byteorder bo;
	uint32_t bits;               /* 0: unknown */
	u128 max;                    /* 0: what bits allow */
	const struct tx *key;        /* CONCAT: what each part is like; or NULL */
};

/* What evaluation asks of the world around a rule. */
struct eval_world {
	/* A named set of the rule's table; NULL: there is none, and the diag says so. */
	struct tset *(*set)(void *ctx, const char *name, struct place at);
	/* A new anonymous set, or NULL. */
	struct tset *(*new_set)(void *ctx, struct place at);
	/* The set of a meter, new or of that name; NULL with the diag saying why. */
	struct tset *(*meter)(void *ctx, const struct ast_expr *name, const struct tx *key, uint32_t size, bool timeout);
	/* An anonymous chain of these rules: its number. 0: failed. */
	uint32_t (*new_chain)(void *ctx, const struct ast_expr *verdict);
	const struct tstmt_type *(*stmt)(const char *name);
	void *ctx;
};

struct eval {
	struct arena *a;
	struct diag *d;
	const struct type_ctx *types;
	const struct eval_world *world;
	uint8_t family;              /* NFPROTO_* of the table */
	const char *table;
	struct pctx outer, within;   /* of the packet; of what a tunnel carries */
	const struct proto *tunnel;  /* evaluating within it */
	struct pctx *pctx;           /* one of the two */
	const struct eval *above;    /* of the rule whose anonymous chain this rule is in; or NULL */
	struct tstmt *first, **tail; /* the rule so far: what a statement depends on is appended before it */
	struct tset *sets, **sets_tail; /* its anonymous sets */
	uint32_t stmt_bits;          /* width of what the statement around sets; 0: none */
	bool in_set;                 /* evaluating a set's elements or types */
	bool deps_off;               /* types only (typeof): no dependencies, no protocol checks */
	bool whole;                  /* fields as they are, not masked: what a statement writes to */
};

void eval_init(struct eval *v, struct arena *a, struct diag *d, const struct type_ctx *types, const struct eval_world *w, uint8_t family,
	       const char *table);
/* All of a rule's statements, appended to v->first. */
int eval_stmts(struct eval *v, const struct ast_stmt *s);
/* The word that a statement begins with, where errors about the statement point. */
struct place eval_word_at(const struct ast_stmt *s);
int eval_stmt(struct eval *v, const struct ast_stmt *s, struct tstmt *out);
/* Appends a statement. */
struct tstmt *eval_append(struct eval *v, const struct tstmt_type *type, struct place at);
/* Appends left == right and learns from it: what a statement depends on. */
int eval_depend(struct eval *v, struct place at, struct tx *left, struct tx *right);

/* Any expression. NULL with the diag saying why. */
struct tx *eval_expr(struct eval *v, const struct ast_expr *e, struct expect x);
/* What a place of a type wants: its own width where bits is 0. */
struct expect expect_type(const struct datatype *type, enum byteorder bo, uint32_t bits);
/* A place like that expression. */
struct expect expect_like(const struct tx *e);
/* An expression that a statement takes as an argument of this type: loads are checked, converted to its byte order and width. */
struct tx *eval_arg(struct eval *v, const struct ast_expr *e, const struct datatype *type, enum byteorder bo, uint32_t bits);
int eval_rel(struct eval *v, const struct ast_expr *e, struct trel *out);

/* A symbol, string or number to a value; *prefix_bits: of a name that ends in an asterisk, else 0. -1 with the diag saying why. */
int eval_scalar(struct eval *v, const struct ast_expr *e, const struct expect *x, u128 *out, unsigned *prefix_bits);
/* The expression that a variable stands for, or e itself. */
const struct ast_expr *eval_deref(const struct ast_expr *e);

/* Its bytes turned where they lie in another order. Returns what to use instead of e, or NULL. */
struct tx *eval_order(struct eval *v, struct tx *e, enum byteorder bo);
/* Constants folded, operands checked. */
struct tx *eval_binop(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_unary(struct eval *v, const struct ast_expr *e, struct expect x);
/* Moves what can be computed from the left side of a comparison to the right; ordered: of < > <= >=. 0, or -1. */
int eval_transfer(struct eval *v, struct tx **left, struct tx **right, bool ordered);
/* The same for elements still to come. */
void eval_transfer_elems(struct eval *v, struct tx **left, struct telem_shift *s);

struct tx *eval_prefix(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_range(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_concat(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_list(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_map(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_setref(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_verdict(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_field(struct eval *v, const struct ast_expr *e, struct expect x);
struct tx *eval_raw(struct eval *v, const struct ast_expr *e, struct expect x);

/* A set of this anonymous one: key as loaded, data of a map or NULL; obj_type: NFT_OBJECT_* of a map to objects, else 0. */
struct tset *eval_anon_set(struct eval *v, const struct ast_expr *set, struct tx **key, struct tx *data, uint32_t obj_type);
/* Elements into a set's list: set->key, data and flags say what they are. *out is grown. */
int eval_elems(struct eval *v, const struct tset *set, const struct ast_expr *items, const struct telem_shift *shift, struct telems *out);
/* What elements compared with e are like: values of its parts. */
struct tx *eval_template(struct eval *v, const struct tx *e);
/* Keys of sets with ranges lie most significant byte first. */
void set_big_endian(struct tx *key);
/* The types of `type a . b` or typeof: a VALUE or CONCAT of VALUEs; *of: the expressions, of a typeof. */
struct tx *eval_set_type(struct eval *v, const struct ast_expr *e, bool is_typeof, const struct tx **of);

/* A header field: what it depends on appended, its offset final. Called by eval_payload.c for each. */
int eval_payload_deps(struct eval *v, struct tx *e);
/* A field narrower than its bytes: loaded whole, masked and shifted. */
struct tx *eval_bits(struct eval *v, struct tx *e);

/* Userdata of a set: what its key or data were taken from, as nft's TLVs (typeof.c). False where they cannot say it. */
bool typeof_put(struct buf *out, const struct tx *e);
/* Types back from such TLVs. NULL where they make no sense; nothing is reported. */
struct tx *typeof_get(struct eval *v, const void *p, size_t len);

#endif
