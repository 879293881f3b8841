/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions with state: limit beside the kernel's own arithmetic, quota, last, numgen; hash values; elements that packets make. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "tests/unit/vm-bed.h"
#include "vm/expr/jhash.h"

enum { R1 = NFT_REG_1, TH = NFT_PAYLOAD_TRANSPORT_HEADER };

#define S UINT64_C(1000000000)

/* ---- limit ---- */

/* The kernel's bucket, as nft_limit_eval() keeps it: tokens and the time of the last packet. */
struct bucket {
	uint64_t tokens, max, last;
};

static bool bucket_over(struct bucket *b, uint64_t now, uint64_t cost)
{
	uint64_t tokens = b->tokens + now - b->last;

	if (tokens > b->max)
		tokens = b->max;
	b->last = now;
	b->tokens = tokens;
	if ((int64_t)(tokens - cost) < 0)
		return true;
	b->tokens = tokens - cost;
	return false;
}

static void say_limit(uint64_t rate, uint64_t unit, uint32_t burst, uint32_t type, uint32_t flags)
{
	struct bc_limit *x = bed_expr("limit");

	BC_SET(x, NFTA_LIMIT_RATE, rate, rate);
	BC_SET(x, NFTA_LIMIT_UNIT, unit, unit);
	BC_SET(x, NFTA_LIMIT_BURST, burst, burst);
	BC_SET(x, NFTA_LIMIT_TYPE, type, type);
	BC_SET(x, NFTA_LIMIT_FLAGS, flags, flags);
}

START_TEST(limit)
{
	uint64_t seed = (uint64_t)time(NULL);

	printf("# seed %llu\n", (unsigned long long)seed);
	srand((unsigned)seed);
	for (int i = 0; i < 200; i++) {
		static const uint64_t units[] = { 1, 60, 3600, 86400 };
		uint64_t unit = units[rand() % 4], rate = 1 + rand() % (rand() % 2 ? 5 : 5000);
		bool bytes = rand() % 2, over = rand() % 2;
		uint32_t burst = 1 + rand() % (bytes ? 5000 : 20);
		struct bucket b = { .last = S };

		b.max = b.tokens = bytes ? unit * S * (rate + burst) / rate : unit * S / rate * burst;
		bed_open(NFPROTO_IPV4);
		say_limit(rate, unit, burst, bytes, over ? NFT_LIMIT_F_INV : 0);
		bed_verdict(NF_DROP);
		bed_rule(&bed.base, 0);
		for (int k = 0; k < 200; k++) {
			struct vm_pkt *p = bed_ip4(IPPROTO_UDP, 1, "", 0, rand() % 200);
			uint64_t cost = bytes ? unit * S * (p->len - 14) / rate : unit * S / rate;
			bool want;

			bed.w->now_ns += rand() % (rand() % 3 ? 1 + cost : 1 + b.max);
			want = bucket_over(&b, bed.w->now_ns, cost) == over;
			ck_assert_msg((bed_run(p) == NF_DROP) == want, "case %d, packet %d", i, k);
		}
		bed_close();
	}
}
END_TEST

/* ---- quota, last, numgen ---- */

START_TEST(quota)
{
	for (int over = 0; over < 2; over++) {
		struct bc_quota *x;

		bed_open(NFPROTO_IPV4);
		x = bed_expr("quota");
		BC_SET(x, NFTA_QUOTA_BYTES, bytes, 100);
		BC_SET(x, NFTA_QUOTA_CONSUMED, consumed, 24);
		BC_SET(x, NFTA_QUOTA_FLAGS, flags, over ? NFT_QUOTA_F_INV : 0);
		bed_verdict(NF_DROP);
		bed_rule(&bed.base, 0);
		for (int i = 0; i < 4; i++) { /* 38 bytes each: 62, 100, 138 */
			bool beyond = i > 1;

			ck_assert_int_eq(bed_run(bed_udp(1)) == NF_DROP, over ? beyond : !beyond);
		}
		x = BC_EXPR_BODY(prog_dump(bed.base.prog[0], bed.a, true), struct bc_quota);
		ck_assert_uint_eq(x->consumed, 100);
		ck_assert_uint_eq(x->flags, (over ? NFT_QUOTA_F_INV : 0) | 2);
		x = BC_EXPR_BODY(prog_dump(bed.base.prog[0], bed.a, false), struct bc_quota);
		ck_assert_uint_eq(x->consumed, 0);
		bed_close();
	}
}
END_TEST

START_TEST(last)
{
	struct bc_last *x;

	bed_open(NFPROTO_IPV4);
	vm_clock_set(bed.e, bed.w->now_ns);
	bed_expr("last");
	bed_rule(&bed.base, 0);
	x = BC_EXPR_BODY(prog_dump(bed.base.prog[0], bed.a, false), struct bc_last);
	ck_assert_uint_eq(x->set, 0);
	bed_run(bed_udp(1));
	vm_clock_set(bed.e, bed.w->now_ns + S + 7000000);
	x = BC_EXPR_BODY(prog_dump(bed.base.prog[0], bed.a, false), struct bc_last);
	ck_assert_uint_eq(x->set, 1);
	ck_assert_uint_eq(x->msecs, 1007);
	bed_close();
}
END_TEST

START_TEST(numgen)
{
	bed_open(NFPROTO_IPV4);
	for (int random = 0; random < 2; random++) {
		struct bc_numgen *x = bed_expr("numgen");

		BC_SET(x, NFTA_NG_DREG, dreg, R1);
		BC_SET(x, NFTA_NG_MODULUS, modulus, 3);
		BC_SET(x, NFTA_NG_TYPE, type, random ? NFT_NG_RANDOM : NFT_NG_INCREMENTAL);
		BC_SET(x, NFTA_NG_OFFSET, offset, 10);
		bed_meta_set(NFT_META_MARK, R1);
		bed_rule(&bed.base, 0);
		for (uint32_t i = 0; i < 10; i++) {
			struct vm_pkt *p = bed_udp(1);

			bed_run(p);
			ck_assert(random ? p->mark >= 10 && p->mark < 13 : p->mark == 10 + i % 3);
		}
		bed_rules_free(&bed.base);
	}
	bed_close();
}
END_TEST

/* Values of Bob Jenkins' own hashlittle() for the same bytes and starting values. */
START_TEST(jenkins)
{
	ck_assert_uint_eq(jhash("", 0, 0), 0xdeadbeef);
	ck_assert_uint_eq(jhash("", 0, 0xdeadbeef), 0xbd5b7dde);
	ck_assert_uint_eq(jhash("Four score and seven years ago", 30, 0), 0x17770551);
	ck_assert_uint_eq(jhash("Four score and seven years ago", 30, 1), 0xcd628161);
}
END_TEST

/* ---- dynset ---- */

static struct bc_dynset *say_dynset(uint32_t op)
{
	struct bc_dynset *x;

	bed_payload(TH, 2, 2, R1);
	x = bed_expr("dynset");
	BC_SET(x, NFTA_DYNSET_SET_NAME, set, "none");
	BC_SET(x, NFTA_DYNSET_SET_ID, set_id, 5);
	BC_SET(x, NFTA_DYNSET_OP, op, op);
	BC_SET(x, NFTA_DYNSET_SREG_KEY, sreg_key, R1);
	return x;
}

static struct vm_elem *of_port(struct vm_set *s, uint16_t port)
{
	uint8_t key[4] = { port >> 8, port };
	uint32_t reg;

	memcpy(&reg, key, 4);
	return s->ops->lookup(s, 1, &reg, bed.w->now_ns);
}

START_TEST(dynset_add)
{
	struct bc_dynset *x;
	struct bc_expr **tail;
	struct vm_set s;
	uint64_t packets, bytes;

	bed_open(NFPROTO_IPV4);
	bed_set(&s, 5, NFT_SET_EVAL, 2, 0, 0);
	s.size = 10;
	x = say_dynset(NFT_DYNSET_OP_ADD);
	BC_MARK(x, NFTA_DYNSET_EXPR);
	tail = &x->expr;
	bc_expr_add(bed.a, &tail, "counter");
	bed_verdict(NF_DROP);
	bed_rule(&bed.base, 0);
	for (int i = 0; i < 24; i++) /* the eleventh and twelfth find no room */
		ck_assert_int_eq(bed_run(bed_udp(1 + i % 12)), i % 12 < 10 ? NF_DROP : NF_ACCEPT);
	ck_assert_uint_eq(s.n_elems, 10);
	stateful_counter_get(vm_elem_exprs(of_port(&s, 7))[0], &packets, &bytes);
	ck_assert_uint_eq(packets, 2);
	ck_assert_uint_eq(bytes, 2 * 38);
	ck_assert_ptr_null(of_port(&s, 11));
	bed_rules_free(&bed.base);
	say_dynset(NFT_DYNSET_OP_DELETE);
	bed_rule(&bed.base, 0);
	bed_run(bed_udp(7));
	ck_assert_ptr_null(of_port(&s, 7));
	ck_assert_ptr_nonnull(of_port(&s, 8));
	ck_assert_uint_eq(s.ops->gc(&s, bed.w->now_ns, 100, bed_elem_free, NULL), 1);
	bed_rules_free(&bed.base);
	bed_set_free(&s);
	bed_close();
}
END_TEST

/* add leaves the time as it is, update sets it anew */
START_TEST(dynset_timeout)
{
	for (int update = 0; update < 2; update++) {
		struct bc_dynset *x;
		struct vm_set s;

		bed_open(NFPROTO_IPV4);
		bed_set(&s, 5, NFT_SET_EVAL | NFT_SET_TIMEOUT, 2, 0, 0);
		x = say_dynset(update ? NFT_DYNSET_OP_UPDATE : NFT_DYNSET_OP_ADD);
		BC_SET(x, NFTA_DYNSET_TIMEOUT, timeout, 10000);
		bed_rule(&bed.base, 0);
		bed_run(bed_udp(7));
		bed.w->now_ns += 9 * S;
		bed_run(bed_udp(7));
		bed.w->now_ns += 2 * S;
		ck_assert_int_eq(of_port(&s, 7) != NULL, update);
		bed_run(bed_udp(7)); /* an expired one is no hindrance */
		ck_assert_ptr_nonnull(of_port(&s, 7));
		ck_assert_uint_eq(s.ops->gc(&s, bed.w->now_ns, 100, bed_elem_free, NULL), !update);
		bed_rules_free(&bed.base);
		bed_set_free(&s);
		bed_close();
	}
}
END_TEST

/* ---- verification: register rules and attributes, as the kernel's errors ---- */

static void refuse(int err)
{
	bed_rule(&bed.base, err);
	ck_assert_int_eq(bed.err.err, err);
}

START_TEST(refused)
{
	struct bc_cmp *cmp;

	bed_open(NFPROTO_IPV4);
	bed_cmp(R1, NFT_CMP_EQ, "ab", 2); /* never written */
	refuse(-ENODATA);
	bed_payload(TH, 0, 4, R1);
	bed_cmp(R1, NFT_CMP_EQ, "abcdefgh", 8); /* only half of it written */
	refuse(-ENODATA);
	bed_payload(TH, 0, 2, 30);
	refuse(-ERANGE);
	bed_payload(TH, 0, 16, NFT_REG32_13);
	refuse(-ERANGE);
	bed_payload(TH, 0, 2, NFT_REG_VERDICT);
	refuse(-EINVAL);
	bed_payload(TH, 0, 0, R1);
	refuse(-EINVAL);
	bed_payload(TH, 0, 256, R1);
	refuse(-ERANGE);
	bed_payload(9, 0, 2, R1);
	refuse(-EOPNOTSUPP);
	bed_payload(TH, 0, 2, R1);
	bed_cmp(R1, 6, "ab", 2);
	refuse(-EINVAL);
	bed_payload(TH, 0, 16, R1);
	bed_payload(TH, 0, 16, NFT_REG_2);
	bed_cmp(R1, NFT_CMP_EQ, "abcdefghijklmnopq", 17);
	refuse(-EOVERFLOW);
	cmp = bed_expr("cmp");
	BC_SET(cmp, NFTA_CMP_OP, op, NFT_CMP_EQ);
	refuse(-EINVAL);
	say_limit(0, 1, 5, 0, 0);
	refuse(-EINVAL);
	say_limit(1, UINT64_MAX, 5, 0, 0);
	refuse(-EOVERFLOW);
	bed_meta(99, R1);
	refuse(-EOPNOTSUPP);
	bed_imm(R1, "a", 1);
	bed_meta_set(NFT_META_IIF, R1);
	refuse(-EOPNOTSUPP);
	bed_lookup(77, R1);
	refuse(-ENOENT);
	for (int i = 0; i <= NFT_RULE_MAXEXPRS; i++)
		bed_expr("counter");
	refuse(-EINVAL);
	for (int i = 0; i < 100; i++)
		say_limit(1, 1, 1, 0, 0);
	refuse(-EFBIG);
	bed_close();
}
END_TEST

UNIT_MAIN("expr-state", limit, quota, last, numgen, jenkins, dynset_add, dynset_timeout, refused)
