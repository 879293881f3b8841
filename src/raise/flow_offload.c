/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow_offload: `flow add @ft`. */
#include "src/raise/rx.h"

static void raise_flow_offload(struct raise *r, const void *body)
{
	const struct bc_flow_offload *f = body;
	struct ast_stmt *s = raise_emit(r, "flow");

	s->a = ast_expr(r->a, AST_SETREF, (struct place){});
	s->a->text = arena_strdup(r->a, f->table ? f->table : "");
}

const struct raise_type raise_flow_offload_type = { "flow_offload", raise_flow_offload };
