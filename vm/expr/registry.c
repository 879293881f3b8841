/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All expressions. A line here, a file NAME.c beside; the order is that of names. */
#include "vm/expr/expr.h"

#define EXPRS(X) \
	X(bitwise) \
	X(byteorder) \
	X(cmp) \
	X(connlimit) \
	X(counter) \
	X(ct) \
	X(dup) \
	X(dynset) \
	X(exthdr) \
	X(fib) \
	X(flow_offload) \
	X(fwd) \
	X(hash) \
	X(immediate) \
	X(inner) \
	X(last) \
	X(limit) \
	X(log) \
	X(lookup) \
	X(masq) \
	X(match) \
	X(meta) \
	X(nat) \
	X(notrack) \
	X(numgen) \
	X(objref) \
	X(osf) \
	X(payload) \
	X(queue) \
	X(quota) \
	X(range) \
	X(redir) \
	X(reject) \
	X(rt) \
	X(socket) \
	X(synproxy) \
	X(target) \
	X(tproxy) \
	X(tunnel) \
	X(xfrm)

#define DECLARE(name) extern const struct vm_expr vm_expr_##name;
#define ADDRESS(name) &vm_expr_##name,

EXPRS(DECLARE)

const struct vm_expr *const vm_exprs[] = { EXPRS(ADDRESS) };
const unsigned vm_exprs_n = ARRAY_SIZE(vm_exprs);

int vm_expr_kind(const char *name)
{
	for (unsigned i = 0; i < vm_exprs_n; i++)
		if (!strcmp(vm_exprs[i]->name, name))
			return i;
	return -1;
}
