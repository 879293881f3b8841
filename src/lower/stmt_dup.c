/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dup to ADDRESS [device DEV] in ip and ip6; dup to DEV, fwd [ip|ip6] to [ADDRESS device] DEV in netdev. */
#include <string.h>

#include "src/lower/stmt.h"

struct dup {
	struct tx *addr, *dev;
	uint8_t family;              /* fwd: of addr */
};

static struct tx *device(struct eval *v, const struct ast_expr *e)
{
	return eval_arg(v, e, &type_ifindex, BO_HOST, 32);
}

static int eval_dup(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct dup *d = out->body = arena_new_of(v->a, struct dup);
	const struct datatype *type = v->family == NFPROTO_IPV6 ? &type_ip6addr : &type_ipaddr;

	switch (v->family) {
	case NFPROTO_IPV4:
	case NFPROTO_IPV6:
		if (!s->a)
			return diag_error(v->d, s->at, "missing destination address");
		d->addr = eval_arg(v, s->a, type, BO_BIG, type->bits);
		if (!d->addr)
			return -1;
		if (s->b)
			d->dev = device(v, s->b);
		return s->b && !d->dev ? -1 : 0;
	case NFPROTO_NETDEV:
		if (!s->a)
			return diag_error(v->d, s->at, "missing destination interface");
		if (s->b)
			return diag_error(v->d, s->b->at, "cannot specify device");
		d->dev = device(v, s->a);
		return d->dev ? 0 : -1;
	default:
		return diag_error(v->d, s->at, "unsupported family");
	}
}

static int eval_fwd(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct dup *d = out->body = arena_new_of(v->a, struct dup);
	const char *said = opt_text(s->opts, "family");
	const struct datatype *type;

	if (v->family != NFPROTO_NETDEV)
		return diag_error(v->d, s->at, "unsupported family");
	if (!s->a)
		return diag_error(v->d, s->at, "missing destination interface");
	d->dev = device(v, s->b ? s->b : s->a);
	if (!d->dev)
		return -1;
	if (!s->b)
		return 0;
	if (!said)
		return diag_error(v->d, s->at, "missing ip or ip6: `fwd ip to ADDRESS device DEVICE`");
	d->family = !strcmp(said, "ip6") ? NFPROTO_IPV6 : NFPROTO_IPV4;
	type = d->family == NFPROTO_IPV6 ? &type_ip6addr : &type_ipaddr;
	d->addr = eval_arg(v, s->a, type, BO_BIG, type->bits);
	return d->addr ? 0 : -1;
}

static void lower_dup(struct gen *g, const struct tstmt *s)
{
	const struct dup *d = s->body;
	uint32_t word = g->reg, addr = d->addr ? gen_arg(g, d->addr) : 0, dev = d->dev ? gen_arg(g, d->dev) : 0;
	struct bc_dup *b = gen_add(g, "dup");

	if (addr)
		BC_SET(b, NFTA_DUP_SREG_ADDR, sreg_addr, addr);
	if (dev)
		BC_SET(b, NFTA_DUP_SREG_DEV, sreg_dev, dev);
	gen_free(g, word);
}

static void lower_fwd(struct gen *g, const struct tstmt *s)
{
	const struct dup *d = s->body;
	uint32_t word = g->reg, dev = gen_arg(g, d->dev), addr = d->addr ? gen_arg(g, d->addr) : 0;
	struct bc_fwd *b = gen_add(g, "fwd");

	BC_SET(b, NFTA_FWD_SREG_DEV, sreg_dev, dev);
	if (addr) {
		BC_SET(b, NFTA_FWD_SREG_ADDR, sreg_addr, addr);
		BC_SET(b, NFTA_FWD_NFPROTO, nfproto, d->family);
	}
	gen_free(g, word);
}

const struct tstmt_type tstmt_dup = { .name = "dup", .eval = eval_dup, .lower = lower_dup };
const struct tstmt_type tstmt_fwd = { .name = "fwd", .terminal = true, .eval = eval_fwd, .lower = lower_fwd };
