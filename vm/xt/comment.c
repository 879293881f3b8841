/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m comment: says nothing about packets. Reference: net/netfilter/xt_comment.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter/xt_comment.h>

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	return XT_YES;
}

const struct vm_xt xt_comment_rows[] = {
	{ .name = "comment", .size = sizeof(struct xt_comment_info), .match = match },
	{ 0 },
};
