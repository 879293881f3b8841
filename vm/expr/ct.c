/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "ct": what connection tracking knows of a packet's connection; each key a row of the tables below.
 * Reference: net/netfilter/nft_ct.c.
 */
#include "vm/ct/ct.h"

#include <errno.h>

#include "vm/expr/hot.h"

enum { NAME_BYTES = 16, LABEL_BYTES = 16 };

/* head: a register, b key, c direction (CT_DIRS: none), len: 1 to write */

/* ---- reading; ct is there, false: NFT_BREAK ---- */

typedef bool (*get_fn)(uint32_t *dst, const struct vm_pkt *p, uint8_t dir);

static bool get_direction(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_info_dir(p->ctinfo);
	return true;
}

static bool get_status(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_status(p->ct);
	return true;
}

static bool get_mark(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_mark(p->ct);
	return true;
}

static bool get_secmark(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_secmark(p->ct);
	return true;
}

static bool get_expiration(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_expires_ms(p);
	return true;
}

static bool get_helper(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	const char *name = ct_helper_name(p);

	if (!name || !*name)
		return false;
	memset(dst, 0, NAME_BYTES);
	memcpy(dst, name, strnlen(name, NAME_BYTES - 1));
	return true;
}

static bool get_labels(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	const uint8_t *bits = ct_labels(p);

	if (bits)
		memcpy(dst, bits, LABEL_BYTES);
	else
		memset(dst, 0, LABEL_BYTES);
	return true;
}

static bool put_u64(uint32_t *dst, uint64_t v)
{
	memcpy(dst, &v, sizeof(v));
	return true;
}

static bool get_bytes(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	uint64_t packets, bytes;

	ct_counters(p->ct, dir, &packets, &bytes);
	return put_u64(dst, bytes);
}

static bool get_packets(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	uint64_t packets, bytes;

	ct_counters(p->ct, dir, &packets, &bytes);
	return put_u64(dst, packets);
}

static bool get_average(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	uint64_t packets, bytes;

	ct_counters(p->ct, dir, &packets, &bytes);
	return put_u64(dst, packets ? bytes / packets : 0);
}

static bool get_l3(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_tuple(p->ct, CT_ORIG)->l3;
	return true;
}

static bool get_protocol(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_tuple(p->ct, CT_ORIG)->proto;
	return true;
}

static bool get_zone(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_zone(p->ct, dir);
	return true;
}

static bool get_id(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = p->ct->id;
	return true;
}

static bool put_address(uint32_t *dst, const struct vm_pkt *p, const uint8_t *addr, uint8_t l3)
{
	uint8_t is = ct_tuple(p->ct, CT_ORIG)->l3;

	if (l3 && l3 != is)
		return false;
	memcpy(dst, addr, is == NFPROTO_IPV4 ? 4 : 16);
	return true;
}

static bool get_src(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	return put_address(dst, p, ct_tuple(p->ct, dir)->src, 0);
}

static bool get_dst(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	return put_address(dst, p, ct_tuple(p->ct, dir)->dst, 0);
}

static bool get_src4(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	return put_address(dst, p, ct_tuple(p->ct, dir)->src, NFPROTO_IPV4);
}

static bool get_dst4(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	return put_address(dst, p, ct_tuple(p->ct, dir)->dst, NFPROTO_IPV4);
}

static bool get_src6(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	return put_address(dst, p, ct_tuple(p->ct, dir)->src, NFPROTO_IPV6);
}

static bool get_dst6(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	return put_address(dst, p, ct_tuple(p->ct, dir)->dst, NFPROTO_IPV6);
}

static bool get_sport(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_tuple(p->ct, dir)->sport;
	return true;
}

static bool get_dport(uint32_t *dst, const struct vm_pkt *p, uint8_t dir)
{
	*dst = ct_tuple(p->ct, dir)->dport;
	return true;
}

enum { DIR_NONE, DIR_MAY, DIR_MUST }; /* NFTA_CT_DIRECTION of a key */

static const struct key {
	uint8_t len;
	uint8_t dir;
	get_fn get;
} keys[] = {
	[NFT_CT_STATE] = { 4, DIR_NONE, NULL },
	[NFT_CT_DIRECTION] = { 1, DIR_NONE, get_direction },
	[NFT_CT_STATUS] = { 4, DIR_NONE, get_status },
	[NFT_CT_MARK] = { 4, DIR_NONE, get_mark },
	[NFT_CT_SECMARK] = { 4, DIR_NONE, get_secmark },
	[NFT_CT_EXPIRATION] = { 4, DIR_NONE, get_expiration },
	[NFT_CT_HELPER] = { NAME_BYTES, DIR_NONE, get_helper },
	[NFT_CT_L3PROTOCOL] = { 1, DIR_MAY, get_l3 },
	[NFT_CT_SRC] = { 16, DIR_MUST, get_src },
	[NFT_CT_DST] = { 16, DIR_MUST, get_dst },
	[NFT_CT_PROTOCOL] = { 1, DIR_MAY, get_protocol },
	[NFT_CT_PROTO_SRC] = { 2, DIR_MUST, get_sport },
	[NFT_CT_PROTO_DST] = { 2, DIR_MUST, get_dport },
	[NFT_CT_LABELS] = { LABEL_BYTES, DIR_NONE, get_labels },
	[NFT_CT_PKTS] = { 8, DIR_MAY, get_packets },
	[NFT_CT_BYTES] = { 8, DIR_MAY, get_bytes },
	[NFT_CT_AVGPKT] = { 8, DIR_MAY, get_average },
	[NFT_CT_ZONE] = { 2, DIR_MAY, get_zone },
	[NFT_CT_SRC_IP] = { 4, DIR_MUST, get_src4 },
	[NFT_CT_DST_IP] = { 4, DIR_MUST, get_dst4 },
	[NFT_CT_SRC_IP6] = { 16, DIR_MUST, get_src6 },
	[NFT_CT_DST_IP6] = { 16, DIR_MUST, get_dst6 },
	[NFT_CT_ID] = { 4, DIR_NONE, get_id },
};

/* ---- writing ---- */

static void set_zone(struct vm_pkt *p, struct vm_regs *regs, const uint32_t *src, uint8_t dir)
{
	if (!p->ct && !ct_set_zone(p, dir, *(const uint16_t *)src))
		regs->verdict.code = NF_DROP;
}

static void set(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *p)
{
	const uint32_t *src = &regs->w[ins->a];

	if (ins->b == NFT_CT_ZONE) {
		set_zone(p, regs, src, ins->c);
		return;
	}
	if (!p->ct || atomic_load_explicit(&p->ct->life, memory_order_relaxed) == CT_TEMPLATE)
		return;
	switch (ins->b) {
	case NFT_CT_MARK:
		ct_set_mark(p->ct, *src);
		break;
	case NFT_CT_SECMARK:
		ct_set_secmark(p->ct, *src);
		break;
	case NFT_CT_LABELS:
		ct_set_labels(p, (const uint8_t *)src);
		break;
	case NFT_CT_EVENTMASK:
		ct_set_eventmask(p, *src);
		break;
	}
}

/* Bytes of a key that can be written, 0: it cannot; *dir: what it allows. */
static uint32_t set_len(uint32_t key, uint8_t *dir)
{
	*dir = DIR_NONE;
	switch (key) {
	case NFT_CT_MARK:
	case NFT_CT_SECMARK:
	case NFT_CT_EVENTMASK:
		return 4;
	case NFT_CT_LABELS:
		return LABEL_BYTES;
	case NFT_CT_ZONE:
		*dir = DIR_MAY;
		return 2;
	default:
		return 0;
	}
}

/* ---- the expression ---- */

static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (ins->len)
		set(ins, regs, pkt);
	else if (!pkt->ct || !keys[ins->b].get(&regs->w[ins->a], pkt, ins->c))
		vm_break(regs);
}

static int get_len(struct expr_build *b, uint32_t key, uint8_t *dir, uint32_t *len)
{
	if (key >= ARRAY_SIZE(keys) || !keys[key].len)
		return -EOPNOTSUPP;
	*dir = keys[key].dir;
	*len = keys[key].len;
	return 0;
}

/* `ct saddr` of old clients has the length of the family's addresses. */
static int family_len(struct expr_build *b, uint32_t key, uint32_t *len)
{
	if (key != NFT_CT_SRC && key != NFT_CT_DST)
		return 0;
	if (b->family == NFPROTO_IPV4)
		*len = 4;
	else if (b->family != NFPROTO_IPV6 && b->family != NFPROTO_INET)
		return -EAFNOSUPPORT;
	return 0;
}

static int check_dir(const struct bc_ct *x, uint8_t allowed)
{
	bool given = BC_HAS(x, NFTA_CT_DIRECTION);

	return given ? (allowed == DIR_NONE ? -EINVAL : 0) : (allowed == DIR_MUST ? -EINVAL : 0);
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_ct *x = body;

	return !BC_HAS(x, NFTA_CT_KEY) || BC_HAS(x, NFTA_CT_SREG) == BC_HAS(x, NFTA_CT_DREG) ? -EINVAL : 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_ct *x = body;
	bool write = BC_HAS(x, NFTA_CT_SREG);
	uint32_t len = 0;
	uint8_t dir, reg;
	struct vm_ins *i;
	int err = 0;

	if (!write)
		err = get_len(b, x->key, &dir, &len);
	else if (!(len = set_len(x->key, &dir)))
		err = -EOPNOTSUPP;
	if (!err)
		err = check_dir(x, dir);
	if (!err)
		err = family_len(b, x->key, &len);
	if (!err && BC_HAS(x, NFTA_CT_DIRECTION) && x->direction > CT_REPLY)
		err = -EINVAL;
	if (!err)
		err = write ? expr_load(b, x->sreg, len, &reg) : expr_store(b, x->dreg, len, &reg);
	if (err)
		return err;
	if (!expr_has_ct(b->family))
		return -EPROTO;
	i = expr_emit(b, x->key == NFT_CT_STATE ? OP_CT_STATE : OP_CALL, sizeof(*i));
	i->a = reg;
	i->b = x->key;
	i->c = BC_HAS(x, NFTA_CT_DIRECTION) ? x->direction : CT_DIRS;
	i->len = write;
	b->flags |= PROG_NEEDS_CT;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_ct *x = body;

	BC_SET(x, NFTA_CT_KEY, key, ins->b);
	if (ins->len)
		BC_SET(x, NFTA_CT_SREG, sreg, expr_reg(ins->a));
	else
		BC_SET(x, NFTA_CT_DREG, dreg, expr_reg(ins->a));
	if (ins->c < CT_DIRS && ins->b != NFT_CT_L3PROTOCOL && ins->b != NFT_CT_PROTOCOL)
		BC_SET(x, NFTA_CT_DIRECTION, direction, ins->c);
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	buf_printf(out, ins->len ? "key %2$u := R%1$u" : "R%u := key %u", ins->a, ins->b);
}

const struct vm_expr vm_expr_ct = { .name = "ct", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .disasm = disasm };
