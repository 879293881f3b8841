/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdict maps: `tcp dport vmap { 22 : accept, 23 : drop }`. */
#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct ast_expr map = { .kind = AST_MAP, .at = place_span(s->a->at, s->b->at) };
	struct tx *t;

	map.a = s->a;
	map.b = s->b;
	t = eval_expr(v, &map, (struct expect){ .type = &type_verdict });
	if (!t)
		return -1;
	if (!t->set->data || t->set->data->kind != TX_VERDICT)
		return diag_error(v->d, s->b->at, "%s is not a map with verdicts", s->b->kind == AST_SETREF ? s->b->text : "this");
	out->body = t;
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_vmap(g, s->body);
}

const struct tstmt_type tstmt_vmap = { .name = "vmap", .eval = eval, .lower = lower };
