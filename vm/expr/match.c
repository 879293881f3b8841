/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "match": an iptables match that nf_tables has no words for. Only "comment", which says nothing about packets, is known.
 * Reference: net/netfilter/nft_compat.c, net/netfilter/xt_comment.c.
 */
#include <errno.h>

#include "vm/expr/hot.h"

enum { COMMENT_BYTES = 256 /* struct xt_comment_info */ };

struct ins_match {
	struct vm_ins head;
	uint8_t info[COMMENT_BYTES];
};

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_xt_match *x = body;

	if (!BC_HAS(x, NFTA_MATCH_NAME) || !BC_HAS(x, NFTA_MATCH_REV) || !BC_HAS(x, NFTA_MATCH_INFO))
		return -EINVAL;
	if (strcmp(x->name, "comment") != 0)
		return expr_fail(b, -EOPNOTSUPP, "this iptables match is not executed by nfvm yet");
	return x->rev ? -ENOENT : b->family == NFPROTO_ARP ? -EINVAL : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_xt_match *x = body;
	struct ins_match *i;

	if (x->info.len != COMMENT_BYTES)
		return -EINVAL;
	if (b->family == NFPROTO_NETDEV)
		expr_places(b, 0);
	i = expr_emit(b, OP_CALL, sizeof(*i));
	memcpy(i->info, x->info.p, COMMENT_BYTES);
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_xt_match *x = body;

	BC_SET(x, NFTA_MATCH_NAME, name, "comment");
	BC_SET(x, NFTA_MATCH_REV, rev, 0);
	BC_SET(x, NFTA_MATCH_INFO, info, ((struct bc_bytes){ ((const struct ins_match *)ins)->info, COMMENT_BYTES }));
}

const struct vm_expr vm_expr_match = { .name = "match", .kernel_size = 264, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
