/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TFTP: the answer to a request comes from another port of the server's (RFC 1350 §4). Reference: nf_conntrack_tftp.c,
 * nf_nat_tftp.c. */
#include "vm/ct/help.h"

enum { UDP_HDR = 8, RRQ = 1, WRQ = 2 };

static uint32_t help(struct ct_help_pkt *x)
{
	const struct ct_tuple *reply = &x->ct->dir[CT_REPLY].tuple;
	struct ct_expect e;
	uint16_t op;

	if (x->p.len < UDP_HDR + 2)
		return NF_ACCEPT;
	op = be16_load(x->p.l4 + UDP_HDR);
	if (op != RRQ && op != WRQ)
		return NF_ACCEPT;
	ct_expect_init(&e, x->p.t, x->ct, reply->src, reply->dst, reply->l3, IPPROTO_UDP, reply->dport);
	if (ct_status(x->ct) & IPS_NAT_MASK) {
		e.saved_port = x->ct->dir[CT_ORIG].tuple.sport;
		e.dir = CT_REPLY;
		e.follow = CT_FOLLOW_MASTER;
	}
	return ct_expect_add(&x->p, &e) ? NF_DROP : NF_ACCEPT;
}

const struct ct_helper ct_helper_tftp = {
	.name = "tftp",
	.proto = IPPROTO_UDP,
	.max_expected = { 1 },
	.timeout_s = { 300 },
	.help = help,
};
