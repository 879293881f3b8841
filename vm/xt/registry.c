/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All extensions. A line here, a file beside. */
#include <string.h>

#include "vm/xt/xt.h"

#define FILES(X)                                                                                                                   \
	X(addrtype)                                                                                                                \
	X(comment)                                                                                                                 \
	X(connmark)                                                                                                                \
	X(conntrack)                                                                                                               \
	X(ct)                                                                                                                      \
	X(icmp)                                                                                                                    \
	X(iprange)                                                                                                                 \
	X(limit)                                                                                                                   \
	X(log)                                                                                                                     \
	X(mac)                                                                                                                     \
	X(mark)                                                                                                                    \
	X(multiport)                                                                                                               \
	X(nat)                                                                                                                     \
	X(owner)                                                                                                                   \
	X(reject)                                                                                                                  \
	X(tcpmss)                                                                                                                  \
	X(tcpudp)

#define DECLARE(name) extern const struct vm_xt xt_##name##_rows[];
#define ADDRESS(name) xt_##name##_rows,

FILES(DECLARE)

/* Each ends with a row without a name. */
static const struct vm_xt *const files[] = { FILES(ADDRESS) };

static const struct vm_xt *find(uint8_t family, const char *name, uint8_t rev, bool target)
{
	for (unsigned f = 0; f < ARRAY_SIZE(files); f++)
		for (const struct vm_xt *x = files[f]; x->name; x++)
			if (x->family == family && x->rev == rev && x->target == target && !strcmp(x->name, name))
				return x;
	return NULL;
}

const struct vm_xt *xt_find(uint8_t family, const char *name, uint8_t rev, bool target)
{
	const struct vm_xt *x = find(family, name, rev, target);

	return x ? x : find(NFPROTO_UNSPEC, name, rev, target);
}
