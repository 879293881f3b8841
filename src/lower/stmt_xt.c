/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt match|target "name": how listings show iptables extensions; there is nothing to compile it from. */
#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	return diag_error(v->d, s->at, "unsupported xtables compat expression, use iptables-nft with this ruleset");
}

static void lower(struct gen *g, const struct tstmt *s)
{
}

const struct tstmt_type tstmt_xt = { .name = "xt", .eval = eval, .lower = lower };
