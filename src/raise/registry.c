/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The expressions that can be read back, by name. One line each; src/raise/NAME.c has the rest. */
#include "src/raise/rx.h"

#include <stdlib.h>

/* In the order of their names. */
#define EXPRESSIONS(X)                                                                                                             \
	X(bitwise)                                                                                                                 \
	X(byteorder) X(cmp) X(connlimit) X(counter) X(ct) X(dup) X(dynset) X(exthdr) X(fib) X(flow_offload) X(fwd) X(hash)         \
		X(immediate) X(inner) X(last) X(limit) X(log) X(lookup) X(masq) X(xt_match) X(meta) X(nat) X(notrack) X(numgen)    \
			X(objref) X(osf) X(payload) X(queue) X(quota) X(range) X(redir) X(reject) X(rt) X(socket) X(synproxy)      \
				X(xt_target) X(tproxy) X(tunnel) X(xfrm)

#define DECLARE(name) extern const struct raise_type raise_##name##_type;
EXPRESSIONS(DECLARE)

#define ROW(name) &raise_##name##_type,
static const struct raise_type *const types[] = { EXPRESSIONS(ROW) };

static int compare(const void *name, const void *type)
{
	return strcmp(name, (*(const struct raise_type *const *)type)->name);
}

const struct raise_type *raise_type(const char *name)
{
	const struct raise_type *const *t = bsearch(name, types, ARRAY_SIZE(types), sizeof(*types), compare);

	return t ? *t : NULL;
}

void raise_expr(struct raise *r, const struct bc_expr *e)
{
	const struct raise_type *t = raise_type(e->type->name);

	if (t)
		t->raise(r, e->body);
	else
		r->failed = true;
}
