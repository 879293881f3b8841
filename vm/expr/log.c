/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "log": tells of a packet, to the system log or to a group of listeners; the host does the telling. Reference: net/netfilter/nft_log.c. */
#include <errno.h>
#include <stdlib.h>

#include "vm/expr/expr.h"
#include "vm/host/host.h"

#include <linux/netfilter/nf_log.h>

enum { TO_SYSTEM = UINT16_MAX, HAS_SNAPLEN = 1 };

struct ins_log {
	struct vm_ins head; /* a: level, b: HAS_SNAPLEN, c: 1 for a group */
	char *prefix;       /* owned */
	uint32_t snaplen, flags;
	uint16_t group, qthreshold;
};

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_log *i = (const struct ins_log *)ins;

	host_log(pkt, ins->c ? i->group : TO_SYSTEM, ins->a, i->prefix ? i->prefix : "", i->snaplen);
}

/* The kernel keeps level and flags in a byte each, and looks at them there. */
static int check(const struct bc_log *x)
{
	if (BC_HAS(x, NFTA_LOG_GROUP))
		return BC_HAS(x, NFTA_LOG_LEVEL) || BC_HAS(x, NFTA_LOG_FLAGS) ? -EINVAL : 0;
	if (BC_HAS(x, NFTA_LOG_LEVEL) && (uint8_t)x->level > NFT_LOGLEVEL_AUDIT)
		return -EINVAL;
	return (uint8_t)x->flags & ~NF_LOG_MASK ? -EINVAL : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_log *x = body;
	struct ins_log *i;
	char *prefix = NULL;
	int err = check(x);

	if (err)
		return err;
	if (BC_HAS(x, NFTA_LOG_PREFIX)) {
		prefix = strdup(x->prefix);
		if (!prefix)
			return -ENOMEM;
	}
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->prefix = prefix;
	i->head.c = BC_HAS(x, NFTA_LOG_GROUP);
	if (i->head.c) {
		i->group = x->group;
		i->snaplen = x->snaplen;
		i->qthreshold = x->qthreshold;
		i->head.b = BC_HAS(x, NFTA_LOG_SNAPLEN) ? HAS_SNAPLEN : 0;
	} else {
		i->head.a = BC_HAS(x, NFTA_LOG_LEVEL) ? x->level : NFT_LOGLEVEL_WARNING;
		i->flags = (uint8_t)x->flags;
	}
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_log *i = (const struct ins_log *)ins;
	struct bc_log *x = body;

	if (i->prefix)
		BC_SET(x, NFTA_LOG_PREFIX, prefix, arena_strdup(a, i->prefix));
	if (!ins->c) {
		BC_SET(x, NFTA_LOG_LEVEL, level, ins->a);
		if (i->flags)
			BC_SET(x, NFTA_LOG_FLAGS, flags, i->flags);
		return;
	}
	BC_SET(x, NFTA_LOG_GROUP, group, i->group);
	if (ins->b & HAS_SNAPLEN)
		BC_SET(x, NFTA_LOG_SNAPLEN, snaplen, i->snaplen);
	if (i->qthreshold)
		BC_SET(x, NFTA_LOG_QTHRESHOLD, qthreshold, i->qthreshold);
}

static void destroy(struct vm_engine *e, struct vm_ins *ins)
{
	free(((struct ins_log *)ins)->prefix);
}

const struct vm_expr vm_expr_log = { .name = "log", .kernel_size = 24, .build = build, .exec = exec, .dump = dump, .destroy = destroy };
