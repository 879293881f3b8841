/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the way back: what a register holds while a rule is read, and the state of one rule.
 *
 *   bc_expr list ──raise_NAME (src/raise/NAME.c)──► registers of struct rx ──raise_match, raise_emit──► ast_stmt list
 *
 * An rx is an expression as the bytecode says it: raw bytes, offsets, masks. It is named and typed when it is used
 * (raise_complete), since only then the protocols that earlier matches of the rule promise are known. An rx in a register may
 * be used several times, so nothing changes it once it is there. Everything lives in the arena of the caller.
 *
 * Not thread safe; one struct raise per call of the public functions.
 */
#ifndef NFVM_RAISE_RX_H
#define NFVM_RAISE_RX_H

#include "src/raise/raise.h"
#include "src/types/proto.h"

enum { RAISE_SLOTS = 20, RAISE_CONCAT_MAX = 16, RAISE_WORDS = 8 };

/*
 * How the bytes of a value are read. shift: a bit field that is compared in its place lies so many bits up
 * (`ip dscp cs1`: the byte & 0xfc, against 0x20: shift 2).
 */
struct rtype {
	const struct datatype *type;
	uint16_t bits;
	uint8_t bo; /* enum byteorder */
	uint8_t shift;
};

/* Types of a concatenation's parts; n 1 for anything else. */
struct rtypes {
	unsigned n;
	struct rtype t[RAISE_CONCAT_MAX];
};

enum rx_kind {
	RX_VALUE, /* constant: bytes as in the registers */
	RX_PAYLOAD,
	RX_EXTHDR,
	RX_META, /* ast is made; key says which, for what it promises of protocols */
	RX_CT,
	RX_FIELD, /* any other key: ast is made */
	RX_MASK,  /* (a & mask) ^ xor, as the instruction has it */
	RX_BINOP, /* a op b */
	RX_CONCAT,
	RX_MAP,   /* a looked up in b, which is a SET */
	RX_SET,   /* a set by name; anonymous ones with their elements */
	RX_RANGE, /* a - b, both VALUE */
};

struct rx {
	struct rx *next; /* in a CONCAT */
	struct rtype t;
	uint8_t kind; /* enum rx_kind */
	uint8_t op;   /* BINOP: enum ast_op */
	bool swapped; /* a byteorder instruction has changed its order */
	union {
		struct {
			const uint8_t *p;
			uint32_t len;
		} val;
		struct {
			uint8_t base;              /* enum proto_base */
			uint32_t off;              /* bits, from the base */
			const struct proto *proto; /* once named; NULL: raw */
			const struct proto_field *field;
			const struct proto *tunnel; /* inner header of this one (vxlan), or NULL */
		} pl;
		struct {
			uint8_t op, type; /* NFT_EXTHDR_OP_*; option, chunk or next header */
			bool present;     /* NFT_EXTHDR_F_PRESENT */
			uint32_t off;     /* bits */
			const struct proto *proto;
			const struct proto_field *field;
		} ext;
		struct {
			struct ast_expr *ast;
			uint32_t key; /* META, CT */
			bool inner;   /* META: of a tunnelled packet */
		} f;
		struct {
			const struct rx *a;
			const struct bc_data *mask, *xor;
		} m;
		struct {
			const struct rx *a, *b;
		};
		struct {
			struct rx *items;
			unsigned n;
		} cat;
		struct {
			const char *name;
			const struct bc_set *set; /* NULL: unknown */
			const struct bc_node *elems;
			bool anon;
		} set;
	};
};

/* What is known of the packet's headers at this place of the rule. */
struct rlayer {
	const struct proto *p; /* NULL: not known */
	uint32_t off;          /* bits from the base to its first: a VLAN header lies behind the Ethernet one */
};
struct rproto {
	struct rlayer at[PROTO_BASES];
	struct rlayer under[8]; /* headers that lie before at[PROTO_LL]: ether, under vlan */
	unsigned n_under;
	int icmp_type; /* -1: not known */
};

/* A statement of the rule under construction; a match keeps its sides for as long as it may turn out to be implied by a later one.
 */
struct rstmt {
	struct rstmt *prev, *next;
	struct ast_stmt *ast;           /* NULL: left == value, made when the rule is done: it may be implied until then */
	const struct rx *left;          /* of a match; else NULL */
	u128 value;                     /* == this one */
	const struct rx *source, *from; /* register's expression and right side, and */
	uint8_t op;                     /* operator, as they came */
	bool inner;                     /* of a tunnelled header */
};

enum { RAISE_DEPS = PROTO_BASES + 1 }; /* by what they promise: the match that says which network header is at PROTO_NH */

struct raise {
	const struct raise_ctx *c;
	struct arena *a, *tmp; /* of what is returned; of what is needed until then */
	const struct type_ctx *types;
	uint8_t family;
	const char *table;
	const struct rx *reg[RAISE_SLOTS]; /* by 4-byte slot */
	struct rproto proto, inner;
	const struct proto *tunnel; /* whose inner header `inner` is */
	struct rstmt *first, *last;
	struct rstmt *dep[RAISE_DEPS], *inner_dep[RAISE_DEPS];
	struct buf scratch; /* text of one value */
	bool failed;        /* something could not be said */
};

void raise_init(struct raise *r, const struct raise_ctx *c, uint8_t family, const char *table);
void raise_done(struct raise *r);

/* ---- registers (regs.c) ------------------------------------------------------------------------------ */

struct rx *rx_new(struct raise *r, enum rx_kind kind, const struct datatype *type, unsigned bits, enum byteorder bo);
struct rx *rx_copy(struct raise *r, const struct rx *e);
struct rx *rx_value(struct raise *r, const void *p, uint32_t len);
struct rx *rx_range(struct raise *r, const struct rx *of, const struct rx *from, const struct rx *to);
struct rx *rx_binop(struct raise *r, enum ast_op op, const struct rx *a, const struct rx *b);
/* A field whose AST is made: "meta" "mark". words ends with NULL. */
struct rx *rx_field(struct raise *r, const char *head, const char *const *words, const struct datatype *type, unsigned bits,
		    enum byteorder bo);
/* A register of the bytecode (NFT_REG_1…4, NFT_REG32_00…15) gets or gives its value. get: NULL where it holds none, and the rule is
 * marked failed. */
void raise_reg_set(struct raise *r, uint32_t reg, const struct rx *e);
const struct rx *raise_reg(struct raise *r, uint32_t reg);
/* len bytes from a register on: one value, or the concatenation that lies in it and those behind it. */
const struct rx *raise_reg_bytes(struct raise *r, uint32_t reg, uint32_t len);
/* What a register holds, for use as a value of this type; NULL as raise_reg. */
struct ast_expr *raise_reg_use(struct raise *r, uint32_t reg, const struct rtype *t);

/* ---- use (complete.c) --------------------------------------------------------------------------------- */

/*
 * Names and types an expression for use at this place of the rule: payloads become fields, masks bit fields, prefixes…;
 * what it implies of earlier matches is removed. in_place: a bit field may stay as it lies (its type's shift says how), for
 * the value or set it is compared with follows.
 */
const struct rx *raise_complete(struct raise *r, const struct rx *e, bool in_place);
/* Types of an expression's parts. */
void raise_types(const struct rx *e, struct rtypes *out);
/* The AST of a completed expression; like: types of what it stands against, for VALUE, RANGE and SET; NULL: its own. */
struct ast_expr *raise_ast(struct raise *r, const struct rx *e, const struct rtypes *like);
struct ast_expr *raise_as(struct raise *r, const struct rx *e, const struct rtype *like);
/* Both at once: complete, and as AST. */
struct ast_expr *raise_use(struct raise *r, const struct rx *e, const struct rtype *like);

/* ---- statements (match.c) -------------------------------------------------------------------------------- */

/* A match: `left op right`. op: AST_OP_EQ, NE, LT, … */
void raise_match(struct raise *r, enum ast_op op, const struct rx *left, const struct rx *right);
/* exact: == is written. */
struct rstmt *raise_emit_match(struct raise *r, enum ast_op op, const struct rx *left, struct ast_expr *right, bool exact);
/* `left == value`, as a promise that a later match may make superfluous. */
struct rstmt *raise_emit_promise(struct raise *r, const struct rx *left, u128 value);
/* The AST of a statement. */
struct ast_stmt *raise_stmt_ast(struct raise *r, struct rstmt *s);
/* Appends a statement that is no match. Complete its expressions before: it ends all promises (depend.c). */
struct ast_stmt *raise_emit(struct raise *r, const char *name);
void raise_opt(struct raise *r, struct ast_stmt *s, const char *name, struct ast_expr *val);
void raise_opt_number(struct raise *r, struct ast_stmt *s, const char *name, uint64_t n);
void raise_opt_symbol(struct raise *r, struct ast_stmt *s, const char *name, const char *word);

/* ---- values (value.c) -------------------------------------------------------------------------------- */

struct ast_expr *raise_symbol(struct raise *r, const char *text);
struct ast_expr *raise_number(struct raise *r, u128 n);
/* A duration: its number is in seconds, or in milliseconds, for JSON. */
struct ast_expr *raise_time(struct raise *r, uint64_t ms);
struct ast_expr *raise_time_ms(struct raise *r, uint64_t ms);
/* Bytes as in a register, read as t says. */
struct ast_expr *raise_value(struct raise *r, const struct rtype *t, const void *p, unsigned len);
/* Likewise of a concatenation: parts start at multiples of 4 bytes. */
struct ast_expr *raise_bytes_ast(struct raise *r, const struct rtypes *t, const uint8_t *p, unsigned len);
struct ast_expr *raise_typed(struct raise *r, const struct rtype *t, u128 v);
/* Range and prefix print in numbers. All values from lo to hi: a value, a prefix where the type has them, a range. */
struct ast_expr *raise_span(struct raise *r, const struct rtype *t, u128 lo, u128 hi);
struct ast_expr *raise_range_ast(struct raise *r, const struct rtype *t, u128 lo, u128 hi);
/* Likewise of strings of n bytes: one, the beginning of many (eth*), a range. */
struct ast_expr *raise_string_span(struct raise *r, const struct rtype *t, const uint8_t *lo, const uint8_t *hi, unsigned n);
/* The bits of v as a LIST, or a single value. */
struct ast_expr *raise_flags(struct raise *r, const struct rtype *t, u128 v);
bool raise_is_flags(const struct datatype *t);
u128 raise_load(const struct rtype *t, const void *p, unsigned len);
/* The number of leading ones where mask is a prefix of `bits` bits; else -1. */
int raise_prefix_len(u128 mask, unsigned bits);
static inline unsigned raise_bytes(unsigned bits)
{
	return (bits + 7) / 8;
}

/* ---- protocols (proto.c, depend.c) ------------------------------------------------------------------------ */

void raise_proto_init(struct rproto *p, uint8_t family);
/* What a match against one value says of the headers. */
void raise_learn_set(struct rproto *p, const struct rx *left, const struct rx *set);
void raise_learn(struct raise *r, struct rproto *p, const struct rx *left, u128 value);
/* A payload whose value says what follows its header. */
bool raise_is_key(const struct rx *pl);
bool raise_is_icmp(const struct proto *p);
/* A named payload: the match that promises its header may have become superfluous. */
void raise_depend_payload(struct raise *r, const struct rx *pl);
/* A match of a meta key against a value: likewise for what lies below, and it is a promise itself. */
void raise_depend_meta(struct raise *r, struct rstmt *s);
void raise_depend_base(struct raise *r, enum proto_base base);
/* True for the keys that say which header there is. */
bool raise_depend_promises(uint32_t meta_key);
/* s promises which header is at base. */
void raise_depend_store(struct raise *r, struct rstmt *s, int base);
void raise_depend_reset(struct raise *r);

/* ---- fields (payload.c, exthdr.c, bitfield.c and the files of their names) -------------------------------- */

struct rx *raise_payload_of(struct raise *r, const struct bc_payload *p);
const struct rx *raise_payload_name(struct raise *r, const struct rx *pl);
/* The field of the payload's header at these bits (from its base), or NULL. */
const struct rx *raise_payload_field(struct raise *r, const struct rx *pl, uint32_t off, uint32_t bits);
void raise_payload_match(struct raise *r, enum ast_op op, const struct rx *pl, const struct rx *value);
struct ast_expr *raise_payload_ast(struct raise *r, const struct rx *pl);
const struct rx *raise_exthdr_name(struct raise *r, const struct rx *e);
const struct rx *raise_exthdr_field(struct raise *r, const struct rx *e, uint32_t off, uint32_t bits);
struct ast_expr *raise_exthdr_ast(struct raise *r, const struct rx *e);
/* The field that a mask selects from a payload or option, or NULL. */
const struct rx *raise_bitfield(struct raise *r, const struct rx *e, u128 mask);
const struct rx *raise_raw_bits(struct raise *r, const struct rx *pl, u128 mask);

struct key;
struct rx *raise_key(struct raise *r, const char *head, const char *const *before, const struct key *k);
struct rx *raise_meta_of(struct raise *r, uint32_t key);
struct rx *raise_ct_of(struct raise *r, const struct bc_ct *c);
struct rx *raise_rt_of(struct raise *r, uint32_t key);
struct rx *raise_socket_of(struct raise *r, uint32_t key, uint32_t level);
struct rx *raise_osf_of(struct raise *r, uint8_t ttl, uint32_t flags);
struct rx *raise_fib_of(struct raise *r, uint32_t result, uint32_t flags);
struct rx *raise_xfrm_of(struct raise *r, uint32_t key, uint8_t dir, uint32_t spnum);
struct rx *raise_tunnel_of(struct raise *r, uint32_t key);
struct rx *raise_numgen_of(struct raise *r, uint32_t type, uint32_t mod, uint32_t offset);
struct rx *raise_symhash_of(struct raise *r, uint32_t mod, uint32_t offset);
/* Properties that a statement and an object of the same name share. */
uint64_t raise_data_unit(uint64_t bytes, const char **unit);
void raise_limit_opts(struct raise *r, struct ast_opt ***tail, const struct bc_limit *l, bool is_object);
void raise_quota_opts(struct raise *r, struct ast_opt ***tail, const struct bc_quota *q);
void raise_synproxy_opts(struct raise *r, struct ast_opt ***tail, uint32_t mss, uint32_t wscale, uint32_t flags);

/* ---- sets (set.c, elem.c, typeof.c) -------------------------------------------------------------------- */

struct rx *raise_set_ref(struct raise *r, const char *name);
/* data->n is 0 for sets, verdict and object maps. */
void raise_set_types(struct raise *r, const struct bc_set *s, struct rtypes *key, struct rtypes *data);
bool raise_set_data_interval(const struct bc_set *s);
/* Elements as an AST_SET, keys and data read as the types say. */
struct ast_expr *raise_elems(struct raise *r, const struct bc_set *s, const struct bc_node *elems, const struct rtypes *key,
			     const struct rtypes *data);
/* What a `typeof` in userdata says; NULL where it is not understood. */
const struct rx *raise_typeof(struct raise *r, struct bc_bytes tlv);
/* The statements that expressions of an element or a set make, in order. */
struct ast_stmt *raise_stmts(struct raise *r, const struct bc_expr *one, const struct bc_expr *list);
struct ast_expr *raise_verdict(struct raise *r, const struct bc_data *d);

/* ---- objects (table.c, obj.c) ---------------------------------------------------------------------------- */

struct ast_obj *raise_obj_new(const struct raise_ctx *c, enum ast_obj_kind kind, uint8_t family, const char *table);
struct ast_expr *raise_devices(struct raise *r, const char *one, const struct bc_node *devs);
/* A name that may be missing: "". */
const char *raise_strdup(struct arena *a, const char *s);
/* The text of a userdata TLV, or NULL. */
const char *raise_comment(struct raise *r, struct bc_bytes ud, uint8_t type);
void raise_comment_opt(struct raise *r, struct ast_opt ***tail, struct bc_bytes ud, uint8_t type);

/* ---- the registry (registry.c): one entry per expression, in src/raise/NAME.c --------------------------- */

struct raise_type {
	const char *name;
	void (*raise)(struct raise *r, const void *body);
};
const struct raise_type *raise_type(const char *name);
void raise_expr(struct raise *r, const struct bc_expr *e);

#endif
