/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules: their order beside a naive list, what workers see of them, jumps, use counts, hooks. */
#include <stdio.h>
#include <time.h>

#include "tests/unit/state-util.h"
#include "vm/engine.h"
#include "vm/state/state.h"

/* The chain's rules as a worker with the engine's generation sees them. */
static unsigned published(struct vm_chain *c, uint64_t *out)
{
	const struct vm_rules *all = c->rules[cl.e->gen & 1];
	unsigned n = 0;

	for (uint32_t i = 0; all && i < all->n_blocks; i++)
		for (uint32_t j = 0; j < all->block[i]->n; j++) {
			ck_assert_ptr_eq(all->block[i]->rule[j].prog, all->block[i]->rule[j].rule->prog);
			out[n++] = all->block[i]->rule[j].rule->h.handle;
		}
	ck_assert_uint_eq(n, all ? all->n_rules : 0);
	return n;
}

static struct vm_chain *hooked(uint8_t hook)
{
	const struct vm_hook_list *l = state_hooks(cl.e, cl.e->gen, NFPROTO_IPV4, hook, 0);

	return l ? l->e[0].chain : NULL;
}

static uint32_t rnd(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return *s >> 33;
}

struct model {
	uint64_t h[20000];
	unsigned n;
};

static void model_insert(struct model *m, unsigned at, uint64_t h)
{
	memmove(&m->h[at + 1], &m->h[at], (m->n - at) * sizeof(m->h[0]));
	m->h[at] = h;
	m->n++;
}

static void model_remove(struct model *m, unsigned at)
{
	m->n--;
	memmove(&m->h[at], &m->h[at + 1], (m->n - at) * sizeof(m->h[0]));
}

/* One random change in the batch under way and in the model; next: the handle that a new rule gets. */
static void change(struct model *m, uint64_t *next, uint64_t *seed)
{
	unsigned at = m->n ? rnd(seed) % m->n : 0, what = rnd(seed) % 10;

	if (what < 2) {
		model_insert(m, m->n, (*next)++);
		rule("t", "in", x_counter(), NLM_F_APPEND, 0);
	} else if (what < 3) {
		model_insert(m, 0, (*next)++);
		rule("t", "in", x_counter(), 0, 0);
	} else if (m->n && what < 5) {
		rule("t", "in", x_counter(), NLM_F_APPEND, m->h[at]);
		model_insert(m, at + 1, (*next)++);
	} else if (m->n && what < 6) {
		rule("t", "in", x_counter(), 0, m->h[at]);
		model_insert(m, at, (*next)++);
	} else if (m->n) {
		rule_del("t", "in", m->h[at]);
		model_remove(m, at);
	}
}

START_TEST(order_is_that_of_a_plain_list)
{
	static struct model m, old;
	static uint64_t seen[20000];
	uint64_t seed = time(NULL), next;
	unsigned n;

	printf("# seed %llu\n", (unsigned long long)seed);
	m.n = 0;
	client_open();
	batch();
	table("t");
	base("t", "in", NF_INET_LOCAL_IN, 0);
	commit();
	next = 2;
	batch();
	for (int i = 0; i < 1500; i++) {
		model_insert(&m, m.n, next++);
		rule("t", "in", x_counter(), NLM_F_APPEND, 0);
	}
	commit();
	for (int i = 0; i < 600; i++) {
		bool abort = rnd(&seed) % 4 == 0;

		old = m;
		batch();
		for (int j = rnd(&seed) % (i % 50 ? 6 : 600); j >= 0; j--)
			change(&m, &next, &seed);
		if (abort) {
			chain_del("t", "nosuch");
			fails(-ENOENT);
			m = old;
		} else {
			commit();
		}
		n = published(hooked(NF_INET_LOCAL_IN), seen);
		ck_assert_uint_eq(n, m.n);
		ck_assert_mem_eq(seen, m.h, n * sizeof(seen[0]));
		if (i % 20 == 0) {
			const uint64_t *listed = handles("t", "in", &n);

			ck_assert_uint_eq(n, m.n);
			ck_assert_mem_eq(listed, m.h, n * sizeof(m.h[0]));
		}
	}
	client_close();
}
END_TEST

START_TEST(a_change_shares_what_did_not_change)
{
	const struct vm_rules *before, *after;
	uint32_t same = 0;

	client_open();
	batch();
	table("t");
	base("t", "in", NF_INET_LOCAL_IN, 0);
	for (int i = 0; i < 10000; i++)
		rule("t", "in", x_counter(), NLM_F_APPEND, 0);
	commit();
	before = hooked(NF_INET_LOCAL_IN)->rules[cl.e->gen & 1];
	{
		const struct vm_rule_block *blocks[200];
		uint32_t n = before->n_blocks;

		ck_assert_uint_le(n, ARRAY_SIZE(blocks));
		memcpy(blocks, before->block, n * sizeof(blocks[0]));
		batch();
		rule("t", "in", x_counter(), 0, 5000);
		commit();
		after = hooked(NF_INET_LOCAL_IN)->rules[cl.e->gen & 1];
		for (uint32_t i = 0; i < after->n_blocks; i++)
			for (uint32_t j = 0; j < n; j++)
				same += after->block[i] == blocks[j];
		ck_assert_uint_ge(same, n - 1);
	}
	ck_assert_uint_eq(after->n_rules, 10001);
	client_close();
}
END_TEST

START_TEST(policy_and_rules_change_together)
{
	struct bc_chain m = { 0 };
	struct vm_chain *c;

	client_open();
	batch();
	table("t");
	base("t", "in", NF_INET_LOCAL_IN, 0);
	commit();
	c = hooked(NF_INET_LOCAL_IN);
	ck_assert_uint_eq(c->base->policy[cl.e->gen & 1], NF_ACCEPT);
	batch();
	BC_SET(&m, NFTA_CHAIN_TABLE, table, "t");
	BC_SET(&m, NFTA_CHAIN_NAME, name, "in");
	BC_SET(&m, NFTA_CHAIN_POLICY, policy, NF_DROP);
	put(NFT_MSG_NEWCHAIN, &bc_chain_desc, &m);
	chain_del("t", "nosuch");
	fails(-ENOENT);
	ck_assert_uint_eq(c->base->policy[0], NF_ACCEPT);
	ck_assert_uint_eq(c->base->policy[1], NF_ACCEPT);
	batch();
	put(NFT_MSG_NEWCHAIN, &bc_chain_desc, &m);
	commit();
	ck_assert_uint_eq(c->base->policy[0], NF_DROP);
	ck_assert_uint_eq(c->base->policy[1], NF_DROP);
	client_close();
}
END_TEST

/* ---- jumps ---- */

static const char *nth(unsigned i)
{
	return arena_printf(cl.a, "c%u", i);
}

/* Chains c0 … c(n-1), each jumping to the next, made in the order that seed says. */
static void ladder(unsigned n)
{
	batch();
	table("t");
	base("t", "in", NF_INET_LOCAL_IN, 0);
	for (unsigned i = 0; i < n; i++)
		chain("t", nth(i));
	for (unsigned i = n - 1; i-- > 0;)
		rule("t", nth(i), x_jump(nth(i + 1)), NLM_F_APPEND, 0);
	commit();
}

START_TEST(jumps_have_a_depth)
{
	client_open();
	ladder(20);
	for (int i = 4; i >= 0; i--) {
		batch();
		rule("t", "in", x_jump(nth(i)), NLM_F_APPEND, 0);
		fails(-EMLINK);
	}
	batch();
	rule("t", "in", x_jump(nth(5)), NLM_F_APPEND, 0);
	commit();
	batch();
	rule("t", nth(19), x_counter(), NLM_F_APPEND, 0);
	commit();
	batch();
	chain("t", "deep");
	rule("t", nth(19), x_jump("deep"), NLM_F_APPEND, 0);
	fails(-EMLINK);
	/* a shorter way makes room */
	batch();
	rule_del("t", nth(10), 0);
	chain("t", "deep");
	rule("t", nth(19), x_jump("deep"), NLM_F_APPEND, 0);
	commit();
	client_close();
}
END_TEST

START_TEST(loops_are_refused_where_packets_would_loop)
{
	client_open();
	ladder(3);
	batch();
	rule("t", nth(2), x_jump(nth(0)), NLM_F_APPEND, 0);
	commit(); /* no packet gets there */
	batch();
	rule("t", "in", x_jump(nth(1)), NLM_F_APPEND, 0);
	fails(-EMLINK);
	batch();
	rule_del("t", nth(2), 0);
	rule("t", "in", x_jump(nth(1)), NLM_F_APPEND, 0);
	commit();
	batch();
	rule("t", nth(2), x_jump(nth(2)), NLM_F_APPEND, 0);
	fails(-EMLINK);
	batch();
	rule("t", nth(2), x_jump("in"), NLM_F_APPEND, 0);
	fails(-EOPNOTSUPP);
	client_close();
}
END_TEST

START_TEST(loops_by_verdict_maps)
{
	struct bc_elem x;

	client_open();
	ladder(3);
	batch();
	set("t", "v", NFT_SET_MAP, 1, 0);
	rule("t", "in", x_jump(nth(0)), NLM_F_APPEND, 0);
	rule("t", nth(2), x_lookup("v", 0, true), NLM_F_APPEND, 0);
	commit();
	batch();
	x = elem(1);
	BC_SET(&x, NFTA_SET_ELEM_DATA, data, jump(nth(1)));
	elem_put(NFT_MSG_NEWSETELEM, "t", "v", 0, x);
	fails(-EMLINK);
	batch();
	x = elem(1);
	chain("t", "other");
	BC_SET(&x, NFTA_SET_ELEM_DATA, data, jump("other"));
	elem_put(NFT_MSG_NEWSETELEM, "t", "v", 0, x);
	commit();
	batch();
	rule("t", "other", x_jump(nth(2)), NLM_F_APPEND, 0);
	fails(-EMLINK);
	batch();
	chain_del("t", "other");
	fails(-EBUSY);
	batch();
	elem_put(NFT_MSG_DELSETELEM, "t", "v", 0, elem(1));
	chain_del("t", "other");
	commit();
	client_close();
}
END_TEST

/* ---- use ---- */

START_TEST(what_is_used_stays)
{
	unsigned n;

	client_open();
	batch();
	table("t");
	chain("t", "a");
	chain("t", "b");
	set("t", "s", 0, 1, 0);
	rule("t", "a", x_jump("b"), NLM_F_APPEND, 0);
	rule("t", "a", x_lookup("s", 0, false), NLM_F_APPEND, 0);
	commit();
	batch();
	chain_del("t", "b");
	fails(-EBUSY);
	batch();
	set_del("t", "s");
	fails(-EBUSY);
	batch();
	rule_del("t", "a", 0);
	chain_del("t", "b");
	set_del("t", "s");
	chain_del("t", "nosuch");
	fails(-ENOENT);
	batch();
	set_del("t", "s");
	fails(-EBUSY);
	batch();
	rule_del("t", "a", handles("t", "a", &n)[0]);
	chain_del("t", "b");
	commit();
	client_close();
}
END_TEST

START_TEST(anonymous_set_lives_with_its_rule)
{
	unsigned n;

	client_open();
	batch();
	table("t");
	chain("t", "a");
	set("t", "__set%d", NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, 1, 0);
	elem_put(NFT_MSG_NEWSETELEM, "t", "__set%d", 1, elem(1));
	rule("t", "a", x_lookup("__set%d", 1, false), NLM_F_APPEND, 0);
	commit();
	keys("t", "__set0", &n);
	ck_assert_uint_eq(n, 1);
	batch();
	elem_put(NFT_MSG_NEWSETELEM, "t", "__set0", 0, elem(2));
	fails(-EBUSY);
	batch();
	rule_del("t", "a", 0);
	set("t", "__set%d", NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, 1, 0); /* the number is free again */
	elem_put(NFT_MSG_NEWSETELEM, "t", "__set%d", 1, elem(8));
	elem_put(NFT_MSG_NEWSETELEM, "t", "__set%d", 1, elem(9));
	rule("t", "a", x_lookup("__set%d", 1, false), NLM_F_APPEND, 0);
	commit();
	ck_assert_uint_eq(keys("t", "__set0", &n)[0], 8);
	ck_assert_uint_eq(n, 2);
	batch();
	set("t", "__set%d", NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, 1, 0);
	fails(-EINVAL); /* nobody uses it */
	client_close();
}
END_TEST

/* ---- hooks ---- */

START_TEST(hooks_run_in_order)
{
	const struct vm_hook_list *l;

	client_open();
	batch();
	table("t");
	base("t", "late", NF_INET_LOCAL_IN, 10);
	base("t", "first", NF_INET_LOCAL_IN, -10);
	base("t", "second", NF_INET_LOCAL_IN, 0);
	cl.family = NFPROTO_INET;
	table("i");
	base("i", "newer", NF_INET_LOCAL_IN, 0); /* before an older one of the same priority */
	cl.family = NFPROTO_IPV4;
	commit();
	l = state_hooks(cl.e, cl.e->gen, NFPROTO_IPV4, NF_INET_LOCAL_IN, 0);
	ck_assert_uint_eq(l->n, 4);
	ck_assert_str_eq(l->e[0].chain->h.name, "first");
	ck_assert_str_eq(l->e[1].chain->h.name, "newer");
	ck_assert_str_eq(l->e[2].chain->h.name, "second");
	ck_assert_str_eq(l->e[3].chain->h.name, "late");
	l = state_hooks(cl.e, cl.e->gen, NFPROTO_IPV6, NF_INET_LOCAL_IN, 0);
	ck_assert_uint_eq(l->n, 1);
	ck_assert_ptr_null(state_hooks(cl.e, cl.e->gen, NFPROTO_IPV4, NF_INET_FORWARD, 0));
	client_close();
}
END_TEST

START_TEST(dormant_tables_have_no_hooks)
{
	struct bc_table m = { 0 };

	client_open();
	batch();
	table("t");
	base("t", "in", NF_INET_LOCAL_IN, 0);
	commit();
	ck_assert_ptr_nonnull(hooked(NF_INET_LOCAL_IN));
	batch();
	BC_SET(&m, NFTA_TABLE_NAME, name, "t");
	BC_SET(&m, NFTA_TABLE_FLAGS, flags, NFT_TABLE_F_DORMANT);
	put(NFT_MSG_NEWTABLE, &bc_table_desc, &m);
	commit();
	ck_assert_ptr_null(state_hooks(cl.e, cl.e->gen, NFPROTO_IPV4, NF_INET_LOCAL_IN, 0));
	batch();
	BC_SET(&m, NFTA_TABLE_FLAGS, flags, 0);
	put(NFT_MSG_NEWTABLE, &bc_table_desc, &m);
	chain_del("t", "nosuch");
	fails(-ENOENT);
	ck_assert_ptr_null(state_hooks(cl.e, cl.e->gen, NFPROTO_IPV4, NF_INET_LOCAL_IN, 0));
	batch();
	put(NFT_MSG_NEWTABLE, &bc_table_desc, &m);
	commit();
	ck_assert_ptr_nonnull(hooked(NF_INET_LOCAL_IN));
	client_close();
}
END_TEST

UNIT_MAIN("state-rules", order_is_that_of_a_plain_list, a_change_shares_what_did_not_change, policy_and_rules_change_together, jumps_have_a_depth,
	  loops_are_refused_where_packets_would_loop, loops_by_verdict_maps, what_is_used_stays, anonymous_set_lives_with_its_rule,
	  hooks_run_in_order, dormant_tables_have_no_hooks)
