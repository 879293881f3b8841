/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads from the packet's bytes, and from those that a tunnel carries (expression "inner" around them). */
#include "src/lower/load.h"

struct bc_expr **load_open(struct gen *g, const struct tx *e, void **body, const char *name)
{
	struct bc_inner *in;

	if (!e->inner) {
		*body = gen_add(g, name);
		return NULL;
	}
	in = gen_add(g, "inner");
	BC_SET(in, NFTA_INNER_NUM, num, 0);
	BC_SET(in, NFTA_INNER_TYPE, type, e->inner->inner->type);
	BC_SET(in, NFTA_INNER_FLAGS, flags, e->inner->inner->flags);
	BC_SET(in, NFTA_INNER_HDRSIZE, hdrsize, e->inner->inner->hdrsize);
	BC_SET(in, NFTA_INNER_EXPR, expr, bc_expr_new(g->a, name));
	*body = in->expr->body;
	return &in->expr;
}

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_payload *p;

	load_open(g, e, (void **)&p, "payload");
	BC_SET(p, NFTA_PAYLOAD_DREG, dreg, gen_wire(word));
	BC_SET(p, NFTA_PAYLOAD_BASE, base, e->payload.base);
	BC_SET(p, NFTA_PAYLOAD_OFFSET, offset, e->payload.off / 8);
	BC_SET(p, NFTA_PAYLOAD_LEN, len, (e->bits + 7) / 8);
}

const struct load_type load_payload = { load };
