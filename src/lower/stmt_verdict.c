/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts as statements: accept, drop, jump, … */
#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct tx *t = eval_expr(v, s->a, (struct expect){ .type = &type_verdict });

	out->body = t;
	if (t && t->verdict == NFT_CONTINUE)
		out->type = &tstmt_continue;
	return t ? 0 : -1;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_verdict(g, s->body);
}

const struct tstmt_type tstmt_verdict = { .name = "verdict", .terminal = true, .eval = eval, .lower = lower };
/* Goes on with what follows it. */
const struct tstmt_type tstmt_continue = { .name = "continue", .eval = eval, .lower = lower };
