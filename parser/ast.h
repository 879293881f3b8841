/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AST: what was written, with places, and nothing of what it means.
 *
 * Text and JSON are parsed into it (parser/), the compiler reads it (src/types), the way back builds it
 * (src/raise) and prints it again as text or JSON. It has few node kinds: a header field, a meta key, a ct key are
 * all one kind (AST_FIELD) and told apart by their words, which src/types looks up in its tables; statements are a
 * name, up to two expressions and a list of options.
 *
 * Everything lives in the arena of its command. Strings are NUL-terminated; one with an embedded NUL is refused by the scanner.
 */
#ifndef NFVM_PARSER_AST_H
#define NFVM_PARSER_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

/* ---- expressions --------------------------------------------------------------------------------- */

enum ast_expr_kind {
	AST_SYMBOL,   /* a bare or quoted word whose meaning its type gives: ssh, 10.0.0.1, "eth0", established, 1h; text */
	AST_NUMBER,   /* 22, 0x16: num (up to 128 bits); text as written. (Text that only begins with digits is a SYMBOL)
	                 a: listing: the SYMBOL that JSON has instead (ends of ranges), or NULL */
	AST_STRING,   /* "quoted": text without quotes (where it matters: comments, prefixes, ifnames) */
	AST_VARIABLE, /* $name: text. Resolved by the parser where it is used: expr a is the definition's expression */
	AST_SETREF,   /* @name: text */
	AST_FIELD,    /* something read from the packet or its surroundings: words, see below */
	AST_RAW,      /* @base,offset,length: text = base ("ll" "nh" "th" "ih" or a number), num = offset, num2 = length, in bits */
	AST_WILDCARD, /* * (the catch-all element) */
	AST_UNARY,    /* op a: "~", "!" (op AST_OP_NOT…) */
	AST_BINARY,   /* a op b: & | ^ << >> */
	AST_PREFIX,   /* a / num */
	AST_RANGE,    /* a - b */
	AST_CONCAT,   /* items, joined by '.' */
	AST_LIST,     /* items, joined by ',' (flag lists: established,related) */
	AST_SET,      /* { items }: anonymous set, elements, verdict map. Items are keys (any value, RANGE, PREFIX, CONCAT, WILDCARD, VARIABLE,
	                 nested SET), or ELEM where a key has properties, or MAPPING */
	AST_ELEM,     /* an element with properties: a = key; stmts; opts: timeout, expires, comment */
	AST_MAPPING,  /* a : b   (a may be an ELEM) */
	AST_MAP,      /* a map b: b a SET, SETREF or VARIABLE */
	AST_REL,      /* a op b: a relation (a match); op AST_OP_IMPLICIT where none is written */
	AST_VERDICT,  /* text: accept drop continue return jump goto; a = chain name as SYMBOL (or VARIABLE); rules: an anonymous chain's */
	AST_FLAGS_CMP, /* "tcp flags syn,ack / syn,ack,fin": a = value list, b = mask list */
	AST_PLAIN     /* in a folded SET (parse_fold): a run of elements that are in the text only, see ast_plain_item() */
};

enum ast_op {
	AST_OP_IMPLICIT,
	AST_OP_EQ, AST_OP_NE, AST_OP_LT, AST_OP_GT, AST_OP_LE, AST_OP_GE,
	AST_OP_NOT,           /* relation "ct state ! x" (not all of: legacy "! " form) and unary ! */
	AST_OP_IN,            /* unused in text; JSON "in" */
	AST_OP_AND, AST_OP_OR, AST_OP_XOR, AST_OP_LSHIFT, AST_OP_RSHIFT
};

/* A word with its place; value where the word takes an argument of its own (numgen … mod N, offset N, seed N). */
struct ast_word {
	const char *text;
	struct place at;
};

/*
 * AST_FIELD. head says the family; words are what followed, in the order and wording of nft's canonical output:
 *
 *   head "tcp"…         words {dport}                a header field: any protocol of src/types/proto; also "ether", "th", "arp", "icmp"…
 *                       "arp" words {"saddr","ip"} for `arp saddr ip`
 *   head "meta"         words {mark}                 (also where written without "meta": unqualified; `unqualified` is set)
 *   head "ct"           words {state} | {original,saddr} | {original,ip,saddr} | {count}…; `result`: the key as JSON has it, where that is not family and key
 *   head "tcp option"   words {maxseg,size} | {sack0,left} | {sack-permitted}: presence has one word
 *                       raw: words {"@","42","16","4"} for `tcp option @42,16,4`
 *   head "ip option", "sctp chunk", "dccp option", "exthdr" (words {frag}: `exthdr frag exists`); and
 *   head "hbh" "rt0" "rt2" "rt" "srh" "frag" "dst" "mh" words {field}: IPv6 extension headers are header fields like the others
 *   head "rt"           words {classid} | {ip,nexthop} | {tcp mss → "mtu"} | {ipsec}: routing (told from the exthdr by its word)
 *   head "fib"          words {saddr,mark,iif} = the flags, text result in `result`
 *   head "socket"       words {transparent} | {cgroupv2,level,2}
 *   head "osf"          words {name} | {version} | {ttl,loose,name}
 *   head "ipsec"        words {in,spnum,1,ip,saddr} …   (as written)
 *   head "numgen"       words {inc|random}, num = mod, num2 = offset
 *   head "jhash"        a = expression hashed, num = mod, seed, num2 = offset     head "symhash" likewise without a
 *   head "tunnel"       words {path|id}
 *   head "vxlan" "geneve" "gre" "gretap"   words {vni} or a = inner AST_FIELD (vxlan tcp dport)
 */
struct ast_field {
	const char *head;
	struct place head_at;
	struct ast_word *words;
	uint8_t n_words;
	bool unqualified;
	bool has_seed;
	uint32_t seed;
	const char *result; /* fib */
};

struct ast_opt;
struct ast_stmt;
struct ast_rule;

/*
 * Elements like 10.0.0.1, 10.0.0.0/8, 10.0.0.1-10.0.0.9, 22, 80-95, in a row, by where they begin in their text: four bytes for each.
 */
struct ast_plain {
	uint32_t n, cap, off[];
};

/*
 * 64 bytes, since a set may have millions of them. Members share room where no kind needs both:
 *   NUMBER num;  PREFIX a, num;  RAW num, num2;  FIELD a, num, num2;  lists items;  ELEM a, stmts, opts;  VERDICT a, rules
 */
struct ast_expr {
	struct ast_expr *next;      /* in a list of items */
	struct place at;
	uint8_t kind;               /* enum ast_expr_kind */
	uint8_t op;                 /* enum ast_op */
	bool quoted;                /* SYMBOL that was in quotes */
	union {
		const char *text;
		struct ast_field *field;
		struct ast_plain *plain;
	};
	union {
		struct {
			struct ast_expr *a;
			union {
				struct ast_expr *b;
				uint64_t num2;      /* RAW length; FIELD offset */
			};
		};
		struct { struct ast_expr *items, *items_last; };
	};
	union {
		unsigned __int128 num;      /* NUMBER; PREFIX length; RAW offset; FIELD mod */
		struct {
			struct ast_stmt *stmts; /* ELEM: counter, limit… */
			struct ast_opt *opts;   /* ELEM: timeout expires comment */
		};
		struct ast_rule *rules;     /* VERDICT: rules of an anonymous chain, jump { … } */
		uint64_t n_items_;          /* lists: see ast_list_len() */
	};
};
_Static_assert(sizeof(struct ast_expr) == 64, "struct ast_expr has grown");

/* ---- options: what follows a statement's or object's name ---------------------------------------- */

/* log [prefix "x"] [group 2]: an option is a word with an optional value; a repeated option appears twice. */
struct ast_opt {
	struct ast_opt *next;
	struct place at;            /* of the word and its value */
	const char *name;
	struct ast_expr *val;       /* NULL: a bare word. Several values: LIST */
};

/* ---- statements ------------------------------------------------------------------------------------ */

/*
 * name            a, b                                        opts
 * "match"         a = AST_REL
 * "verdict"       a = AST_VERDICT
 * "vmap"          a = key expression, b = SET, SETREF or VARIABLE
 * "set"           a = what is set (FIELD, RAW), b = value: `meta mark set 1`, `ct helper set "x"`, `tcp option maxseg size set rt mtu`
 * "reset"         a = FIELD "tcp option" of one word
 * "counter"       a = name of an object or NULL               packets, bytes
 * "limit"         a = name of an object or NULL               rate (NUMBER), unit (SYMBOL packets bytes kbytes mbytes), per (SYMBOL
 *                                                             second…), over, until, burst (NUMBER), burst-unit (SYMBOL)
 * "quota"         a = name of an object or NULL               over, until, amount, unit, used, used-unit
 * "last"                                                      used (SYMBOL)
 * "connlimit"     (`ct count`)                                over, until, count
 * "log"                                                       prefix (STRING), group, snaplen, queue-threshold, level (SYMBOL), flags
 *                                                             (LIST of SYMBOL: all skuid ether "ip options" "tcp sequence" "tcp options")
 * "reject"                                                    with (SYMBOL: "tcp reset", icmp, icmpv6, icmpx), code (expression), implied (listing: text leaves
 *                                                             both out, JSON does not)
 * "snat" "dnat"   a = address (RANGE, PREFIX, MAP…) or NULL, b = port family (SYMBOL ip, ip6), random, fully-random, persistent, prefix,
 *                                                             interval, addr.port (`dnat ip addr . port to …`)
 * "masquerade" "redirect"   b = port or NULL                  random, fully-random, persistent
 * "dup" "fwd"     a = address or device, b = device           fwd: family
 * "queue"         a = NUMBER, RANGE, expression or NULL       bypass, fanout
 * "tproxy"        a = address or NULL, b = port or NULL       family
 * "synproxy"      a = name of an object or NULL               mss, wscale, timestamp, sack-perm
 * "tunnel"        a = name of an object
 * "notrack"
 * "flow"          a = SETREF (`flow add @ft`)
 * "add" "update" "delete"   a = SETREF, b = key expression, ELEM of one, or MAPPING (key : data, key may be an ELEM)
 * "meter"         a = SYMBOL name, b = as for "add"           size
 * "xt"            a = SYMBOL type, b = STRING name   (as printed; not loadable)
 *
 * The name of an object is a SYMBOL, or a MAP to such. A rule's comment is the rule's, no statement.
 */
struct ast_stmt {
	struct ast_stmt *next;
	struct place at;
	const char *name;
	struct ast_expr *a, *b;
	struct ast_opt *opts;
};

struct ast_rule {
	struct ast_rule *next;      /* in a chain's block */
	struct place at;
	struct ast_stmt *stmts;
	const char *comment;        /* or NULL */
	struct place comment_at;
	bool folded;                /* only its place is known: see parse_unfold() */
	uint64_t handle;            /* listing only; 0: none */
};

/* ---- objects --------------------------------------------------------------------------------------- */

enum ast_obj_kind {
	AST_TABLE, AST_CHAIN, AST_RULE, AST_SETOBJ, AST_MAPOBJ, AST_ELEMENT, AST_FLOWTABLE,
	AST_COUNTER, AST_QUOTA, AST_LIMIT, AST_CT_HELPER, AST_CT_TIMEOUT, AST_CT_EXPECTATION, AST_SECMARK, AST_SYNPROXY, AST_TUNNEL,
	/* what lists, flushes and resets name */
	AST_RULESET, AST_TABLES, AST_CHAINS, AST_SETS, AST_MAPS, AST_METERS, AST_METER, AST_FLOWTABLES, AST_COUNTERS, AST_QUOTAS, AST_LIMITS,
	AST_CT_HELPERS, AST_CT_TIMEOUTS, AST_CT_EXPECTATIONS, AST_SECMARKS, AST_SYNPROXYS, AST_TUNNELS, AST_HOOKS, AST_RULES,
};

/* Which thing. family: NFPROTO_*; NFPROTO_UNSPEC where the command names none (nft: ip for most, all for lists). */
struct ast_handle {
	uint8_t family;
	bool family_given;
	const char *table, *chain, *name;     /* chain: also the chain of a rule; name: set, map, object, flowtable */
	struct place family_at, table_at, chain_at, name_at;
	uint64_t handle, position, index;     /* `handle N`; `position N`; `index N` */
	struct place handle_at, position_at;
	bool has_handle, has_position, has_index;
};

struct ast_table { struct ast_opt *opts; struct ast_obj *objs; };  /* opts: flags (LIST), comment; objs: in the block */

struct ast_chain {
	bool is_base;
	const char *type, *hook;              /* "filter", "forward"; places: */
	struct place type_at, hook_at, prio_at, policy_at;
	struct ast_expr *prio;                /* as written, without what is added: SYMBOL, NUMBER or VARIABLE */
	const char *prio_name;                /* NULL, or "filter" of `filter + 10`; prio_num is then the offset */
	int32_t prio_num;
	struct ast_expr *devices;             /* LIST or SYMBOL or VARIABLE; NULL: none */
	const char *policy;                   /* NULL, accept, drop */
	struct ast_opt *opts;                 /* flags (offload), comment */
	struct ast_rule *rules;               /* in the block */
	struct ast_text { const char *p; size_t len; } listed; /* listing: rules that are lines of text already */
};

/* Elements that are made one by one. next: NULL behind the last; what it returns lives until the next call. */
struct ast_source {
	const struct ast_expr *(*next)(struct ast_source *s);
};

struct ast_setobj {
	bool is_map;
	struct ast_expr *key_type;            /* `type a . b`: SYMBOL or CONCAT of SYMBOLs;  `typeof`: FIELD… or CONCAT of them */
	struct ast_expr *data_type;           /* map; or NULL */
	struct ast_expr *data_names;          /* listing of a `typeof` map: the names of its data's types, for JSON; or NULL */
	bool is_typeof, data_interval;        /* `: interval ipv4_addr` */
	bool data_otherwise;                  /* JSON: of key and data, one is a typeof and the other names types */
	const char *obj_type;                 /* object map: "counter", "ct helper"… */
	struct ast_opt *opts;                 /* flags (LIST) timeout gc-interval size policy auto-merge comment; listing: count */
	struct ast_stmt *stmts;               /* counter, limit … of each element */
	struct ast_expr *elems;               /* AST_SET or VARIABLE, or NULL */
	struct ast_source *source;            /* listing: instead of elems; can be read once */
	uint8_t per_line;                     /* listing: elements on a line; 0: told by the name in `type`, else 1. (nft: 5 for ports,
	                                         marks and other integers, protocols, uids; 2 for IPv4 addresses, ct states; 1) */
};

/* An object of a table's block or of a command. */
struct ast_obj {
	struct ast_obj *next;
	struct place at;
	enum ast_obj_kind kind;
	struct ast_handle h;
	union {
		struct ast_table table;
		struct ast_chain chain;
		struct ast_rule *rule;
		struct ast_setobj set;
		struct ast_expr *elems;           /* AST_ELEMENT: the AST_SET */
		/*
		 * Stateful objects and flowtables: their properties by their names in the text; limit, quota, counter and synproxy as of the
		 * statement. Flowtable: hook, priority (SYMBOL, or NUMBER, negative in two's complement), priority-offset (NUMBER; with a name),
		 * devices (LIST), counter, flags. ct helper: type, protocol, l3proto; ct timeout: policy (SET of MAPPING); secmark: secctx.
		 * Tunnel: see obj_tunnel.c.
		 */
		struct ast_opt *opts;
	};
};

enum ast_cmd_op {
	AST_ADD, AST_CREATE, AST_INSERT, AST_REPLACE, AST_DELETE, AST_DESTROY, AST_GET, AST_LIST_CMD, AST_FLUSH, AST_RENAME, AST_RESET,
	AST_MONITOR, AST_DESCRIBE, AST_EXPORT, AST_IMPORT
};

struct ast_cmd {
	struct ast_cmd *next;
	struct place at;
	enum ast_cmd_op op;
	struct ast_obj *obj;                  /* NULL for monitor, describe */
	struct ast_expr *expr;                /* DESCRIBE; RENAME: new name as SYMBOL; LIST_CMD hooks: device */
	struct ast_opt *opts;                 /* MONITOR: event and object words; LIST_CMD: "terse" … */
	struct json_t *json;                  /* what it was read from, if the session keeps it; borrowed */
};

/* ---- building (parser/ast.c) ------------------------------------------------------------------- */

struct ast_expr *ast_expr(struct arena *a, enum ast_expr_kind kind, struct place at);
struct ast_expr *ast_symbol(struct arena *a, const char *text, struct place at);
struct ast_expr *ast_string(struct arena *a, const char *text, struct place at);
struct ast_expr *ast_number(struct arena *a, unsigned __int128 n, struct place at);
struct ast_expr *ast_field(struct arena *a, const char *head, struct place at);
void ast_field_word(struct arena *a, struct ast_expr *field, const char *word, struct place at);
struct ast_expr *ast_binary(struct arena *a, enum ast_op op, struct ast_expr *l, struct ast_expr *r);
void ast_list_add(struct ast_expr *list, struct ast_expr *item); /* CONCAT, LIST, SET */
uint32_t ast_list_len(const struct ast_expr *list);
struct ast_stmt *ast_stmt(struct arena *a, const char *name, struct place at);
struct ast_opt *ast_opt(struct arena *a, struct ast_opt ***tail, const char *name, struct ast_expr *val, struct place at);
const struct ast_opt *ast_opt_find(const struct ast_opt *opts, const char *name);

#endif
