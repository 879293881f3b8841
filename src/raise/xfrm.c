/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xfrm: the IPsec transformations of a packet (`ipsec in ip saddr`). */
#include "src/raise/rx.h"
#include "src/types/keys.h"

struct rx *raise_xfrm_of(struct raise *r, uint32_t key, uint8_t dir, uint32_t spnum)
{
	const char *before[4] = { dir ? "out" : "in" };

	if (spnum) {
		before[1] = "spnum";
		before[2] = arena_printf(r->a, "%u", spnum);
	}
	return raise_key(r, "ipsec", before, key_by_number(xfrm_keys, key, 0));
}

static void raise_xfrm(struct raise *r, const void *body)
{
	const struct bc_xfrm *x = body;

	raise_reg_set(r, x->dreg, raise_xfrm_of(r, x->key, x->dir, x->spnum));
}

const struct raise_type raise_xfrm_type = { "xfrm", raise_xfrm };
