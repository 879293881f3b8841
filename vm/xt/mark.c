/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m mark, -j MARK. Reference: net/netfilter/xt_mark.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter/xt_mark.h>

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_mark_mtinfo1 *m = info;

	return xt_if(((p->mark & m->mask) == m->mark) != m->invert);
}

static int32_t run(const void *info, void *state, struct vm_pkt *p)
{
	const struct xt_mark_tginfo2 *m = info;

	p->mark = (p->mark & ~m->mask) ^ m->mark;
	return NFT_CONTINUE;
}

const struct vm_xt xt_mark_rows[] = {
	{ .name = "mark", .rev = 1, .size = sizeof(struct xt_mark_mtinfo1), .match = match },
	{ .name = "MARK", .family = NFPROTO_IPV4, .target = true, .rev = 2, .size = sizeof(struct xt_mark_tginfo2), .run = run },
	{ .name = "MARK", .family = NFPROTO_IPV6, .target = true, .rev = 2, .size = sizeof(struct xt_mark_tginfo2), .run = run },
	{ .name = "MARK", .family = NFPROTO_ARP, .target = true, .rev = 2, .size = sizeof(struct xt_mark_tginfo2), .run = run },
	{ 0 },
};
