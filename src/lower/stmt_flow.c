/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow add @ft: from now on the connection's packets take the flowtable's fast path. */
#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	out->body = (void *)s->a->text;
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	struct bc_flow_offload *f = gen_add(g, "flow_offload");

	BC_SET(f, NFTA_FLOW_TABLE_NAME, table, s->body);
}

const struct tstmt_type tstmt_flow = { .name = "flow", .eval = eval, .lower = lower };
