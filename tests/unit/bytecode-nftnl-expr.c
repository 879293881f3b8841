/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libnftnl as the witness for expressions. Each is encoded by us, parsed by libnftnl, and then
 * every attribute is asked of libnftnl by its name; its text is compared with ours; and what libnftnl builds of it must be,
 * decoded, what we began with. What libnftnl 1.2.4 does not know is left out, by name.
 */
#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <stdio.h>

#include "bytecode/expr.h"
#include "tests/unit/bytecode-random.h"
#include "tests/unit/unit.h"

enum { ROUNDS = 60 };

enum what { NUMBER, STRING, BYTES, DATA };
static const struct row {
	const char *expr, *name;
	uint16_t nfta, nftnl;
	uint8_t what, size;
	uint32_t off;
} rows[] = {
#define ROW(what, expr, st, nfta, nftnl, member) \
	{ expr, #member, NFTA_##nfta, NFTNL_EXPR_##nftnl, what, sizeof(((struct st *)0)->member), offsetof(struct st, member) }
#define N(expr, nfta, nftnl, member) ROW(NUMBER, #expr, bc_##expr, nfta, nftnl, member)
#define S(expr, nfta, nftnl, member) ROW(STRING, #expr, bc_##expr, nfta, nftnl, member)
#define D(expr, nfta, nftnl, member) ROW(DATA, #expr, bc_##expr, nfta, nftnl, member)
	N(bitwise, BITWISE_SREG, BITWISE_SREG, sreg),
	N(bitwise, BITWISE_DREG, BITWISE_DREG, dreg),
	N(bitwise, BITWISE_LEN, BITWISE_LEN, len),
	N(bitwise, BITWISE_OP, BITWISE_OP, op),
	D(bitwise, BITWISE_MASK, BITWISE_MASK, mask),
	D(bitwise, BITWISE_XOR, BITWISE_XOR, xor),
	D(bitwise, BITWISE_DATA, BITWISE_DATA, data),
	N(byteorder, BYTEORDER_SREG, BYTEORDER_SREG, sreg),
	N(byteorder, BYTEORDER_DREG, BYTEORDER_DREG, dreg),
	N(byteorder, BYTEORDER_OP, BYTEORDER_OP, op),
	N(byteorder, BYTEORDER_LEN, BYTEORDER_LEN, len),
	N(byteorder, BYTEORDER_SIZE, BYTEORDER_SIZE, size),
	N(cmp, CMP_SREG, CMP_SREG, sreg),
	N(cmp, CMP_OP, CMP_OP, op),
	D(cmp, CMP_DATA, CMP_DATA, data),
	N(connlimit, CONNLIMIT_COUNT, CONNLIMIT_COUNT, count),
	N(connlimit, CONNLIMIT_FLAGS, CONNLIMIT_FLAGS, flags),
	N(counter, COUNTER_BYTES, CTR_BYTES, bytes),
	N(counter, COUNTER_PACKETS, CTR_PACKETS, packets),
	N(ct, CT_KEY, CT_KEY, key),
	N(ct, CT_DREG, CT_DREG, dreg),
	N(ct, CT_SREG, CT_SREG, sreg),
	N(ct, CT_DIRECTION, CT_DIR, direction),
	N(dup, DUP_SREG_ADDR, DUP_SREG_ADDR, sreg_addr),
	N(dup, DUP_SREG_DEV, DUP_SREG_DEV, sreg_dev),
	N(dynset, DYNSET_OP, DYNSET_OP, op),
	N(dynset, DYNSET_SREG_KEY, DYNSET_SREG_KEY, sreg_key),
	N(dynset, DYNSET_SREG_DATA, DYNSET_SREG_DATA, sreg_data),
	N(dynset, DYNSET_TIMEOUT, DYNSET_TIMEOUT, timeout),
	N(dynset, DYNSET_SET_ID, DYNSET_SET_ID, set_id),
	N(dynset, DYNSET_FLAGS, DYNSET_FLAGS, flags),
	S(dynset, DYNSET_SET_NAME, DYNSET_SET_NAME, set),
	N(exthdr, EXTHDR_DREG, EXTHDR_DREG, dreg),
	N(exthdr, EXTHDR_SREG, EXTHDR_SREG, sreg),
	N(exthdr, EXTHDR_TYPE, EXTHDR_TYPE, type),
	N(exthdr, EXTHDR_OFFSET, EXTHDR_OFFSET, offset),
	N(exthdr, EXTHDR_LEN, EXTHDR_LEN, len),
	N(exthdr, EXTHDR_OP, EXTHDR_OP, op),
	N(exthdr, EXTHDR_FLAGS, EXTHDR_FLAGS, flags),
	N(fib, FIB_DREG, FIB_DREG, dreg),
	N(fib, FIB_RESULT, FIB_RESULT, result),
	N(fib, FIB_FLAGS, FIB_FLAGS, flags),
	S(flow_offload, FLOW_TABLE_NAME, FLOW_TABLE_NAME, table),
	N(fwd, FWD_SREG_DEV, FWD_SREG_DEV, sreg_dev),
	N(fwd, FWD_SREG_ADDR, FWD_SREG_ADDR, sreg_addr),
	N(fwd, FWD_NFPROTO, FWD_NFPROTO, nfproto),
	N(hash, HASH_SREG, HASH_SREG, sreg),
	N(hash, HASH_DREG, HASH_DREG, dreg),
	N(hash, HASH_LEN, HASH_LEN, len),
	N(hash, HASH_MODULUS, HASH_MODULUS, modulus),
	N(hash, HASH_SEED, HASH_SEED, seed),
	N(hash, HASH_OFFSET, HASH_OFFSET, offset),
	N(hash, HASH_TYPE, HASH_TYPE, type),
	N(immediate, IMMEDIATE_DREG, IMM_DREG, dreg),
	N(last, LAST_SET, LAST_SET, set),
	N(last, LAST_MSECS, LAST_MSECS, msecs),
	N(limit, LIMIT_RATE, LIMIT_RATE, rate),
	N(limit, LIMIT_UNIT, LIMIT_UNIT, unit),
	N(limit, LIMIT_BURST, LIMIT_BURST, burst),
	N(limit, LIMIT_TYPE, LIMIT_TYPE, type),
	N(limit, LIMIT_FLAGS, LIMIT_FLAGS, flags),
	N(log, LOG_GROUP, LOG_GROUP, group),
	S(log, LOG_PREFIX, LOG_PREFIX, prefix),
	N(log, LOG_SNAPLEN, LOG_SNAPLEN, snaplen),
	N(log, LOG_QTHRESHOLD, LOG_QTHRESHOLD, qthreshold),
	N(log, LOG_LEVEL, LOG_LEVEL, level),
	N(log, LOG_FLAGS, LOG_FLAGS, flags),
	S(lookup, LOOKUP_SET, LOOKUP_SET, set),
	N(lookup, LOOKUP_SET_ID, LOOKUP_SET_ID, set_id),
	N(lookup, LOOKUP_SREG, LOOKUP_SREG, sreg),
	N(lookup, LOOKUP_DREG, LOOKUP_DREG, dreg),
	N(lookup, LOOKUP_FLAGS, LOOKUP_FLAGS, flags),
	N(masq, MASQ_FLAGS, MASQ_FLAGS, flags),
	N(masq, MASQ_REG_PROTO_MIN, MASQ_REG_PROTO_MIN, reg_proto_min),
	N(masq, MASQ_REG_PROTO_MAX, MASQ_REG_PROTO_MAX, reg_proto_max),
	ROW(STRING, "match", bc_xt_match, MATCH_NAME, MT_NAME, name),
	ROW(NUMBER, "match", bc_xt_match, MATCH_REV, MT_REV, rev),
	ROW(BYTES, "match", bc_xt_match, MATCH_INFO, MT_INFO, info),
	N(meta, META_KEY, META_KEY, key),
	N(meta, META_DREG, META_DREG, dreg),
	N(meta, META_SREG, META_SREG, sreg),
	N(nat, NAT_TYPE, NAT_TYPE, type),
	N(nat, NAT_FAMILY, NAT_FAMILY, family),
	N(nat, NAT_REG_ADDR_MIN, NAT_REG_ADDR_MIN, reg_addr_min),
	N(nat, NAT_REG_ADDR_MAX, NAT_REG_ADDR_MAX, reg_addr_max),
	N(nat, NAT_REG_PROTO_MIN, NAT_REG_PROTO_MIN, reg_proto_min),
	N(nat, NAT_REG_PROTO_MAX, NAT_REG_PROTO_MAX, reg_proto_max),
	N(nat, NAT_FLAGS, NAT_FLAGS, flags),
	N(numgen, NG_DREG, NG_DREG, dreg),
	N(numgen, NG_MODULUS, NG_MODULUS, modulus),
	N(numgen, NG_TYPE, NG_TYPE, type),
	N(numgen, NG_OFFSET, NG_OFFSET, offset),
	N(objref, OBJREF_IMM_TYPE, OBJREF_IMM_TYPE, imm_type),
	S(objref, OBJREF_IMM_NAME, OBJREF_IMM_NAME, imm_name),
	N(objref, OBJREF_SET_SREG, OBJREF_SET_SREG, set_sreg),
	S(objref, OBJREF_SET_NAME, OBJREF_SET_NAME, set_name),
	N(objref, OBJREF_SET_ID, OBJREF_SET_ID, set_id),
	N(osf, OSF_DREG, OSF_DREG, dreg),
	N(osf, OSF_TTL, OSF_TTL, ttl),
	N(osf, OSF_FLAGS, OSF_FLAGS, flags),
	N(payload, PAYLOAD_DREG, PAYLOAD_DREG, dreg),
	N(payload, PAYLOAD_SREG, PAYLOAD_SREG, sreg),
	N(payload, PAYLOAD_BASE, PAYLOAD_BASE, base),
	N(payload, PAYLOAD_OFFSET, PAYLOAD_OFFSET, offset),
	N(payload, PAYLOAD_LEN, PAYLOAD_LEN, len),
	N(payload, PAYLOAD_CSUM_TYPE, PAYLOAD_CSUM_TYPE, csum_type),
	N(payload, PAYLOAD_CSUM_OFFSET, PAYLOAD_CSUM_OFFSET, csum_offset),
	N(payload, PAYLOAD_CSUM_FLAGS, PAYLOAD_FLAGS, csum_flags),
	N(queue, QUEUE_NUM, QUEUE_NUM, num),
	N(queue, QUEUE_TOTAL, QUEUE_TOTAL, total),
	N(queue, QUEUE_FLAGS, QUEUE_FLAGS, flags),
	N(queue, QUEUE_SREG_QNUM, QUEUE_SREG_QNUM, sreg_qnum),
	N(quota, QUOTA_BYTES, QUOTA_BYTES, bytes),
	N(quota, QUOTA_CONSUMED, QUOTA_CONSUMED, consumed),
	N(quota, QUOTA_FLAGS, QUOTA_FLAGS, flags),
	N(range, RANGE_SREG, RANGE_SREG, sreg),
	N(range, RANGE_OP, RANGE_OP, op),
	D(range, RANGE_FROM_DATA, RANGE_FROM_DATA, from),
	D(range, RANGE_TO_DATA, RANGE_TO_DATA, to),
	N(redir, REDIR_REG_PROTO_MIN, REDIR_REG_PROTO_MIN, reg_proto_min),
	N(redir, REDIR_REG_PROTO_MAX, REDIR_REG_PROTO_MAX, reg_proto_max),
	N(redir, REDIR_FLAGS, REDIR_FLAGS, flags),
	N(reject, REJECT_TYPE, REJECT_TYPE, type),
	N(reject, REJECT_ICMP_CODE, REJECT_CODE, icmp_code),
	N(rt, RT_KEY, RT_KEY, key),
	N(rt, RT_DREG, RT_DREG, dreg),
	N(socket, SOCKET_KEY, SOCKET_KEY, key),
	N(socket, SOCKET_DREG, SOCKET_DREG, dreg),
	N(socket, SOCKET_LEVEL, SOCKET_LEVEL, level),
	N(synproxy, SYNPROXY_MSS, SYNPROXY_MSS, mss),
	N(synproxy, SYNPROXY_WSCALE, SYNPROXY_WSCALE, wscale),
	N(synproxy, SYNPROXY_FLAGS, SYNPROXY_FLAGS, flags),
	ROW(STRING, "target", bc_xt_target, TARGET_NAME, TG_NAME, name),
	ROW(NUMBER, "target", bc_xt_target, TARGET_REV, TG_REV, rev),
	ROW(BYTES, "target", bc_xt_target, TARGET_INFO, TG_INFO, info),
	N(tproxy, TPROXY_FAMILY, TPROXY_FAMILY, family),
	N(tproxy, TPROXY_REG_ADDR, TPROXY_REG_ADDR, reg_addr),
	N(tproxy, TPROXY_REG_PORT, TPROXY_REG_PORT, reg_port),
	N(tunnel, TUNNEL_KEY, TUNNEL_KEY, key),
	N(tunnel, TUNNEL_DREG, TUNNEL_DREG, dreg),
	N(xfrm, XFRM_KEY, XFRM_KEY, key),
	N(xfrm, XFRM_DIR, XFRM_DIR, dir),
	N(xfrm, XFRM_SPNUM, XFRM_SPNUM, spnum),
	N(xfrm, XFRM_DREG, XFRM_DREG, dreg),
};

/* What libnftnl 1.2.4 does not have, or holds otherwise. */
static bool unknown_to_nftnl(const char *desc, const char *attr)
{
	static const char *const skip[][2] = {
		{ "expr", "inner" },     /* newer */
		{ "bitwise", "sreg2" },  /* newer */
		{ "tunnel", "mode" },
		{ "dynset", "exprs" },   /* expr and exprs are one list there */
	};

	for (unsigned i = 0; i < ARRAY_SIZE(skip); i++)
		if (!strcmp(desc, skip[i][0]) && !strcmp(attr, skip[i][1]))
			return true;
	return false;
}

static bool agrees(const struct row *r, const void *body, const struct nftnl_expr *x)
{
	const void *mine = (const char *)body + r->off;
	const struct bc_data *d = mine;
	const struct bc_bytes *b = mine;
	uint32_t len = 0;
	const void *theirs = nftnl_expr_get(x, r->nftnl, &len);

	switch ((enum what)r->what) {
	case NUMBER:
		return len == r->size && !memcmp(mine, theirs, len);
	case STRING:
		return !strcmp(*(const char *const *)mine, theirs);
	case BYTES:
		return len == b->len && !memcmp(b->p, theirs, len);
	case DATA:
		return len == d->len && !memcmp(d->value, theirs, len);
	}
	return false;
}

static void check_rows(const struct bc_expr *e, const struct nftnl_expr *x)
{
	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		bool has;

		if (strcmp(r->expr, e->type->name))
			continue;
		has = (*(const uint64_t *)(const void *)e->body >> r->nfta) & 1;
		ck_assert_msg(has == nftnl_expr_is_set(x, r->nftnl), "%s %s: there or not?", r->expr, r->name);
		ck_assert_msg(!has || agrees(r, e->body, x), "%s %s differs", r->expr, r->name);
	}
}

/* Every attribute of ours has a row, but for those that are left out. */
static void check_complete(const struct bc_expr *e)
{
	const struct bc_desc *d = e->type->desc;

	for (unsigned i = 0; i < d->n; i++) {
		bool found = unknown_to_nftnl(d->name, d->attrs[i].name) || d->attrs[i].kind == BC_EXPR || !strcmp(d->name, "inner") ||
			     (!strcmp(d->name, "immediate") && d->attrs[i].kind == BC_DATA);

		for (unsigned j = 0; j < ARRAY_SIZE(rows) && !found; j++)
			found = !strcmp(rows[j].expr, d->name) && rows[j].nfta == d->attrs[i].type;
		ck_assert_msg(found, "%s %s has no row", d->name, d->attrs[i].name);
	}
}

static void check_immediate(const struct bc_immediate *i, const struct nftnl_expr *x)
{
	uint32_t len;

	if (i->data.kind == BC_DATA_VALUE) {
		ck_assert_mem_eq(nftnl_expr_get(x, NFTNL_EXPR_IMM_DATA, &len), i->data.value, i->data.len);
		ck_assert_uint_eq(len, i->data.len);
	} else if (i->data.kind == BC_DATA_VERDICT) {
		ck_assert_int_eq((int32_t)nftnl_expr_get_u32(x, NFTNL_EXPR_IMM_VERDICT), i->data.verdict);
		ck_assert(!i->data.chain == !nftnl_expr_is_set(x, NFTNL_EXPR_IMM_CHAIN));
		if (i->data.chain)
			ck_assert_str_eq(nftnl_expr_get_str(x, NFTNL_EXPR_IMM_CHAIN), i->data.chain);
	}
}

/* libnftnl 1.2.4 prints values as numbers of four bytes in host order; they are compared above. */
static void blank_values(char *s)
{
	char *to = s;

	for (const char *p = s; *p;) {
		if (!strncmp(p, "0x", 2)) {
			p += 2 + strspn(p + 2, "0123456789abcdef");
			p += *p == ' ';
		} else {
			*to++ = *p++;
		}
	}
	*to = 0;
}

/* Load or store: libnftnl 1.2.4 and we do not agree on what to say of both at once. */
static void only_one_register(struct bc_expr *e, uint16_t dreg, uint16_t sreg)
{
	uint64_t *has = (void *)e->body;

	*has &= ~(UINT64_C(1) << (rnd(2) ? dreg : sreg));
}

static void sensible_payload(struct bc_expr *e)
{
	struct bc_payload *p = BC_EXPR_BODY(e, struct bc_payload);

	only_one_register(e, NFTA_PAYLOAD_DREG, NFTA_PAYLOAD_SREG);
	p->sreg |= 1;  /* the verdict's register cannot be written, and is none to libnftnl */
	p->base %= 4;  /* tunnel headers are newer */
}

static void make_sense(struct bc_expr *e)
{
	if (bc_expr_is(e, "ct"))
		only_one_register(e, NFTA_CT_DREG, NFTA_CT_SREG);
	else if (bc_expr_is(e, "meta"))
		only_one_register(e, NFTA_META_DREG, NFTA_META_SREG);
	else if (bc_expr_is(e, "payload"))
		sensible_payload(e);
	else if (bc_expr_is(e, "exthdr"))
		only_one_register(e, NFTA_EXTHDR_DREG, NFTA_EXTHDR_SREG);
	else if (bc_expr_is(e, "bitwise"))
		BC_EXPR_BODY(e, struct bc_bitwise)->op %= 3; /* the rest is newer */
	else if (bc_expr_is(e, "socket"))
		BC_EXPR_BODY(e, struct bc_socket)->level = 0; /* newer */
	else if (bc_expr_is(e, "limit"))
		BC_EXPR_BODY(e, struct bc_limit)->unit = (uint64_t[]){ 1, 60, 3600, 86400, 604800 }[rnd(5)];
}

static void trim(char *s)
{
	size_t n = strlen(s);

	while (n && s[n - 1] == ' ')
		s[--n] = 0;
}

static unsigned compared;

/* Texts in which nothing is unknown to us must be the same. */
static void check_text(const struct bc_expr *e, const struct nftnl_expr *x)
{
	char theirs[2000] = "";
	struct buf ours = { 0 };
	size_t n = (size_t)snprintf(theirs, sizeof(theirs), "%s ", e->type->name);

	e->type->dump(&ours, e->body);
	nftnl_expr_snprintf(theirs + n, sizeof(theirs) - n, x, NFTNL_OUTPUT_DEFAULT, 0);
	blank_values(ours.p);
	blank_values(theirs);
	trim(ours.p);
	trim(theirs);
	if (!strstr(ours.p, "unknown")) {
		ck_assert_str_eq(ours.p, theirs);
		compared++;
	}
	buf_free(&ours);
}

static void check_rebuilt(struct arena *a, const struct bc_rule *r, struct nftnl_rule *theirs)
{
	char *room = arena_alloc(a, 1 << 17);
	struct nlmsghdr *h = nftnl_nlmsg_build_hdr(room, NFT_MSG_NEWRULE, NFPROTO_INET, 0, 1);
	struct bc_rule again;
	const char *where = "";
	struct bc_err err;

	nftnl_rule_nlmsg_build_payload(h, theirs);
	bc_decode(&bc_rule_desc, mnl_nlmsg_get_payload_offset(h, sizeof(struct nfgenmsg)),
		  mnl_nlmsg_get_payload_len(h) - sizeof(struct nfgenmsg), &again, a, 0, &err);
	ck_assert_int_eq(err.err, 0);
	ck_assert_msg(same_struct(&bc_rule_desc, r, &again, &where), "%s: rebuilt differs at %s", r->exprs->type->name, where);
}

/* Zero flags are as good as none to libnftnl 1.2.4. */
static void no_zero_flags(struct bc_expr *e)
{
	if (bc_expr_is(e, "osf"))
		BC_EXPR_BODY(e, struct bc_osf)->flags |= NFT_OSF_F_VERSION;
}

static void witness(struct arena *a, struct bc_expr *e, bool text)
{
	struct bc_rule r = { 0 };
	struct nftnl_rule *theirs = nftnl_rule_alloc();
	struct nftnl_expr_iter *it;
	struct nftnl_expr *x;
	struct buf msg = { 0 };

	no_zero_flags(e);
	BC_SET(&r, NFTA_RULE_EXPRESSIONS, exprs, e);
	ck_assert_int_eq(bc_msg(&msg, NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWRULE, NFPROTO_INET, 0, 1, 0, 0, &bc_rule_desc, &r), 0);
	ck_assert_msg(nftnl_rule_nlmsg_parse((const void *)msg.p, theirs) == 0, "%s: libnftnl cannot parse it", e->type->name);
	it = nftnl_expr_iter_create(theirs);
	x = nftnl_expr_iter_next(it);
	ck_assert_ptr_nonnull(x);
	ck_assert_str_eq(nftnl_expr_get_str(x, NFTNL_EXPR_NAME), e->type->name);
	check_complete(e);
	check_rows(e, x);
	if (bc_expr_is(e, "immediate"))
		check_immediate(BC_EXPR_BODY(e, struct bc_immediate), x);
	if (text)
		check_text(e, x);
	check_rebuilt(a, &r, theirs);
	nftnl_expr_iter_destroy(it);
	nftnl_rule_free(theirs);
	buf_free(&msg);
}

START_TEST(libnftnl_agrees_on_attributes)
{
	struct rnd_opts o = { .arena = arena_new(), .tame = true, .skip = unknown_to_nftnl };

	rnd_seed();
	for (unsigned i = 0; i < ROUNDS * rnd_expr_count; i++) {
		const char *name = rnd_expr_names[i % rnd_expr_count];

		if (strcmp(name, "inner"))
			witness(o.arena, rnd_expr(&o, name), false);
		arena_reset(o.arena);
	}
	arena_free(&o.arena);
}
END_TEST

START_TEST(libnftnl_agrees_on_wording)
{
	struct rnd_opts o = { .arena = arena_new(), .tame = true, .full = true, .skip = unknown_to_nftnl };

	rnd_seed();
	for (size_t i = 0; i < rnd_expr_count; i++) {
		compared = 0;
		for (unsigned n = 0; strcmp(rnd_expr_names[i], "inner") && n < 4 * ROUNDS; n++) {
			struct bc_expr *e = rnd_expr(&o, rnd_expr_names[i]);

			make_sense(e);
			witness(o.arena, e, true);
		}
		ck_assert_msg(compared > 4 || !strcmp(rnd_expr_names[i], "inner"), "%s: only %u texts", rnd_expr_names[i], compared);
		arena_reset(o.arena);
	}
	arena_free(&o.arena);
}
END_TEST

UNIT_MAIN("bytecode libnftnl expressions", libnftnl_agrees_on_attributes, libnftnl_agrees_on_wording)
