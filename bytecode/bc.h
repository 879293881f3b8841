/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The waist: nf_tables netlink messages as C structs, and the one codec between the two.
 *
 * Every message, nested attribute and expression is a struct whose first member is
 * `uint64_t has`: bit n set where attribute n (NFTA_…) is there. A const table (struct bc_desc)
 * maps its attributes to its members; encoding, decoding, validation and the text dump all follow
 * from the table. Numbers are in host order in the structs, except where a member's type is be16/be32/be64 or bytes.
 *
 * Decoding takes and refuses what the kernel's policies do (lib/nlattr.c in its liberal mode, and nf_tables'
 * own nla_policy tables): unknown attributes are skipped, numbers that are too short refused
 * (-ERANGE), strings without their NUL or too long (-ERANGE/-EINVAL), numbers above their maximum (-ERANGE).
 * Presence is not a matter of the codec but of who uses the struct: it tests `has`.
 *
 * Strings and bytes of a decoded struct point into the message unless BC_COPY is asked for; lists and nested structs are
 * allocated in the arena. Encoded bytes are appended to a struct buf.
 */
#ifndef NFVM_BYTECODE_BC_H
#define NFVM_BYTECODE_BC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "bytecode/nf.h"

#define BC_HAS(s, attr) (((s)->has >> (attr)) & 1)
/* Sets a member and the bit that says so: BC_SET(cmp, NFTA_CMP_OP, op, NFT_CMP_EQ) */
#define BC_SET(s, attr, member, value) ((s)->member = (value), (s)->has |= UINT64_C(1) << (attr))
/* For members that are structs of their own (data, nests): says that they are there. */
#define BC_MARK(s, attr) ((s)->has |= UINT64_C(1) << (attr))

struct bc_bytes {
	const uint8_t *p;
	uint32_t len;
};

/* NFTA_DATA_VALUE or NFTA_DATA_VERDICT (enclosed in the attribute that carries it). */
enum bc_data_kind { BC_DATA_NONE, BC_DATA_VALUE, BC_DATA_VERDICT };
struct bc_data {
	uint8_t kind;          /* enum bc_data_kind */
	bool has_chain_id;
	uint16_t host_order;   /* text only, not on the wire: bit n says that field n is a number in host order */
	uint32_t len;          /* VALUE: bytes, as they lie in the registers */
	union {
		const uint8_t *value;
		const char *chain; /* VERDICT: of NFT_JUMP and NFT_GOTO, or NULL */
	};
	int32_t verdict;       /* NF_ACCEPT, NF_DROP, NFT_CONTINUE, NFT_JUMP, … */
	uint32_t chain_id;
};

#define BC_DATA_ANY UINT32_MAX

enum bc_kind {
	BC_U8,      /* uint8_t */
	BC_U16,     /* host order on the wire (rare): uint16_t */
	BC_U32,     /* host order on the wire (rare): uint32_t */
	BC_BE16,    /* uint16_t member, big-endian on the wire */
	BC_BE32,    /* uint32_t */
	BC_BE64,    /* uint64_t */
	BC_STR,     /* const char *; max: longest, without NUL */
	BC_BYTES,   /* struct bc_bytes; max: longest */
	BC_DATA,    /* struct bc_data; max: longest value, 0: 16 bytes, BC_DATA_ANY: its length (0 too) is for its reader to judge */
	BC_VERDICT, /* struct bc_data: NFTA_VERDICT_* without the NFTA_DATA_VERDICT around them */
	BC_NEST,    /* embedded struct, described by sub */
	BC_LIST,    /* struct bc_node * list; each NFTA_LIST_ELEM (or any type) a struct described by sub */
	BC_ATTRS,   /* struct bc_node * list; each attribute of the nest is one attribute of a struct described by sub */
	BC_EXPR,    /* struct bc_expr *: one nested expression */
	BC_EXPRS,   /* struct bc_expr *: list of NFTA_LIST_ELEM expressions */
	BC_FLAG,    /* present or not; no member */
	BC_OBJECT,  /* NFTA_OBJ_DATA: a struct chosen by the object's type */
};

struct bc_attr {
	uint16_t type;              /* NFTA_… */
	uint16_t flags;             /* BC_A_… */
	uint8_t kind;               /* enum bc_kind */
	uint32_t off;               /* offsetof the member */
	uint32_t max;               /* greatest number or longest string or bytes; 0: no bound beyond the kind's own */
	const char *name;           /* "sreg", for errors and the raw dump */
	const struct bc_desc *sub;  /* NEST, LIST */
};
enum {
	BC_A_LAX = 4,           /* not in the kernel's policy (in replies only): skipped where it does not fit */
	BC_A_REPLY = 8,         /* refused in a request */
	BC_A_MASK = 16,         /* max is the mask of the bits that may be set */
	BC_A_MIN = 32,          /* bytes: max is the least length, more is ignored */
	BC_A_NUL = 64,          /* a string that must end with NUL */
	BC_A_EXACT = 128,       /* a length other than the kind's is refused */
	BC_A_ARRAY = 512,       /* lists: what the elements hold is checked with their level, before anything is read */
	BC_A_NESTED = 256,      /* bytes that are attributes: NLA_F_NESTED is set */
};

struct bc_desc {
	const char *name;
	uint16_t size;     /* sizeof the struct */
	uint16_t n;
	const struct bc_attr *attrs; /* in the order in which stock nft sends them */
};

/* Head of every element of a BC_LIST; the element's struct follows it in the same allocation at BC_BODY(node). */
struct bc_node {
	struct bc_node *next;
	const struct nlattr *at; /* where it stood in the message, for extack; NULL if built */
	uint16_t type;           /* of the list's attribute; 0: NFTA_LIST_ELEM. Stock nft numbers set elements 1, 2, 3, … */
	_Alignas(8) char body[];
};
#define BC_BODY(node, type) ((type *)(void *)(node)->body)
/* A new element behind *tail, advancing it; returns its zeroed body of size bytes. */
void *bc_node_add(struct arena *a, struct bc_node ***tail, size_t size);

/* ---- expressions ------------------------------------------------------------------------------- */

struct bc_expr_type {
	const char *name;            /* NFTA_EXPR_NAME */
	const struct bc_desc *desc;  /* of NFTA_EXPR_DATA */
	/* The text of nft's --debug=netlink (libnftnl 1.3 wording), without brackets: "cmp eq reg 1 0x0016". */
	void (*dump)(struct buf *out, const void *body);
};

/* An expression of a rule. Its struct (bytecode/expr/NAME.h) lies behind it. */
struct bc_expr {
	struct bc_expr *next;
	const struct bc_expr_type *type;
	const struct nlattr *at;     /* its list element in the message; NULL if built */
	_Alignas(8) char body[];
};
#define BC_EXPR_BODY(e, T) ((T *)(void *)(e)->body)

/* NULL where there is no such expression. */
const struct bc_expr_type *bc_expr_type(const char *name);
/* A new expression behind *tail, advancing it; returns its zeroed body. */
void *bc_expr_add(struct arena *a, struct bc_expr ***tail, const char *name);
/* A single expression (for BC_EXPR members). */
struct bc_expr *bc_expr_new(struct arena *a, const char *name);
bool bc_expr_is(const struct bc_expr *e, const char *name);
/* Deep copy of a list, all strings and bytes included. */
struct bc_expr *bc_expr_copy(struct arena *a, const struct bc_expr *list);

/* ---- codec --------------------------------------------------------------------------------------- */

/* Why a message was refused: an error number (negative) and the attribute at fault (NULL: the message). */
struct bc_err {
	int err;
	const struct nlattr *at;
	const char *msg;        /* extack text, static; or NULL */
	const struct bc_attr *policy; /* what would have been allowed; or NULL */
	bool inside;            /* the message's own attributes are as their policies want them: what is nested in them is at fault */
};

enum {
	BC_COPY = 1,    /* copy strings and bytes to the arena instead of pointing into the message */
	BC_REQUEST = 2, /* refuse attributes that only the kernel sends, as it does */
};

/* Appends the attributes of a struct. Returns 0, or -EMSGSIZE where a nest grew beyond 64 KiB: out is as it was. */
int bc_encode(struct buf *out, const struct bc_desc *d, const void *s);
/*
 * Decodes len bytes of attributes (aligned to 4) into *s (d->size bytes, zeroed by the callee).
 * Returns 0, or err->err; err may be NULL. On failure *s holds nothing that may be used. Attributes are checked as the kernel does
 * it: those of a level first, in their order, then what is nested in them; of several of one type the last counts.
 * err->msg may be set where there is no error. err->at is what the kernel's extack names: the attribute; for what is wrong in nests the element of the (outermost) list they are
 * in, or none.
 */
int bc_decode(const struct bc_desc *d, const void *attrs, size_t len, void *s, struct arena *a, int flags, struct bc_err *err);
/* The first attribute of a type among len bytes of attributes, or NULL: to point at it in an extack. */
const struct nlattr *bc_find(const void *attrs, size_t len, uint16_t type);
/* Deep copy of a struct to the arena. */
void *bc_copy(struct arena *a, const struct bc_desc *d, const void *s);

/* ---- batches --------------------------------------------------------------------------------------- */

/*
 * A batch under construction: NFNL_MSG_BATCH_BEGIN, messages with running sequence numbers, NFNL_MSG_BATCH_END.
 * Element lists longer than 64 KiB are to be split by the caller into several messages (bc_batch_room).
 */
struct bc_batch {
	struct buf bytes;
	uint32_t seq;       /* of the next message */
	size_t open;        /* offset of the message being built */
	int err;            /* -EMSGSIZE: some message was too large and left out */
};

void bc_batch_begin(struct bc_batch *b, uint32_t seq, uint32_t genid /* 0: none */);
/* Appends a message of NFNL_SUBSYS_NFTABLES: type NFT_MSG_…, family NFPROTO_…; returns its sequence number. flags: NLM_F_… beside REQUEST. */
uint32_t bc_batch_msg(struct bc_batch *b, uint16_t type, uint8_t family, uint16_t flags, const struct bc_desc *d, const void *s);
void bc_batch_end(struct bc_batch *b);
void bc_batch_free(struct bc_batch *b);

/* One message outside of a batch (requests, dumps, replies, notifications) of any nfnetlink subsystem. 0, or -EMSGSIZE and nothing written. */
int bc_msg(struct buf *out, uint8_t subsys, uint16_t type, uint8_t family, uint16_t flags, uint32_t seq, uint32_t pid, uint16_t res_id,
	   const struct bc_desc *d, const void *s);

/* ---- text ------------------------------------------------------------------------------------------ */

struct bc_rule;
struct bc_set;
struct bc_elems;
/* As `nft --debug=netlink` prints them. A rule: "ip t c\n  [ … ]\n\n". */
void bc_dump_rule(struct buf *out, uint8_t family, const struct bc_rule *r);
void bc_dump_exprs(struct buf *out, const struct bc_expr *list, const char *indent);
void bc_dump_set(struct buf *out, uint8_t family, const struct bc_set *s);
/* What is sent: all elements on one line. */
void bc_dump_elems(struct buf *out, uint8_t family, const struct bc_elems *e);
/* What is listed: "ip t @s\n", then a line for each. */
void bc_dump_listed_elems(struct buf *out, uint8_t family, const struct bc_elems *e);

#endif
