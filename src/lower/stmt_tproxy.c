/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tproxy [ip|ip6] to ADDRESS[:PORT] | :PORT: to a local socket, without changing the packet. */
#include <string.h>

#include "src/lower/stmt.h"

struct tproxy {
	uint8_t family;              /* NFPROTO_UNSPEC: of the packet */
	struct tx *addr, *port;
};

static int family_of(struct eval *v, const struct ast_stmt *s, struct tproxy *t)
{
	const char *said = opt_text(s->opts, "family");
	const struct proto *nh = v->pctx->layer[PROTO_NH].desc, *want;

	if (v->family != NFPROTO_IPV4 && v->family != NFPROTO_IPV6 && v->family != NFPROTO_INET)
		return diag_error(v->d, s->at, "tproxy is only supported for IPv4/IPv6/INET");
	if (!said) {
		if (v->family != NFPROTO_INET)
			t->family = v->family;
		else if (s->a)
			return diag_error(v->d, s->at, "specify `tproxy ip' or 'tproxy ip6' in inet table to disambiguate");
		return 0;
	}
	t->family = !strcmp(said, "ip6") ? NFPROTO_IPV6 : NFPROTO_IPV4;
	want = t->family == NFPROTO_IPV6 ? &proto_ip6 : &proto_ip;
	if (!nh || nh == want)
		return 0;
	diag_error(v->d, s->at, "conflicting protocols specified: %s vs. %s. You must specify ip or ip6 family in tproxy statement", nh->name,
		   want->name);
	diag_also(v->d, v->pctx->layer[PROTO_NH].at);
	return -1;
}

/* Asked for by this rule, or by one that jumps to its chain alone. */
static bool knows_transport(const struct eval *v)
{
	for (; v; v = v->above)
		if (v->pctx->layer[PROTO_TH].desc)
			return true;
	return false;
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct tproxy *t = out->body = arena_new_of(v->a, struct tproxy);
	const struct datatype *type;

	if (family_of(v, s, t))
		return -1;
	if (!knows_transport(v))
		return diag_error(v->d, s->at, "Transparent proxy support requires transport protocol match");
	if (s->a) {
		type = t->family == NFPROTO_IPV6 ? &type_ip6addr : &type_ipaddr;
		t->addr = eval_arg(v, s->a, type, BO_BIG, type->bits);
		if (!t->addr)
			return -1;
		if (t->addr->kind == TX_RANGE || t->addr->kind == TX_PREFIX)
			return diag_error(v->d, s->a->at, "Address ranges are not supported for tproxy.");
	}
	if (s->b) {
		t->port = eval_arg(v, s->b, &type_inet_service, BO_BIG, 16);
		if (!t->port)
			return -1;
		if (t->port->kind == TX_RANGE || t->port->kind == TX_PREFIX)
			return diag_error(v->d, s->b->at, "Port ranges are not supported for tproxy.");
	}
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	const struct tproxy *t = s->body;
	uint32_t word = g->reg, addr = t->addr ? gen_arg(g, t->addr) : 0, port = t->port ? gen_arg(g, t->port) : 0;
	struct bc_tproxy *b = gen_add(g, "tproxy");

	BC_SET(b, NFTA_TPROXY_FAMILY, family, t->family);
	if (addr)
		BC_SET(b, NFTA_TPROXY_REG_ADDR, reg_addr, addr);
	if (port)
		BC_SET(b, NFTA_TPROXY_REG_PORT, reg_port, port);
	gen_free(g, word);
}

const struct tstmt_type tstmt_tproxy = { .name = "tproxy", .eval = eval, .lower = lower };
