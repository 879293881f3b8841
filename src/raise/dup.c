/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dup, fwd: a copy, or the packet itself, to another host or device. */
#include "src/raise/rx.h"

static const struct rtype ip = { &type_ipaddr, 32, BO_BIG, 0 }, ip6 = { &type_ip6addr, 128, BO_BIG, 0 };
static const struct rtype device = { &type_ifindex, 32, BO_HOST, 0 };

static void raise_dup(struct raise *r, const void *body)
{
	const struct bc_dup *d = body;
	struct ast_expr *addr = NULL, *dev = NULL;
	struct ast_stmt *s;

	if (d->sreg_addr)
		addr = raise_reg_use(r, d->sreg_addr, r->family == NFPROTO_IPV6 ? &ip6 : &ip);
	if (d->sreg_dev)
		dev = raise_reg_use(r, d->sreg_dev, &device);
	s = raise_emit(r, "dup");
	s->a = addr ? addr : dev;
	s->b = addr ? dev : NULL;
}

static void raise_fwd(struct raise *r, const void *body)
{
	const struct bc_fwd *f = body;
	struct ast_expr *addr = NULL, *dev = NULL;
	struct ast_stmt *s;

	if (f->sreg_addr)
		addr = raise_reg_use(r, f->sreg_addr, f->nfproto == NFPROTO_IPV6 ? &ip6 : &ip);
	if (f->sreg_dev)
		dev = raise_reg_use(r, f->sreg_dev, &device);
	s = raise_emit(r, "fwd");
	s->a = addr ? addr : dev;
	s->b = addr ? dev : NULL;
	if (addr)
		raise_opt_symbol(r, s, "family", f->nfproto == NFPROTO_IPV6 ? "ip6" : "ip");
}

const struct raise_type raise_dup_type = { "dup", raise_dup };
const struct raise_type raise_fwd_type = { "fwd", raise_fwd };
