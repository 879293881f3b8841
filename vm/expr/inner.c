/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "inner": reads of the packet inside of a tunnel's: its bytes (payload) or what protocols it has (meta).
 * Reference: net/netfilter/nft_inner.c, nft_payload_inner_eval, nft_meta_inner_eval.
 *
 *     … | UDP | tunnel header (hdrsize, geneve: and its options) | Ethernet | IP | transport
 *
 * Which of these there are, the expression's flags say. The kernel keeps what it found for the packet's next inner expression;
 * here each finds it again, with the same result.
 */
#include <errno.h>

#include "vm/expr/hot.h"
#include "vm/expr/payload.h"
#include "vm/host/host.h"

#include <linux/if_ether.h>

enum { HDRSIZE_MAX = 64, ETH_BYTES = 14, VLAN_ETH_BYTES = 18, IP4_BYTES = 20, IP6_BYTES = 40, GENEVE_BYTES = 8 };

struct ins_inner {
	struct vm_ins head; /* a: destination, b: base (payload) or key (meta), c: 1 for meta, len: bytes */
	uint32_t offset;
	uint8_t flags, hdrsize, type;
};

/* Where things are, from p->data; -1: not there. */
struct inner {
	int tun, ll, nh, th;
	be16 llproto;
	uint8_t l4proto;
};

/* ---- the way in ---- */

/* Its length, -1: broken. */
static int tunnel_header(const struct ins_inner *i, const struct vm_pkt *p, int at, struct inner *in)
{
	const uint8_t *h;

	if (p->l4proto == IPPROTO_GRE) {
		in->tun = p->l4;
		return 0;
	}
	if (p->l4proto != IPPROTO_UDP)
		return -1;
	in->tun = at;
	if (i->type != NFT_INNER_GENEVE)
		return i->hdrsize;
	h = vm_pkt_at(p, at, GENEVE_BYTES);
	return h ? i->hdrsize + (h[0] & 0x3f) * 4 : -1;
}

static bool is_ip(be16 proto)
{
	return proto == __builtin_bswap16(ETH_P_IP) || proto == __builtin_bswap16(ETH_P_IPV6);
}

/* Its length, -1: not one that carries IP. A tag's protocol is what `meta protocol` says; *proto is what lies behind it. */
static int link_header(const struct vm_pkt *p, int at, struct inner *in, be16 *proto)
{
	const uint8_t *h = vm_pkt_at(p, at, ETH_BYTES);

	if (!h)
		return -1;
	in->ll = at;
	memcpy(&in->llproto, h + 12, 2);
	*proto = in->llproto;
	if (is_ip(*proto))
		return ETH_BYTES;
	h = vm_pkt_at(p, at, VLAN_ETH_BYTES);
	if (*proto != __builtin_bswap16(ETH_P_8021Q) || !h)
		return -1;
	memcpy(proto, h + 16, 2);
	return VLAN_ETH_BYTES;
}

static bool ip4_header(const struct vm_pkt *p, int at, struct inner *in)
{
	const uint8_t *h = vm_pkt_at(p, at, IP4_BYTES);

	if (!h || h[0] >> 4 != 4 || (h[0] & 15) < 5)
		return false;
	in->nh = at;
	if (be16_load(h + 6) & 0x1fff)
		return true;
	in->th = at + (h[0] & 15) * 4;
	in->l4proto = h[9];
	return true;
}

/* As the kernel, the transport header is taken to follow the fixed one, whatever extension headers are between. */
static bool ip6_header(const struct vm_pkt *p, int at, struct inner *in)
{
	const uint8_t *h = vm_pkt_at(p, at, IP6_BYTES);
	struct vm_pkt inside = *p;
	uint16_t fragoff;
	uint32_t off = 0;
	int proto;

	if (!h || h[0] >> 4 != 6 || at > UINT16_MAX)
		return false;
	inside.l3 = at;
	proto = host_find_hdr6(&inside, &off, -1, &fragoff);
	if (proto < 0 || off > UINT16_MAX)
		return false;
	in->nh = at;
	if (fragoff)
		return true;
	in->th = at + IP6_BYTES;
	in->l4proto = proto;
	return true;
}

static bool network_header(const struct ins_inner *i, const struct vm_pkt *p, int at, struct inner *in)
{
	be16 proto;
	const uint8_t *h;
	int n;

	if (i->flags & NFT_INNER_LL) {
		n = link_header(p, at, in, &proto);
		if (n < 0)
			return false;
		at += n;
	} else {
		h = vm_pkt_at(p, at, 4);
		if (!h || (h[0] >> 4 != 4 && h[0] >> 4 != 6))
			return false;
		proto = in->llproto = __builtin_bswap16(h[0] >> 4 == 4 ? ETH_P_IP : ETH_P_IPV6);
	}
	if (proto == __builtin_bswap16(ETH_P_IP))
		return ip4_header(p, at, in);
	return proto == __builtin_bswap16(ETH_P_IPV6) && ip6_header(p, at, in);
}

static bool find(const struct ins_inner *i, const struct vm_pkt *p, struct inner *in)
{
	int at = expr_payload_inner(p), n;

	*in = (struct inner){ -1, -1, -1, -1, 0, 0 };
	if (at < 0)
		return false;
	if (i->flags & NFT_INNER_HDRSIZE) {
		n = tunnel_header(i, p, at, in);
		if (n < 0)
			return false;
		at += n;
	}
	if (i->flags & (NFT_INNER_LL | NFT_INNER_NH))
		return network_header(i, p, at, in);
	if (i->flags & NFT_INNER_TH)
		in->th = at;
	return true;
}

/* ---- reading ---- */

static bool read_bytes(const struct ins_inner *i, const struct vm_pkt *p, const struct inner *in, uint32_t *dst)
{
	int at = i->head.b == NFT_PAYLOAD_TUN_HEADER ? in->tun : i->head.b == NFT_PAYLOAD_LL_HEADER ? in->ll :
		 i->head.b == NFT_PAYLOAD_NETWORK_HEADER ? in->nh : in->th;
	const uint8_t *src = at < 0 ? NULL : vm_pkt_at(p, (uint32_t)at + i->offset, i->head.len);

	if (src)
		vm_reg_copy(dst, src, i->head.len);
	return src;
}

static bool read_meta(const struct ins_inner *i, const struct inner *in, uint32_t *dst)
{
	*dst = i->head.b == NFT_META_PROTOCOL ? in->llproto : in->l4proto;
	return i->head.b == NFT_META_PROTOCOL || in->th >= 0;
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_inner *i = (const struct ins_inner *)ins;
	uint32_t *dst = &regs->w[ins->a];
	struct inner in;

	if (!find(i, pkt, &in) || !(ins->c ? read_meta(i, &in, dst) : read_bytes(i, pkt, &in, dst)))
		vm_break(regs);
}

/* ---- settings ---- */

static int take_payload(struct expr_build *b, const struct bc_payload *x, struct ins_inner *i)
{
	if (!BC_HAS(x, NFTA_PAYLOAD_BASE) || !BC_HAS(x, NFTA_PAYLOAD_OFFSET) || !BC_HAS(x, NFTA_PAYLOAD_LEN) || !BC_HAS(x, NFTA_PAYLOAD_DREG))
		return -EINVAL;
	if (x->base > NFT_PAYLOAD_TRANSPORT_HEADER && x->base != NFT_PAYLOAD_TUN_HEADER)
		return -EOPNOTSUPP;
	i->head.b = x->base;
	i->offset = (uint16_t)x->offset;
	i->head.len = x->len;
	return expr_store(b, x->dreg, i->head.len, &i->head.a);
}

static int take_meta(struct expr_build *b, const struct bc_meta *x, struct ins_inner *i)
{
	if (!BC_HAS(x, NFTA_META_KEY) || !BC_HAS(x, NFTA_META_DREG))
		return -EINVAL;
	if (x->key != NFT_META_PROTOCOL && x->key != NFT_META_L4PROTO)
		return -EOPNOTSUPP;
	i->head.c = 1;
	i->head.b = x->key;
	i->head.len = x->key == NFT_META_PROTOCOL ? 2 : 4;
	return expr_store(b, x->dreg, i->head.len, &i->head.a);
}

static int check(const struct bc_inner *x)
{
	if (!BC_HAS(x, NFTA_INNER_FLAGS) || !BC_HAS(x, NFTA_INNER_NUM) || !BC_HAS(x, NFTA_INNER_HDRSIZE) || !BC_HAS(x, NFTA_INNER_TYPE) ||
	    !BC_HAS(x, NFTA_INNER_EXPR))
		return -EINVAL;
	if (x->flags & ~(uint32_t)NFT_INNER_MASK || x->num)
		return -EOPNOTSUPP;
	if (x->type > UINT8_MAX)
		return -EINVAL;
	return x->flags & NFT_INNER_HDRSIZE && (!x->hdrsize || x->hdrsize > HDRSIZE_MAX) ? -EOPNOTSUPP : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_inner *x = body;
	struct ins_inner i = { 0 }, *out;
	int err = check(x);

	if (err)
		return err;
	i.flags = x->flags;
	i.hdrsize = x->hdrsize;
	i.type = x->type;
	if (bc_expr_is(x->expr, "payload"))
		err = take_payload(b, (const void *)x->expr->body, &i);
	else if (bc_expr_is(x->expr, "meta"))
		err = take_meta(b, (const void *)x->expr->body, &i);
	else
		err = -EOPNOTSUPP;
	if (err)
		return err;
	out = expr_emit(b, OP_CALL, sizeof(*out));
	i.head = (struct vm_ins){ .op = OP_CALL, .kind = out->head.kind, .size = out->head.size, .a = i.head.a, .b = i.head.b, .c = i.head.c,
				  .len = i.head.len };
	*out = i;
	return 0;
}

static struct bc_expr *dump_inside(const struct ins_inner *i, struct arena *a)
{
	struct bc_expr *x = bc_expr_new(a, i->head.c ? "meta" : "payload");
	struct bc_payload *p = (void *)x->body;
	struct bc_meta *m = (void *)x->body;

	if (i->head.c) {
		BC_SET(m, NFTA_META_KEY, key, i->head.b);
		BC_SET(m, NFTA_META_DREG, dreg, expr_reg(i->head.a));
		return x;
	}
	BC_SET(p, NFTA_PAYLOAD_DREG, dreg, expr_reg(i->head.a));
	BC_SET(p, NFTA_PAYLOAD_BASE, base, i->head.b);
	BC_SET(p, NFTA_PAYLOAD_OFFSET, offset, i->offset);
	BC_SET(p, NFTA_PAYLOAD_LEN, len, i->head.len);
	return x;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_inner *i = (const struct ins_inner *)ins;
	struct bc_inner *x = body;

	BC_SET(x, NFTA_INNER_NUM, num, 0);
	BC_SET(x, NFTA_INNER_TYPE, type, i->type);
	BC_SET(x, NFTA_INNER_FLAGS, flags, i->flags);
	BC_SET(x, NFTA_INNER_HDRSIZE, hdrsize, i->hdrsize);
	BC_SET(x, NFTA_INNER_EXPR, expr, dump_inside(i, a));
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	buf_printf(out, "R%u := %s %u, %u bytes", ins->a, ins->c ? "key" : "base", ins->b, ins->len);
}

const struct vm_expr vm_expr_inner = { .name = "inner", .kernel_size = 32, .build = build, .exec = exec, .dump = dump, .disasm = disasm };
