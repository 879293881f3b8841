/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random expressions to the kernel and to the engine, as the same messages: both must take or refuse each rule with the same error
 * at the same attribute, and tell back the same. One test for each expression. Needs root, for a network namespace of its own.
 *
 *     SEED=n CASES=n expr-messages [expression…]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bytecode/codec.h"
#include "bytecode/expr.h"
#include "nfvm/engine.h"
#include "src/client/client.h"
#include "tests/unit/bytecode-random.h"

/* ---- the two targets ---- */

struct target {
	const char *name;
	struct transport *t;
};

struct answer {
	int err;            /* 0 or -errno */
	uint32_t off;       /* of the attribute at fault, 0: none named */
	char text[80];      /* extack's message */
	struct bc_expr *told;
};

static const char ip_chains[] =
	"chain pre { type filter hook prerouting priority 0; }; chain in { type filter hook input priority 0; };"
	"chain fwd { type filter hook forward priority 0; }; chain out { type filter hook output priority 0; };"
	"chain post { type filter hook postrouting priority 0; };"
	"chain npre { type nat hook prerouting priority -100; }; chain nin { type nat hook input priority 100; };"
	"chain nout { type nat hook output priority -100; }; chain npost { type nat hook postrouting priority 100; };"
	"chain rout { type route hook output priority 0; }; chain r { }; chain r2 { };";
static const char bridge_chains[] =
	"chain pre { type filter hook prerouting priority 0; }; chain in { type filter hook input priority 0; };"
	"chain fwd { type filter hook forward priority 0; }; chain out { type filter hook output priority 0; };"
	"chain post { type filter hook postrouting priority 0; }; chain r { }; chain r2 { };";
static const char netdev_chains[] =
	"chain in { type filter hook ingress device lo priority 0; }; chain out { type filter hook egress device lo priority 0; };"
	"chain r { }; chain r2 { };";
static const char arp_chains[] =
	"chain in { type filter hook input priority 0; }; chain out { type filter hook output priority 0; }; chain r { }; chain r2 { };";
static const char things[] =
	"set s4 { type ipv4_addr; }; set s6 { type ipv6_addr; }; set dyn { type ipv4_addr; flags dynamic,timeout; size 100; };"
	"set dync { type ipv4_addr; flags dynamic; size 100; counter; };"
	"set iv { type ipv4_addr; flags interval; }; map m4 { type ipv4_addr : mark; }; map dynm { type ipv4_addr : ipv4_addr; flags dynamic; size 9; };"
	"map vm { type ipv4_addr : verdict; }; map om { type ipv4_addr : counter; };"
	"counter c { }; quota q { 1000 bytes }; limit l { rate 10/second };";

static const struct family {
	uint8_t number;
	const char *name, *chains;
} families[] = {
	{ NFPROTO_IPV4, "ip", ip_chains },	   { NFPROTO_IPV6, "ip6", ip_chains },	    { NFPROTO_INET, "inet", ip_chains },
	{ NFPROTO_BRIDGE, "bridge", bridge_chains }, { NFPROTO_NETDEV, "netdev", netdev_chains }, { NFPROTO_ARP, "arp", arp_chains },
};
static const char *const chains[] = { "pre", "in", "fwd", "out", "post", "npre", "nin", "nout", "npost", "rout", "r" };

static void die(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

static void set_up(struct target *t, const struct type_ctx *types)
{
	struct client_options o = { .types = *types, .out = stdout, .err = stdout };
	struct client *c;
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		buf_printf(&b, "table %s t { %s %s }\n", families[i].name, families[i].chains, things);
	buf_putc(&b, 0);
	if (client_new(&o, t->t, &c) || client_text(c, "setup", b.p))
		die(t->name);
	client_free(&c);
	buf_free(&b);
}

/* ---- one rule ---- */

static void drain(struct target *t, struct answer *a, uint32_t seq)
{
	const void *p;
	ssize_t n;

	while ((n = t->t->recv(t->t, &p, false)) > 0) {
		const struct nlmsghdr *h = p;

		for (int left = (int)n; NLMSG_OK(h, (unsigned)left); h = NLMSG_NEXT(h, left)) {
			const struct nlmsgerr *e = NLMSG_DATA(h);
			const struct nlattr *at;
			int rest;

			if (h->nlmsg_type != NLMSG_ERROR || h->nlmsg_seq != seq || a->err)
				continue;
			a->err = e->error;
			if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
				continue;
			rest = (int)(h->nlmsg_len - NLMSG_HDRLEN - sizeof(*e));
			if (!(h->nlmsg_flags & NLM_F_CAPPED))
				rest -= (int)(e->msg.nlmsg_len - NLMSG_HDRLEN);
			at = (const void *)((const char *)(e + 1) + (h->nlmsg_flags & NLM_F_CAPPED ? 0 : e->msg.nlmsg_len - NLMSG_HDRLEN));
			for (; rest >= (int)sizeof(*at) && at->nla_len >= sizeof(*at);
			     rest -= (at->nla_len + 3) & ~3, at = (const void *)((const char *)at + ((at->nla_len + 3) & ~3))) {
				if ((at->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_OFFS)
					memcpy(&a->off, at + 1, 4);
				else if ((at->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
					snprintf(a->text, sizeof(a->text), "%s", (const char *)(at + 1));
			}
		}
	}
}

static void get_rule(struct target *t, const struct bc_rule *r, uint8_t family, struct arena *arena, struct answer *a)
{
	struct bc_rule q = { .table = r->table, .chain = r->chain }, *got;
	struct buf b = { 0 };
	const void *p;
	bool done = false;
	ssize_t n;

	q.has = 1 << NFTA_RULE_TABLE | 1 << NFTA_RULE_CHAIN;
	bc_msg(&b, NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE, family, NLM_F_REQUEST | NLM_F_DUMP, 77, 0, 0, &bc_rule_desc, &q);
	if (t->t->send(t->t, b.p, b.len))
		die("send");
	buf_free(&b);
	while (!done && (n = t->t->recv(t->t, &p, true)) > 0) {
		const struct nlmsghdr *h = p;

		for (int left = (int)n; NLMSG_OK(h, (unsigned)left); h = NLMSG_NEXT(h, left)) {
			done |= h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR;
			if (done || h->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE))
				continue;
			got = arena_alloc(arena, sizeof(*got));
			if (bc_decode(&bc_rule_desc, (const char *)NLMSG_DATA(h) + sizeof(struct nfgenmsg), NLMSG_PAYLOAD(h, sizeof(struct nfgenmsg)), got,
				      arena, BC_COPY, NULL))
				die("a dump cannot be read");
			a->told = got->exprs;
		}
	}
}

static void flush(struct target *t, const struct bc_rule *r, uint8_t family)
{
	struct bc_rule q = { .table = r->table, .chain = r->chain };
	struct bc_batch b = { 0 };
	struct answer ignored = { 0 };

	q.has = 1 << NFTA_RULE_TABLE | 1 << NFTA_RULE_CHAIN;
	bc_batch_begin(&b, 1, 0);
	bc_batch_msg(&b, NFT_MSG_DELRULE, family, 0, &bc_rule_desc, &q);
	bc_batch_end(&b);
	t->t->send(t->t, b.bytes.p, b.bytes.len);
	drain(t, &ignored, 0);
	bc_batch_free(&b);
}

static void ask(struct target *t, const struct bc_rule *r, uint8_t family, struct arena *arena, struct answer *a)
{
	struct bc_batch b = { 0 };
	uint32_t seq;

	*a = (struct answer){ 0 };
	bc_batch_begin(&b, 1, 0);
	seq = bc_batch_msg(&b, NFT_MSG_NEWRULE, family, NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK, &bc_rule_desc, r);
	bc_batch_end(&b);
	if (b.err || t->t->send(t->t, b.bytes.p, b.bytes.len))
		die("send");
	drain(t, a, seq);
	bc_batch_free(&b);
	if (!a->err) {
		get_rule(t, r, family, arena, a);
		flush(t, r, family);
	}
}

/* ---- rules that might be right ---- */

static struct arena *arena;

static uint32_t one_of(const uint32_t *v, size_t n)
{
	return v[rnd((uint32_t)n)];
}
#define ONE_OF(...) one_of((const uint32_t[]){ __VA_ARGS__ }, ARRAY_SIZE(((const uint32_t[]){ __VA_ARGS__ })))

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static uint64_t number(const char *expr, const struct bc_attr *a)
{
	uint64_t v;

	if (begins(a->name, "sreg") || begins(a->name, "dreg") || begins(a->name, "reg") || begins(a->name, "set_sreg"))
		return rnd(10) ? ONE_OF(1, 2, 3, 4, 8, 9, 12, 23) : ONE_OF(0, 5, 7, 22, 23, 24, 25, 1000);
	if (!strcmp(a->name, "key"))
		return rnd(40);
	if (begins(a->name, "len") || !strcmp(a->name, "offset") || !strcmp(a->name, "hdrsize"))
		return rnd(8) ? ONE_OF(0, 1, 2, 3, 4, 6, 8, 12, 16) : ONE_OF(17, 20, 32, 64, 65, 255, 256, 300, 65535, 65536);
	if (!strcmp(a->name, "family") || !strcmp(a->name, "nfproto"))
		return ONE_OF(0, NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET, NFPROTO_ARP, 10, 10, 2);
	if (!strcmp(a->name, "flags"))
		return a->flags & BC_A_MASK ? rnd(a->max + 1) : rnd(4) ? ONE_OF(0, 1, 2, 3, 4) : rnd(300);
	if (begins(a->name, "set_id"))
		return 5;
	if (!strcmp(a->name, "type") && !strcmp(expr, "exthdr"))
		return ONE_OF(0, 1, 2, 3, 7, 8, 43, 44, 131, 137, 148, 255);
	if (!strcmp(a->name, "type") || !strcmp(a->name, "op") || !strcmp(a->name, "result") || !strcmp(a->name, "base") ||
	    !strcmp(a->name, "imm_type") || !strcmp(a->name, "dir") || !strcmp(a->name, "direction") || !strcmp(a->name, "ttl") ||
	    !strcmp(a->name, "mode") || !strcmp(a->name, "spnum") || !strcmp(a->name, "level") || !strcmp(a->name, "size") ||
	    !strcmp(a->name, "icmp_code"))
		return rnd(20) ? rnd(10) : ONE_OF(100, 255, 256, 257);
	if (!strcmp(a->name, "unit"))
		return ONE_OF(1, 60, 3600, 86400, 604800, 0, 7);
	v = rnd(6) ? ONE_OF(0, 1, 2, 3, 10, 60, 100, 1000) : ONE_OF(255, 256, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff);
	return a->kind == BC_BE64 && !rnd(6) ? v << 32 | rnd(UINT32_MAX) : v;
}

static const char *string(const char *name)
{
	static const char *const sets[] = { "s4", "s6", "dyn", "dyn", "dync", "iv", "m4", "dynm", "vm", "om", "om", "none", "" };
	static const char *const objs[] = { "c", "q", "l", "none" };
	static const char *const others[] = { "", "x", "some prefix ", "comment", "ft" };

	if (begins(name, "set"))
		return sets[rnd(ARRAY_SIZE(sets))];
	if (begins(name, "imm"))
		return objs[rnd(ARRAY_SIZE(objs))];
	return others[rnd(ARRAY_SIZE(others))];
}

static void data(struct bc_data *d, uint32_t len)
{
	static uint8_t bytes[64];

	*d = (struct bc_data){ .kind = BC_DATA_VALUE, .len = len, .value = bytes };
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = rnd(2) ? 0xff : (uint8_t)rnd(256);
	d->value = (uint8_t *)arena_memdup(arena, bytes, sizeof(bytes));
	if (rnd(20))
		return;
	*d = (struct bc_data){ .kind = BC_DATA_VERDICT, .verdict = (int32_t[]){ NF_ACCEPT, NF_DROP, NFT_CONTINUE, NFT_JUMP, NFT_GOTO, 99 }[rnd(6)] };
	if (d->verdict == NFT_JUMP || d->verdict == NFT_GOTO)
		d->chain = rnd(3) ? "r2" : "none";
}

static struct bc_expr *expression(const char *name, unsigned depth);

static struct bc_expr *inside(const char *of, unsigned depth)
{
	static const char *const stateful[] = { "counter", "limit", "quota", "last", "counter", "meta" };
	static const char *const readers[] = { "payload", "meta", "payload", "meta", "ct" };

	if (!strcmp(of, "inner"))
		return expression(readers[rnd(ARRAY_SIZE(readers))], depth + 1);
	return expression(stateful[rnd(ARRAY_SIZE(stateful))], depth + 1);
}

static void member(const char *expr, const struct bc_attr *a, void *body, uint32_t len, unsigned depth)
{
	struct bc_expr **tail;

	switch ((enum bc_kind)a->kind) {
	case BC_U8:
		*(uint8_t *)bc_member(body, a) = (uint8_t)number(expr, a);
		break;
	case BC_U16:
	case BC_BE16:
		*(uint16_t *)bc_member(body, a) = (uint16_t)number(expr, a);
		break;
	case BC_U32:
	case BC_BE32:
		*(uint32_t *)bc_member(body, a) = !strcmp(a->name, "len") && rnd(4) ? len : (uint32_t)number(expr, a);
		break;
	case BC_BE64:
		*(uint64_t *)bc_member(body, a) = number(expr, a);
		break;
	case BC_STR:
		*(const char **)bc_member(body, a) = string(a->name);
		break;
	case BC_BYTES:
		*(struct bc_bytes *)bc_member(body, a) = (struct bc_bytes){ arena_alloc(arena, 256), rnd(3) ? 256 : rnd(100) };
		break;
	case BC_DATA:
		data(bc_member(body, a), rnd(10) ? len : rnd(20));
		break;
	case BC_EXPR:
		*(struct bc_expr **)bc_member(body, a) = inside(expr, depth);
		break;
	case BC_EXPRS:
		tail = bc_member(body, a);
		for (unsigned n = rnd(4); n; n--, tail = &(*tail)->next)
			*tail = inside(expr, depth);
		break;
	default:
		break;
	}
}

/* Attributes that exclude each other, or rarely stand together. */
static bool rather_not(const char *expr, const char *attr, uint64_t has)
{
	if (!strcmp(attr, "sreg") && strcmp(expr, "cmp") && strcmp(expr, "range") && strcmp(expr, "lookup") && strcmp(expr, "bitwise") &&
	    strcmp(expr, "byteorder") && strcmp(expr, "hash"))
		return rnd(3) != 0;
	if (!strcmp(attr, "expr") && !strcmp(expr, "dynset"))
		return rnd(4) != 0;
	if (begins(attr, "sreg_data") || begins(attr, "sreg_qnum") || !strcmp(attr, "exprs") || begins(attr, "set_sreg") ||
	    (begins(attr, "direction") && !strcmp(expr, "ct")))
		return rnd(2);
	if (!strcmp(expr, "log") && (!strcmp(attr, "group") || !strcmp(attr, "level") || !strcmp(attr, "flags")))
		return rnd(2);
	return has && rnd(8) == 0;
}

/* Makes some expressions whose attributes depend on each other likelier to be right. */
static void mend(struct bc_expr *x)
{
	uint64_t *has = (uint64_t *)x->body;

	if (bc_expr_is(x, "bitwise")) {
		struct bc_bitwise *b = (void *)x->body;

		b->op = rnd(7);
		if (b->op)
			*has &= ~(UINT64_C(1) << NFTA_BITWISE_MASK | 1 << NFTA_BITWISE_XOR);
		if (!b->op || (b->op > NFT_BITWISE_RSHIFT && rnd(2)))
			*has &= ~(UINT64_C(1) << NFTA_BITWISE_DATA);
		else
			*has &= ~(UINT64_C(1) << NFTA_BITWISE_SREG2);
		if (b->op && b->op <= NFT_BITWISE_RSHIFT)
			b->data = (struct bc_data){ .kind = BC_DATA_VALUE, .len = 4, .value = (uint8_t *)arena_memdup(arena, &(uint32_t){ rnd(34) }, 4) };
	} else if (bc_expr_is(x, "inner")) {
		struct bc_inner *i = (void *)x->body;

		i->num = 0;
		i->type = rnd(5);
		i->flags = rnd(16);
		if (i->expr && bc_expr_is(i->expr, "payload"))
			*(uint64_t *)i->expr->body &= ~(UINT64_C(1) << NFTA_PAYLOAD_CSUM_OFFSET | 1 << NFTA_PAYLOAD_SREG);
	} else if (bc_expr_is(x, "last")) {
		struct bc_last *l = (void *)x->body;

		l->msecs = l->msecs & ~3; /* jiffies of 4 ms */
	} else if (bc_expr_is(x, "dynset")) {
		struct bc_dynset *d = (void *)x->body;

		d->timeout = d->timeout & ~3;
	}
}

static struct bc_expr *expression(const char *name, unsigned depth)
{
	struct bc_expr *x = bc_expr_new(arena, name);
	const struct bc_desc *d = x->type->desc;
	uint32_t len = ONE_OF(1, 2, 4, 4, 8, 16, 16);
	uint64_t *has = (uint64_t *)x->body;

	for (unsigned i = 0; i < d->n; i++) {
		const struct bc_attr *a = &d->attrs[i];

		if (rather_not(name, a->name, *has) || (rnd(14) == 0))
			continue;
		member(name, a, x->body, len, depth);
		*has |= UINT64_C(1) << a->type;
	}
	if (rnd(3) || !strcmp(name, "inner"))
		mend(x);
	/* a neighbour without its protocol is not for kernels one wants to go on living */
	if (!strcmp(name, "fwd"))
		*has |= 1 << NFTA_FWD_NFPROTO;
	return x;
}

static void fill_registers(struct bc_expr ***tail)
{
	for (uint32_t reg = 1; reg <= 4; reg++) {
		struct bc_immediate *i = bc_expr_add(arena, tail, "immediate");

		if (rnd(20) == 0)
			continue;
		BC_SET(i, NFTA_IMMEDIATE_DREG, dreg, reg);
		BC_MARK(i, NFTA_IMMEDIATE_DATA);
		i->data = (struct bc_data){ .kind = BC_DATA_VALUE, .len = rnd(20) ? 16 : 4, .value = arena_alloc(arena, 16) };
	}
}

/* ---- comparison ---- */

/* Known, checked, and refused because nothing executes it yet. */
static bool not_yet(const char *name)
{
	static const char *const names[] = { "nat", "masq", "redir", "synproxy", "flow_offload", "match", "target" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void print_exprs(const char *who, const struct bc_expr *list)
{
	struct buf b = { 0 };

	bc_dump_exprs(&b, list, "#     ");
	buf_putc(&b, 0);
	printf("#   %s:\n%s", who, b.p);
	buf_free(&b);
}

/* Parts that this kernel may have been built without: what it says then tells nothing. */
static bool kernel_lacks(const struct family *f, const struct bc_expr *x, const struct answer *k)
{
	const struct bc_exthdr *h = (const void *)x->body;

	if (k->err == -ENOENT)
		return bc_expr_is(x, "queue") || bc_expr_is(x, "flow_offload") || bc_expr_is(x, "tunnel") || (bc_expr_is(x, "reject") && f->number == NFPROTO_BRIDGE);
	if (k->err == -EPROTO)
		return f->number == NFPROTO_BRIDGE;
	if (bc_expr_is(x, "exthdr"))
		return h->op == NFT_EXTHDR_OP_DCCP;
	return bc_expr_is(x, "meta") && f->number == NFPROTO_BRIDGE && k->err == -EOPNOTSUPP;
}

/* Times go on while one asks. */
static void still(struct bc_expr *list)
{
	for (; list; list = list->next) {
		struct bc_dynset *d = (void *)list->body;

		if (bc_expr_is(list, "last"))
			((struct bc_last *)(void *)list->body)->msecs = 0;
		if (!bc_expr_is(list, "dynset"))
			continue;
		still(d->expr);
		still(d->exprs);
	}
}

static bool same(const struct family *f, const struct bc_expr *sent, const struct answer *k, const struct answer *e, const char **why)
{
	const char *name = sent->type->name;

	*why = "error";
	if (kernel_lacks(f, sent, k))
		return true;
	if (e->err == -EOPNOTSUPP && not_yet(name) && strstr(e->text, "not executed"))
		return true;
	/* a number too large in an expression that is wrong for another reason: the engine reads all numbers first */
	if (e->err == -ERANGE && (k->err == -ENOENT || (k->err == -EINVAL && (!strcmp(name, "inner") || !strcmp(name, "dynset")))))
		return true;
	if (k->err != e->err)
		return false;
	*why = "attribute at fault";
	if (k->err)
		return k->off == e->off;
	*why = "told back";
	still(k->told);
	still(e->told);
	for (const struct bc_expr *a = k->told, *b = e->told; a || b; a = a->next, b = b->next)
		if (!a || !b || a->type != b->type || !same_struct(a->type->desc, a->body, b->body, why))
			return false;
	return true;
}

/* All that was said, also what the text above leaves out. */
static void print_attrs(const struct bc_expr *x)
{
	const struct bc_desc *d = x->type->desc;

	printf("#    ");
	for (unsigned i = 0; i < d->n; i++) {
		const struct bc_attr *a = &d->attrs[i];
		const void *m = (const char *)x->body + a->off;

		if (!(*(const uint64_t *)x->body >> a->type & 1))
			continue;
		printf(" %s", a->name);
		if (a->kind == BC_U8)
			printf("=%u", *(const uint8_t *)m);
		else if (a->kind == BC_BE16 || a->kind == BC_U16)
			printf("=%u", *(const uint16_t *)m);
		else if (a->kind == BC_BE32 || a->kind == BC_U32)
			printf("=%u", *(const uint32_t *)m);
		else if (a->kind == BC_BE64)
			printf("=%llu", *(const unsigned long long *)m);
		else if (a->kind == BC_DATA)
			printf("=%s of %u", ((const struct bc_data *)m)->kind == BC_DATA_VALUE ? "value" : "verdict", ((const struct bc_data *)m)->len);
	}
	puts("");
}

static void complain(const char *why, const struct bc_rule *r, const struct family *f, const struct answer *k, const struct answer *e)
{
	printf("# %s differs: %s %s\n", why, f->name, r->chain);
	print_exprs("sent", r->exprs);
	for (const struct bc_expr *x = r->exprs; x; x = x->next)
		if (!x->next)
			print_attrs(x);
	printf("#   kernel %s at %u %s\n#   engine %s at %u %s\n", k->err ? strerror(-k->err) : "took it", k->off, k->text,
	       e->err ? strerror(-e->err) : "took it", e->off, e->text);
	if (!k->err)
		print_exprs("kernel", k->told);
	if (!e->err)
		print_exprs("engine", e->told);
}

/* Returns the number of differences; *taken: rules that the kernel took. */
static unsigned one_kind(struct target *kernel, struct target *engine, const char *name, unsigned cases, unsigned *taken)
{
	unsigned bad = 0;

	*taken = 0;
	for (unsigned n = 0; n < cases; n++) {
		const struct family *f = &families[rnd(ARRAY_SIZE(families))];
		struct bc_rule r = { .table = "t" };
		struct bc_expr **tail = &r.exprs;
		struct answer k, e;
		const char *why;

		do
			r.chain = chains[rnd(ARRAY_SIZE(chains))];
		while (!strstr(f->chains, r.chain));
		arena = arena_new();
		fill_registers(&tail);
		*tail = expression(name, 0);
		r.has = 1 << NFTA_RULE_TABLE | 1 << NFTA_RULE_CHAIN | 1 << NFTA_RULE_EXPRESSIONS;
		ask(kernel, &r, f->number, arena, &k);
		ask(engine, &r, f->number, arena, &e);
		*taken += !k.err;
		if (!same(f, *tail, &k, &e, &why) && ++bad <= 5)
			complain(why, &r, f, &k, &e);
		arena_free(&arena);
	}
	return bad;
}

static int engine_ifindex(void *host, const char *name)
{
	return (int)nfvm_device_index(host, name);
}

static const char *engine_ifname(void *host, uint32_t index)
{
	return nfvm_device_name(host, index);
}

static bool wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	struct target kernel = { .name = "kernel" }, engine = { .name = "engine" };
	struct nfvm_options o = { 0 };
	struct nfvm_engine *e;
	const char *cases = getenv("CASES");
	unsigned n = 0, failed = 0;

	setbuf(stdout, NULL);
	if (geteuid() || unshare(CLONE_NEWNET) || transport_kernel_new(&kernel.t)) {
		puts("1..0 # SKIP needs root and a network namespace");
		return 0;
	}
	if (nfvm_engine_new(&o, &e, NULL) || transport_engine_new(e, &engine.t))
		die("no engine");
	printf("1..%zu\n", argc > 1 ? (size_t)argc - 1 : rnd_expr_count);
	rnd_seed();
	set_up(&kernel, &(struct type_ctx){ 0 });
	set_up(&engine, &(struct type_ctx){ .ifindex = engine_ifindex, .ifname = engine_ifname, .host = e });
	for (size_t i = 0; i < rnd_expr_count; i++) {
		unsigned taken, bad;

		if (!wanted(argc, argv, rnd_expr_names[i]))
			continue;
		bad = one_kind(&kernel, &engine, rnd_expr_names[i], cases ? (unsigned)atoi(cases) : 200, &taken);
		printf("%sok %u - %s: %u differ, the kernel took %u\n", bad ? "not " : "", ++n, rnd_expr_names[i], bad, taken);
		failed += bad != 0;
	}
	transport_free(&kernel.t);
	transport_free(&engine.t);
	nfvm_engine_free(&e);
	return failed != 0;
}
