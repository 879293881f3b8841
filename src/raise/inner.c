/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inner: a payload or meta key of the packet inside a tunnel (`vxlan ip saddr`). */
#include "src/raise/rx.h"

static const struct proto *tunnel_of(const struct bc_inner *i)
{
	static const struct proto *const tunnels[] = { &proto_vxlan, &proto_geneve, &proto_gre, &proto_gretap };

	for (unsigned n = 0; n < ARRAY_SIZE(tunnels); n++) {
		const struct proto_inner *p = tunnels[n]->inner;

		if (p->type == i->type && p->flags == i->flags && p->hdrsize == i->hdrsize)
			return tunnels[n];
	}
	return NULL;
}

static void enter(struct raise *r, const struct proto *tunnel)
{
	if (r->tunnel == tunnel)
		return;
	r->tunnel = tunnel;
	memset(&r->inner, 0, sizeof(r->inner));
	r->inner.icmp_type = -1;
	r->inner.at[PROTO_LL].p = tunnel->inner->base;
}

/* A field of the tunnel's own header. */
static struct rx *own_field(struct raise *r, struct rx *e, const struct proto *tunnel)
{
	const struct proto_field *f = proto_field_at(tunnel, e->pl.off, e->t.bits, -1);

	if (!f) {
		r->failed = true;
		return NULL;
	}
	e->t = (struct rtype){ f->type, f->len, f->byteorder, 0 };
	e->pl.base = PROTO_INNER;
	e->pl.proto = tunnel;
	e->pl.field = f;
	return e;
}

static void raise_inner_payload(struct raise *r, const struct bc_payload *p, const struct proto *tunnel)
{
	struct rx *e = raise_payload_of(r, p);

	if (p->base == NFT_PAYLOAD_TUN_HEADER)
		e = own_field(r, e, tunnel);
	else
		e->pl.tunnel = tunnel;
	raise_reg_set(r, p->dreg, e);
}

static void raise_inner(struct raise *r, const void *body)
{
	const struct bc_inner *i = body;
	const struct proto *tunnel = tunnel_of(i);
	const struct bc_meta *m;
	struct rx *e;

	if (!tunnel || !i->expr) {
		r->failed = true;
		return;
	}
	enter(r, tunnel);
	if (bc_expr_is(i->expr, "payload")) {
		raise_inner_payload(r, BC_EXPR_BODY(i->expr, struct bc_payload), tunnel);
	} else if (bc_expr_is(i->expr, "meta")) {
		m = BC_EXPR_BODY(i->expr, struct bc_meta);
		e = raise_meta_of(r, m->key);
		if (e)
			e->f.inner = true;
		raise_reg_set(r, m->dreg, e);
	} else {
		r->failed = true;
	}
}

const struct raise_type raise_inner_type = { "inner", raise_inner };
