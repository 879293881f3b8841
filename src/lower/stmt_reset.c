/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reset tcp option X: takes the option out of the header (it becomes nop). */
#include <string.h>

#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct tx *t = eval_expr(v, s->a, (struct expect){ 0 });

	if (!t)
		return -1;
	if (t->kind != TX_LOAD || t->load != LOAD_EXTHDR || t->exthdr.op != NFT_EXTHDR_OP_TCPOPT)
		return diag_error(v->d, s->a->at, "only tcp options can be reset");
	out->body = t;
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	const struct tx *t = s->body;
	struct bc_exthdr *x = gen_add(g, "exthdr");

	BC_SET(x, NFTA_EXTHDR_TYPE, type, t->exthdr.type);
	BC_SET(x, NFTA_EXTHDR_OP, op, t->exthdr.op);
}

const struct tstmt_type tstmt_reset = { .name = "reset", .eval = eval, .lower = lower };
