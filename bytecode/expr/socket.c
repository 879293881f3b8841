/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "socket". See socket.h; net/netfilter/nft_socket.c. */
#include "bytecode/expr/socket.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_socket

static const struct bc_attr attrs[] = {
	A(NFTA_SOCKET_KEY, BC_BE32, key, .max = 255),
	A(NFTA_SOCKET_DREG, BC_BE32, dreg),
	A(NFTA_SOCKET_LEVEL, BC_BE32, level, .max = 255),
};

static const char *const keys[] = { "transparent", "mark", "wildcard", "cgroupv2" };

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_printf(out, "socket load %s => reg %u", BC_NAME(keys, e->key), e->dreg);
	bc_text_opt(out, e->level, " level ", e->level);
}

BC_EXPR_TYPE(socket, "socket");
