/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connlimit: `ct count over 3`. */
#include "src/raise/rx.h"

static void raise_connlimit(struct raise *r, const void *body)
{
	const struct bc_connlimit *c = body;
	struct ast_stmt *s = raise_emit(r, "connlimit");

	if (c->flags & NFT_CONNLIMIT_F_INV)
		raise_opt(r, s, "over", NULL);
	raise_opt_number(r, s, "count", c->count);
}

const struct raise_type raise_connlimit_type = { "connlimit", raise_connlimit };
