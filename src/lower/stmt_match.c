/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matches: `tcp dport 22`. */
#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	out->rel = arena_new_of(v->a, struct trel);
	if (s->a->kind != AST_REL)
		return diag_error(v->d, s->a->at, "A match needs something to compare with");
	return eval_rel(v, s->a, out->rel);
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_rel(g, s->rel);
}

const struct tstmt_type tstmt_match = { .name = "match", .eval = eval, .lower = lower };
