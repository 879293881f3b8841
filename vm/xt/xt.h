/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptables' matches and targets in rules of nf_tables: what iptables-nft sends where it has no native expression. They travel as
 * the expressions "match" and "target" (vm/expr), whose NFTA_*_INFO is the struct of the kernel's extension, byte for byte.
 *
 * One file per extension, or per few that share a struct: its rows of struct vm_xt, checks as the kernel's checkentry(), and what
 * it does. registry.c lists them. A row is one name, revision and family, as in the kernel's xt_register_matches(); x_tables looks
 * for the family's own row first, then for one of NFPROTO_UNSPEC.
 *
 * Threads: check and destroy by the control thread; match and run by workers. info is constant after check.
 * Reference: net/netfilter/x_tables.c, nft_compat.c.
 */
#ifndef NFVM_VM_XT_XT_H
#define NFVM_VM_XT_XT_H

#include <netinet/in.h> /* in front of all of linux/ */

#include "vm/expr/expr.h"
#include "vm/worker.h"

/* What an extension is told as its rule is made: struct xt_mtchk_param, xt_tgchk_param. */
struct xt_check {
	struct expr_build *b;
	uint8_t family;
	uint16_t proto; /* of NFTA_RULE_COMPAT: `-p`; 0: none, or not said */
	bool proto_inv; /* `! -p` */
	uint32_t hooks; /* bit n: hook n of the base chain; 0: a regular chain */
	const char *table;
};

/* What a match says: no, yes, or that the packet is broken and must go (hotdrop). */
enum xt_says { XT_NO, XT_YES, XT_HOTDROP };

struct vm_xt {
	const char *name;
	bool target;
	uint8_t rev;
	uint8_t family;    /* NFPROTO_UNSPEC: all but arp */
	uint16_t size;     /* of info (matchsize, targetsize) */
	uint16_t user;     /* bytes of it that are dumped, the rest as zeros; 0: all (usersize) */
	uint16_t proto;    /* only behind this `-p`; 0: any */
	uint32_t hooks;    /* only there; 0: anywhere */
	const char *table; /* only in this one */
	bool needs_ct;
	uint16_t state_size; /* of what workers change */
	/* 0 or -errno; may change info and state (zeroed). May be NULL. */
	int (*check)(const struct xt_check *c, void *info, void *state);
	enum xt_says (*match)(const void *info, void *state, const struct vm_pkt *p);
	/* The verdict: NF_*, or NFT_CONTINUE. */
	int32_t (*run)(const void *info, void *state, struct vm_pkt *p);
	/* Frees what state refers to, not state. May be NULL. */
	void (*destroy)(struct vm_engine *e, void *state);
};

/* NULL: the kernel answers -ENOENT. */
const struct vm_xt *xt_find(uint8_t family, const char *name, uint8_t rev, bool target);

static inline uint32_t xt_align(uint32_t n)
{
	return (n + 7) & ~7u;
}
static inline enum xt_says xt_if(bool yes)
{
	return yes ? XT_YES : XT_NO;
}
static inline bool xt_is_v6(const struct vm_pkt *p)
{
	return p->pf == NFPROTO_IPV6;
}
/* The packet's network header, all of its fixed part. */
static inline const uint8_t *xt_ip(const struct vm_pkt *p)
{
	return vm_pkt_at(p, p->l3, xt_is_v6(p) ? 40 : 20);
}
/* n bytes of the transport header from offset at, NULL where they are not there (skb_header_pointer). */
static inline uint8_t *xt_l4(const struct vm_pkt *p, uint32_t at, uint32_t n)
{
	return p->has_l4 ? vm_pkt_at(p, p->l4 + at, n) : NULL;
}
static inline bool xt_in_range(uint16_t v, uint16_t min, uint16_t max, bool invert)
{
	return (v >= min && v <= max) != invert;
}

/* ---- the expressions "match" and "target" ---- */

/* What struct bc_xt_match or bc_xt_target asks for; valid as long as that. */
struct xt_ask {
	const char *name;
	uint32_t rev;
	const void *info;
	uint32_t len;
	bool target;
};
int xt_precheck(struct expr_build *b, const struct xt_ask *q);
int xt_build(struct expr_build *b, const struct xt_ask *q);
void xt_destroy(struct vm_engine *e, struct vm_ins *ins);

struct ins_xt {
	struct vm_ins head;
	const struct vm_xt *x;
	void *state;
	_Alignas(8) uint8_t info[];
};
/* As the kernel dumps it, in the arena: xt_align(x->size) bytes. */
struct bc_bytes xt_dump_info(const struct ins_xt *i, struct arena *a);

#endif
