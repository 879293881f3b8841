/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "payload": bytes of the packet into registers, and registers into the packet with repaired checksums.
 * Reference: net/netfilter/nft_payload.c.
 */
#include <errno.h>

#include "vm/expr/csum.h"
#include "vm/expr/hot.h"
#include "vm/expr/payload.h"

enum { ETH_BYTES = 14, VLAN_BYTES = 4, VLAN_ETH_BYTES = 18, ETH_PROTO_AT = 12, VLAN_TCI_AT = 14, VLAN_INNER_PROTO_AT = 16 };

/* ---- where a base begins ---- */

/* Behind a GRE header of version 0, from its flags; -1: none. */
static int gre_bytes(const uint8_t *p)
{
	enum { CSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQ = 0x1000, VERSION = 7 };
	uint16_t flags = be16_load(p);

	if (flags & (VERSION | ROUTING))
		return -1;
	return 4 + (flags & CSUM ? 4 : 0) + (flags & KEY ? 4 : 0) + (flags & SEQ ? 4 : 0);
}

int expr_payload_inner(const struct vm_pkt *p)
{
	const uint8_t *h;
	int n;

	if (!vm_pkt_has_th(p))
		return -1;
	switch (p->l4proto) {
	case IPPROTO_UDP:
		return p->l4 + 8;
	case IPPROTO_TCP:
		h = vm_pkt_at(p, p->l4, 20);
		return h ? p->l4 + (h[12] >> 4) * 4 : -1;
	case IPPROTO_GRE:
		h = vm_pkt_at(p, p->l4, 4);
		n = h ? gre_bytes(h) : -1;
		return n < 0 ? -1 : p->l4 + n;
	case IPPROTO_IPIP:
		return p->l4;
	default:
		return -1;
	}
}

static int base_offset(const struct vm_pkt *p, uint8_t base)
{
	switch (base) {
	case NFT_PAYLOAD_LL_HEADER:
		return p->has_l2 ? 0 : -1;
	case NFT_PAYLOAD_NETWORK_HEADER:
		return p->l3;
	case NFT_PAYLOAD_TRANSPORT_HEADER:
		return vm_pkt_has_th(p) ? p->l4 : -1;
	default:
		return expr_payload_inner(p);
	}
}

/* ---- load ---- */

/* A tag taken out of the frame on receipt is still there for those who read the header beyond its addresses. */
static bool tag_concerned(const struct vm_pkt *p, uint32_t offset, uint32_t len)
{
	return p->has_vlan && offset + len > ETH_PROTO_AT;
}

static bool load_tagged(uint8_t *dst, const struct vm_pkt *p, uint32_t offset, uint32_t len)
{
	uint8_t head[VLAN_ETH_BYTES];
	const uint8_t *src;

	if (offset < VLAN_ETH_BYTES) {
		uint32_t n = offset + len > VLAN_ETH_BYTES ? VLAN_ETH_BYTES - offset : len;

		src = vm_pkt_at(p, 0, ETH_BYTES);
		if (!src)
			return false;
		memcpy(head, src, ETH_PROTO_AT);
		memcpy(head + ETH_PROTO_AT, &p->vlan_proto, 2);
		be16_store(head + VLAN_TCI_AT, p->vlan_tci);
		memcpy(head + VLAN_INNER_PROTO_AT, &p->protocol, 2);
		memcpy(dst, head + offset, n);
		dst += n;
		len -= n;
		offset = ETH_BYTES;
	} else {
		offset -= VLAN_BYTES;
	}
	if (!len)
		return true;
	src = vm_pkt_at(p, offset, len);
	if (src)
		memcpy(dst, src, len);
	return src;
}

bool expr_payload_load(uint32_t *dst, const struct vm_pkt *p, uint8_t base, uint32_t offset, uint32_t len)
{
	const uint8_t *src;
	int at = base_offset(p, base);

	if (len % 4)
		dst[len / 4] = 0;
	if (at < 0)
		return false;
	if (base == NFT_PAYLOAD_LL_HEADER && tag_concerned(p, offset, len))
		return load_tagged((uint8_t *)dst, p, offset, len);
	src = vm_pkt_at(p, at + offset, len);
	if (src)
		memcpy(dst, src, len);
	return src;
}

static void exec_load(const struct ins_payload *i, struct vm_regs *regs, struct vm_pkt *p)
{
	if (!expr_payload_load(&regs->w[i->head.a], p, i->head.b, i->offset, i->head.len))
		vm_break(regs);
}

static int build_load(struct expr_build *b, const struct bc_payload *x)
{
	struct ins_payload *i;
	uint8_t dreg;
	int err = expr_store(b, x->dreg, x->len, &dreg);

	if (err)
		return err;
	i = expr_emit(b, x->base == NFT_PAYLOAD_NETWORK_HEADER || x->base == NFT_PAYLOAD_TRANSPORT_HEADER ? OP_PAYLOAD : OP_CALL, sizeof(*i));
	i->head.a = dreg;
	i->head.b = x->base;
	i->head.len = x->len;
	i->offset = x->offset;
	return 0;
}

/* ---- set ---- */

struct ins_payload_set {
	struct vm_ins head; /* a: source, b: base, c: 1, len: bytes */
	uint16_t offset;
	uint8_t csum_type, csum_offset, csum_flags;
};

/* Into a tag that is not in the frame. Returns 1: done, 0: the frame's own bytes are meant, -1: cannot be done. */
static int set_tag(const struct ins_payload_set *i, const uint8_t *src, struct vm_pkt *p)
{
	if (i->offset >= VLAN_INNER_PROTO_AT)
		return 0;
	if (i->offset == ETH_PROTO_AT && (i->head.len == 2 || i->head.len == 4)) {
		memcpy(&p->vlan_proto, src, 2);
		if (i->head.len == 4)
			p->vlan_tci = be16_load(src + 2);
		return 1;
	}
	if (i->offset == VLAN_TCI_AT && i->head.len == 2) {
		p->vlan_tci = be16_load(src);
		return 1;
	}
	return -1;
}

/* The transport checksum covers addresses of the network header too. True unless it should be there and is not. */
static bool repair_l4(struct vm_pkt *p, uint32_t from, uint32_t to)
{
	uint32_t at;
	uint8_t *c;

	if (!vm_pkt_has_th(p))
		return true;
	switch (p->l4proto) {
	case IPPROTO_TCP:
		at = 16;
		break;
	case IPPROTO_UDP:
		c = vm_pkt_at(p, p->l4, 8);
		if (!c || !(c[6] | c[7]))
			return true;
		at = 6;
		break;
	case IPPROTO_UDPLITE:
		at = 6;
		break;
	case IPPROTO_ICMPV6:
		at = 2;
		break;
	default:
		return true;
	}
	c = vm_pkt_at(p, p->l4 + at, 2);
	if (c && p->csum_partial)
		csum_replace_partial(c, from, to);
	else if (c)
		csum_replace(c, from, to);
	return c;
}

/* A checksum that is finished later will see the new bytes by itself. */
static bool repairs(const struct ins_payload_set *i, const struct vm_pkt *p)
{
	bool behind = i->head.b == NFT_PAYLOAD_TRANSPORT_HEADER || i->head.b == NFT_PAYLOAD_INNER_HEADER;

	return (i->csum_type == NFT_PAYLOAD_CSUM_INET || i->csum_flags) && !(behind && p->csum_partial);
}

static bool repair_sctp(struct vm_pkt *p)
{
	uint32_t crc, zero = 0;
	uint8_t *h = vm_pkt_at(p, p->l4, 12);

	if (p->l4proto != IPPROTO_SCTP || p->fragoff)
		return true;
	if (!h)
		return false;
	memcpy(h + 8, &zero, 4);
	crc = ~crc32c(~UINT32_C(0), h, p->len - p->l4);
	memcpy(h + 8, &crc, 4);
	return true;
}

static bool set(const struct ins_payload_set *i, const uint8_t *src, struct vm_pkt *p)
{
	int base = base_offset(p, i->head.b), shift = 0;
	uint8_t *dst;

	if (base < 0)
		return false;
	if (i->head.b == NFT_PAYLOAD_LL_HEADER && tag_concerned(p, i->offset, i->head.len)) {
		int done = set_tag(i, src, p);

		if (done)
			return done > 0;
		shift = VLAN_BYTES;
	}
	dst = vm_pkt_at(p, base + i->offset - shift, i->head.len);
	if (!dst)
		return false;
	if (repairs(i, p)) {
		uint32_t from = csum_add_bytes(0, dst, i->head.len), to = csum_add_bytes(0, src, i->head.len);

		if (i->csum_type == NFT_PAYLOAD_CSUM_INET) {
			uint8_t *c = vm_pkt_at(p, base + i->csum_offset, 2);

			if (!c)
				return false;
			csum_replace(c, from, to);
		}
		if (i->csum_flags && !repair_l4(p, from, to))
			return false;
	}
	memcpy(dst, src, i->head.len);
	return i->csum_type != NFT_PAYLOAD_CSUM_SCTP || repair_sctp(p);
}

static int check_csum(const struct bc_payload *x)
{
	if (expr_u32_max(x->csum_offset, UINT8_MAX))
		return -ERANGE;
	if (x->csum_flags & ~(uint32_t)NFT_PAYLOAD_L4CSUM_PSEUDOHDR)
		return -EINVAL;
	switch (x->csum_type) {
	case NFT_PAYLOAD_CSUM_NONE:
	case NFT_PAYLOAD_CSUM_INET:
		return 0;
	case NFT_PAYLOAD_CSUM_SCTP:
		return x->base == NFT_PAYLOAD_TRANSPORT_HEADER && x->csum_offset == 8 ? 0 : -EINVAL;
	default:
		return -EOPNOTSUPP;
	}
}

static int build_set(struct expr_build *b, const struct bc_payload *x)
{
	struct ins_payload_set *i;
	uint8_t sreg;
	int err = expr_u32_max(x->offset, UINT16_MAX);

	if (!err)
		err = expr_u32_max(x->len, UINT8_MAX);
	if (!err)
		err = check_csum(x);
	if (!err)
		err = expr_load(b, x->sreg, x->len, &sreg);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = sreg;
	i->head.b = x->base;
	i->head.c = 1;
	i->head.len = x->len;
	i->offset = x->offset;
	i->csum_type = x->csum_type;
	i->csum_offset = x->csum_offset;
	i->csum_flags = x->csum_flags;
	return 0;
}

/* ---- both ---- */

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (!ins->c)
		exec_load((const struct ins_payload *)ins, regs, pkt);
	else if (!set((const struct ins_payload_set *)ins, (const uint8_t *)&regs->w[ins->a], pkt))
		vm_break(regs);
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_payload *x = body;
	int err;

	if (!BC_HAS(x, NFTA_PAYLOAD_BASE) || !BC_HAS(x, NFTA_PAYLOAD_OFFSET) || !BC_HAS(x, NFTA_PAYLOAD_LEN))
		return -EINVAL;
	if (x->base > NFT_PAYLOAD_INNER_HEADER)
		return -EOPNOTSUPP;
	if (BC_HAS(x, NFTA_PAYLOAD_SREG) == BC_HAS(x, NFTA_PAYLOAD_DREG))
		return -EINVAL;
	if (BC_HAS(x, NFTA_PAYLOAD_SREG))
		return 0;
	err = expr_u32_max(x->offset, UINT16_MAX);
	return err ? err : expr_u32_max(x->len, UINT8_MAX);
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_payload *x = body;

	return BC_HAS(x, NFTA_PAYLOAD_SREG) ? build_set(b, x) : build_load(b, x);
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_payload *x = body;
	const struct ins_payload_set *s = (const struct ins_payload_set *)ins;

	BC_SET(x, NFTA_PAYLOAD_BASE, base, ins->b);
	BC_SET(x, NFTA_PAYLOAD_OFFSET, offset, ins->c ? s->offset : ((const struct ins_payload *)ins)->offset);
	BC_SET(x, NFTA_PAYLOAD_LEN, len, ins->len);
	if (!ins->c) {
		BC_SET(x, NFTA_PAYLOAD_DREG, dreg, expr_reg(ins->a));
		return;
	}
	BC_SET(x, NFTA_PAYLOAD_SREG, sreg, expr_reg(ins->a));
	BC_SET(x, NFTA_PAYLOAD_CSUM_TYPE, csum_type, s->csum_type);
	BC_SET(x, NFTA_PAYLOAD_CSUM_OFFSET, csum_offset, s->csum_offset);
	BC_SET(x, NFTA_PAYLOAD_CSUM_FLAGS, csum_flags, s->csum_flags);
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	static const char *const bases[] = { "link", "network", "transport", "inner" };

	if (ins->c)
		buf_printf(out, "%s %u, %u := R%u", bases[ins->b], ((const struct ins_payload_set *)ins)->offset, ins->len, ins->a);
	else
		buf_printf(out, "R%u := %s %u, %u", ins->a, bases[ins->b], ((const struct ins_payload *)ins)->offset, ins->len);
}

const struct vm_expr vm_expr_payload = {
	.name = "payload", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .disasm = disasm,
};
