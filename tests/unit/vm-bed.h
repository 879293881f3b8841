/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bed for tests of expressions and programs: an engine, one table, base and regular chains made by hand, and packets made by hand that are
 * run through them. No netlink and no host's way in between.
 *
 *     bed_open(NFPROTO_IPV4);
 *     x = bed_expr("cmp"); BC_SET(x, …);
 *     bed_rule(&bed.base, 0);            takes the expressions said so far; expects prog_build() to return 0
 *     ck_assert_int_eq(bed_run(bed_tcp(80)), NF_ACCEPT);
 */
#ifndef NFVM_TESTS_VM_BED_H
#define NFVM_TESTS_VM_BED_H

#include "tests/unit/unit.h"
#include "vm/engine.h"
#include "vm/expr/expr.h"
#include "vm/host/host.h"
#include "vm/set/impl.h"
#include "vm/worker.h"

#ifdef __clang__ /* what the engine allocates with a tail, a bed has beside its tail */
#pragma clang diagnostic ignored "-Wgnu-variable-sized-type-not-at-end"
#endif

enum { BED_CHAINS = 20, BED_RULES = 16, BED_BYTES = 2048 };

struct bed_chain {
	struct vm_chain chain;
	struct vm_base base;
	struct {
		struct vm_rules rules;
		const struct vm_rule_block *one;
	} list;
	struct {
		struct vm_rule_block block;
		struct vm_rule_ref ref[BED_RULES];
	} block;
	struct vm_rule rule[BED_RULES];
	struct vm_prog *prog[BED_RULES];
};

static struct bed {
	struct nfvm_engine *e;
	struct nfvm_worker *w;
	struct arena *a;
	struct vm_table table;
	struct vm_txn txn;
	struct bc_expr *list, **tail;
	struct bc_err err;
	struct bed_chain base;
	struct bed_chain chain[BED_CHAINS];
	uint8_t bytes[BED_BYTES];
	struct vm_pkt pkt;
	struct nfvm_sink sink;
} bed;

static inline void bed_chain(struct bed_chain *c, const char *name, bool base)
{
	memset(c, 0, sizeof(*c));
	c->chain.h.name = (char *)name;
	c->chain.table = &bed.table;
	c->list.rules.n_blocks = 1;
	c->list.one = &c->block.block;
	c->chain.rules[0] = c->chain.rules[1] = &c->list.rules;
	c->base.policy[0] = c->base.policy[1] = NF_ACCEPT;
	if (base)
		c->chain.base = &c->base;
}

static inline void bed_open(uint8_t family)
{
	char *why = NULL;

	ck_assert_int_eq(nfvm_engine_new(NULL, &bed.e, &why), 0);
	ck_assert_int_eq(nfvm_worker_new(bed.e, &bed.sink, &bed.w), 0);
	bed.w->gen = 1;
	bed.w->now_ns = 1000000000;
	bed.a = arena_new();
	bed.tail = &bed.list;
	bed.list = NULL;
	bed.table = (struct vm_table){ .family = family, .engine = bed.e, .h.name = (char *)"t" };
	bed.txn = (struct vm_txn){ .engine = bed.e, .cur = 1, .family = family };
	CDS_INIT_LIST_HEAD(&bed.txn.steps);
	bed_chain(&bed.base, "base", true);
	for (int i = 0; i < BED_CHAINS; i++) {
		bed_chain(&bed.chain[i], "regular", false);
		bed.chain[i].chain.id = i + 1;
		ck_assert_int_eq(hash_add(&bed.txn.chain_ids, &bed.chain[i].chain.by_id, hash_u64(i + 1)), 0);
	}
}

static inline void bed_rules_free(struct bed_chain *c)
{
	for (int i = 0; i < BED_RULES; i++)
		prog_free(&c->prog[i]);
	memset(&c->block, 0, sizeof(c->block));
}

static inline void bed_close(void)
{
	bed_rules_free(&bed.base);
	for (int i = 0; i < BED_CHAINS; i++)
		bed_rules_free(&bed.chain[i]);
	hash_free(&bed.txn.chain_ids);
	hash_free(&bed.txn.set_ids);
	nfvm_worker_free(&bed.w);
	nfvm_engine_free(&bed.e);
	arena_free(&bed.a);
	memset(&bed, 0, sizeof(bed));
}

/* ---- rules ---- */

/* Body of one more expression of the rule being said. */
static inline void *bed_expr(const char *name)
{
	return bc_expr_add(bed.a, &bed.tail, name);
}

/* The rule said so far goes to the end of a chain; prog_build() must return `want`. */
static inline struct vm_prog *bed_rule(struct bed_chain *c, int want)
{
	struct vm_prog *p = NULL;
	uint32_t n = c->block.block.n;
	int got = prog_build(&bed.txn, &bed.table, &c->chain, bed.list, &p, &bed.err);

	ck_assert_msg(got == want, "prog_build: %d, expected %d", got, want);
	bed.list = NULL;
	bed.tail = &bed.list;
	if (got)
		return NULL;
	c->prog[n] = p;
	c->rule[n].h.handle = n + 1;
	c->block.ref[n] = (struct vm_rule_ref){ .prog = p, .rule = &c->rule[n] };
	c->block.block.n++;
	return p;
}

static inline struct bc_data bed_bytes(const void *p, uint32_t len)
{
	return (struct bc_data){ .kind = BC_DATA_VALUE, .value = (uint8_t *)arena_memdup(bed.a, p, len), .len = len };
}

static inline void bed_payload(uint32_t base, uint32_t offset, uint32_t len, uint32_t dreg)
{
	struct bc_payload *x = bed_expr("payload");

	BC_SET(x, NFTA_PAYLOAD_BASE, base, base);
	BC_SET(x, NFTA_PAYLOAD_OFFSET, offset, offset);
	BC_SET(x, NFTA_PAYLOAD_LEN, len, len);
	BC_SET(x, NFTA_PAYLOAD_DREG, dreg, dreg);
}

static inline void bed_payload_set(uint32_t base, uint32_t offset, uint32_t len, uint32_t sreg, uint32_t csum, uint32_t csum_off, uint32_t flags)
{
	struct bc_payload *x = bed_expr("payload");

	BC_SET(x, NFTA_PAYLOAD_BASE, base, base);
	BC_SET(x, NFTA_PAYLOAD_OFFSET, offset, offset);
	BC_SET(x, NFTA_PAYLOAD_LEN, len, len);
	BC_SET(x, NFTA_PAYLOAD_SREG, sreg, sreg);
	BC_SET(x, NFTA_PAYLOAD_CSUM_TYPE, csum_type, csum);
	BC_SET(x, NFTA_PAYLOAD_CSUM_OFFSET, csum_offset, csum_off);
	BC_SET(x, NFTA_PAYLOAD_CSUM_FLAGS, csum_flags, flags);
}

static inline void bed_cmp(uint32_t sreg, uint32_t op, const void *p, uint32_t len)
{
	struct bc_cmp *x = bed_expr("cmp");

	BC_SET(x, NFTA_CMP_SREG, sreg, sreg);
	BC_SET(x, NFTA_CMP_OP, op, op);
	BC_SET(x, NFTA_CMP_DATA, data, bed_bytes(p, len));
}

static inline void bed_cmp16(uint32_t sreg, uint32_t op, uint16_t v)
{
	uint8_t be[2];

	be16_store(be, v);
	bed_cmp(sreg, op, be, 2);
}

static inline void bed_imm(uint32_t dreg, const void *p, uint32_t len)
{
	struct bc_immediate *x = bed_expr("immediate");

	BC_SET(x, NFTA_IMMEDIATE_DREG, dreg, dreg);
	BC_SET(x, NFTA_IMMEDIATE_DATA, data, bed_bytes(p, len));
}

static inline void bed_meta(uint32_t key, uint32_t dreg)
{
	struct bc_meta *x = bed_expr("meta");

	BC_SET(x, NFTA_META_KEY, key, key);
	BC_SET(x, NFTA_META_DREG, dreg, dreg);
}

static inline void bed_meta_set(uint32_t key, uint32_t sreg)
{
	struct bc_meta *x = bed_expr("meta");

	BC_SET(x, NFTA_META_KEY, key, key);
	BC_SET(x, NFTA_META_SREG, sreg, sreg);
}

/* A verdict without a chain. */
static inline void bed_verdict(int32_t code)
{
	struct bc_immediate *x = bed_expr("immediate");

	BC_SET(x, NFTA_IMMEDIATE_DREG, dreg, NFT_REG_VERDICT);
	BC_SET(x, NFTA_IMMEDIATE_DATA, data, ((struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = code }));
}

/* A jump or goto to a regular chain of the bed. */
static inline void bed_jump(int32_t code, uint32_t chain)
{
	struct bc_immediate *x = bed_expr("immediate");

	BC_SET(x, NFTA_IMMEDIATE_DREG, dreg, NFT_REG_VERDICT);
	BC_SET(x, NFTA_IMMEDIATE_DATA, data,
	       ((struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = code, .has_chain_id = true, .chain_id = chain + 1 }));
}

/* A set of the bed, found by the number `id` in lookups. */
static inline void bed_set(struct vm_set *s, uint32_t id, uint32_t flags, uint32_t key_len, uint32_t data_type, uint32_t data_len)
{
	struct set_desc d = { .flags = flags, .key_len = key_len, .data_len = data_len };

	*s = (struct vm_set){ .table = &bed.table, .flags = flags, .key_len = key_len, .data_type = data_type, .data_len = data_len, .id = id,
			      .h.name = (char *)"s", .ops = set_choose(&d) };
	ck_assert_int_eq(s->ops->create(s, &d), 0);
	ck_assert_int_eq(hash_add(&bed.txn.set_ids, &s->by_id, hash_u64(id)), 0);
}

static inline struct vm_elem *bed_elem(struct vm_set *s, const struct elem_spec *x)
{
	struct vm_elem *e = elem_init(malloc(elem_size(s, x)), s, x), *dup;

	ck_assert_int_eq(s->ops->insert(s, e, 1, bed.w->now_ns, &dup), 0);
	return e;
}

static inline void bed_elem_free(struct vm_set *s, struct vm_elem *e, void *ctx)
{
	if (s->ops->release && s->ops->release(s, e))
		return;
	for (unsigned i = 0; i < e->n_exprs; i++)
		stateful_free(&vm_elem_exprs(e)[i]);
	free(e);
}

static inline void bed_set_free(struct vm_set *s)
{
	s->ops->destroy(s, bed_elem_free, NULL);
}

static inline struct bc_lookup *bed_lookup(uint32_t set_id, uint32_t sreg)
{
	struct bc_lookup *x = bed_expr("lookup");

	BC_SET(x, NFTA_LOOKUP_SET, set, "none");
	BC_SET(x, NFTA_LOOKUP_SET_ID, set_id, set_id);
	BC_SET(x, NFTA_LOOKUP_SREG, sreg, sreg);
	return x;
}

/* ---- packets: Ethernet and IPv4 or IPv6, at prerouting ---- */

static inline struct vm_pkt *bed_pkt(const void *frame, uint32_t len, uint8_t pf)
{
	memcpy(bed.bytes + 256, frame, len);
	bed.pkt = (struct vm_pkt){ .data = bed.bytes + 256, .len = len, .headroom = 256, .tailroom = BED_BYTES - 256 - len, .l3 = 14,
				   .has_l2 = true, .pf = pf, .hook = NF_INET_PRE_ROUTING, .iif = 1, .w = bed.w,
				   .skuid = UINT32_MAX, .skgid = UINT32_MAX, .time_ns = bed.w->now_ns };
	memcpy(&bed.pkt.protocol, (const uint8_t *)frame + 12, 2);
	host_parse(&bed.pkt);
	return &bed.pkt;
}

static inline uint16_t bed_csum(const void *p, uint32_t n, uint32_t sum)
{
	const uint8_t *b = p;

	for (uint32_t i = 0; i < n; i++)
		sum += i % 2 ? b[i] : b[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Sum of the pseudo header, of addresses at a (n bytes both). */
static inline uint32_t bed_pseudo(const uint8_t *a, uint32_t n, uint8_t proto, uint32_t len)
{
	return (uint16_t)~bed_csum(a, n, proto + len);
}

/* 192.0.2.5 → 198.51.100.9, ports 1024 → dport, ttl 64; opt: bytes of TCP options (a multiple of 4), data: bytes of payload */
static inline struct vm_pkt *bed_ip4(uint8_t proto, uint16_t dport, const void *opt, uint32_t n_opt, uint32_t n_data)
{
	uint8_t f[512] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 5, 8, 0, 0x45 }, *ip = f + 14, *th = f + 34;
	uint32_t hdr = proto == IPPROTO_TCP ? 20 + n_opt : proto == IPPROTO_SCTP ? 12 : 8, at = proto == IPPROTO_TCP ? 16 : 6;

	be16_store(ip + 2, 20 + hdr + n_data);
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, "\xc0\x00\x02\x05\xc6\x33\x64\x09", 8);
	be16_store(ip + 10, bed_csum(ip, 20, 0));
	be16_store(th, 1024);
	be16_store(th + 2, dport);
	if (proto == IPPROTO_TCP) {
		th[12] = hdr / 4 << 4;
		th[13] = 2;
		memcpy(th + 20, opt, n_opt);
	} else if (proto == IPPROTO_UDP) {
		be16_store(th + 4, hdr + n_data);
	}
	for (uint32_t i = 0; i < n_data; i++)
		th[hdr + i] = 'a' + i % 26;
	if (proto != IPPROTO_SCTP)
		be16_store(th + at, bed_csum(th, hdr + n_data, bed_pseudo(ip + 12, 8, proto, hdr + n_data)));
	return bed_pkt(f, 34 + hdr + n_data, NFPROTO_IPV4);
}

static inline struct vm_pkt *bed_tcp(uint16_t dport)
{
	return bed_ip4(IPPROTO_TCP, dport, "", 0, 10);
}

static inline struct vm_pkt *bed_udp(uint16_t dport)
{
	return bed_ip4(IPPROTO_UDP, dport, "", 0, 10);
}

/* The checksums of the packet as it is now are right. */
static inline bool bed_csums_right(const struct vm_pkt *p)
{
	const uint8_t *ip = p->data + p->l3, *th = p->data + p->l4;
	uint32_t n = p->len - p->l4;

	if (p->pf == NFPROTO_IPV4 && bed_csum(ip, 20, 0))
		return false;
	return !bed_csum(th, n, p->pf == NFPROTO_IPV4 ? bed_pseudo(ip + 12, 8, p->l4proto, n) : bed_pseudo(ip + 8, 32, p->l4proto, n));
}

/* 2001:db8::5 → 2001:db8:1::9; ext: bytes of extension headers that begin with `first` and lead to proto */
static inline struct vm_pkt *bed_ip6(uint8_t proto, uint16_t dport, uint8_t first, const void *ext, uint32_t n_ext, uint32_t n_data)
{
	uint8_t f[512] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 5, 0x86, 0xdd, 0x60 }, *ip = f + 14, *th = f + 54 + n_ext;
	uint32_t hdr = proto == IPPROTO_TCP ? 20 : 8;

	be16_store(ip + 4, n_ext + hdr + n_data);
	ip[6] = n_ext ? first : proto;
	ip[7] = 64;
	memcpy(ip + 8, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x05\x20\x01\x0d\xb8\0\x01\0\0\0\0\0\0\0\0\0\x09", 32);
	memcpy(ip + 40, ext, n_ext);
	be16_store(th, 1024);
	be16_store(th + 2, dport);
	if (proto == IPPROTO_TCP)
		th[12] = 5 << 4;
	else
		be16_store(th + 4, hdr + n_data);
	be16_store(th + (proto == IPPROTO_TCP ? 16 : 6), bed_csum(th, hdr + n_data, bed_pseudo(ip + 8, 32, proto, hdr + n_data)));
	return bed_pkt(f, 54 + n_ext + hdr + n_data, NFPROTO_IPV6);
}

static inline uint32_t bed_run(struct vm_pkt *p)
{
	return vm_chain_run(bed.w, &bed.base.chain, p);
}

/* The rule said so far, alone in the base chain with policy drop and `accept` at its end: does it match? */
static inline bool bed_match(struct vm_pkt *p)
{
	uint32_t verdict;

	bed_verdict(NF_ACCEPT);
	bed_rules_free(&bed.base);
	bed_rule(&bed.base, 0);
	bed.base.base.policy[0] = bed.base.base.policy[1] = NF_DROP;
	verdict = bed_run(p);
	bed_rules_free(&bed.base);
	return verdict == NF_ACCEPT;
}

#endif
