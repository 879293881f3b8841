/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -j LOG, -j NFLOG: the host tells of the packet, which goes on. Reference: net/netfilter/xt_LOG.c, xt_NFLOG.c. */
#include "vm/xt/xt.h"

#include <linux/netfilter/nf_log.h>
#include <linux/netfilter/xt_LOG.h>
#include <linux/netfilter/xt_NFLOG.h>

#include "vm/host/host.h"

static int32_t run_log(const void *info, void *state, struct vm_pkt *p)
{
	const struct xt_log_info *l = info;

	host_log(p, UINT16_MAX, l->level, l->prefix, 0);
	return NFT_CONTINUE;
}

static int check_log(const struct xt_check *c, void *info, void *state)
{
	const struct xt_log_info *l = info;

	return l->level >= 8 || l->prefix[sizeof(l->prefix) - 1] ? -EINVAL : 0;
}

static int32_t run_nflog(const void *info, void *state, struct vm_pkt *p)
{
	const struct xt_nflog_info *l = info;

	host_log(p, l->group, 0, l->prefix, l->flags & XT_NFLOG_F_COPY_LEN ? l->len : 0);
	return NFT_CONTINUE;
}

static int check_nflog(const struct xt_check *c, void *info, void *state)
{
	const struct xt_nflog_info *l = info;

	return l->flags & ~XT_NFLOG_MASK || l->prefix[sizeof(l->prefix) - 1] ? -EINVAL : 0;
}

const struct vm_xt xt_log_rows[] = {
	{ .name = "LOG",
	  .target = true,
	  .family = NFPROTO_IPV4,
	  .size = sizeof(struct xt_log_info),
	  .check = check_log,
	  .run = run_log },
	{ .name = "LOG",
	  .target = true,
	  .family = NFPROTO_IPV6,
	  .size = sizeof(struct xt_log_info),
	  .check = check_log,
	  .run = run_log },
	{ .name = "NFLOG",
	  .family = NFPROTO_IPV4,
	  .target = true,
	  .size = sizeof(struct xt_nflog_info),
	  .check = check_nflog,
	  .run = run_nflog },
	{ .name = "NFLOG",
	  .family = NFPROTO_IPV6,
	  .target = true,
	  .size = sizeof(struct xt_nflog_info),
	  .check = check_nflog,
	  .run = run_nflog },
	{ 0 },
};
