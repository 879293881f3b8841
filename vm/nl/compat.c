/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subsystem NFNL_SUBSYS_NFT_COMPAT: iptables-nft asks for each match and target it uses whether there is a revision of it, and is told the highest.
 * Reference: net/netfilter/nft_compat.c, xt_find_revision(). Control thread.
 */
#include "vm/nl/compat.h"

#include <errno.h>
#include <string.h>

#include "bytecode/nf.h"
#include "bytecode/table.h"
#include "vm/nl/subsys.h"

enum { MSG_GET, NAME = 1, REVISION = 2, TYPE = 3, NAME_MAX_LEN = 31 }; /* NFNL_MSG_COMPAT_GET, NFTA_COMPAT_* */

struct question {
	uint64_t has;
	const char *name;
	uint32_t revision, type; /* 0: a match, else a target */
};

#define T struct question
static const struct bc_attr attrs[] = {
	A(NAME, BC_STR, name, .max = NAME_MAX_LEN, .flags = BC_A_NUL),
	A(REVISION, BC_BE32, revision),
	A(TYPE, BC_BE32, type),
};
static const struct bc_desc question_desc = BC_DESC("compat", attrs);
#undef T

static int family_of(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return COMPAT_IP;
	case NFPROTO_IPV6:
		return COMPAT_IP6;
	case NFPROTO_BRIDGE:
		return COMPAT_BRIDGE;
	case NFPROTO_ARP:
		return COMPAT_ARP;
	}
	return -EINVAL;
}

static unsigned revisions_of(const struct question *m, int family)
{
	const struct compat_extension *x = m->type ? compat_targets : compat_matches;

	for (; x->name; x++)
		if (!strcmp(x->name, m->name))
			return x->revisions[family];
	return 0;
}

static int get(struct nl_req *q)
{
	const struct question *m = q->body;
	struct question told = *m;
	int family = family_of(q->family);
	unsigned have;
	struct buf b = { 0 };
	int err;

	if (!m->name || !BC_HAS(m, REVISION) || !BC_HAS(m, TYPE))
		return -EINVAL;
	if (family < 0)
		return family;
	have = revisions_of(m, family);
	if (!have)
		return -ENOENT;
	if (m->revision > 7 || !(have >> m->revision & 1))
		return -EPROTONOSUPPORT;
	told.revision = 31 - (unsigned)__builtin_clz(have);
	err = bc_msg(&b, NFNL_SUBSYS_NFT_COMPAT, MSG_GET, q->family, NLM_F_MULTI, q->nlh->nlmsg_seq, nfvm_socket_port(q->sock), 0, &question_desc,
		     &told);
	if (!err)
		nl_answer(q->sock, &b);
	return err;
}

static const struct nl_call calls[] = {
	[MSG_GET] = { NL_PLAIN, get, &question_desc, 0, NULL },
};

const struct nl_subsys compat_subsys = { .id = NFNL_SUBSYS_NFT_COMPAT, .n_calls = ARRAY_SIZE(calls), .calls = calls };
