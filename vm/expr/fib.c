/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "fib": what the routing table says of one of the packet's addresses: by which device it would go, or what kind of address it is.
 * Reference: net/netfilter/nft_fib.c, net/ipv4/netfilter/nft_fib_ipv4.c, net/ipv6/netfilter/nft_fib_ipv6.c.
 */
#include <errno.h>

#include "vm/engine.h"
#include "vm/expr/expr.h"
#include "vm/host/host.h"
#include "vm/worker.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>

enum { NAME_BYTES = 16 };

/* head: a destination, b NFT_FIB_RESULT_* */
struct ins_fib {
	struct vm_ins head;
	uint32_t flags; /* NFTA_FIB_F_* */
};

/* Addresses of the packet: what is looked up, and where from. */
struct question {
	uint8_t addr[16], other[16];
	uint8_t tos;
	bool v6;
};

static bool ask(const struct ins_fib *i, const struct vm_pkt *p, struct question *q)
{
	bool dst = i->flags & NFTA_FIB_F_DADDR;
	const uint8_t *h;
	uint32_t n;

	memset(q, 0, sizeof(*q));
	q->v6 = p->pf == NFPROTO_IPV6 || (p->pf != NFPROTO_IPV4 && p->protocol == __builtin_bswap16(0x86dd));
	h = vm_pkt_at(p, p->l3, q->v6 ? 40 : 20);
	if (!h)
		return false;
	n = q->v6 ? 16 : 4;
	q->tos = q->v6 ? 0 : h[1] & 0xfc;
	h += q->v6 ? 8 : 12;
	memcpy(q->addr, dst ? h + n : h, n);
	memcpy(q->other, dst ? h : h + n, n);
	return true;
}

static uint32_t device_of(const struct ins_fib *i, const struct vm_pkt *p)
{
	return i->flags & NFTA_FIB_F_IIF ? p->iif : i->flags & NFTA_FIB_F_OIF ? p->oif : 0;
}

static void store_device(const struct ins_fib *i, uint32_t *dst, const struct vm_pkt *p, uint32_t index)
{
	const struct host_dev *d = index ? host_dev(p->w->e->host, index) : NULL;

	if (i->flags & NFTA_FIB_F_PRESENT) {
		*dst = d != NULL;
		return;
	}
	if (i->head.b == NFT_FIB_RESULT_OIF) {
		*dst = index;
		return;
	}
	memset(dst, 0, NAME_BYTES);
	if (d)
		memcpy(dst, d->name, strnlen(d->name, NAME_BYTES - 1));
}

/* Packets of the host's own that come in by its loopback device are where they belong. */
static bool own_loopback(const struct vm_pkt *p)
{
	const struct host_dev *d = p->iif ? host_dev(p->w->e->host, p->iif) : NULL;

	if (p->hook != NF_INET_PRE_ROUTING && p->hook != NF_INET_LOCAL_IN && p->hook != NF_INET_INGRESS)
		return false;
	return d && d->flags & IFF_LOOPBACK;
}

/* Broadcasts and local multicasts from 0.0.0.0 (DHCP) have no route back; they count as right. */
static bool no_source_yet(const struct ins_fib *i, const struct question *q)
{
	const uint8_t *src = i->flags & NFTA_FIB_F_DADDR ? q->other : q->addr, *dst = i->flags & NFTA_FIB_F_DADDR ? q->addr : q->other;
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	return !q->v6 && src[0] == 0 && (!memcmp(dst, all, 4) || (dst[0] == 224 && dst[1] == 0 && dst[2] == 0));
}

static struct host_flow flow_of(const struct ins_fib *i, const struct vm_pkt *p, const struct question *q)
{
	struct host_flow f = { .tos = q->tos, .mark = i->flags & NFTA_FIB_F_MARK ? p->mark : 0 };

	memcpy(f.dst, q->addr, sizeof(f.dst));
	memcpy(f.src, q->other, sizeof(f.src));
	if (i->flags & NFTA_FIB_F_SADDR && i->flags & NFTA_FIB_F_IIF && p->hook == NF_INET_FORWARD)
		f.iif = p->oif;
	if (q->v6 && q->addr[0] == 0xfe && (q->addr[1] & 0xc0) == 0x80)
		f.oif = device_of(i, p) ? device_of(i, p) : p->iif ? p->iif : p->oif;
	return f;
}

static void eval_device(const struct ins_fib *i, uint32_t *dst, const struct vm_pkt *p, const struct question *q)
{
	struct host_flow f = flow_of(i, p, q);
	uint32_t dev = device_of(i, p);
	struct host_route r;

	if (own_loopback(p) || no_source_yet(i, q)) {
		store_device(i, dst, p, p->iif);
		return;
	}
	*dst = 0;
	if ((q->v6 ? host_fib6 : host_fib4)(p->w->e->host, &f, &r) || r.type == RTN_LOCAL)
		return;
	if (q->v6 && r.type != RTN_UNICAST)
		return;
	if (dev && r.oif != dev)
		return;
	store_device(i, dst, p, r.oif);
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_fib *i = (const struct ins_fib *)ins;
	uint32_t *dst = &regs->w[ins->a];
	struct question q;

	if (pkt->pf != NFPROTO_IPV4 && pkt->pf != NFPROTO_IPV6 && pkt->protocol != __builtin_bswap16(0x0800) &&
	    pkt->protocol != __builtin_bswap16(0x86dd)) {
		vm_break(regs);
		return;
	}
	if (!ask(i, pkt, &q))
		vm_break(regs);
	else if (ins->b != NFT_FIB_RESULT_ADDRTYPE)
		eval_device(i, dst, pkt, &q);
	else
		*dst = (q.v6 ? host_addr_type6 : host_addr_type4)(pkt->w->e->host, q.addr, device_of(i, pkt));
}

/* ---- build ---- */

static int check(const struct bc_fib *x, uint8_t result)
{
	const uint32_t which = NFTA_FIB_F_SADDR | NFTA_FIB_F_DADDR, dev = NFTA_FIB_F_IIF | NFTA_FIB_F_OIF;

	if (!BC_HAS(x, NFTA_FIB_DREG) || !BC_HAS(x, NFTA_FIB_RESULT) || !BC_HAS(x, NFTA_FIB_FLAGS) || !x->flags)
		return -EINVAL;
	if ((x->flags & which) == which || !(x->flags & which) || (x->flags & dev) == dev)
		return -EINVAL;
	if (result == NFT_FIB_RESULT_UNSPEC || result > NFT_FIB_RESULT_ADDRTYPE)
		return -EINVAL;
	if (x->flags & NFTA_FIB_F_PRESENT && result != NFT_FIB_RESULT_OIF)
		return -EINVAL;
	return result != NFT_FIB_RESULT_ADDRTYPE && x->flags & NFTA_FIB_F_OIF ? -EINVAL : 0;
}

static uint32_t hooks_of(const struct expr_build *b, const struct bc_fib *x, uint8_t result)
{
	enum {
		RECEIVED = 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD,
		SENT = 1 << NF_INET_LOCAL_OUT | 1 << NF_INET_POST_ROUTING | 1 << NF_INET_FORWARD,
	};

	if (b->family == NFPROTO_NETDEV)
		return 1 << NF_NETDEV_INGRESS;
	if (result != NFT_FIB_RESULT_ADDRTYPE)
		return RECEIVED;
	return x->flags & NFTA_FIB_F_IIF ? RECEIVED : x->flags & NFTA_FIB_F_OIF ? SENT : RECEIVED | SENT;
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_fib *x = body;

	if (b->family == NFPROTO_ARP || b->family == NFPROTO_BRIDGE)
		return -ENOENT;
	if (b->family != NFPROTO_IPV4 && b->family != NFPROTO_IPV6)
		return 0;
	if (!BC_HAS(x, NFTA_FIB_RESULT))
		return -EINVAL;
	return x->result == NFT_FIB_RESULT_UNSPEC || x->result > NFT_FIB_RESULT_ADDRTYPE ? -EOPNOTSUPP : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_fib *x = body;
	uint8_t dreg, result = x->result; /* the kernel keeps a byte of it */
	struct ins_fib *i;
	int err = check(x, result);

	if (!err)
		err = expr_store(b, x->dreg, result == NFT_FIB_RESULT_OIFNAME ? NAME_BYTES : 4, &dreg);
	if (err)
		return err;
	expr_places(b, expr_hooks(hooks_of(b, x, result)));
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = dreg;
	i->head.b = result;
	i->flags = x->flags;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_fib *x = body;

	BC_SET(x, NFTA_FIB_DREG, dreg, expr_reg(ins->a));
	BC_SET(x, NFTA_FIB_RESULT, result, ins->b);
	BC_SET(x, NFTA_FIB_FLAGS, flags, ((const struct ins_fib *)ins)->flags);
}

const struct vm_expr vm_expr_fib = { .name = "fib", .kernel_size = 16, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
