/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nat, masq, redir: addresses and ports from registers, with a range where both ends are given. */
#include "src/raise/rx.h"

#include <linux/netfilter/nf_nat.h>

static const struct rtype port = { &type_inet_service, 16, BO_BIG, 0 };

static struct rtype address(uint32_t family)
{
	return family == NFPROTO_IPV6 ? (struct rtype){ &type_ip6addr, 128, BO_BIG, 0 }
				      : (struct rtype){ &type_ipaddr, 32, BO_BIG, 0 };
}

struct ast_expr *raise_reg_use(struct raise *r, uint32_t reg, const struct rtype *t)
{
	const struct rx *e = raise_reg_bytes(r, reg, raise_bytes(t->bits));

	return e ? raise_use(r, e, t) : NULL;
}

/* Two constants are all values between them, two of anything else are written as a range. */
static struct ast_expr *between(struct raise *r, const struct rtype *t, uint32_t from, uint32_t to)
{
	const struct rx *a = raise_reg(r, from), *b = raise_reg(r, to);
	struct ast_expr *e;

	if (!a || !b)
		return NULL;
	if (a->kind == RX_VALUE && b->kind == RX_VALUE)
		return raise_span(r, t, raise_load(t, a->val.p, a->val.len), raise_load(t, b->val.p, b->val.len));
	e = ast_expr(r->a, AST_RANGE, (struct place){});
	e->a = raise_use(r, a, t);
	e->b = raise_use(r, b, t);
	return e;
}

static struct ast_expr *one_or_range(struct raise *r, const struct rtype *t, uint32_t min, uint32_t max)
{
	if (!min)
		return max ? raise_reg_use(r, max, t) : NULL;
	if (!max || max == min)
		return raise_reg_use(r, min, t);
	return between(r, t, min, max);
}

static void add_flags(struct raise *r, struct ast_stmt *s, uint32_t flags)
{
	if (flags & NF_NAT_RANGE_PROTO_RANDOM)
		raise_opt(r, s, "random", NULL);
	if (flags & NF_NAT_RANGE_PROTO_RANDOM_FULLY)
		raise_opt(r, s, "fully-random", NULL);
	if (flags & NF_NAT_RANGE_PERSISTENT)
		raise_opt(r, s, "persistent", NULL);
}

/* The set that an address is looked up in, or NULL. */
static const struct bc_set *map_of(struct raise *r, uint32_t reg)
{
	const struct rx *e = reg ? raise_reg(r, reg) : NULL;

	return e && e->kind == RX_MAP ? e->b->set.set : NULL;
}

/* Data that holds more than one address: address and port, or both ends of a range. */
static bool is_wide(const struct bc_set *s, uint32_t family)
{
	return s && s->data_len > (family == NFPROTO_IPV6 ? 16 : 4);
}

static void raise_nat(struct raise *r, const void *body)
{
	const struct bc_nat *n = body;
	const struct bc_set *map = map_of(r, n->reg_addr_min);
	const struct rtype addr = address(n->family);
	bool wide = is_wide(map, n->family);
	struct ast_expr *a, *b = NULL;
	struct ast_stmt *s;

	if (wide) {
		a = raise_reg_use(r, n->reg_addr_min, &addr);
	} else {
		a = one_or_range(r, &addr, n->reg_addr_min, n->reg_addr_max);
		b = one_or_range(r, &port, n->reg_proto_min, n->reg_proto_max);
	}
	s = raise_emit(r, n->type == NFT_NAT_SNAT ? "snat" : "dnat");
	s->a = a;
	s->b = b;
	if (a && (r->family == NFPROTO_INET || wide))
		raise_opt_symbol(r, s, "family", n->family == NFPROTO_IPV6 ? "ip6" : "ip");
	if (n->flags & NF_NAT_RANGE_NETMAP)
		raise_opt(r, s, "prefix", NULL);
	add_flags(r, s, n->flags);
}

static void raise_masq(struct raise *r, const void *body)
{
	const struct bc_masq *m = body;
	struct ast_expr *b = one_or_range(r, &port, m->reg_proto_min, m->reg_proto_max);
	struct ast_stmt *s = raise_emit(r, "masquerade");

	s->b = b;
	add_flags(r, s, m->flags);
}

static void raise_redir(struct raise *r, const void *body)
{
	const struct bc_redir *m = body;
	struct ast_expr *b = one_or_range(r, &port, m->reg_proto_min, m->reg_proto_max);
	struct ast_stmt *s = raise_emit(r, "redirect");

	s->b = b;
	add_flags(r, s, m->flags);
}

const struct raise_type raise_nat_type = { "nat", raise_nat };
const struct raise_type raise_masq_type = { "masq", raise_masq };
const struct raise_type raise_redir_type = { "redir", raise_redir };
