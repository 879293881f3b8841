/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --debug=netlink: the messages of a batch are decoded again, so that what is printed is what is sent. */
#include "src/client/debug.h"

#include <libmnl/libmnl.h>

#include "bytecode/msg.h"

static void dump(struct buf *out, uint16_t type, uint8_t family, const void *s)
{
	switch (type) {
	case NFT_MSG_NEWRULE:
		bc_dump_rule(out, family, s);
		break;
	case NFT_MSG_NEWSET:
		bc_dump_set(out, family, s);
		break;
	case NFT_MSG_NEWSETELEM:
	case NFT_MSG_DELSETELEM:
		bc_dump_elems(out, family, s);
		break;
	}
}

static void message(FILE *out, const struct nlmsghdr *h, struct arena *a)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(h);
	const struct bc_desc *d = h->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES ? bc_msg_desc(h->nlmsg_type & 0xff) : NULL;
	buf_auto text = { 0 };
	struct bc_err err;
	void *s;

	if (!d)
		return;
	s = arena_alloc(a, d->size);
	if (bc_decode(d, nfg + 1, mnl_nlmsg_get_payload_len(h) - sizeof(*nfg), s, a, 0, &err))
		return;
	dump(&text, h->nlmsg_type & 0xff, nfg->nfgen_family, s);
	fputs(buf_str(&text), out);
}

void debug_batch(FILE *out, const struct bc_batch *b, struct arena *a)
{
	int left = (int)b->bytes.len;

	for (const struct nlmsghdr *h = (const void *)b->bytes.p; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left))
		message(out, h, a);
}
