/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rt: the route of the packet. */
#include "src/raise/rx.h"
#include "src/types/keys.h"

struct rx *raise_rt_of(struct raise *r, uint32_t key)
{
	return raise_key(r, "rt", NULL, key_by_number(rt_keys, key, 0));
}

static void raise_rt(struct raise *r, const void *body)
{
	const struct bc_rt *c = body;

	raise_reg_set(r, c->dreg, raise_rt_of(r, c->key));
}

const struct raise_type raise_rt_type = { "rt", raise_rt };
