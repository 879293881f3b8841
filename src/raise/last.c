/* SPDX-License-Identifier: GPL-2.0-or-later */
/* last: when a packet came here for the last time. */
#include "src/raise/rx.h"

static void raise_last(struct raise *r, const void *body)
{
	const struct bc_last *l = body;
	struct ast_stmt *s = raise_emit(r, "last");

	raise_opt(r, s, "used", l->set ? raise_time_ms(r, l->msecs) : raise_symbol(r, "never"));
}

const struct raise_type raise_last_type = { "last", raise_last };
