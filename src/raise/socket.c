/* SPDX-License-Identifier: GPL-2.0-or-later */
/* socket: the local socket that a packet belongs to. */
#include "src/raise/rx.h"
#include "src/types/keys.h"

struct rx *raise_socket_of(struct raise *r, uint32_t key, uint32_t level)
{
	struct rx *e = raise_key(r, "socket", NULL, key_by_number(socket_keys, key, 0));

	if (e && key == NFT_SOCKET_CGROUPV2) {
		ast_field_word(r->a, e->f.ast, "level", (struct place){});
		ast_field_word(r->a, e->f.ast, arena_printf(r->a, "%u", level), (struct place){});
	}
	return e;
}

static void raise_socket(struct raise *r, const void *body)
{
	const struct bc_socket *s = body;

	raise_reg_set(r, s->dreg, raise_socket_of(r, s->key, s->level));
}

const struct raise_type raise_socket_type = { "socket", raise_socket };
