/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counter [packets N bytes N], counter name X. */
#include "src/lower/stmt.h"

int lower_counter_config(struct eval *v, const struct ast_opt *opts, struct bc_counter *out)
{
	uint64_t packets = 0, bytes = 0;

	if (opt_number(v, opts, "packets", UINT64_MAX, &packets) || opt_number(v, opts, "bytes", UINT64_MAX, &bytes))
		return -1;
	if (packets)
		BC_SET(out, NFTA_COUNTER_PACKETS, packets, packets);
	if (bytes)
		BC_SET(out, NFTA_COUNTER_BYTES, bytes, bytes);
	return 0;
}

static int eval(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct bc_counter *c;

	if (s->a)
		return stmt_object(v, s, s->a, NFT_OBJECT_COUNTER, out);
	out->body = c = arena_new_of(v->a, struct bc_counter);
	return lower_counter_config(v, s->opts, c);
}

static void lower(struct gen *g, const struct tstmt *s)
{
	gen_put(g, "counter", s->body, sizeof(struct bc_counter));
}

const struct tstmt_type tstmt_counter = { .name = "counter", .stateful = true, .eval = eval, .lower = lower };
