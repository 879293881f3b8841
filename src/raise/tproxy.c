/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tproxy: to a local socket. */
#include "src/raise/rx.h"

static void raise_tproxy(struct raise *r, const void *body)
{
	static const struct rtype port = { &type_inet_service, 16, BO_BIG, 0 };
	static const struct rtype ip = { &type_ipaddr, 32, BO_BIG, 0 }, ip6 = { &type_ip6addr, 128, BO_BIG, 0 };
	const struct bc_tproxy *t = body;
	struct ast_expr *a = NULL, *b = NULL;
	struct ast_stmt *s;

	if (t->reg_addr)
		a = raise_reg_use(r, t->reg_addr, t->family == NFPROTO_IPV6 ? &ip6 : &ip);
	if (t->reg_port)
		b = raise_reg_use(r, t->reg_port, &port);
	s = raise_emit(r, "tproxy");
	s->a = a;
	s->b = b;
	if (r->family == NFPROTO_INET && t->family == NFPROTO_IPV4)
		raise_opt_symbol(r, s, "family", "ip");
	if (r->family == NFPROTO_INET && t->family == NFPROTO_IPV6)
		raise_opt_symbol(r, s, "family", "ip6");
}

const struct raise_type raise_tproxy_type = { "tproxy", raise_tproxy };
