/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counter. */
#include "src/raise/rx.h"

static void raise_counter(struct raise *r, const void *body)
{
	const struct bc_counter *c = body;
	struct ast_stmt *s = raise_emit(r, "counter");

	raise_opt_number(r, s, "packets", c->packets);
	raise_opt_number(r, s, "bytes", c->bytes);
}

const struct raise_type raise_counter_type = { "counter", raise_counter };
