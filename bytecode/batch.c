/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink messages around encoded structs, and batches of them. See bc.h; nfnetlink.c, nfnetlink_rcv_batch. */
#include "bytecode/bc.h"

#include <errno.h>

static size_t open_msg(struct buf *out, uint16_t type, uint8_t family, uint16_t flags, uint32_t seq, uint32_t pid, uint16_t res_id)
{
	size_t at = out->len;
	struct nlmsghdr *h = (void *)buf_grow(out, sizeof(*h) + sizeof(struct nfgenmsg));
	struct nfgenmsg *g = (void *)(h + 1);

	*h = (struct nlmsghdr){ .nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = seq, .nlmsg_pid = pid };
	*g = (struct nfgenmsg){ .nfgen_family = family, .version = NFNETLINK_V0, .res_id = htons(res_id) };
	return at;
}

static void close_msg(struct buf *out, size_t at)
{
	((struct nlmsghdr *)(void *)(out->p + at))->nlmsg_len = (uint32_t)(out->len - at);
}

static int put_msg(struct buf *out, uint16_t type, uint8_t family, uint16_t flags, uint32_t seq, uint32_t pid, uint16_t res_id,
		   const struct bc_desc *d, const void *s)
{
	size_t at = open_msg(out, type, family, flags, seq, pid, res_id);

	if (d && bc_encode(out, d, s)) {
		buf_cut(out, at);
		return -EMSGSIZE;
	}
	close_msg(out, at);
	return 0;
}

int bc_msg(struct buf *out, uint8_t subsys, uint16_t type, uint8_t family, uint16_t flags, uint32_t seq, uint32_t pid, uint16_t res_id,
	   const struct bc_desc *d, const void *s)
{
	return put_msg(out, (uint16_t)(subsys << 8 | type), family, flags, seq, pid, res_id, d, s);
}

struct batch_head {
	uint64_t has;
	uint32_t genid;
};

void bc_batch_begin(struct bc_batch *b, uint32_t seq, uint32_t genid)
{
	static const struct bc_attr attrs[] = {
		{ .type = NFNL_BATCH_GENID, .kind = BC_BE32, .off = offsetof(struct batch_head, genid), .name = "genid" },
	};
	static const struct bc_desc desc = { "batch", sizeof(struct batch_head), 1, attrs };
	struct batch_head head = { .has = genid ? 1 << NFNL_BATCH_GENID : 0, .genid = genid };

	b->seq = seq;
	put_msg(&b->bytes, NFNL_MSG_BATCH_BEGIN, AF_UNSPEC, NLM_F_REQUEST, b->seq++, 0, NFNL_SUBSYS_NFTABLES, &desc, &head);
}

uint32_t bc_batch_msg(struct bc_batch *b, uint16_t type, uint8_t family, uint16_t flags, const struct bc_desc *d, const void *s)
{
	b->open = b->bytes.len;
	if (put_msg(&b->bytes, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), family, flags | NLM_F_REQUEST, b->seq, 0, 0, d, s))
		b->err = -EMSGSIZE;
	return b->seq++;
}

void bc_batch_end(struct bc_batch *b)
{
	put_msg(&b->bytes, NFNL_MSG_BATCH_END, AF_UNSPEC, NLM_F_REQUEST, b->seq++, 0, NFNL_SUBSYS_NFTABLES, NULL, NULL);
}

void bc_batch_free(struct bc_batch *b)
{
	buf_free(&b->bytes);
	*b = (struct bc_batch){ 0 };
}
