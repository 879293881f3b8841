/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tunnel: the tunnel metadata of a packet. */
#include "src/raise/rx.h"
#include "src/types/keys.h"

struct rx *raise_tunnel_of(struct raise *r, uint32_t key)
{
	return raise_key(r, "tunnel", NULL, key_by_number(tunnel_keys, key, 0));
}

static void raise_tunnel(struct raise *r, const void *body)
{
	const struct bc_tunnel *t = body;

	raise_reg_set(r, t->dreg, raise_tunnel_of(r, t->key));
}

const struct raise_type raise_tunnel_type = { "tunnel", raise_tunnel };
