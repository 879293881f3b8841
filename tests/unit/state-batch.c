/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches: all or nothing, errors and acknowledgements, dumps, notifications; and bytes that are no batch. */
#include <stdio.h>
#include <time.h>

#include "tests/unit/state-util.h"

/* A ruleset with something of each kind. */
static void some_ruleset(void)
{
	batch();
	table("t");
	chain("t", "a");
	chain("t", "b");
	base("t", "in", NF_INET_LOCAL_IN, 0);
	set("t", "s", 0, 1, 0);
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 1, elem(1));
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 1, elem(2));
	rule("t", "a", x_counter(), NLM_F_APPEND, 0);
	rule("t", "in", x_lookup("s", 0, false), NLM_F_APPEND, 0);
	rule("t", "in", x_jump("a"), NLM_F_APPEND, 0);
	commit();
}

START_TEST(creates_and_lists)
{
	unsigned n;

	client_open();
	some_ruleset();
	handles("t", "in", &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(keys("t", "s", &n)[1], 2);
	ck_assert_uint_eq(n, 2);
	client_close();
}
END_TEST

START_TEST(errors_name_message_and_attribute)
{
	uint32_t seq;

	client_open();
	some_ruleset();
	batch();
	chain("t", "good");
	seq = chain("nosuch", "c");
	rule("t", "nosuch", x_counter(), NLM_F_APPEND, 0);
	bc_batch_end(&cl.b);
	exchange(cl.b.bytes.p, cl.b.bytes.len, NULL);
	ck_assert_uint_eq(cl.n_acks, 2);
	ck_assert_uint_eq(cl.ack[0].seq, seq);
	ck_assert_int_eq(cl.ack[0].err, -ENOENT);
	ck_assert_uint_eq(cl.ack[0].off, NLMSG_SPACE(sizeof(struct nfgenmsg))); /* NFTA_CHAIN_TABLE is its first */
	ck_assert_uint_eq(cl.ack[0].type, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN);
	ck_assert_uint_eq(cl.ack[1].seq, seq + 1);
	nfvm_socket_setopt(cl.s, NETLINK_EXT_ACK, 0);
	nfvm_socket_setopt(cl.s, NETLINK_CAP_ACK, 1);
	batch();
	chain("nosuch", "c");
	fails(-ENOENT);
	ck_assert_uint_eq(cl.ack[0].off, 0);
	client_close();
}
END_TEST

START_TEST(aborted_batch_leaves_no_trace)
{
	buf_auto before = { 0 }, after = { 0 };

	client_open();
	some_ruleset();
	before = whole();
	batch();
	table("u");
	chain("t", "new");
	base("t", "out", NF_INET_LOCAL_OUT, 0);
	rule("t", "a", x_jump("new"), 0, 0);
	rule("t", "in", x_counter(), 0, 0);
	rule_del("t", "in", 0);
	set("t", "i", 0, 2, 0);
	elem_put(NFT_MSG_NEWSETELEM, "t", "i", 2, elem(1));
	elem_put(NFT_MSG_NEWSETELEM, "t", "s", 0, elem(77));
	elem_put(NFT_MSG_DELSETELEM, "t", "s", 0, elem(1));
	set("t", "__set%d", NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, 3, 0);
	elem_put(NFT_MSG_NEWSETELEM, "t", "__set%d", 3, elem(5));
	rule("t", "b", x_lookup("__set%d", 3, false), NLM_F_APPEND, 0);
	chain_del("t", "nosuch");
	fails(-ENOENT);
	after = whole();
	ck_assert_uint_eq(before.len, after.len);
	ck_assert_mem_eq(before.p, after.p, before.len);
	/* nothing holds on to what is old */
	batch();
	rule_del("t", "in", 0);
	rule_del("t", "a", 0);
	chain_del("t", "a");
	chain_del("t", "b");
	set_del("t", "s");
	commit();
	client_close();
}
END_TEST

START_TEST(batch_without_end_changes_nothing)
{
	buf_auto before = { 0 }, after = { 0 };

	client_open();
	some_ruleset();
	before = whole();
	batch();
	chain("t", "new");
	rule("t", "in", x_jump("b"), 0, 0);
	exchange(cl.b.bytes.p, cl.b.bytes.len, NULL);
	ck_assert_uint_eq(cl.n_acks, 0);
	after = whole();
	ck_assert_mem_eq(before.p, after.p, before.len);
	/* but it is checked: a loop is an error of its rule */
	batch();
	rule("t", "a", x_jump("a"), 0, 0);
	exchange(cl.b.bytes.p, cl.b.bytes.len, NULL);
	ck_assert_uint_eq(cl.n_acks, 1);
	ck_assert_int_eq(cl.ack[0].err, -EMLINK);
	client_close();
}
END_TEST

START_TEST(generation_number)
{
	client_open();
	some_ruleset();
	bc_batch_free(&cl.b);
	bc_batch_begin(&cl.b, 100, 1);
	chain("t", "x");
	fails(-ERESTART);
	bc_batch_free(&cl.b);
	bc_batch_begin(&cl.b, 100, 2);
	chain("t", "x");
	commit();
	client_close();
}
END_TEST

START_TEST(acknowledgements)
{
	client_open();
	some_ruleset();
	batch();
	chain("t", "x");
	cl.flags |= NLM_F_ACK;
	chain("t", "y");
	chain("t", "z");
	commit();
	ck_assert_uint_eq(cl.n_acks, 2);
	ck_assert_uint_eq(cl.ack[0].seq + 1, cl.ack[1].seq);
	client_close();
}
END_TEST

/* ---- dumps ---- */

static unsigned chains_seen;
static bool interrupted;
static void count_chain(const struct nlmsghdr *h)
{
	chains_seen += h->nlmsg_type != NLMSG_DONE;
	interrupted |= h->nlmsg_flags & NLM_F_DUMP_INTR;
}

static void many_chains(unsigned n)
{
	batch();
	table("t");
	for (unsigned i = 0; i < n; i++)
		chain("t", arena_printf(cl.a, "chain%u", i));
	commit();
}

static size_t read_part(char *p, size_t room, void (*fn)(const struct nlmsghdr *h))
{
	ssize_t n = nfvm_socket_recv(cl.s, p, room, 0);

	if (n == -EAGAIN)
		return 0;
	ck_assert_int_gt(n, 0);
	for (char *q = p; q < p + n; q += NLMSG_ALIGN(((struct nlmsghdr *)q)->nlmsg_len))
		fn((const struct nlmsghdr *)q);
	return n;
}

START_TEST(dumps_come_in_parts)
{
	static char room[8192];
	struct bc_chain m = { 0 };
	buf_auto b = { 0 };
	unsigned parts = 0;
	size_t n;

	client_open();
	many_chains(2000);
	chains_seen = 0;
	interrupted = false;
	bc_msg(&b, NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, NLM_F_REQUEST | NLM_F_DUMP, 1, 0, 0, &bc_chain_desc, &m);
	ck_assert_int_eq(nfvm_socket_send(cl.s, b.p, b.len), 0);
	while ((n = read_part(room, sizeof(room), count_chain))) {
		ck_assert_uint_le(n, sizeof(room));
		parts++;
	}
	ck_assert_uint_eq(chains_seen, 2000);
	ck_assert_uint_gt(parts, 10);
	ck_assert(!interrupted);
	client_close();
}
END_TEST

START_TEST(dump_tells_of_changes_meanwhile)
{
	static char room[4096];
	struct nfvm_socket *other, *mine;
	struct bc_chain m = { 0 };
	buf_auto b = { 0 };

	client_open();
	many_chains(500);
	chains_seen = 0;
	interrupted = false;
	bc_msg(&b, NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, NLM_F_REQUEST | NLM_F_DUMP, 1, 0, 0, &bc_chain_desc, &m);
	ck_assert_int_eq(nfvm_socket_send(cl.s, b.p, b.len), 0);
	read_part(room, sizeof(room), count_chain);
	ck_assert(!interrupted);
	ck_assert_int_eq(nfvm_socket_new(cl.e, &other), 0);
	mine = cl.s;
	cl.s = other;
	batch();
	table_del("t");
	commit();
	cl.s = mine;
	while (read_part(room, sizeof(room), count_chain))
		;
	ck_assert(interrupted);
	ck_assert_uint_lt(chains_seen, 500);
	/* a dump that nobody reads on holds memory, and gives it back */
	ck_assert_int_eq(nfvm_socket_send(cl.s, b.p, b.len), 0);
	nfvm_socket_free(&other);
	client_close();
}
END_TEST

/* ---- notifications ---- */

static struct nfvm_socket *monitor;
static uint16_t heard[4096];
static unsigned n_heard;

static void hear(void)
{
	ssize_t n;

	n_heard = 0;
	while ((n = nfvm_socket_recv(monitor, cl.bytes, sizeof(cl.bytes), 0)) > 0)
		for (char *p = cl.bytes; p < cl.bytes + n; p += NLMSG_ALIGN(((struct nlmsghdr *)p)->nlmsg_len))
			heard[n_heard++] = NFNL_MSG_TYPE(((struct nlmsghdr *)p)->nlmsg_type);
}

START_TEST(notifications_after_commit)
{
	static const uint16_t want[] = { NFT_MSG_NEWTABLE, NFT_MSG_NEWCHAIN, NFT_MSG_NEWRULE, NFT_MSG_NEWGEN };

	client_open();
	ck_assert_int_eq(nfvm_socket_new(cl.e, &monitor), 0);
	ck_assert_int_eq(nfvm_socket_setopt(monitor, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES), 0);
	batch();
	table("t");
	chain("t", "c");
	rule("t", "c", x_counter(), NLM_F_APPEND, 0);
	commit();
	hear();
	ck_assert_uint_eq(n_heard, ARRAY_SIZE(want));
	ck_assert_mem_eq(heard, want, sizeof(want));
	batch();
	chain("t", "d");
	chain("nosuch", "d");
	fails(-ENOENT);
	hear();
	ck_assert_uint_eq(n_heard, 0);
	nfvm_socket_free(&monitor);
	client_close();
}
END_TEST

START_TEST(slow_reader_is_told_once)
{
	client_open();
	ck_assert_int_eq(nfvm_socket_new(cl.e, &monitor), 0);
	nfvm_socket_setopt(monitor, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES);
	nfvm_socket_rcvbuf(monitor, 20000);
	many_chains(1000);
	ck_assert_int_eq(nfvm_socket_recv(monitor, cl.bytes, sizeof(cl.bytes), 0), -ENOBUFS);
	hear();
	ck_assert_uint_gt(n_heard, 0);
	ck_assert_uint_lt(n_heard, 1000);
	batch();
	table("u");
	commit();
	hear();
	ck_assert_uint_eq(n_heard, 2);
	nfvm_socket_free(&monitor);
	client_close();
}
END_TEST

static unsigned echoes;
static uint64_t echoed;
static void echo(const struct nlmsghdr *h)
{
	if (NFNL_MSG_TYPE(h->nlmsg_type) == NFT_MSG_NEWRULE)
		echoed = ((const struct bc_rule *)body_of(h))->handle;
	echoes++;
}

START_TEST(echo_tells_the_sender)
{
	unsigned n;

	client_open();
	some_ruleset();
	batch();
	cl.flags |= NLM_F_ECHO;
	rule("t", "b", x_counter(), NLM_F_APPEND, 0);
	bc_batch_end(&cl.b);
	echoes = 0;
	exchange(cl.b.bytes.p, cl.b.bytes.len, echo);
	ck_assert_uint_eq(echoes, 2); /* the rule, and the generation */
	ck_assert_uint_eq(echoed, handles("t", "b", &n)[0]);
	client_close();
}
END_TEST

/* ---- tables with an owner ---- */

START_TEST(owned_table_goes_with_its_socket)
{
	struct nfvm_socket *mine, *other;
	struct bc_table m = { 0 };
	unsigned n;

	client_open();
	mine = cl.s;
	ck_assert_int_eq(nfvm_socket_new(cl.e, &other), 0);
	cl.s = other;
	batch();
	BC_SET(&m, NFTA_TABLE_NAME, name, "t");
	BC_SET(&m, NFTA_TABLE_FLAGS, flags, NFT_TABLE_F_OWNER);
	put(NFT_MSG_NEWTABLE, &bc_table_desc, &m);
	base("t", "c", NF_INET_LOCAL_IN, 0);
	rule("t", "c", x_counter(), NLM_F_APPEND, 0);
	commit();
	cl.s = mine;
	batch();
	chain("t", "d");
	fails(-EPERM);
	handles("t", "c", &n);
	ck_assert_uint_eq(n, 1);
	nfvm_socket_free(&other);
	batch();
	chain("t", "d");
	fails(-ENOENT);
	client_close();
}
END_TEST

/* ---- bytes ---- */

static uint32_t rnd(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return *s >> 33;
}

START_TEST(broken_bytes_do_no_harm)
{
	uint64_t seed = time(NULL);

	printf("# seed %llu\n", (unsigned long long)seed);
	client_open();
	some_ruleset();
	for (int i = 0; i < 4000; i++) {
		buf_auto b = { 0 };

		batch();
		chain("t", "x");
		set("t", "__set%d", NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, 3, 0);
		elem_put(NFT_MSG_NEWSETELEM, "t", "__set%d", 3, elem(5));
		rule("t", "b", x_lookup("__set%d", 3, false), NLM_F_APPEND, 0);
		rule("t", "b", x_jump("a"), 0, 0);
		bc_batch_end(&cl.b);
		buf_put(&b, cl.b.bytes.p, cl.b.bytes.len);
		for (int j = rnd(&seed) % 4; j >= 0; j--)
			b.p[rnd(&seed) % b.len] = rnd(&seed);
		exchange(b.p, rnd(&seed) % 4 ? b.len : rnd(&seed) % (b.len + 1), NULL);
	}
	batch();
	table_del("t");
	run();
	client_close();
}
END_TEST

UNIT_MAIN("state-batch", creates_and_lists, errors_name_message_and_attribute, aborted_batch_leaves_no_trace, batch_without_end_changes_nothing,
	  generation_number, acknowledgements, dumps_come_in_parts, dump_tells_of_changes_meanwhile, notifications_after_commit,
	  slow_reader_is_told_once, echo_tells_the_sender, owned_table_goes_with_its_socket, broken_bytes_do_no_harm)
