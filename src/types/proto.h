/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protocol headers as tables: one file per protocol in src/types/proto/, one row per field, found by name (compile)
 * or by place (list). Extension headers, TCP options and the like are tables of the same form.
 */
#ifndef NFVM_TYPES_PROTO_H
#define NFVM_TYPES_PROTO_H

#include "src/types/datatype.h"

enum proto_base { PROTO_LL, PROTO_NH, PROTO_TH, PROTO_INNER, PROTO_BASES, PROTO_NONE = 255 };

enum {
	PROTO_F_ALIAS = 1,              /* another name of an earlier row: read, never printed */
	PROTO_F_PSEUDO = 2,             /* part of the transport checksum's pseudo header: changing it changes that checksum too */
};

struct proto_field {
	const char *name;               /* "dport"; two words ("saddr ip") for arp's */
	const struct datatype *type;
	uint16_t off, len;              /* bits from the header's start; bit 0 is the first byte's most significant */
	uint8_t byteorder;              /* BO_BIG, except tcp option and meta-like host fields */
	uint8_t flags;                  /* PROTO_F_* */
	uint32_t dep;                   /* icmp: the `type` value(s) this field needs: index into proto->deps, 0 none */
};

struct proto;

/* The values of the `type` field with which a field exists, ascending: icmp id has { echo-reply, echo-request }. */
struct proto_dep {
	uint8_t n;
	uint8_t type[7];
};

/* How what it carries is found: attributes of the expression "inner". */
struct proto_inner {
	uint8_t type;                   /* NFT_INNER_*; 0: unspecified */
	uint8_t flags;                  /* NFT_INNER_HDRSIZE | … */
	uint8_t hdrsize;                /* bytes */
	const struct proto *base;       /* what comes first inside: ether, or NULL where the header's key says (gre) */
};

/* Which value of the key field leads to which upper protocol: ip.protocol 6 → tcp. */
struct proto_up {
	uint32_t num;
	const struct proto *proto;
};

enum proto_kind {
	PROTO_HEADER,      /* payload */
	PROTO_EXTHDR,      /* NFT_EXTHDR_OP_IPV6: number = next header value */
	PROTO_TCPOPT,      /* number = option kind */
	PROTO_IPOPT,
	PROTO_SCTP_CHUNK,
	PROTO_DCCPOPT,
	PROTO_META,        /* no header but what the hook knows; key is a meta key: nfproto (inet), protocol (netdev), l4proto */
};

struct proto {
	const char *name;               /* "tcp"; for options the option's name: "maxseg" */
	uint8_t kind;                   /* enum proto_kind */
	uint8_t base;                   /* enum proto_base */
	uint8_t number;                 /* option kind, chunk type, next header */
	uint8_t n_fields;
	const struct proto_field *fields;
	const char *key;                /* the field whose value says what follows, or NULL ("protocol", "nexthdr", "type") */
	const struct proto_up *up;      /* ends with a NULL proto */
	uint16_t bits;                  /* length of the fixed header, in bits */
	int16_t checksum_off;           /* bytes; -1: none. For payload mangling */
	uint8_t checksum_type;          /* NFT_PAYLOAD_CSUM_* */
	const struct proto_dep *deps;   /* what proto_field.dep counts in; entry 0 is empty */
	const struct proto_inner *inner; /* vxlan, geneve, gre, gretap: may carry an inner header; else NULL */
};

/* Headers and IPv6 extension headers: "tcp", "frag". NULL if unknown. */
const struct proto *proto_by_name(const char *name);
/* "tcp option" maxseg, "ip option" lsrr, "sctp chunk" data, … */
const struct proto *proto_option_by_name(enum proto_kind kind, const char *name);
const struct proto *proto_option_by_number(enum proto_kind kind, uint8_t number);
/* All options of a kind; ends with a NULL name. */
const struct proto *proto_options(enum proto_kind kind);
const struct proto_field *proto_field_by_name(const struct proto *p, const char *name);
/* The field that lies exactly there, or NULL. type: the icmp type known of the packet, or -1. */
const struct proto_field *proto_field_at(const struct proto *p, unsigned off, unsigned len, int type);
/* What follows p where its key field has this value, or NULL. */
const struct proto *proto_upper(const struct proto *p, uint32_t num);
/* The value of p's key field that leads to upper, or -1. */
int64_t proto_number_of(const struct proto *p, const struct proto *upper);

extern const struct proto proto_ether, proto_vlan, proto_arp, proto_ip, proto_icmp, proto_igmp, proto_ip6, proto_icmpv6, proto_tcp,
	proto_udp, proto_udplite, proto_sctp, proto_dccp, proto_esp, proto_ah, proto_comp, proto_th, proto_gre, proto_gretap,
	proto_vxlan, proto_geneve;
extern const struct proto proto_hbh, proto_rt, proto_rt0, proto_rt2, proto_srh, proto_frag, proto_dst, proto_mh;
/* PROTO_META: what stands below where no header is known. */
extern const struct proto proto_inet, proto_netdev, proto_inet_service;

/*
 * What a family (NFPROTO_*) starts from, and in which base it is: ip, ip6, arp: that header in PROTO_NH; bridge: ether in
 * PROTO_LL; inet, netdev: the PROTO_META of that name in PROTO_LL.
 */
const struct proto *proto_base_of_family(uint8_t family, enum proto_base *base);
/* meta iiftype: ARPHRD_ETHER is ether; NULL for others. And back, -1 for those without. */
const struct proto *proto_of_arphrd(uint16_t arphrd);
int proto_arphrd(const struct proto *p);

/* All headers, for hints, describe and the scanner of names: NULL-terminated. */
const struct proto *const *proto_all(void);

/* Keys that are read from the packet's surroundings. */
struct meta_key {
	const char *name;
	uint32_t key;                   /* NFT_META_* */
	const struct datatype *type;
	uint16_t bits;
	uint8_t byteorder;
	bool unqualified;               /* may stand without "meta" */
	bool bare;                      /* is printed without "meta" */
	bool settable;
};
const struct meta_key *meta_key_by_name(const char *name);
const struct meta_key *meta_key_by_number(uint32_t key);
/* All, ends with a NULL name; aliases ("secpath") are at the end. */
extern const struct meta_key meta_keys[];

enum { CT_KEY_NODIR = 1, CT_KEY_DIR = 2 }; /* may stand without, with a direction */
struct ct_key {
	const char *name;               /* "saddr", "state" */
	const char *family;             /* `ct original ip saddr`: "ip", "ip6", or NULL */
	uint32_t key;                   /* NFT_CT_* */
	const struct datatype *type;
	uint16_t bits;
	uint8_t byteorder;
	uint8_t dirs;                   /* CT_KEY_* */
	bool settable;
};
const struct ct_key *ct_key_by_name(const char *name, const char *family);
const struct ct_key *ct_key_by_number(uint32_t key);
/* All, ends with a NULL name. */
extern const struct ct_key ct_keys[];

/* For the parser (parser/parse.h): which words are headers, fields, keys. */
struct parse_words;
extern const struct parse_words types_words;

#endif
