/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFT_MSG_GETGEN and NEWGEN: the number of the generation, and who made it. Control thread. */
#include "vm/state/internal.h"

static int fill_gen(struct buf *out, const struct fill *f, const struct nfvm_socket *who)
{
	struct bc_gen m = { 0 };
	const char *comm;

	BC_SET(&m, NFTA_GEN_ID, id, state_genid(f->e));
	BC_SET(&m, NFTA_GEN_PROC_PID, proc_pid, nl_peer(who, &comm));
	BC_SET(&m, NFTA_GEN_PROC_NAME, proc_name, comm);
	return fill_put(out, f, &bc_gen_desc, &m);
}

int gen_get(struct nl_req *q)
{
	struct fill f = reply_fill(q, NFT_MSG_NEWGEN);
	struct buf b = { 0 };
	int err;

	f.family = NFPROTO_UNSPEC;
	err = fill_gen(&b, &f, q->sock);
	if (!err)
		reply(q, &b);
	return err;
}

void gen_notify(struct vm_txn *t, const struct nlmsghdr *first)
{
	struct fill f = {
		.e = t->engine, .msg = NFT_MSG_NEWGEN, .family = NFPROTO_UNSPEC, .seq = first->nlmsg_seq, .port = t->port
	};
	bool echo = first->nlmsg_flags & NLM_F_ECHO;
	struct buf b = { 0 };

	if (!t->work->sock || (!echo && !nl_listeners(t->engine, NFNLGRP_NFTABLES)))
		return;
	fill_gen(&b, &f, t->work->sock);
	nl_notify(t->engine, t->work->sock, NFNLGRP_NFTABLES, echo, &b);
}
