/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snat, dnat, masquerade, redirect.
 *
 * Address and port may come from one map: its data then lie in the registers one behind the other, `addr . port`, and where they are ranges,
 * the upper ends behind them: `addr . port . addr . port`.
 */
#include <string.h>

#include "src/lower/stmt.h"
#include "src/types/names.h"

struct nat {
	uint32_t type;               /* NFT_NAT_* */
	uint8_t family;
	struct tx *addr, *port;      /* NULL: none */
	uint32_t flags;              /* NF_NAT_RANGE_* */
};

static int no_transport(struct eval *v, const struct ast_stmt *s, struct place at)
{
	diag_error(v->d, at, "transport protocol mapping is only valid after transport protocol match");
	diag_also(v->d, eval_word_at(s));
	return -1;
}

static bool has_transport(const struct eval *v)
{
	return v->pctx->layer[PROTO_TH].desc;
}

static int port_of(struct eval *v, const struct ast_stmt *s, struct tx **out, uint32_t *flags)
{
	if (!s->b)
		return 0;
	*out = eval_arg(v, s->b, &type_inet_service, BO_BIG, 16);
	if (!*out)
		return -1;
	if (!has_transport(v))
		return no_transport(v, s, (*out)->at);
	*flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
	return 0;
}

/* ---- addresses -------------------------------------------------------------------------------------------- */

static int family_of(struct eval *v, const struct ast_stmt *s, struct nat *n)
{
	const char *said = opt_text(s->opts, "family");
	const struct proto *nh = v->pctx->layer[PROTO_NH].desc;

	if (v->family != NFPROTO_IPV4 && v->family != NFPROTO_IPV6 && v->family != NFPROTO_INET)
		return diag_error(v->d, eval_word_at(s), "NAT is only supported for IPv4/IPv6");
	if (said)
		n->family = !strcmp(said, "ip6") ? NFPROTO_IPV6 : NFPROTO_IPV4;
	else if (v->family != NFPROTO_INET)
		n->family = v->family;
	else if (!s->a)
		n->family = NFPROTO_INET;
	else if (nh == &proto_ip)
		n->family = NFPROTO_IPV4;
	else if (nh == &proto_ip6)
		n->family = NFPROTO_IPV6;
	else
		return diag_error(v->d, eval_word_at(s), "specify `%s ip' or '%s ip6' in inet table to disambiguate", s->name, s->name);
	if (said && v->family != NFPROTO_INET && v->family != n->family)
		return diag_error(v->d, eval_word_at(s), "conflicting protocols specified: %s vs. %s", v->family == NFPROTO_IPV4 ? "ip" : "ip6", said);
	return 0;
}

/* The map's data say a port too. */
static bool maps_port(struct eval *v, const struct ast_expr *e)
{
	const struct ast_expr *set = eval_deref(e->b);
	struct tset *s;

	if (set->kind == AST_SETREF) {
		s = v->world->set(v->world->ctx, set->text, set->at);
		return s && s->data && s->data->kind == TX_CONCAT;
	}
	for (const struct ast_expr *i = set->kind == AST_SET ? set->items : NULL; i; i = i->next)
		if (i->kind == AST_MAPPING && eval_deref(i->b)->kind == AST_CONCAT)
			return true;
	return false;
}

static struct tx *addr_and_port(struct eval *v, const struct ast_stmt *s, const struct ast_expr *e, const struct datatype *type)
{
	struct tx *c = tx_new(v, TX_CONCAT, e->at, &type_invalid, BO_INVALID, 0), *m;

	c->parts = tx_value(v, e->at, type, BO_BIG, type->bits, 0);
	c->parts->next = tx_value(v, e->at, &type_inet_service, BO_BIG, 16, 0);
	c->n_parts = 2;
	c->bits = type->bits + 32;
	m = eval_expr(v, e, (struct expect){ .type = &type_invalid, .key = c });
	if (!m)
		return NULL;
	if (!has_transport(v)) {
		no_transport(v, s, m->at);
		return NULL;
	}
	if (!tx_same_type(m->set->data, c)) {
		diag_error(v->d, m->at, "datatype mismatch, expected %s, expression has type %s", tx_type_desc(v->a, c),
			   tx_type_desc(v->a, m->set->data));
		return NULL;
	}
	return m;
}

static int addr_of(struct eval *v, const struct ast_stmt *s, struct nat *n)
{
	const struct datatype *type = n->family == NFPROTO_IPV6 ? &type_ip6addr : &type_ipaddr;
	const struct ast_expr *e = eval_deref(s->a);

	if (!e)
		return 0;
	if (e->kind == AST_MAP && maps_port(v, e) && s->b) {
		diag_error(v->d, s->b->at, "the map says the port already");
		diag_also(v->d, e->at);
		return -1;
	}
	if (e->kind == AST_MAP && maps_port(v, e))
		n->addr = addr_and_port(v, s, e, type);
	else
		n->addr = eval_arg(v, s->a, type, BO_BIG, type->bits);
	return n->addr ? 0 : -1;
}

static int eval_nat(struct eval *v, const struct ast_stmt *s, struct tstmt *out, uint32_t type)
{
	struct nat *n = out->body = arena_new_of(v->a, struct nat);

	n->type = type;
	n->flags = opt_flags(s->opts, names_nat_flag);
	if (opt_has(s->opts, "prefix"))
		n->flags |= NF_NAT_RANGE_NETMAP;
	return family_of(v, s, n) || addr_of(v, s, n) || port_of(v, s, &n->port, &n->flags) ? -1 : 0;
}

static int eval_snat(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	return eval_nat(v, s, out, NFT_NAT_SNAT);
}

static int eval_dnat(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	return eval_nat(v, s, out, NFT_NAT_DNAT);
}

/* masquerade, redirect */
static int eval_port(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct nat *n = out->body = arena_new_of(v->a, struct nat);

	if (v->family != NFPROTO_IPV4 && v->family != NFPROTO_IPV6 && v->family != NFPROTO_INET)
		return diag_error(v->d, eval_word_at(s), "NAT is only supported for IPv4/IPv6");
	n->flags = opt_flags(s->opts, names_nat_flag);
	return port_of(v, s, &n->port, &n->flags);
}

/* ---- lowering ------------------------------------------------------------------------------------------------ */

struct regs {
	uint32_t addr_min, addr_max, port_min, port_max; /* on the wire; 0: none */
};

/* A value or range to one or two registers. */
static void load_range(struct gen *g, const struct tx *e, uint32_t *min, uint32_t *max)
{
	struct tx upper;

	if (e->kind != TX_RANGE && e->kind != TX_PREFIX) {
		*min = gen_arg(g, e);
		return;
	}
	upper = *e;
	upper.kind = TX_VALUE;
	tx_ends(e, &upper.v, NULL);
	*min = gen_arg(g, &upper);
	tx_ends(e, NULL, &upper.v);
	*max = gen_arg(g, &upper);
}

/* The map's data lie from its first word on. */
static void load_map(struct gen *g, const struct tx *m, struct regs *r)
{
	const struct tset *s = m->set;
	uint32_t word = gen_reg(g, NULL), addr, all;

	addr = (s->data->kind == TX_CONCAT ? s->data->parts->bits : s->data->bits) / 32;
	all = addr + (s->data->kind == TX_CONCAT);
	gen_expr(g, m, word);
	r->addr_min = gen_wire(word);
	if (s->data->kind == TX_CONCAT)
		r->port_min = gen_wire(word + addr);
	if (!s->data_interval)
		return;
	r->addr_max = gen_wire(word + all);
	if (s->data->kind == TX_CONCAT)
		r->port_max = gen_wire(word + all + addr);
}

static struct regs load(struct gen *g, const struct nat *n)
{
	struct regs r = { 0 };

	if (n->addr && n->addr->kind == TX_MAP)
		load_map(g, n->addr, &r);
	else if (n->addr)
		load_range(g, n->addr, &r.addr_min, &r.addr_max);
	if (n->port)
		load_range(g, n->port, &r.port_min, &r.port_max);
	return r;
}

static void lower_nat(struct gen *g, const struct tstmt *s)
{
	const struct nat *n = s->body;
	uint32_t word = g->reg;
	struct regs r = load(g, n);
	struct bc_nat *b = gen_add(g, "nat");

	BC_SET(b, NFTA_NAT_TYPE, type, n->type);
	BC_SET(b, NFTA_NAT_FAMILY, family, n->family);
	if (r.addr_min)
		BC_SET(b, NFTA_NAT_REG_ADDR_MIN, reg_addr_min, r.addr_min);
	if (r.addr_max)
		BC_SET(b, NFTA_NAT_REG_ADDR_MAX, reg_addr_max, r.addr_max);
	if (r.port_min)
		BC_SET(b, NFTA_NAT_REG_PROTO_MIN, reg_proto_min, r.port_min);
	if (r.port_max)
		BC_SET(b, NFTA_NAT_REG_PROTO_MAX, reg_proto_max, r.port_max);
	if (n->flags)
		BC_SET(b, NFTA_NAT_FLAGS, flags, n->flags);
	gen_free(g, word);
}

static void lower_masquerade(struct gen *g, const struct tstmt *s)
{
	const struct nat *n = s->body;
	uint32_t word = g->reg;
	struct regs r = load(g, n);
	struct bc_masq *b = gen_add(g, "masq");

	if (n->flags)
		BC_SET(b, NFTA_MASQ_FLAGS, flags, n->flags);
	if (r.port_min)
		BC_SET(b, NFTA_MASQ_REG_PROTO_MIN, reg_proto_min, r.port_min);
	if (r.port_max)
		BC_SET(b, NFTA_MASQ_REG_PROTO_MAX, reg_proto_max, r.port_max);
	gen_free(g, word);
}

static void lower_redirect(struct gen *g, const struct tstmt *s)
{
	const struct nat *n = s->body;
	uint32_t word = g->reg;
	struct regs r = load(g, n);
	struct bc_redir *b = gen_add(g, "redir");

	if (r.port_min)
		BC_SET(b, NFTA_REDIR_REG_PROTO_MIN, reg_proto_min, r.port_min);
	if (r.port_max)
		BC_SET(b, NFTA_REDIR_REG_PROTO_MAX, reg_proto_max, r.port_max);
	if (n->flags)
		BC_SET(b, NFTA_REDIR_FLAGS, flags, n->flags);
	gen_free(g, word);
}

const struct tstmt_type tstmt_snat = { .name = "snat", .terminal = true, .eval = eval_snat, .lower = lower_nat };
const struct tstmt_type tstmt_dnat = { .name = "dnat", .terminal = true, .eval = eval_dnat, .lower = lower_nat };
const struct tstmt_type tstmt_masquerade = { .name = "masquerade", .terminal = true, .eval = eval_port, .lower = lower_masquerade };
const struct tstmt_type tstmt_redirect = { .name = "redirect", .terminal = true, .eval = eval_port, .lower = lower_redirect };
