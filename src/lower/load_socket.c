/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads from the local socket. */
#include "src/lower/load.h"

static void load(struct gen *g, const struct tx *e, uint32_t word)
{
	struct bc_socket *s = gen_add(g, "socket");

	BC_SET(s, NFTA_SOCKET_DREG, dreg, gen_wire(word));
	BC_SET(s, NFTA_SOCKET_KEY, key, e->socket.key);
	BC_SET(s, NFTA_SOCKET_LEVEL, level, e->socket.level);
}

const struct load_type load_socket = { load };
