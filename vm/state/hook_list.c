/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subsystem NFNL_SUBSYS_HOOK: what packets pass at a hook, in order (`list hooks`): base chains and, where rules need connections, the hooks of
 * connection tracking. Reference: net/netfilter/nfnetlink_hook.c. Control thread.
 */
#include <limits.h>

#include "bytecode/table.h"
#include "vm/host/host.h"
#include "vm/nl/subsys.h"
#include "vm/state/internal.h"

enum { MSG_GET, INFO_CHAIN = 1 }; /* NFNL_MSG_HOOK_GET, NFNL_HOOK_TYPE_NFTABLES */
enum { HOOKNUM = 1, PRIORITY, DEV, FUNCTION, MODULE, CHAIN_INFO }; /* NFNLA_HOOK_* */
enum { INFO_DESC = 1, INFO_TYPE };
enum { CHAIN_TABLE = 1, CHAIN_FAMILY, CHAIN_NAME };
enum { PRI_DEFRAG = -400, PRI_CONNTRACK = -200 };

struct hook_msg {
	uint64_t has;
	uint32_t hooknum, priority;
	const char *dev, *function, *module;
	struct hook_info {
		uint64_t has;
		uint32_t type;
		struct hook_chain {
			uint64_t has;
			const char *table, *name;
			uint8_t family;
		} chain;
	} info;
};

#define T struct hook_chain
static const struct bc_attr chain_attrs[] = {
	A(CHAIN_TABLE, BC_STR, table),
	A(CHAIN_NAME, BC_STR, name),
	A(CHAIN_FAMILY, BC_U8, family),
};
static const struct bc_desc chain_desc = BC_DESC("chain", chain_attrs);
#undef T

#define T struct hook_info
static const struct bc_attr info_attrs[] = {
	A(INFO_TYPE, BC_BE32, type),
	A(INFO_DESC, BC_NEST, chain, .sub = &chain_desc),
};
static const struct bc_desc info_desc = BC_DESC("info", info_attrs);
#undef T

#define T struct hook_msg
static const struct bc_attr attrs[] = {
	A(MODULE, BC_STR, module),
	A(FUNCTION, BC_STR, function),
	A(HOOKNUM, BC_BE32, hooknum),
	A(PRIORITY, BC_BE32, priority),
	A(DEV, BC_STR, dev, .max = 15),
	A(CHAIN_INFO, BC_NEST, info, .sub = &info_desc),
};
static const struct bc_desc hook_desc = BC_DESC("hook", attrs);
#undef T

/* Hooks that are there as long as a rule needs connections. */
static const struct fixed {
	uint8_t pf, hook;
	int32_t priority;
	const char *function, *module;
} fixed[] = {
	{ NFPROTO_IPV4, NF_INET_PRE_ROUTING, PRI_DEFRAG, "ipv4_conntrack_defrag", "nf_defrag_ipv4" },
	{ NFPROTO_IPV4, NF_INET_PRE_ROUTING, PRI_CONNTRACK, "ipv4_conntrack_in", "nf_conntrack" },
	{ NFPROTO_IPV4, NF_INET_LOCAL_OUT, PRI_DEFRAG, "ipv4_conntrack_defrag", "nf_defrag_ipv4" },
	{ NFPROTO_IPV4, NF_INET_LOCAL_OUT, PRI_CONNTRACK, "ipv4_conntrack_local", "nf_conntrack" },
	{ NFPROTO_IPV4, NF_INET_LOCAL_IN, INT_MAX, "nf_confirm", "nf_conntrack" },
	{ NFPROTO_IPV4, NF_INET_POST_ROUTING, INT_MAX, "nf_confirm", "nf_conntrack" },
	{ NFPROTO_IPV6, NF_INET_PRE_ROUTING, PRI_DEFRAG, "ipv6_defrag", "nf_defrag_ipv6" },
	{ NFPROTO_IPV6, NF_INET_PRE_ROUTING, PRI_CONNTRACK, "ipv6_conntrack_in", "nf_conntrack" },
	{ NFPROTO_IPV6, NF_INET_LOCAL_OUT, PRI_DEFRAG, "ipv6_defrag", "nf_defrag_ipv6" },
	{ NFPROTO_IPV6, NF_INET_LOCAL_OUT, PRI_CONNTRACK, "ipv6_conntrack_local", "nf_conntrack" },
	{ NFPROTO_IPV6, NF_INET_LOCAL_IN, INT_MAX, "nf_confirm", "nf_conntrack" },
	{ NFPROTO_IPV6, NF_INET_POST_ROUTING, INT_MAX, "nf_confirm", "nf_conntrack" },
};

/* ---- answers: gathered when the question comes ---- */

struct hook_dump {
	struct nl_dump d;
	struct buf all;
	struct nl_req *q; /* while they are gathered */
	uint8_t hook;
};

static void put(struct hook_dump *x, struct hook_msg *m, int32_t priority)
{
	const struct nl_req *q = x->q;

	BC_SET(m, HOOKNUM, hooknum, x->hook);
	BC_SET(m, PRIORITY, priority, (uint32_t)priority);
	bc_msg(&x->all, NFNL_SUBSYS_HOOK, MSG_GET, q->family, NLM_F_MULTI, q->nlh->nlmsg_seq, nfvm_socket_port(q->sock), 0, &hook_desc, m);
}

static const char *function_of(const struct vm_chain *c)
{
	if (c->base->type == PROG_CHAIN_NAT)
		return "nft_nat_do_chain";
	switch (c->table->family) {
	case NFPROTO_IPV4:
		return c->base->type == PROG_CHAIN_ROUTE ? "nf_route_table_hook4" : "nft_do_chain_ipv4";
	case NFPROTO_IPV6:
		return c->base->type == PROG_CHAIN_ROUTE ? "nf_route_table_hook6" : "nft_do_chain_ipv6";
	case NFPROTO_BRIDGE:
		return "nft_do_chain_bridge";
	case NFPROTO_ARP:
		return "nft_do_chain_arp";
	case NFPROTO_NETDEV:
		return "nft_do_chain_netdev";
	}
	if (c->base->type == PROG_CHAIN_ROUTE)
		return "nf_route_table_inet";
	return hook_is_netdev(c->table->family, c->base->hook) ? "nft_do_chain_inet_ingress" : "nft_do_chain_inet";
}

static void put_chain(struct hook_dump *x, const struct vm_hook_entry *e)
{
	const struct vm_chain *c = e->chain;
	struct hook_msg m = { 0 };

	BC_SET(&m, MODULE, module, "nf_tables");
	BC_SET(&m, FUNCTION, function, function_of(c));
	BC_MARK(&m, CHAIN_INFO);
	BC_SET(&m.info, INFO_TYPE, type, INFO_CHAIN);
	BC_MARK(&m.info, INFO_DESC);
	BC_SET(&m.info.chain, CHAIN_TABLE, table, c->table->h.name);
	BC_SET(&m.info.chain, CHAIN_NAME, name, c->h.name);
	BC_SET(&m.info.chain, CHAIN_FAMILY, family, c->table->family);
	put(x, &m, e->priority);
}

/* Those of connection tracking at or before a priority that have not been told. */
static void put_fixed(struct hook_dump *x, int32_t upto, unsigned *from)
{
	for (; *from < ARRAY_SIZE(fixed); ++*from) {
		const struct fixed *f = &fixed[*from];
		struct hook_msg m = { 0 };

		if (f->pf != x->q->family || f->hook != x->hook || !state_needs_ct(x->q->e, x->q->e->gen, f->pf))
			continue;
		if (f->priority > upto)
			return;
		BC_SET(&m, MODULE, module, f->module);
		BC_SET(&m, FUNCTION, function, f->function);
		put(x, &m, f->priority);
	}
}

static int part(struct nl_dump *d, struct buf *out, size_t room)
{
	struct hook_dump *x = (struct hook_dump *)d;

	buf_put(out, x->all.p ? x->all.p : "", x->all.len);
	return 0;
}

static void done(struct nl_dump *d)
{
	struct hook_dump *x = (struct hook_dump *)d;

	buf_free(&x->all);
	free(x);
}

/* ---- questions ---- */

static int check(const struct nl_req *q, const struct hook_msg *m, uint32_t *dev)
{
	enum { BRIDGE_HOOKS = 6, ARP_HOOKS = 3, NETDEV_HOOKS = 2 };

	if (m->hooknum > UINT8_MAX)
		return -EINVAL;
	*dev = 0;
	switch (q->family) {
	case NFPROTO_IPV4:
	case NFPROTO_IPV6:
		return m->hooknum < NF_INET_NUMHOOKS ? 0 : -EINVAL;
	case NFPROTO_BRIDGE:
		return m->hooknum < BRIDGE_HOOKS ? 0 : -EINVAL;
	case NFPROTO_ARP:
		return m->hooknum < ARP_HOOKS ? 0 : -EINVAL;
	case NFPROTO_NETDEV:
		if (!m->dev)
			return -EINVAL;
		*dev = nfvm_device_index(q->e, m->dev);
		return m->hooknum >= NETDEV_HOOKS ? -EOPNOTSUPP : *dev ? 0 : -ENODEV;
	}
	return -EPROTONOSUPPORT;
}

static int get(struct nl_req *q)
{
	const struct hook_msg *m = q->body;
	const struct vm_hook_list *l;
	struct hook_dump *x;
	unsigned next = 0;
	uint32_t dev;
	int err;

	if (!BC_HAS(m, HOOKNUM))
		return -EINVAL;
	if (!(nl_flags(q) & NLM_F_DUMP))
		return -EOPNOTSUPP;
	err = check(q, m, &dev);
	if (err)
		return err;
	x = calloc(1, sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->d.part = part;
	x->d.done = done;
	x->q = q;
	x->hook = (uint8_t)m->hooknum;
	l = state_hooks(q->e, q->e->gen, q->family, x->hook, dev);
	for (uint32_t i = 0; l && i < l->n; i++) {
		put_fixed(x, l->e[i].priority, &next);
		put_chain(x, &l->e[i]);
	}
	put_fixed(x, INT_MAX, &next);
	return nl_dump_start(q, &x->d);
}

static const struct nl_call calls[] = {
	[MSG_GET] = { NL_PLAIN, get, &hook_desc, 0, NULL },
};

const struct nl_subsys hook_subsys = { .id = NFNL_SUBSYS_HOOK, .n_calls = ARRAY_SIZE(calls), .calls = calls };
