/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "queue": gives the packet to user space. The verdict carries the queue's number. Reference: net/netfilter/nft_queue.c. */
#include <errno.h>

#include "vm/expr/expr.h"
#include "vm/expr/jhash.h"
#include "vm/worker.h"

struct ins_queue {
	struct vm_ins head; /* a: register of the number, 0: it is constant */
	uint16_t num, total, flags;
};

/* As many packets of one flow, as one queue: by addresses (nfqueue_hash). */
static uint16_t spread(const struct ins_queue *i, const struct vm_pkt *p)
{
	bool v6 = p->protocol == __builtin_bswap16(0x86dd);
	const uint8_t *a = vm_pkt_at(p, p->l3 + (v6 ? 8 : 12), v6 ? 32 : 8);

	if (i->flags & NFT_QUEUE_FLAG_CPU_FANOUT)
		return i->num + p->w->id % i->total;
	return a ? i->num + jhash_scale(jhash(a, v6 ? 32 : 8, 0), i->total) : i->num;
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_queue *i = (const struct ins_queue *)ins;
	uint16_t num = i->num;

	if (ins->a)
		num = regs->w[ins->a];
	else if (i->total > 1)
		num = spread(i, pkt);
	regs->verdict.code = NF_QUEUE_NR(num) | (i->flags & NFT_QUEUE_FLAG_BYPASS ? NF_VERDICT_FLAG_QUEUE_BYPASS : 0);
}

static int check_flags(const struct bc_queue *x, bool constant)
{
	if (x->flags & ~NFT_QUEUE_FLAG_MASK)
		return -EINVAL;
	return !constant && x->flags & NFT_QUEUE_FLAG_CPU_FANOUT ? -EOPNOTSUPP : 0;
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_queue *x = body;

	return BC_HAS(x, NFTA_QUEUE_NUM) == BC_HAS(x, NFTA_QUEUE_SREG_QNUM) ? -EINVAL : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_queue *x = body;
	bool constant = BC_HAS(x, NFTA_QUEUE_NUM);
	uint16_t total = BC_HAS(x, NFTA_QUEUE_TOTAL) ? x->total : 1;
	struct ins_queue *i;
	uint8_t sreg = 0;
	int err = 0;

	if (constant && (!total || total - 1 + x->num > UINT16_MAX))
		return total ? -ERANGE : -EINVAL;
	if (!constant)
		err = expr_load(b, x->sreg_qnum, sizeof(uint32_t), &sreg);
	if (!err)
		err = check_flags(x, constant);
	if (err)
		return err;
	if (b->family == NFPROTO_NETDEV || b->family == NFPROTO_ARP)
		expr_places(b, 0);
	else
		expr_places(b, expr_hooks((1 << NF_INET_NUMHOOKS) - 1));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = sreg;
	i->num = x->num;
	i->total = total;
	i->flags = x->flags;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_queue *i = (const struct ins_queue *)ins;
	struct bc_queue *x = body;

	if (ins->a) {
		BC_SET(x, NFTA_QUEUE_SREG_QNUM, sreg_qnum, expr_reg(ins->a));
	} else {
		BC_SET(x, NFTA_QUEUE_NUM, num, i->num);
		BC_SET(x, NFTA_QUEUE_TOTAL, total, i->total);
	}
	BC_SET(x, NFTA_QUEUE_FLAGS, flags, i->flags);
}

const struct vm_expr vm_expr_queue = { .name = "queue", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
