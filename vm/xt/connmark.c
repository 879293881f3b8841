/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m connmark, -j CONNMARK: the connection's mark, and copies between it and the packet's. Reference: net/netfilter/xt_connmark.c.
 */
#include "vm/xt/xt.h"

#include <linux/netfilter/xt_connmark.h>

#include "vm/ct/ct.h"

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_connmark_mtinfo1 *m = info;

	return xt_if(p->ct && ((ct_mark(p->ct) & m->mask) == m->mark) != m->invert);
}

static uint32_t shift(uint32_t v, const struct xt_connmark_tginfo2 *t)
{
	return t->shift_dir == D_SHIFT_RIGHT ? v >> t->shift_bits : v << t->shift_bits;
}

static int32_t run(const struct xt_connmark_tginfo2 *t, struct vm_pkt *p)
{
	uint32_t mark;

	if (!p->ct)
		return NFT_CONTINUE;
	mark = ct_mark(p->ct);
	switch (t->mode) {
	case XT_CONNMARK_SET:
		ct_set_mark(p->ct, shift((mark & ~t->ctmask) ^ t->ctmark, t));
		break;
	case XT_CONNMARK_SAVE:
		ct_set_mark(p->ct, (mark & ~t->ctmask) ^ shift(p->mark & t->nfmask, t));
		break;
	case XT_CONNMARK_RESTORE:
		p->mark = (p->mark & ~t->nfmask) ^ shift(mark & t->ctmask, t);
		break;
	}
	return NFT_CONTINUE;
}

static int32_t run1(const void *info, void *state, struct vm_pkt *p)
{
	const struct xt_connmark_tginfo1 *t = info;
	struct xt_connmark_tginfo2 two = { .ctmark = t->ctmark, .ctmask = t->ctmask, .nfmask = t->nfmask, .mode = t->mode };

	return run(&two, p);
}

static int32_t run2(const void *info, void *state, struct vm_pkt *p)
{
	return run(info, p);
}

/* The kernel shifts by any count; by 32 and more its result is the machine's. */
static int check2(const struct xt_check *c, void *info, void *state)
{
	const struct xt_connmark_tginfo2 *t = info;

	return t->shift_bits > 31 ? expr_fail(c->b, -EINVAL, "CONNMARK: a shift by 32 bits or more") : 0;
}

const struct vm_xt xt_connmark_rows[] = {
	{ .name = "connmark", .rev = 1, .size = sizeof(struct xt_connmark_mtinfo1), .needs_ct = true, .match = match },
	{ .name = "CONNMARK",
	  .family = NFPROTO_IPV4,
	  .target = true,
	  .rev = 1,
	  .size = sizeof(struct xt_connmark_tginfo1),
	  .needs_ct = true,
	  .run = run1 },
	{ .name = "CONNMARK",
	  .family = NFPROTO_IPV6,
	  .target = true,
	  .rev = 1,
	  .size = sizeof(struct xt_connmark_tginfo1),
	  .needs_ct = true,
	  .run = run1 },
	{ .name = "CONNMARK",
	  .family = NFPROTO_IPV4,
	  .target = true,
	  .rev = 2,
	  .size = sizeof(struct xt_connmark_tginfo2),
	  .needs_ct = true,
	  .check = check2,
	  .run = run2 },
	{ .name = "CONNMARK",
	  .family = NFPROTO_IPV6,
	  .target = true,
	  .rev = 2,
	  .size = sizeof(struct xt_connmark_tginfo2),
	  .needs_ct = true,
	  .check = check2,
	  .run = run2 },
	{ 0 },
};
