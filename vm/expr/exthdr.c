/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "exthdr": IPv6 extension headers, options of TCP, IPv4 and DCCP, chunks of SCTP: read, tested for, of TCP also written and blanked out.
 * Reference: net/netfilter/nft_exthdr.c.
 */
#include <errno.h>

#include "vm/expr/csum.h"
#include "vm/expr/expr.h"
#include "vm/host/host.h"

enum { TCP_BYTES = 20, TCP_CSUM_AT = 16, TCPOPT_NOP = 1, TCPOPT_MSS = 2, IP_BYTES = 20 };
enum { IPOPT_RR = 7, IPOPT_LSRR = 131, IPOPT_SSRR = 137, IPOPT_RA = 148 };

enum mode { READ, WRITE, STRIP };

struct ins_exthdr {
	struct vm_ins head; /* a: register, b: NFT_EXTHDR_OP_*, c: enum mode, len: bytes */
	uint8_t type, offset, flags;
};

static bool wants_presence(const struct ins_exthdr *i)
{
	return i->flags & NFT_EXTHDR_F_PRESENT;
}

/* len bytes at off to the register; false: not in the packet. */
static bool copy(const struct ins_exthdr *i, const struct vm_pkt *p, uint32_t off, uint32_t *dst)
{
	const uint8_t *src = vm_pkt_at(p, off, i->head.len);

	if (i->head.len % 4)
		dst[i->head.len / 4] = 0;
	if (src)
		memcpy(dst, src, i->head.len);
	return src;
}

/* ---- where it is: offset from p->data, or -1 ---- */

static int find_ipv6(const struct ins_exthdr *i, const struct vm_pkt *p)
{
	uint32_t off = 0;
	uint16_t fragoff;

	return host_find_hdr6(p, &off, i->type, &fragoff) < 0 ? -1 : (int)off;
}

/*
 * Options as the kernel takes them when it looks for one: any that is malformed, or a second of its kind, and none is found
 * (net/ipv4/ip_options.c: __ip_options_compile without a packet).
 */
static bool ip_option_ok(const uint8_t *o, uint32_t n, uint32_t *seen)
{
	enum { ROUTE = 1, RECORD = 2 };
	uint32_t kind = o[0] == IPOPT_RR ? RECORD : o[0] == IPOPT_LSRR || o[0] == IPOPT_SSRR ? ROUTE : 0;

	if (o[0] == IPOPT_RA)
		return n >= 4;
	if (!kind)
		return true;
	if (n < 3 || o[2] < 4 || *seen & kind)
		return false;
	*seen |= kind;
	return kind == ROUTE ? o[2] == 4 && n >= 7 && !((n - 3) & 3) : o[2] > n || o[2] + 3u <= n;
}

static int find_ipv4(const struct ins_exthdr *i, const struct vm_pkt *p)
{
	const uint8_t *ip = vm_pkt_at(p, p->l3, IP_BYTES);
	uint32_t end, found = 0, seen = 0;

	if (!ip)
		return -1;
	end = (ip[0] & 15) * 4;
	if (end <= IP_BYTES || !vm_pkt_at(p, p->l3, end))
		return -1;
	for (uint32_t at = IP_BYTES, n; at < end && ip[at] != 0; at += n) {
		n = 1;
		if (ip[at] == 1)
			continue;
		if (at + 1 >= end || ip[at + 1] < 2 || at + ip[at + 1] > end)
			return -1;
		n = ip[at + 1];
		if (!ip_option_ok(ip + at, n, &seen))
			return -1;
		if (ip[at] == i->type && (i->type != IPOPT_RA || (!ip[at + 2] && !ip[at + 3])))
			found = at;
	}
	return found ? (int)(p->l3 + found) : -1;
}

static uint8_t *tcp_header(const struct vm_pkt *p, uint32_t *len)
{
	uint8_t *h;

	if (p->l4proto != IPPROTO_TCP || !vm_pkt_has_th(p))
		return NULL;
	h = vm_pkt_at(p, p->l4, TCP_BYTES);
	if (!h)
		return NULL;
	*len = (h[12] >> 4) * 4;
	return *len < TCP_BYTES ? NULL : vm_pkt_at(p, p->l4, *len);
}

/* End and no-operation are one byte; a length of 0 counts as one, so that the walk ends. */
static uint32_t tcp_option_bytes(const uint8_t *h, uint32_t at)
{
	return h[at] <= TCPOPT_NOP || !h[at + 1] ? 1 : h[at + 1];
}

/* Offset of the option in the header and its length, -1: none. */
static int find_tcp(const struct ins_exthdr *i, const uint8_t *h, uint32_t len, uint32_t *bytes)
{
	for (uint32_t at = TCP_BYTES; at + 1 < len; at += *bytes) {
		*bytes = tcp_option_bytes(h, at);
		if (h[at] == i->type)
			return at;
	}
	return -1;
}

/* Like the kernel, without regard to later fragments. */
static int find_sctp(const struct ins_exthdr *i, const struct vm_pkt *p)
{
	if (p->l4proto != IPPROTO_SCTP || !p->has_l4)
		return -1;
	for (uint32_t at = p->l4 + 12, n; at < p->len; at += (n + 3) & ~3u) {
		const uint8_t *chunk = vm_pkt_at(p, at, 4);

		n = chunk ? be16_load(chunk + 2) : 0;
		if (!n)
			return -1;
		if (chunk[0] != i->type)
			continue;
		if (!wants_presence(i) && (i->offset + i->head.len > n || at + n > p->len))
			return -1;
		return at;
	}
	return -1;
}

static int find_dccp(const struct ins_exthdr *i, const struct vm_pkt *p)
{
	static const uint8_t type_bytes[10] = { 4, 8, 4, 8, 8, 12, 8, 4, 8, 8 }; /* beside the generic header */
	const uint8_t *h = p->l4proto == IPPROTO_DCCP && vm_pkt_has_th(p) ? vm_pkt_at(p, p->l4, 12) : NULL;
	uint32_t at, end, type;

	if (!h)
		return -1;
	type = h[8] >> 1 & 15;
	at = 12 + (h[8] & 1 ? 4 : 0) + (type < sizeof(type_bytes) ? type_bytes[type] : 0);
	end = h[4] * 4;
	while (at < end) {
		const uint8_t *o = vm_pkt_at(p, p->l4 + at, end - at > 1 ? 2 : 1);

		if (!o)
			return -1;
		if (o[0] == i->type)
			return p->l4 + at;
		if (o[0] <= 31) {
			at++;
			continue;
		}
		if (end - at < 2 || o[1] < 2)
			return -1;
		at += o[1];
	}
	return -1;
}

/* ---- read ---- */

static bool read_tcp(const struct ins_exthdr *i, const struct vm_pkt *p, uint32_t *dst)
{
	uint32_t len, bytes;
	const uint8_t *h = tcp_header(p, &len);
	int at = h ? find_tcp(i, h, len, &bytes) : -1;
	bool found = at >= 0 && at + bytes <= len && i->head.len + i->offset <= bytes;

	if (wants_presence(i)) {
		*dst = found;
		return true;
	}
	return found && copy(i, p, p->l4 + at + i->offset, dst);
}

static bool read_other(const struct ins_exthdr *i, const struct vm_pkt *p, uint32_t *dst)
{
	int at;

	switch (i->head.b) {
	case NFT_EXTHDR_OP_IPV6:
		if (p->protocol != __builtin_bswap16(0x86dd))
			return false;
		at = find_ipv6(i, p);
		break;
	case NFT_EXTHDR_OP_IPV4:
		if (p->protocol != __builtin_bswap16(0x0800))
			return false;
		at = find_ipv4(i, p);
		break;
	case NFT_EXTHDR_OP_SCTP:
		at = find_sctp(i, p);
		break;
	default:
		at = find_dccp(i, p);
		break;
	}
	if (wants_presence(i)) {
		*dst = at >= 0;
		return true;
	}
	return at >= 0 && copy(i, p, at + i->offset, dst);
}

/* ---- write ---- */

/* The checksum after a value has changed, as csum_replace4 of the kernel: places of bytes do not matter, 0 stays 0. */
static void tcp_csum(uint8_t *h, uint32_t from, uint32_t to)
{
	uint16_t sum;

	memcpy(&sum, h + TCP_CSUM_AT, 2);
	sum = csum_fold((uint64_t)~(uint32_t)sum + (uint32_t)~from + to);
	memcpy(h + TCP_CSUM_AT, &sum, 2);
}

static bool write_tcp(const struct ins_exthdr *i, struct vm_pkt *p, const uint32_t *src)
{
	uint32_t len, bytes, from = 0, to = 0;
	uint8_t *h = tcp_header(p, &len);
	int at = h ? find_tcp(i, h, len, &bytes) : 0;

	if (!h)
		return false;
	if (at < 0)
		return true;
	if (at + bytes > len || i->head.len + i->offset > bytes)
		return false;
	memcpy(&from, h + at + i->offset, i->head.len);
	memcpy(&to, src, i->head.len);
	if (i->head.len == 2 && i->type == TCPOPT_MSS && be16_load(&from) <= be16_load(&to))
		return true; /* a segment size only goes down */
	if (from == to)
		return true;
	memcpy(h + at + i->offset, &to, i->head.len);
	tcp_csum(h, from, to);
	return true;
}

/* Overwrites an option with no-operations. NFT_CONTINUE, NFT_BREAK: not TCP; NF_DROP: broken option. */
static int strip_tcp(const struct ins_exthdr *i, struct vm_pkt *p)
{
	uint32_t len, bytes;
	uint8_t *h = tcp_header(p, &len);
	int at = h ? find_tcp(i, h, len, &bytes) : 0;

	if (!h)
		return NFT_BREAK;
	if (at < 0)
		return NFT_CONTINUE;
	if (at + bytes > len)
		return NF_DROP;
	for (uint32_t k = at; k < at + bytes; k++) {
		uint8_t from[2] = { 0 }, to[2] = { 0 };

		from[k % 2] = h[k];
		to[k % 2] = TCPOPT_NOP;
		h[k] = TCPOPT_NOP;
		tcp_csum(h, from[0] | from[1] << 8, to[0] | to[1] << 8);
	}
	return NFT_CONTINUE;
}

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	const struct ins_exthdr *i = (const struct ins_exthdr *)ins;
	uint32_t *reg = &regs->w[ins->a];
	bool ok = true;

	if (ins->c == STRIP)
		regs->verdict.code = strip_tcp(i, pkt);
	else if (ins->c == WRITE)
		ok = write_tcp(i, pkt, reg);
	else
		ok = ins->b == NFT_EXTHDR_OP_TCPOPT ? read_tcp(i, pkt, reg) : read_other(i, pkt, reg);
	if (!ok)
		vm_break(regs);
}

/* ---- build ---- */

static int check_numbers(const struct bc_exthdr *x)
{
	if (expr_u32_max(x->offset, UINT8_MAX) || expr_u32_max(x->len, UINT8_MAX) || expr_u32_max(x->flags, UINT8_MAX) ||
	    expr_u32_max(x->op, UINT8_MAX))
		return -ERANGE;
	return x->flags & ~(uint32_t)NFT_EXTHDR_F_PRESENT ? -EINVAL : 0;
}

static int check_read(struct expr_build *b, const struct bc_exthdr *x, uint8_t *reg)
{
	int err;

	if (!BC_HAS(x, NFTA_EXTHDR_DREG) || !BC_HAS(x, NFTA_EXTHDR_TYPE) || !BC_HAS(x, NFTA_EXTHDR_OFFSET) || !BC_HAS(x, NFTA_EXTHDR_LEN))
		return -EINVAL;
	err = check_numbers(x);
	if (!err && x->flags & NFT_EXTHDR_F_PRESENT && x->len != 1)
		err = -EINVAL;
	if (!err)
		err = expr_store(b, x->dreg, x->len, reg);
	if (err)
		return err;
	if (x->op == NFT_EXTHDR_OP_IPV4 && x->type != IPOPT_SSRR && x->type != IPOPT_LSRR && x->type != IPOPT_RR && x->type != IPOPT_RA)
		return -EOPNOTSUPP;
	return x->op == NFT_EXTHDR_OP_DCCP && !(x->flags & NFT_EXTHDR_F_PRESENT) ? -EOPNOTSUPP : 0;
}

static int check_write(struct expr_build *b, const struct bc_exthdr *x, uint8_t *reg)
{
	int err;

	if (!BC_HAS(x, NFTA_EXTHDR_TYPE) || !BC_HAS(x, NFTA_EXTHDR_OFFSET) || !BC_HAS(x, NFTA_EXTHDR_LEN) || BC_HAS(x, NFTA_EXTHDR_FLAGS))
		return -EINVAL;
	err = check_numbers(x);
	if (err)
		return err;
	if (x->offset < 2 || (x->len != 2 && x->len != 4))
		return -EOPNOTSUPP;
	return expr_load(b, x->sreg, x->len, reg);
}

static int check_strip(const struct bc_exthdr *x)
{
	if (BC_HAS(x, NFTA_EXTHDR_FLAGS) || BC_HAS(x, NFTA_EXTHDR_OFFSET) || BC_HAS(x, NFTA_EXTHDR_LEN))
		return -EINVAL;
	return BC_HAS(x, NFTA_EXTHDR_TYPE) ? 0 : -EINVAL;
}

/* An enum mode that the attributes ask for, -errno: what no kernel does. */
static int mode_of(struct expr_build *b, const struct bc_exthdr *x)
{
	bool sreg = BC_HAS(x, NFTA_EXTHDR_SREG), dreg = BC_HAS(x, NFTA_EXTHDR_DREG);

	if (!BC_HAS(x, NFTA_EXTHDR_OP))
		return READ;
	if ((sreg && dreg) || x->op > NFT_EXTHDR_OP_DCCP)
		return -EOPNOTSUPP;
	if (x->op == NFT_EXTHDR_OP_TCPOPT)
		return sreg ? WRITE : dreg ? READ : STRIP;
	if (!dreg || (x->op == NFT_EXTHDR_OP_IPV4 && b->family == NFPROTO_IPV6))
		return -EOPNOTSUPP;
	return READ;
}

static int precheck(struct expr_build *b, const void *body)
{
	int mode = mode_of(b, body);

	return mode < 0 ? mode : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_exthdr *x = body;
	struct ins_exthdr *i;
	uint8_t reg = 0;
	int mode = mode_of(b, x), err;

	err = mode == READ ? check_read(b, x, &reg) : mode == WRITE ? check_write(b, x, &reg) : check_strip(x);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i));
	i->head.a = reg;
	i->head.b = x->op;
	i->head.c = mode;
	i->head.len = x->len;
	i->type = x->type;
	i->offset = x->offset;
	i->flags = x->flags;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	const struct ins_exthdr *i = (const struct ins_exthdr *)ins;
	struct bc_exthdr *x = body;

	if (ins->c == READ)
		BC_SET(x, NFTA_EXTHDR_DREG, dreg, expr_reg(ins->a));
	if (ins->c == WRITE)
		BC_SET(x, NFTA_EXTHDR_SREG, sreg, expr_reg(ins->a));
	BC_SET(x, NFTA_EXTHDR_TYPE, type, i->type);
	BC_SET(x, NFTA_EXTHDR_OFFSET, offset, i->offset);
	BC_SET(x, NFTA_EXTHDR_LEN, len, ins->len);
	BC_SET(x, NFTA_EXTHDR_FLAGS, flags, i->flags);
	BC_SET(x, NFTA_EXTHDR_OP, op, ins->b);
}

const struct vm_expr vm_expr_exthdr = { .name = "exthdr", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump };
