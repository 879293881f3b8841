/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct count [over] N */
#include "src/lower/stmt.h"

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct bc_connlimit *c = arena_new_of(v->a, struct bc_connlimit);
	uint64_t n = 0;

	if (opt_number(v, s->opts, "count", UINT32_MAX, &n))
		return -1;
	BC_SET(c, NFTA_CONNLIMIT_COUNT, count, (uint32_t)n);
	BC_SET(c, NFTA_CONNLIMIT_FLAGS, flags, opt_has(s->opts, "over") ? NFT_CONNLIMIT_F_INV : 0);
	out->body = c;
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "connlimit", s->body, sizeof(struct bc_connlimit));
}

const struct tstmt_type tstmt_connlimit = { .name = "connlimit", .stateful = true, .eval = eval, .lower = lower };
