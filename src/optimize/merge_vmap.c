/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that differ in their verdicts, too: one verdict map. */
#include "src/optimize/optimize_priv.h"

static struct ast_stmt *build(struct optimizer *o, const struct group *g)
{
	struct ast_stmt *s = ast_stmt(o->a, "vmap", g->s[0].rule->at);

	if (g->uniform || g->s[0].data)
		return NULL;
	s->a = group_key(o, g);
	s->b = group_elements(o, g, true);
	return s;
}

const struct merge merge_vmap = { "vmap", build };
