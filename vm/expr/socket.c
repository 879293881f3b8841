/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "socket": the socket that a packet belongs to. The host has no sockets, so there never is one, and the expression ends its rule.
 * Reference: net/netfilter/nft_socket.c.
 */
#include <errno.h>

#include "vm/expr/expr.h"

/* head: a destination, b NFT_SOCKET_*, c level */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	vm_break(regs);
}

static int build(struct expr_build *b, const void *body)
{
	enum { LEVEL_MAX = 255 };
	static const uint8_t len[] = { [NFT_SOCKET_TRANSPARENT] = 1, [NFT_SOCKET_MARK] = 4, [NFT_SOCKET_WILDCARD] = 1, [NFT_SOCKET_CGROUPV2] = 8 };
	const struct bc_socket *x = body;
	struct vm_ins *i;
	uint8_t dreg;
	int err;

	if (!BC_HAS(x, NFTA_SOCKET_DREG) || !BC_HAS(x, NFTA_SOCKET_KEY))
		return -EINVAL;
	if (b->family != NFPROTO_IPV4 && b->family != NFPROTO_IPV6 && b->family != NFPROTO_INET)
		return -EOPNOTSUPP;
	if (x->key >= ARRAY_SIZE(len))
		return -EOPNOTSUPP;
	if (x->key == NFT_SOCKET_CGROUPV2) {
		if (!BC_HAS(x, NFTA_SOCKET_LEVEL))
			return -EINVAL;
		if (x->level > LEVEL_MAX)
			return -EOPNOTSUPP;
	}
	err = expr_store(b, x->dreg, len[x->key], &dreg);
	if (err)
		return err;
	expr_places(b, expr_hooks(1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_IN | 1 << NF_INET_LOCAL_OUT));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->a = dreg;
	i->b = x->key;
	i->c = x->level;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_socket *x = body;

	BC_SET(x, NFTA_SOCKET_KEY, key, ins->b);
	BC_SET(x, NFTA_SOCKET_DREG, dreg, expr_reg(ins->a));
	if (ins->b == NFT_SOCKET_CGROUPV2)
		BC_SET(x, NFTA_SOCKET_LEVEL, level, ins->c);
}

const struct vm_expr vm_expr_socket = { .name = "socket", .kernel_size = 8, .build = build, .exec = exec, .dump = dump };
