/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notrack: this packet has no connection. */
#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_add(g, "notrack");
}

const struct tstmt_type tstmt_notrack = { .name = "notrack", .eval = eval, .lower = lower };
