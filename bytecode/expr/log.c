/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and text of the expression "log". See log.h; net/netfilter/nft_log.c. */
#include "bytecode/expr/log.h"
#include "bytecode/table.h"
#include "bytecode/text.h"

#define T struct bc_log

static const struct bc_attr attrs[] = {
	A(NFTA_LOG_PREFIX, BC_STR, prefix, .max = NF_LOG_PREFIXLEN - 1),
	A(NFTA_LOG_GROUP, BC_BE16, group),
	A(NFTA_LOG_SNAPLEN, BC_BE32, snaplen),
	A(NFTA_LOG_QTHRESHOLD, BC_BE16, qthreshold),
	A(NFTA_LOG_LEVEL, BC_BE32, level),
	A(NFTA_LOG_FLAGS, BC_BE32, flags),
};

static const char *const flags[] = { "tcpseq", "tcpopt", "ipopt", "uid", NULL, "macdecode" }; /* by bit: NF_LOG_… */

static void dump(struct buf *out, const void *body)
{
	const T *e = body;

	buf_puts(out, "log");
	if (e->prefix)
		buf_printf(out, " prefix %s", e->prefix);
	if (BC_HAS(e, NFTA_LOG_GROUP)) {
		buf_printf(out, " group %u snaplen %u qthreshold %u", e->group, e->snaplen, e->qthreshold);
		return;
	}
	bc_text_opt(out, BC_HAS(e, NFTA_LOG_LEVEL), " level ", e->level);
	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i] && e->flags & (1U << i))
			buf_printf(out, " %s", flags[i]);
}

BC_EXPR_TYPE(log, "log");
