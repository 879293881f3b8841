/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match, target: x_tables extensions, of which a listing has only the name. Such a line cannot be loaded. */
#include "src/raise/rx.h"

static void emit(struct raise *r, const char *type, const char *name)
{
	struct ast_stmt *s = raise_emit(r, "xt");

	s->a = raise_symbol(r, type);
	s->b = ast_string(r->a, arena_strdup(r->a, name ? name : ""), (struct place){});
}

static void raise_xt_match(struct raise *r, const void *body)
{
	emit(r, "match", ((const struct bc_xt_match *)body)->name);
}

static void raise_xt_target(struct raise *r, const void *body)
{
	emit(r, "target", ((const struct bc_xt_target *)body)->name);
}

const struct raise_type raise_xt_match_type = { "match", raise_xt_match };
const struct raise_type raise_xt_target_type = { "target", raise_xt_target };
