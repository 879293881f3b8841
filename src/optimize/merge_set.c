/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that do the same: one rule with a set, of a concatenation where they compare several fields. */
#include "src/optimize/optimize_priv.h"

static struct ast_stmt *build(struct optimizer *o, const struct group *g)
{
	struct ast_stmt *s = ast_stmt(o->a, "match", g->s[0].rule->at);
	struct ast_expr *set;

	if (!g->uniform || g->s[0].data)
		return NULL;
	set = group_elements(o, g, false);
	if (!set->items->next && g->s[0].n_cols == 1) { /* the same rule over again */
		*s = *g->s[0].rule->stmts;
		s->next = NULL;
		return s;
	}
	s->a = ast_expr(o->a, AST_REL, g->s[0].rule->at);
	s->a->a = group_key(o, g);
	s->a->b = set;
	return s;
}

const struct merge merge_set = { "set", build };
