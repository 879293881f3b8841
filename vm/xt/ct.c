/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -j CT, -j NOTRACK: what tracking shall do with a packet that it has not seen. Reference: net/netfilter/xt_CT.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter/xt_CT.h>
#include <stddef.h>

#include "vm/ct/ct.h"

/* Tracking has looked at it, or a rule has spoken: also an answer to a packet that was not tracked has a ctinfo (skb->_nfct). */
static bool seen(const struct vm_pkt *p)
{
	return p->ct || p->ctinfo;
}

/* All revisions begin as the first one does; the others add a timeout policy's name. */
static int32_t run(const void *info, void *state, struct vm_pkt *p)
{
	const struct xt_ct_target_info *t = info;
	int dir = t->flags & XT_CT_ZONE_DIR_ORIG ? CT_ORIG : t->flags & XT_CT_ZONE_DIR_REPL ? CT_REPLY : CT_DIRS;

	if (seen(p))
		return NFT_CONTINUE;
	if (t->flags & XT_CT_NOTRACK)
		ct_notrack(p);
	else if ((t->zone || t->flags & XT_CT_ZONE_MARK) && !ct_set_zone(p, dir, t->flags & XT_CT_ZONE_MARK ? p->mark : t->zone))
		return NF_DROP;
	return NFT_CONTINUE;
}

static int32_t run_notrack(const void *info, void *state, struct vm_pkt *p)
{
	if (!seen(p))
		ct_notrack(p);
	return NFT_CONTINUE;
}

static int check_parts(const struct xt_check *c, const struct xt_ct_target_info *t, uint16_t known, const char *timeout)
{
	if (t->flags & ~known)
		return -EINVAL;
	if (t->flags & XT_CT_NOTRACK)
		return 0;
	c->b->flags |= PROG_NEEDS_CT;
	if (t->ct_events || t->exp_events)
		return expr_unexecuted(c->b, "CT: choosing events is not executed by nfvm yet");
	if (t->helper[0])
		return expr_unexecuted(c->b, "CT: helpers are not executed by nfvm yet");
	return timeout && timeout[0] ? expr_unexecuted(c->b, "CT: timeout policies are not executed by nfvm yet") : 0;
}

static int check0(const struct xt_check *c, void *info, void *state)
{
	return check_parts(c, info, XT_CT_NOTRACK, NULL);
}

static int check1(const struct xt_check *c, void *info, void *state)
{
	return check_parts(c, info, XT_CT_NOTRACK, ((const struct xt_ct_target_info_v1 *)info)->timeout);
}

static int check2(const struct xt_check *c, void *info, void *state)
{
	return check_parts(c, info, XT_CT_MASK, ((const struct xt_ct_target_info_v1 *)info)->timeout);
}

#define CT(r, type, f, fam)                                                                                                        \
	{                                                                                                                          \
		.name = "CT", .target = true, .rev = r, .family = fam, .size = sizeof(struct type),                                \
		.user = offsetof(struct type, ct), .table = "raw", .check = f, .run = run                                          \
	}
#define NOTRACK(fam)                                                                                                               \
	{                                                                                                                          \
		.name = "NOTRACK", .family = fam, .target = true, .table = "raw", .run = run_notrack                               \
	}

const struct vm_xt xt_ct_rows[] = {
	CT(0, xt_ct_target_info, check0, NFPROTO_IPV4),
	CT(0, xt_ct_target_info, check0, NFPROTO_IPV6),
	CT(1, xt_ct_target_info_v1, check1, NFPROTO_IPV4),
	CT(1, xt_ct_target_info_v1, check1, NFPROTO_IPV6),
	CT(2, xt_ct_target_info_v1, check2, NFPROTO_IPV4),
	CT(2, xt_ct_target_info_v1, check2, NFPROTO_IPV6),
	NOTRACK(NFPROTO_IPV4),
	NOTRACK(NFPROTO_IPV6),
	{ 0 },
};
