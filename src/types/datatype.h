/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datatypes: what a value is, how it is read from text and printed, and the number under which
 * a set's key type travels. One const table entry each, in src/types/datatype_*.c; found by name or number.
 *
 * A value is a number of up to 128 bits and a width in bits. Its bytes in a register follow from the byte order of where it is
 * used: BO_BIG most significant first, BO_HOST least significant first. Strings (interface names) are numbers
 * whose host-order bytes are the characters.
 */
#ifndef NFVM_TYPES_DATATYPE_H
#define NFVM_TYPES_DATATYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

typedef unsigned __int128 u128;

enum byteorder { BO_INVALID, BO_HOST, BO_BIG };

/* nft's numbers (enum datatypes): they travel in NFTA_SET_KEY_TYPE, six bits each in a concatenation. */
enum datatype_id {
	TYPE_INVALID, TYPE_VERDICT, TYPE_NFPROTO, TYPE_BITMASK, TYPE_INTEGER, TYPE_STRING, TYPE_LLADDR, TYPE_IPADDR, TYPE_IP6ADDR,
	TYPE_ETHERADDR, TYPE_ETHERTYPE, TYPE_ARPOP, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE, TYPE_ICMP_TYPE, TYPE_TCP_FLAG,
	TYPE_DCCP_PKTTYPE, TYPE_MH_TYPE, TYPE_TIME, TYPE_MARK, TYPE_IFINDEX, TYPE_ARPHRD, TYPE_REALM, TYPE_CLASSID, TYPE_UID,
	TYPE_GID, TYPE_CT_STATE, TYPE_CT_DIR, TYPE_CT_STATUS, TYPE_ICMP6_TYPE, TYPE_CT_LABEL, TYPE_PKTTYPE, TYPE_ICMP_CODE,
	TYPE_ICMPV6_CODE, TYPE_ICMPX_CODE, TYPE_DEVGROUP, TYPE_DSCP, TYPE_ECN, TYPE_FIB_ADDR, TYPE_BOOLEAN, TYPE_CT_EVENTBIT,
	TYPE_IFNAME, TYPE_IGMP_TYPE, TYPE_TIME_DATE, TYPE_TIME_HOUR, TYPE_TIME_DAY, TYPE_CGROUPV2, TYPE_MAX
};
enum { TYPE_BITS = 6, TYPE_MASK = (1 << TYPE_BITS) - 1 };

/* Names of values; the first name of a value is the one printed. */
struct symbol {
	const char *name;
	uint64_t value;
};

/* How to print: the options -n -N -S -u -y -p -T … and where names come from. */
struct type_ctx {
	bool numeric_proto, numeric_time, numeric_prio, numeric_all; /* -p -T -y -n */
	bool service_names, guid_names, reverse_dns;  /* -S -u -N */
	bool json;
	/* Device and group names of the host that the target lives on; -1 / NULL where unknown. NULL function: this machine. */
	int (*ifindex)(void *host, const char *name);
	const char *(*ifname)(void *host, uint32_t index);
	void *host;
};

struct datatype {
	uint16_t id;                   /* enum datatype_id */
	const char *name;              /* "ipv4_addr" */
	const char *desc;              /* "IPv4 address" */
	uint8_t byteorder;             /* enum byteorder; BO_INVALID: that of its place */
	uint16_t bits;                 /* 0: that of its place (integer, string) */
	bool prefix;                   /* printed as a/len where a mask is contiguous */
	bool bitmask;                  /* `ct state a,b` is an OR of bits; basetype bitmask */
	const struct datatype *base;   /* mark → integer; NULL for the roots */
	const struct symbol *symbols;  /* ends with a NULL name; or NULL */
	/* Names that this machine has in files (routing realms, packet marks, …); read once, ends with a NULL name. Or NULL. */
	const struct symbol *(*host_symbols)(void);
	uint8_t hex;                   /* numbers print as 0x with at least so many digits; 0: as the base type */
	bool quote;                    /* names print in quotes */
	bool describe_hex;             /* `describe` shows the values of the names in hexadecimal */
	/*
	 * Text (a symbol, number or string, no operators) to value. Returns 0, or -1 and *why (arena or static) says what is wrong.
	 * NULL: the base type's, after the symbols.
	 */
	int (*parse)(const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a, const char **why);
	/* NULL: the symbols', else the base type's. */
	void (*print)(const struct type_ctx *c, u128 v, unsigned bits, struct buf *out);
	void (*describe)(struct buf *out); /* what `describe` prints below the type's line, where it is not the symbols. Or NULL */
	bool json_string;              /* JSON prints it as a string even where it is a number in text */
};

const struct datatype *datatype_by_id(uint32_t id);
const struct datatype *datatype_by_name(const char *name);

extern const struct datatype type_invalid, type_verdict, type_nfproto, type_bitmask, type_integer, type_string,
	type_lladdr, type_ipaddr, type_ip6addr, type_etheraddr, type_ethertype, type_arpop, type_inet_protocol,
	type_inet_service, type_icmp_type, type_icmp_code, type_icmpv6_type, type_icmpv6_code, type_icmpx_code,
	type_igmp_type, type_tcp_flag, type_dccp_pkttype, type_mh_type, type_time, type_mark, type_ifindex,
	type_arphrd, type_realm, type_classid, type_uid, type_gid, type_ct_state, type_ct_dir, type_ct_status,
	type_ct_label, type_ct_event, type_pkttype, type_devgroup, type_dscp, type_ecn, type_fib_addrtype,
	type_boolean, type_ifname, type_date, type_hour, type_day, type_cgroupv2, type_priority, type_xinteger,
	type_mptcp_subtype;
#define type_tchandle type_classid

/*
 * A device name, or the prefix of one where the text ends in an asterisk ("eth*"; a literal one is "eth\*"): *prefix_bits is
 * then the width of what is compared, else 0. -1: too long, empty, or an asterisk alone.
 */
int ifname_parse(const char *text, unsigned bits, u128 *out, unsigned *prefix_bits, struct arena *a, const char **why);
/* In quotes, as it is read. */
void ifname_print(u128 v, unsigned prefix_bits, struct buf *out);

/*
 * By the type, its symbols, then its base types. bits: width of the place (for types of no width of their own). Numbers
 * go this way as well, with their text: 22 is a service, `ct expiration 30` is seconds, `meta day 7` is an error.
 */
int datatype_parse(const struct datatype *t, const struct type_ctx *c, const char *text, unsigned bits, u128 *out, struct arena *a,
		   const char **why);
void datatype_print(const struct datatype *t, const struct type_ctx *c, u128 v, unsigned bits, struct buf *out);
/*
 * How JSON shows a value: true: as the number *n (marks in decimal, durations in seconds, a label by its bit); false: as the string
 * that datatype_print gives, without its quotes. Booleans are for the caller: true and false.
 */
bool datatype_json_number(const struct datatype *t, const struct type_ctx *c, u128 v, unsigned bits, uint64_t *n);
/* The name of a value, or NULL. */
const char *datatype_symbol(const struct datatype *t, const struct type_ctx *c, u128 v);
/* Names near to text, for a hint; or NULL. */
const char *datatype_near(const struct datatype *t, const char *text);
/* The names of its values, and of its base types'. */
void datatype_each_name(const struct datatype *t, void (*fn)(void *ctx, const char *name), void *ctx);
/* True where t is, or is based on, base. */
bool datatype_is(const struct datatype *t, const struct datatype *base);

void value_store(u128 v, unsigned bytes, enum byteorder bo, void *out);
u128 value_load(const void *p, unsigned bytes, enum byteorder bo);

#endif
