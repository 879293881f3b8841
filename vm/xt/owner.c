/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -m owner: whose socket a packet comes from. Packets that pass, and the host's own answers, have none. Reference:
 * net/netfilter/xt_owner.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter.h>
#include <linux/netfilter/xt_owner.h>

static bool id_differs(uint32_t id, uint32_t min, uint32_t max, bool invert)
{
	return (id >= min && id <= max) == invert;
}

static enum xt_says match(const void *info, void *state, const struct vm_pkt *p)
{
	const struct xt_owner_match_info *m = info;

	if (p->skuid == UINT32_MAX)
		return xt_if(!(m->match ^ m->invert));
	if (m->match & m->invert & XT_OWNER_SOCKET)
		return XT_NO;
	if (m->match & XT_OWNER_UID && id_differs(p->skuid, m->uid_min, m->uid_max, m->invert & XT_OWNER_UID))
		return XT_NO;
	return xt_if(!(m->match & XT_OWNER_GID) || !id_differs(p->skgid, m->gid_min, m->gid_max, m->invert & XT_OWNER_GID));
}

static int check(const struct xt_check *c, void *info, void *state)
{
	const struct xt_owner_match_info *m = info;

	return m->match & ~(XT_OWNER_UID | XT_OWNER_GID | XT_OWNER_SOCKET | XT_OWNER_SUPPL_GROUPS) ? -EINVAL : 0;
}

const struct vm_xt xt_owner_rows[] = {
	{ .name = "owner",
	  .family = NFPROTO_IPV4,
	  .rev = 1,
	  .size = sizeof(struct xt_owner_match_info),
	  .check = check,
	  .match = match,
	  .hooks = 1 << NF_INET_LOCAL_OUT | 1 << NF_INET_POST_ROUTING },
	{ .name = "owner",
	  .family = NFPROTO_IPV6,
	  .rev = 1,
	  .size = sizeof(struct xt_owner_match_info),
	  .check = check,
	  .match = match,
	  .hooks = 1 << NF_INET_LOCAL_OUT | 1 << NF_INET_POST_ROUTING },
	{ 0 },
};
