/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interpreter: verdicts, jumps, returns, policies, counters, verdict maps, and what it tells of a traced packet. */
#include <errno.h>
#include <stdio.h>

#include "tests/unit/vm-bed.h"

enum { R1 = NFT_REG_1, TH = NFT_PAYLOAD_TRANSPORT_HEADER };

static void counter(void)
{
	bed_expr("counter");
}

static void bed_expr_queue(uint16_t num)
{
	struct bc_queue *x = bed_expr("queue");

	BC_SET(x, NFTA_QUEUE_NUM, num, num);
}

/* Packets that the counter of rule i of a chain has seen. */
static uint64_t counted(struct bed_chain *c, uint32_t i, bool reset)
{
	struct bc_expr *x = prog_dump(c->prog[i], bed.a, reset);

	while (x && !bc_expr_is(x, "counter"))
		x = x->next;
	ck_assert_ptr_nonnull(x);
	return BC_EXPR_BODY(x, struct bc_counter)->packets;
}

START_TEST(verdicts)
{
	static const int32_t codes[] = { NF_ACCEPT, NF_DROP };

	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++) {
		bed_open(NFPROTO_IPV4);
		bed_verdict(NFT_CONTINUE);
		bed_rule(&bed.base, 0);
		bed_verdict(codes[i]);
		bed_rule(&bed.base, 0);
		bed_verdict(NF_DROP);
		bed_rule(&bed.base, 0);
		ck_assert_int_eq(bed_run(bed_udp(1)), codes[i]);
		bed_close();
	}
	for (int drop = 0; drop < 2; drop++) {
		bed_open(NFPROTO_IPV4);
		bed.base.base.policy[1] = drop ? NF_DROP : NF_ACCEPT;
		bed.base.base.policy[0] = drop ? NF_ACCEPT : NF_DROP;
		ck_assert_int_eq(bed_run(bed_udp(1)), drop ? NF_DROP : NF_ACCEPT);
		bed_verdict(NFT_RETURN);
		bed_rule(&bed.base, 0);
		bed_verdict(drop ? NF_ACCEPT : NF_DROP);
		bed_rule(&bed.base, 0);
		ck_assert_int_eq(bed_run(bed_udp(1)), drop ? NF_DROP : NF_ACCEPT);
		bed_close();
	}
}
END_TEST

/*
 * base: jump 0; counter; goto 1; counter (never)
 * 0: udp dport 7 return; goto 2; counter (never)
 * 2: counter
 * 1: udp dport 7 drop
 */
START_TEST(jumps)
{
	bed_open(NFPROTO_IPV4);
	bed_jump(NFT_JUMP, 0);
	bed_rule(&bed.base, 0);
	counter();
	bed_rule(&bed.base, 0);
	bed_jump(NFT_GOTO, 1);
	bed_rule(&bed.base, 0);
	counter();
	bed_rule(&bed.base, 0);
	bed_payload(TH, 2, 2, R1);
	bed_cmp16(R1, NFT_CMP_EQ, 7);
	bed_verdict(NFT_RETURN);
	bed_rule(&bed.chain[0], 0);
	bed_jump(NFT_GOTO, 2);
	bed_rule(&bed.chain[0], 0);
	counter();
	bed_rule(&bed.chain[0], 0);
	counter();
	bed_rule(&bed.chain[2], 0);
	bed_payload(TH, 2, 2, R1);
	bed_cmp16(R1, NFT_CMP_EQ, 7);
	bed_verdict(NF_DROP);
	bed_rule(&bed.chain[1], 0);

	ck_assert_int_eq(bed_run(bed_udp(7)), NF_DROP);
	ck_assert_int_eq(bed_run(bed_udp(8)), NF_ACCEPT);
	ck_assert_int_eq(bed_run(bed_udp(9)), NF_ACCEPT);
	ck_assert_uint_eq(counted(&bed.base, 1, true), 3);
	ck_assert_uint_eq(counted(&bed.base, 1, false), 0);
	ck_assert_uint_eq(counted(&bed.base, 3, false), 0);
	ck_assert_uint_eq(counted(&bed.chain[0], 2, false), 0);
	ck_assert_uint_eq(counted(&bed.chain[2], 0, false), 2);
	bed_close();
}
END_TEST

/* Sixteen jumps deep is allowed; the kernel drops a packet that goes deeper. */
START_TEST(depth)
{
	for (int deep = VM_JUMP_DEPTH; deep <= VM_JUMP_DEPTH + 1; deep++) {
		bed_open(NFPROTO_IPV4);
		bed_jump(NFT_JUMP, 0);
		bed_rule(&bed.base, 0);
		for (int i = 1; i < deep; i++) {
			bed_jump(NFT_JUMP, i);
			bed_rule(&bed.chain[i - 1], 0);
		}
		ck_assert_int_eq(bed_run(bed_udp(7)), deep > VM_JUMP_DEPTH ? NF_DROP : NF_ACCEPT);
		bed_close();
	}
}
END_TEST

START_TEST(counters)
{
	uint64_t bytes = 0;
	struct bc_counter *x;
	struct nfvm_worker *second;

	bed_open(NFPROTO_IPV4);
	x = bed_expr("counter");
	BC_SET(x, NFTA_COUNTER_PACKETS, packets, 100);
	BC_SET(x, NFTA_COUNTER_BYTES, bytes, 5000);
	bed_rule(&bed.base, 0);
	ck_assert_int_eq(nfvm_worker_new(bed.e, NULL, &second), 0);
	second->gen = 1;
	for (int i = 0; i < 10; i++) {
		struct vm_pkt *p = bed_udp(1);

		bytes += p->len - 14;
		p->w = i % 2 ? second : bed.w;
		vm_chain_run(p->w, &bed.base.chain, p);
	}
	nfvm_worker_free(&second); /* what it counted stays */
	x = BC_EXPR_BODY(prog_dump(bed.base.prog[0], bed.a, true), struct bc_counter);
	ck_assert_uint_eq(x->packets, 110);
	ck_assert_uint_eq(x->bytes, 5000 + bytes);
	bed_run(bed_udp(1));
	ck_assert_uint_eq(counted(&bed.base, 0, false), 1);
	bed_close();
}
END_TEST

START_TEST(verdict_map)
{
	struct bc_lookup *x;
	struct vm_verdict v[3] = { { NF_DROP, NULL }, { NFT_JUMP, NULL }, { NFT_CONTINUE, NULL } };
	struct vm_set s;

	bed_open(NFPROTO_IPV4);
	bed_set(&s, 5, NFT_SET_MAP, 2, NFT_DATA_VERDICT, sizeof(struct vm_verdict));
	v[1].chain = &bed.chain[0].chain;
	for (int i = 0; i < 3; i++) {
		uint8_t port[4] = { 0, 7 + i };

		bed_elem(&s, &(struct elem_spec){ .key = port, .verdict = &v[i] });
	}
	bed_payload(TH, 2, 2, R1);
	x = bed_lookup(5, R1);
	BC_SET(x, NFTA_LOOKUP_DREG, dreg, NFT_REG_VERDICT);
	bed_rule(&bed.base, 0);
	counter();
	bed_rule(&bed.base, 0);
	bed_expr_queue(9);
	bed_rule(&bed.chain[0], 0);
	ck_assert_int_eq(bed_run(bed_udp(7)), NF_DROP);
	ck_assert_int_eq(bed_run(bed_udp(8)), NF_QUEUE_NR(9));
	ck_assert_int_eq(bed_run(bed_udp(9)), NF_ACCEPT);
	ck_assert_int_eq(bed_run(bed_udp(10)), NF_ACCEPT);
	ck_assert_uint_eq(counted(&bed.base, 1, false), 2);
	bed_rules_free(&bed.base);
	bed_set_free(&s);
	bed_close();
}
END_TEST

/* Found, not found, inverted, with data; elements' counters; elements of another generation. */
START_TEST(lookup)
{
	struct bc_lookup *x;
	struct vm_set s;
	struct vm_elem *other;

	bed_open(NFPROTO_IPV4);
	bed_set(&s, 5, NFT_SET_MAP, 2, 0, 4);
	bed_elem(&s, &(struct elem_spec){ .key = "\0\7\0\0", .data = "\x01\x02\x03\x04" });
	other = bed_elem(&s, &(struct elem_spec){ .key = "\0\x08\0\0", .data = "\x01\x02\x03\x04" });
	other->genmask = 2;
	for (int i = 0; i < 5; i++) {
		bool want = true;
		uint16_t port = i == 0 || i == 4 ? 7 : i == 3 ? 9 : 8;

		bed_payload(TH, 2, 2, R1);
		switch (i) {
		case 0:
			x = bed_lookup(5, R1);
			BC_SET(x, NFTA_LOOKUP_DREG, dreg, NFT_REG32_04);
			bed_cmp(NFT_REG32_04, NFT_CMP_EQ, "\x01\x02\x03\x04", 4);
			break;
		case 1:
			bed_lookup(5, R1);
			want = false;
			break;
		case 2:
		case 3:
			x = bed_lookup(5, R1);
			BC_SET(x, NFTA_LOOKUP_FLAGS, flags, NFT_LOOKUP_F_INV);
			break;
		case 4:
			x = bed_lookup(5, R1);
			BC_SET(x, NFTA_LOOKUP_FLAGS, flags, NFT_LOOKUP_F_INV);
			want = false;
			break;
		}
		ck_assert_msg(bed_match(bed_udp(port)) == want, "case %d", i);
	}
	bed_set_free(&s);
	bed_close();
}
END_TEST

/* ---- trace ---- */

static char told[1024];

static void trace(void *ctx, uint32_t in, const void *nlmsg, size_t len)
{
	static const char *const types[] = { "?", "policy", "return", "rule" };
	const struct nlmsghdr *h = nlmsg;
	struct arena *a = arena_new();
	struct bc_trace t;
	struct bc_err err;
	char *to = told + strlen(told);

	ck_assert_uint_eq(h->nlmsg_len, len);
	ck_assert_uint_eq(h->nlmsg_type, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE);
	ck_assert_int_eq(bc_decode(&bc_trace_desc, (const char *)nlmsg + 20, len - 20, &t, a, 0, &err), 0);
	to += sprintf(to, "%s %s", t.chain, types[t.type]);
	if (BC_HAS(&t, NFTA_TRACE_RULE_HANDLE))
		to += sprintf(to, " %d", (int)t.rule_handle);
	if (BC_HAS(&t, NFTA_TRACE_VERDICT))
		to += sprintf(to, " verdict %d", t.verdict.verdict);
	if (BC_HAS(&t, NFTA_TRACE_POLICY))
		to += sprintf(to, " policy %u", t.policy);
	if (BC_HAS(&t, NFTA_TRACE_NETWORK_HEADER))
		to += sprintf(to, " headers %u %u %u", t.ll_header.len, t.network_header.len, t.transport_header.len);
	sprintf(to, "\n");
	arena_free(&a);
}

START_TEST(tracing)
{
	bed.sink.trace = trace;
	bed_open(NFPROTO_IPV4);
	counter();
	bed_rule(&bed.base, 0); /* before tracing begins */
	bed_imm(R1, "\x01", 1);
	bed_meta_set(NFT_META_NFTRACE, R1);
	bed_rule(&bed.base, 0);
	bed_payload(TH, 2, 2, R1);
	bed_cmp16(R1, NFT_CMP_EQ, 99);
	bed_rule(&bed.base, 0); /* does not match: not told */
	bed_jump(NFT_JUMP, 0);
	bed_rule(&bed.base, 0);
	counter();
	bed_rule(&bed.chain[0], 0);
	bed_payload(TH, 2, 2, R1);
	bed_cmp16(R1, NFT_CMP_EQ, 7);
	bed_verdict(NF_DROP);
	bed_rule(&bed.base, 0);
	bed_verdict(NFT_RETURN);
	bed_rule(&bed.base, 0);

	ck_assert_int_eq(bed_run(bed_udp(7)), NF_DROP);
	ck_assert_str_eq(told, "base rule 2 verdict -1 headers 14 20 18\n"
			       "base rule 4 verdict -3\n"
			       "regular rule 1 verdict -1\n"
			       "regular rule verdict -1\n"
			       "base rule 5 verdict 0\n");
	told[0] = 0;
	ck_assert_int_eq(bed_run(bed_udp(8)), NF_ACCEPT);
	ck_assert_str_eq(told, "base rule 2 verdict -1 headers 14 20 18\n"
			       "base rule 4 verdict -3\n"
			       "regular rule 1 verdict -1\n"
			       "regular rule verdict -1\n"
			       "base rule 6 verdict -5\n"
			       "base policy policy 1\n");
	bed_close();
}
END_TEST

/* Subscribers of the group get the same messages; those that come later get none of the past. */
START_TEST(subscribers)
{
	struct nfvm_socket *s;
	char bytes[1024];

	bed_open(NFPROTO_IPV4);
	bed_imm(R1, "\x01", 1);
	bed_meta_set(NFT_META_NFTRACE, R1);
	bed_rule(&bed.base, 0);
	ck_assert_int_eq(nfvm_socket_new(bed.e, &s), 0);
	bed_run(bed_udp(1));
	ck_assert_int_eq(nfvm_socket_setopt(s, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTRACE), 0);
	ck_assert_int_eq(nfvm_socket_recv(s, bytes, sizeof(bytes), 0), -EAGAIN);
	for (int i = 0; i < 5000; i++) { /* the ring goes round */
		ssize_t n;

		bed_run(bed_udp(1));
		n = nfvm_socket_recv(s, bytes, sizeof(bytes), 0); /* the rule */
		ck_assert_int_eq(n, ((struct nlmsghdr *)bytes)->nlmsg_len);
		ck_assert_int_gt(nfvm_socket_recv(s, bytes, sizeof(bytes), 0), 0); /* the chain's end */
		ck_assert_int_gt(nfvm_socket_recv(s, bytes, sizeof(bytes), 0), 0); /* the policy */
		ck_assert_int_eq(nfvm_socket_recv(s, bytes, sizeof(bytes), 0), -EAGAIN);
	}
	nfvm_socket_setopt(s, NETLINK_DROP_MEMBERSHIP, NFNLGRP_NFTRACE);
	bed_run(bed_udp(1));
	nfvm_socket_setopt(s, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTRACE);
	ck_assert_int_eq(nfvm_socket_recv(s, bytes, sizeof(bytes), 0), -EAGAIN);
	nfvm_socket_free(&s);
	bed_close();
}
END_TEST

UNIT_MAIN("run-chains", verdicts, jumps, depth, counters, verdict_map, lookup, tracing, subscribers)
