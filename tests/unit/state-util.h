/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A netlink client of an engine in the same process, for tests of the ruleset: batches built by bytecode/, answers as numbers.
 *
 *     client_open();
 *     batch(); table("t"); chain("t", "c"); commit();          every message must succeed
 *     batch(); chain("nosuch", "c"); ck_assert_int_eq(fails(), -ENOENT);
 */
#ifndef NFVM_TESTS_STATE_UTIL_H
#define NFVM_TESTS_STATE_UTIL_H

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "bytecode/expr.h"
#include "bytecode/msg.h"
#include "nfvm/engine.h"
#include "tests/unit/unit.h"

enum { ACKS = 4096, BYTES = 1 << 17 };

struct ack {
	uint32_t seq, off; /* off 0: no attribute named */
	int err;
	uint16_t type;     /* of the message meant */
};

static struct client {
	struct nfvm_engine *e;
	struct nfvm_socket *s;
	struct arena *a;
	struct bc_batch b;
	struct ack ack[ACKS];
	unsigned n_acks;
	uint8_t family;
	uint16_t flags; /* of the next messages, beside NLM_F_REQUEST */
	char bytes[BYTES];
} cl;

static inline void client_open(void)
{
	memset(&cl, 0, sizeof(cl));
	ck_assert_int_eq(nfvm_engine_new(NULL, &cl.e, NULL), 0);
	ck_assert_int_eq(nfvm_socket_new(cl.e, &cl.s), 0);
	ck_assert_int_eq(nfvm_socket_setopt(cl.s, NETLINK_EXT_ACK, 1), 0);
	cl.a = arena_new();
	cl.family = NFPROTO_IPV4;
	cl.flags = NLM_F_CREATE;
}

static inline void client_close(void)
{
	bc_batch_free(&cl.b);
	nfvm_socket_free(&cl.s);
	nfvm_engine_free(&cl.e);
	arena_free(&cl.a);
}

/* ---- batches ---- */

static inline void batch(void)
{
	bc_batch_free(&cl.b);
	arena_reset(cl.a);
	bc_batch_begin(&cl.b, 100, 0);
}

static inline uint32_t put(uint16_t msg, const struct bc_desc *d, const void *body)
{
	return bc_batch_msg(&cl.b, msg, cl.family, cl.flags, d, body);
}

static inline void ack_add(const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	struct ack *a = &cl.ack[cl.n_acks];
	size_t at = sizeof(*h) + sizeof(*e);

	ck_assert_uint_lt(cl.n_acks, ACKS);
	*a = (struct ack){ .seq = h->nlmsg_seq, .err = e->error, .type = e->msg.nlmsg_type };
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(e->msg.nlmsg_len - sizeof(*h));
	if (h->nlmsg_flags & NLM_F_ACK_TLVS) {
		const struct nlattr *off = bc_find((const char *)h + at, h->nlmsg_len - at, NLMSGERR_ATTR_OFFS);

		if (off)
			memcpy(&a->off, off + 1, sizeof(a->off));
	}
	cl.n_acks++;
}

/* Sends bytes; notes errors and acknowledgements, and gives all else to fn (may be NULL). */
static inline void exchange(const void *bytes, size_t len, void (*fn)(const struct nlmsghdr *h))
{
	ssize_t n;

	cl.n_acks = 0;
	ck_assert_int_eq(nfvm_socket_send(cl.s, bytes, len), 0);
	while ((n = nfvm_socket_recv(cl.s, cl.bytes, sizeof(cl.bytes), 0)) > 0) {
		ck_assert_int_le(n, (ssize_t)sizeof(cl.bytes));
		for (char *p = cl.bytes; p < cl.bytes + n; p += NLMSG_ALIGN(((struct nlmsghdr *)p)->nlmsg_len)) {
			const struct nlmsghdr *h = (const struct nlmsghdr *)p;

			ck_assert_uint_ge(h->nlmsg_len, sizeof(*h));
			if (h->nlmsg_type == NLMSG_ERROR)
				ack_add(h);
			else if (fn)
				fn(h);
		}
	}
	ck_assert_int_eq(n, -EAGAIN);
}

/* Ends and sends the batch; the first error, 0: none. */
static inline int run(void)
{
	bc_batch_end(&cl.b);
	ck_assert_int_eq(cl.b.err, 0);
	exchange(cl.b.bytes.p, cl.b.bytes.len, NULL);
	for (unsigned i = 0; i < cl.n_acks; i++)
		if (cl.ack[i].err)
			return cl.ack[i].err;
	return 0;
}

#define commit() ck_assert_int_eq(run(), 0)
#define fails(err_) ck_assert_int_eq(run(), err_)

/* ---- messages ---- */

static inline uint32_t table(const char *name)
{
	struct bc_table m = { 0 };

	BC_SET(&m, NFTA_TABLE_NAME, name, name);
	return put(NFT_MSG_NEWTABLE, &bc_table_desc, &m);
}

static inline uint32_t table_del(const char *name)
{
	struct bc_table m = { 0 };

	BC_SET(&m, NFTA_TABLE_NAME, name, name);
	return put(NFT_MSG_DELTABLE, &bc_table_desc, &m);
}

static inline uint32_t chain(const char *tb, const char *name)
{
	struct bc_chain m = { 0 };

	BC_SET(&m, NFTA_CHAIN_TABLE, table, tb);
	BC_SET(&m, NFTA_CHAIN_NAME, name, name);
	return put(NFT_MSG_NEWCHAIN, &bc_chain_desc, &m);
}

static inline uint32_t base(const char *tb, const char *name, uint32_t hook, int priority)
{
	struct bc_chain m = { 0 };

	BC_SET(&m, NFTA_CHAIN_TABLE, table, tb);
	BC_SET(&m, NFTA_CHAIN_NAME, name, name);
	BC_MARK(&m, NFTA_CHAIN_HOOK);
	BC_SET(&m.hook, NFTA_HOOK_HOOKNUM, hooknum, hook);
	BC_SET(&m.hook, NFTA_HOOK_PRIORITY, priority, (uint32_t)priority);
	return put(NFT_MSG_NEWCHAIN, &bc_chain_desc, &m);
}

static inline uint32_t chain_del(const char *tb, const char *name)
{
	struct bc_chain m = { 0 };

	BC_SET(&m, NFTA_CHAIN_TABLE, table, tb);
	BC_SET(&m, NFTA_CHAIN_NAME, name, name);
	return put(NFT_MSG_DELCHAIN, &bc_chain_desc, &m);
}

/* flags: NLM_F_APPEND for the end or behind a position; 0: the beginning or before it. position 0: none. */
static inline uint32_t rule(const char *tb, const char *c, struct bc_expr *exprs, uint16_t flags, uint64_t position)
{
	struct bc_rule m = { 0 };
	uint16_t old = cl.flags;
	uint32_t seq;

	BC_SET(&m, NFTA_RULE_TABLE, table, tb);
	BC_SET(&m, NFTA_RULE_CHAIN, chain, c);
	BC_SET(&m, NFTA_RULE_EXPRESSIONS, exprs, exprs);
	if (position)
		BC_SET(&m, NFTA_RULE_POSITION, position, position);
	cl.flags |= flags;
	seq = put(NFT_MSG_NEWRULE, &bc_rule_desc, &m);
	cl.flags = old;
	return seq;
}

/* handle 0: all of the chain. */
static inline uint32_t rule_del(const char *tb, const char *c, uint64_t handle)
{
	struct bc_rule m = { 0 };

	BC_SET(&m, NFTA_RULE_TABLE, table, tb);
	BC_SET(&m, NFTA_RULE_CHAIN, chain, c);
	if (handle)
		BC_SET(&m, NFTA_RULE_HANDLE, handle, handle);
	return put(NFT_MSG_DELRULE, &bc_rule_desc, &m);
}

static inline uint32_t set(const char *tb, const char *name, uint32_t flags, uint32_t id, uint32_t size)
{
	struct bc_set m = { 0 };

	BC_SET(&m, NFTA_SET_TABLE, table, tb);
	BC_SET(&m, NFTA_SET_NAME, name, name);
	BC_SET(&m, NFTA_SET_FLAGS, flags, flags);
	BC_SET(&m, NFTA_SET_KEY_TYPE, key_type, 7);
	BC_SET(&m, NFTA_SET_KEY_LEN, key_len, 4);
	if (flags & NFT_SET_MAP)
		BC_SET(&m, NFTA_SET_DATA_TYPE, data_type, NFT_DATA_VERDICT);
	BC_SET(&m, NFTA_SET_ID, id, id);
	if (size) {
		BC_MARK(&m, NFTA_SET_DESC);
		BC_SET(&m.desc, NFTA_SET_DESC_SIZE, size, size);
	}
	return put(NFT_MSG_NEWSET, &bc_set_msg_desc, &m);
}

static inline uint32_t set_del(const char *tb, const char *name)
{
	struct bc_set m = { 0 };

	BC_SET(&m, NFTA_SET_TABLE, table, tb);
	BC_SET(&m, NFTA_SET_NAME, name, name);
	return put(NFT_MSG_DELSET, &bc_set_msg_desc, &m);
}

static inline struct bc_data value(uint32_t key)
{
	char be[4];

	be32_store(be, key);
	return (struct bc_data){ .kind = BC_DATA_VALUE, .len = 4, .value = (const uint8_t *)arena_memdup(cl.a, be, 4) };
}

static inline struct bc_data jump(const char *to)
{
	return (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = NFT_JUMP, .chain = to };
}

/* One element; change it before elem_put(). */
static inline struct bc_elem elem(uint32_t key)
{
	struct bc_elem x = { 0 };

	BC_SET(&x, NFTA_SET_ELEM_KEY, key, value(key));
	return x;
}

static inline uint32_t elem_put(uint16_t msg, const char *tb, const char *name, uint32_t id, struct bc_elem x)
{
	struct bc_elems m = { 0 };
	struct bc_node **tail = &m.elems;

	BC_SET(&m, NFTA_SET_ELEM_LIST_TABLE, table, tb);
	BC_SET(&m, NFTA_SET_ELEM_LIST_SET, set, name);
	if (id)
		BC_SET(&m, NFTA_SET_ELEM_LIST_SET_ID, set_id, id);
	*(struct bc_elem *)bc_node_add(cl.a, &tail, sizeof(x)) = x;
	BC_MARK(&m, NFTA_SET_ELEM_LIST_ELEMENTS);
	return put(msg, &bc_elems_desc, &m);
}

/* ---- expressions ---- */

static inline struct bc_expr *x_jump(const char *to)
{
	struct bc_expr *x = bc_expr_new(cl.a, "immediate");
	struct bc_immediate *m = BC_EXPR_BODY(x, struct bc_immediate);

	BC_SET(m, NFTA_IMMEDIATE_DREG, dreg, NFT_REG_VERDICT);
	BC_SET(m, NFTA_IMMEDIATE_DATA, data, jump(to));
	return x;
}

static inline struct bc_expr *x_counter(void)
{
	return bc_expr_new(cl.a, "counter");
}

/* ip saddr in a set; map: a verdict map. */
static inline struct bc_expr *x_lookup(const char *name, uint32_t id, bool map)
{
	struct bc_expr *list = NULL, **tail = &list;
	struct bc_payload *p = bc_expr_add(cl.a, &tail, "payload");
	struct bc_lookup *l = bc_expr_add(cl.a, &tail, "lookup");

	BC_SET(p, NFTA_PAYLOAD_DREG, dreg, NFT_REG_1);
	BC_SET(p, NFTA_PAYLOAD_BASE, base, NFT_PAYLOAD_NETWORK_HEADER);
	BC_SET(p, NFTA_PAYLOAD_OFFSET, offset, 12);
	BC_SET(p, NFTA_PAYLOAD_LEN, len, 4);
	BC_SET(l, NFTA_LOOKUP_SET, set, name);
	BC_SET(l, NFTA_LOOKUP_SREG, sreg, NFT_REG_1);
	if (id)
		BC_SET(l, NFTA_LOOKUP_SET_ID, set_id, id);
	if (map)
		BC_SET(l, NFTA_LOOKUP_DREG, dreg, NFT_REG_VERDICT);
	return list;
}

/* ---- looking ---- */

static inline void request(uint16_t msg, uint8_t family, uint16_t flags, const struct bc_desc *d, const void *body,
			   void (*fn)(const struct nlmsghdr *h))
{
	buf_auto b = { 0 };

	ck_assert_int_eq(bc_msg(&b, NFNL_SUBSYS_NFTABLES, msg, family, NLM_F_REQUEST | flags, 7, 0, 0, d, body), 0);
	exchange(b.p, b.len, fn);
}

/* The attributes of an answer, decoded by its type's table. */
static inline const void *body_of(const struct nlmsghdr *h)
{
	const struct bc_desc *d = bc_msg_desc(NFNL_MSG_TYPE(h->nlmsg_type));
	size_t head = NLMSG_SPACE(sizeof(struct nfgenmsg));
	void *s;

	ck_assert_ptr_nonnull(d);
	s = arena_alloc(cl.a, d->size);
	ck_assert_int_eq(bc_decode(d, (const char *)h + head, h->nlmsg_len - head, s, cl.a, BC_COPY, NULL), 0);
	return s;
}

static struct buf seen_;
static inline void see_(const struct nlmsghdr *h)
{
	if (h->nlmsg_type != NLMSG_DONE)
		buf_put(&seen_, h, NLMSG_ALIGN(h->nlmsg_len));
}

/* All that can be listed, as bytes: two equal ones mean equal rulesets of the same generation. */
static inline struct buf whole(void)
{
	static const uint16_t gets[] = { NFT_MSG_GETTABLE, NFT_MSG_GETCHAIN, NFT_MSG_GETRULE, NFT_MSG_GETSET, NFT_MSG_GETOBJ, NFT_MSG_GETFLOWTABLE };
	static const char *const sets[] = { "s", "v", "i", "__set0", "__set1" };
	struct bc_gen g = { 0 };
	struct buf b;

	seen_ = (struct buf){ 0 };
	request(NFT_MSG_GETGEN, NFPROTO_UNSPEC, 0, &bc_gen_desc, &g, see_);
	for (size_t i = 0; i < ARRAY_SIZE(gets); i++)
		request(gets[i], NFPROTO_UNSPEC, NLM_F_DUMP, &bc_gen_desc, &g, see_);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		struct bc_elems m = { 0 };

		BC_SET(&m, NFTA_SET_ELEM_LIST_TABLE, table, "t");
		BC_SET(&m, NFTA_SET_ELEM_LIST_SET, set, sets[i]);
		request(NFT_MSG_GETSETELEM, cl.family, NLM_F_DUMP, &bc_elems_desc, &m, see_);
	}
	b = seen_;
	seen_ = (struct buf){ 0 };
	return b;
}

static uint64_t handles_[20000];
static unsigned n_handles_;
static inline void handle_(const struct nlmsghdr *h)
{
	if (h->nlmsg_type == NLMSG_DONE)
		return;
	ck_assert_uint_lt(n_handles_, ARRAY_SIZE(handles_));
	handles_[n_handles_++] = ((const struct bc_rule *)body_of(h))->handle;
}

/* Handles of a chain's rules, in order; until the next call. */
static inline const uint64_t *handles(const char *tb, const char *c, unsigned *n)
{
	struct bc_rule m = { 0 };

	BC_SET(&m, NFTA_RULE_TABLE, table, tb);
	BC_SET(&m, NFTA_RULE_CHAIN, chain, c);
	n_handles_ = 0;
	request(NFT_MSG_GETRULE, cl.family, NLM_F_DUMP, &bc_rule_desc, &m, handle_);
	*n = n_handles_;
	return handles_;
}

static uint32_t keys_[20000];
static unsigned n_keys_;
static inline void keys_of_(const struct nlmsghdr *h)
{
	if (h->nlmsg_type == NLMSG_DONE)
		return;
	for (const struct bc_node *n = ((const struct bc_elems *)body_of(h))->elems; n; n = n->next) {
		const struct bc_elem *x = BC_BODY(n, const struct bc_elem);

		ck_assert_uint_lt(n_keys_, ARRAY_SIZE(keys_));
		keys_[n_keys_++] = BC_HAS(x, NFTA_SET_ELEM_KEY) ? be32_load(x->key.value) : UINT32_MAX;
	}
}

static inline int by_key_(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Keys of a set's elements, ascending (the catch-all one last, as UINT32_MAX); until the next call. */
static inline const uint32_t *keys(const char *tb, const char *name, unsigned *n)
{
	struct bc_elems m = { 0 };

	BC_SET(&m, NFTA_SET_ELEM_LIST_TABLE, table, tb);
	BC_SET(&m, NFTA_SET_ELEM_LIST_SET, set, name);
	n_keys_ = 0;
	request(NFT_MSG_GETSETELEM, cl.family, NLM_F_DUMP, &bc_elems_desc, &m, keys_of_);
	qsort(keys_, n_keys_, sizeof(keys_[0]), by_key_);
	*n = n_keys_;
	return keys_;
}

#endif
