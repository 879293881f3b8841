/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trace messages as `nft monitor trace` words them. */
#ifndef NFVM_RAISE_TRACE_H
#define NFVM_RAISE_TRACE_H

#include "base/arena.h"
#include "base/buf.h"
#include "src/types/datatype.h"

/* The text of a rule, for its line: as the ruleset lists it. Returns false where it is not known. */
typedef bool trace_rule_fn(void *ctx, uint8_t family, const char *table, const char *chain, uint64_t handle, struct buf *out);

struct trace_ctx {
	const struct type_ctx *types;
	trace_rule_fn *rule;
	void *ctx;
};

/* Appends the lines of one NFT_MSG_TRACE message (with its nlmsghdr); nothing where it is none. */
void trace_print(const struct trace_ctx *c, const void *nlmsg, size_t len, struct buf *out);

#endif
