/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quota [over|until] N bytes [used N bytes], quota name X. */
#include "src/lower/stmt.h"

int lower_quota_config(struct eval *v, const struct ast_opt *opts, struct place at, struct bc_quota *out)
{
	uint64_t bytes = 0, used = 0;

	if (opt_bytes(v, opts, "amount", "unit", &bytes) || opt_bytes(v, opts, "used", "used-unit", &used))
		return -1;
	BC_SET(out, NFTA_QUOTA_BYTES, bytes, bytes);
	BC_SET(out, NFTA_QUOTA_CONSUMED, consumed, used);
	BC_SET(out, NFTA_QUOTA_FLAGS, flags, opt_has(opts, "over") ? NFT_QUOTA_F_INV : 0);
	return 0;
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	if (s->a)
		return stmt_object(v, s, s->a, NFT_OBJECT_QUOTA, out);
	out->body = arena_new_of(v->a, struct bc_quota);
	return lower_quota_config(v, s->opts, s->at, out->body);
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "quota", s->body, sizeof(struct bc_quota));
}

const struct tstmt_type tstmt_quota = { .name = "quota", .stateful = true, .eval = eval, .lower = lower };
