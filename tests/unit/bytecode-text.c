/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of --debug=netlink. Expected lines are what nft 1.1.6 prints. */
#include "bytecode/expr.h"
#include "bytecode/msg.h"
#include "tests/unit/unit.h"

static struct arena *arena;

/* Text of one expression, built in a statement: TEXT("cmp", struct bc_cmp, …) with e as its body. */
static const char *text(const struct bc_expr *e)
{
	struct buf b = { 0 };
	const char *s;

	bc_dump_exprs(&b, e, "");
	s = arena_strdup(arena, buf_str(&b));
	buf_free(&b);
	return s;
}

static struct bc_data value(const void *p, uint32_t len, bool host_order)
{
	return (struct bc_data){ .kind = BC_DATA_VALUE, .value = p, .len = len, .host_order = host_order };
}

START_TEST(values_have_their_width_and_order)
{
	struct bc_expr *x = bc_expr_new(arena, "cmp");
	struct bc_cmp *e = BC_EXPR_BODY(x, struct bc_cmp);
	uint32_t mark = 0x1234;
	uint64_t ns = 0x15aa3ebc767d6000;

	BC_SET(e, NFTA_CMP_SREG, sreg, NFT_REG_1);
	BC_SET(e, NFTA_CMP_DATA, data, value("\0\x16", 2, false));
	ck_assert_str_eq(text(x), "[ cmp eq reg 1 0x0016 ]\n");
	e->data = value(&mark, 4, true);
	e->op = NFT_CMP_NEQ;
	ck_assert_str_eq(text(x), "[ cmp neq reg 1 0x00001234 ]\n");
	e->data = value(&ns, 8, true);
	ck_assert_str_eq(text(x), "[ cmp neq reg 1 0x15aa3ebc 0x767d6000 ]\n");
	e->data = value("dummy", 5, false);
	e->op = NFT_CMP_LTE;
	ck_assert_str_eq(text(x), "[ cmp lte reg 1 0x64756d6d 0x79 ]\n");
	e->op = 77;
	ck_assert_str_eq(text(x), "[ cmp unknown reg 1 0x64756d6d 0x79 ]\n");
}
END_TEST

START_TEST(bitwise_shows_its_operands)
{
	struct bc_expr *x = bc_expr_new(arena, "bitwise");
	struct bc_bitwise *e = BC_EXPR_BODY(x, struct bc_bitwise);
	uint32_t six = 6;

	e->sreg = e->dreg = 1;
	e->mask = value("\x0f\xc0", 2, false);
	e->xor = value("\0\0", 2, false);
	ck_assert_str_eq(text(x), "[ bitwise reg 1 = ( reg 1 & 0x0fc0 ) ^ 0x0000 ]\n");
	e->op = NFT_BITWISE_RSHIFT;
	e->data = value(&six, 4, false);
	ck_assert_str_eq(text(x), "[ bitwise reg 1 = ( reg 1 >> 0x00000006 ) ]\n");
	e->op = NFT_BITWISE_OR;
	BC_SET(e, NFTA_BITWISE_SREG2, sreg2, 2);
	ck_assert_str_eq(text(x), "[ bitwise reg 1 = ( reg 1 | reg 2 ) ]\n");
}
END_TEST

START_TEST(expressions_nest)
{
	struct bc_expr *x = bc_expr_new(arena, "dynset"), **tail;
	struct bc_dynset *e = BC_EXPR_BODY(x, struct bc_dynset);
	struct bc_expr *in = bc_expr_new(arena, "inner");
	struct bc_inner *i = BC_EXPR_BODY(in, struct bc_inner);
	struct bc_limit *l;
	struct bc_meta *m;

	e->sreg_key = 1;
	e->op = NFT_DYNSET_OP_UPDATE;
	BC_SET(e, NFTA_DYNSET_SET_NAME, set, "s");
	BC_SET(e, NFTA_DYNSET_TIMEOUT, timeout, 30000);
	tail = &e->exprs;
	bc_expr_add(arena, &tail, "counter");
	ck_assert_str_eq(text(x), "[ dynset update reg_key 1 set s timeout 30000ms expr [ counter pkts 0 bytes 0 ] ]\n");
	l = bc_expr_add(arena, &tail, "limit");
	l->rate = l->burst = 5;
	l->unit = 60;
	ck_assert_str_eq(text(x), "[ dynset update reg_key 1 set s timeout 30000ms ( expr [ counter pkts 0 bytes 0 ] expr [ limit rate "
				  "5/minute burst 5 type packets flags 0x0 ] ) ]\n");

	i->type = NFT_INNER_VXLAN;
	i->hdrsize = 8;
	i->flags = NFT_INNER_MASK;
	i->expr = bc_expr_new(arena, "meta");
	m = BC_EXPR_BODY(i->expr, struct bc_meta);
	m->key = NFT_META_PROTOCOL;
	m->dreg = 1;
	ck_assert_str_eq(text(in), "[ inner type 1 hdrsize 8 flags f [ meta load protocol => reg 1 ] ]\n");
}
END_TEST

START_TEST(rules_and_sets_have_heads)
{
	struct bc_rule r = { .table = "t", .chain = "c", .handle = 7, .position = 3 };
	struct bc_set s = { .table = "t", .name = "s", .flags = NFT_SET_INTERVAL | NFT_SET_CONSTANT, .timeout = 5 };
	struct bc_expr **tail = &r.exprs;
	struct bc_immediate *i = bc_expr_add(arena, &tail, "immediate");
	struct buf b = { 0 };

	i->data = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = NFT_JUMP, .chain = "next" };
	bc_expr_add(arena, &tail, "notrack");
	bc_dump_rule(&b, NFPROTO_INET, &r);
	ck_assert_str_eq(b.p, "inet t c 7 3\n  [ immediate reg 0 jump -> next ]\n  [ notrack ]\n\n");
	buf_cut(&b, 0);
	s.desc.size = 9;
	bc_dump_set(&b, NFPROTO_INET, &s);
	ck_assert_str_eq(b.p, "s t 6 timeout 5ms size 9\n");
	buf_free(&b);
}
END_TEST

START_TEST(elements_follow_their_shape)
{
	static const uint8_t key[] = { 10, 0, 0, 0, 0, 10, 0, 0 }, end[] = { 10, 255, 255, 255, 0, 23, 0, 0 };
	static const uint8_t ud[] = { BC_UD_ELEM_FLAGS, 4, 1, 0, 0, 0 };
	struct bc_shape shape = { .n = 2, .len = { 4, 2 } }, host = { .n = 0, .host_order = 1 };
	struct bc_elems list = { .table = "t", .set = "s", .key_shape = &shape };
	struct bc_node **tail = &list.elems;
	struct bc_elem *e = bc_node_add(arena, &tail, sizeof(*e));
	struct buf b = { 0 };

	BC_SET(e, NFTA_SET_ELEM_KEY, key, value(key, sizeof(key), false));
	BC_SET(e, NFTA_SET_ELEM_KEY_END, key_end, value(end, sizeof(end), false));
	BC_SET(e, NFTA_SET_ELEM_DATA, data, ((struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = NF_ACCEPT }));
	e = bc_node_add(arena, &tail, sizeof(*e));
	BC_SET(e, NFTA_SET_ELEM_FLAGS, flags, NFT_SET_ELEM_CATCHALL);
	BC_SET(e, NFTA_SET_ELEM_DATA, data, ((struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = NF_DROP }));
	bc_dump_elems(&b, NFPROTO_IPV4, &list);
	ck_assert_str_eq(b.p, "s t 0\n\telement 0a000000 . 000a - 0affffff . 0017 : accept\telement  : drop flags 2\n");

	list.key_shape = &host;
	list.elems->next = NULL;
	e = BC_BODY(list.elems, struct bc_elem);
	*e = (struct bc_elem){ 0 };
	BC_SET(e, NFTA_SET_ELEM_KEY, key, value("\x01\x02\x03\x04", 4, false));
	BC_SET(e, NFTA_SET_ELEM_USERDATA, userdata, ((struct bc_bytes){ ud, sizeof(ud) }));
	buf_cut(&b, 0);
	bc_dump_listed_elems(&b, NFPROTO_IPV4, &list);
	ck_assert_str_eq(b.p, "ip t @s\n\telement 04030201  userdata len 6 sum 0x6\n");
	buf_free(&b);
}
END_TEST

int main(void)
{
	const TTest *tests[] = { values_have_their_width_and_order, bitwise_shows_its_operands, expressions_nest, rules_and_sets_have_heads,
				 elements_follow_their_shape };
	int rc;

	arena = arena_new();
	rc = unit_run("bytecode text", tests, ARRAY_SIZE(tests));
	arena_free(&arena);
	return rc;
}
