/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "meta": what is known of a packet beside its bytes; each key a row of the table below.
 * Reference: net/netfilter/nft_meta.c, net/bridge/netfilter/nft_meta_bridge.c.
 */
#include <errno.h>

#include "vm/engine.h"
#include "vm/expr/hot.h"
#include "vm/host/host.h"

#include <linux/if_packet.h>
#include <linux/netfilter_bridge.h>

enum { NAME_BYTES = 16, DAY_S = 86400, NS_PER_S = 1000000000 };

/* ---- reading ---- */

static const struct host_dev *dev_of(const struct vm_pkt *p, uint32_t index)
{
	return index ? host_dev(p->w->e->host, index) : NULL;
}

static bool put_name(uint32_t *dst, const char *name)
{
	memset(dst, 0, NAME_BYTES);
	memcpy(dst, name, strnlen(name, NAME_BYTES - 1));
	return true;
}

static bool put_u8(uint32_t *dst, uint8_t v)
{
	*dst = v;
	return true;
}

static bool get_word(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	struct ins_meta i = { .head.b = key };

	*dst = hot_meta(&i, p);
	return true;
}

static bool get_name(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	const struct host_dev *d = dev_of(p, key == NFT_META_IIFNAME ? p->iif : p->oif);

	return put_name(dst, d ? d->name : "");
}

/* The device that holds the packet (skb->dev): behind routing the one it leaves by, none at the output of IP. */
static uint32_t holder(const struct vm_pkt *p)
{
	bool ip = p->pf == NFPROTO_IPV4 || p->pf == NFPROTO_IPV6;

	return p->oif && !(ip && (p->hook == NF_INET_FORWARD || p->hook == NF_INET_LOCAL_OUT)) ? p->oif : p->iif;
}

static bool get_type(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	const struct host_dev *d = dev_of(p, key == NFT_META_IIFTYPE ? holder(p) : p->oif);

	if (d)
		*dst = d->type;
	return d;
}

static bool get_group(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	const struct host_dev *d = dev_of(p, key == NFT_META_IIFGROUP ? p->iif : p->oif);

	if (d)
		*dst = d->group;
	return d;
}

static bool get_kind(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	const struct host_dev *d = dev_of(p, key == NFT_META_IIFKIND ? p->iif : p->oif);

	return d && d->kind[0] && put_name(dst, d->kind);
}

static bool get_bridge(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	const struct host_dev *port = dev_of(p, key == NFT_META_BRI_IIFNAME ? p->iif : p->oif);
	const struct host_dev *bridge = port ? dev_of(p, port->master) : NULL;

	return put_name(dst, bridge ? bridge->name : "");
}

static bool get_bridge_mac(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	const struct host_dev *port = dev_of(p, p->iif);
	const struct host_dev *bridge = port ? dev_of(p, port->master) : NULL;

	if (bridge)
		vm_reg_copy(dst, bridge->mac, sizeof(bridge->mac));
	return bridge;
}

static bool get_sk(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	*dst = key == NFT_META_SKUID ? p->skuid : p->skgid;
	return p->skuid != UINT32_MAX;
}

static bool get_class(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	if (p->route)
		*dst = p->route->realm;
	return p->route;
}

static bool get_secmark(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	*dst = p->secmark;
	return true;
}

static bool get_l4proto(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	return p->has_l4 && put_u8(dst, p->l4proto);
}

/* A multicast or broadcast packet of the host's own that came back to it is said to be what its address is. */
static bool get_pkttype(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	const uint8_t *ip;

	if (p->pkttype != PACKET_LOOPBACK)
		return put_u8(dst, p->pkttype);
	if (p->protocol == __builtin_bswap16(0x86dd))
		return put_u8(dst, PACKET_MULTICAST);
	ip = vm_pkt_at(p, p->l3, 20);
	return ip && put_u8(dst, ip[16] >> 4 == 0xe ? PACKET_MULTICAST : PACKET_BROADCAST);
}

static bool get_cpu(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	*dst = p->w->id;
	return true;
}

static bool get_random(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	*dst = vm_random(p->w);
	return true;
}

static bool get_zero(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	*dst = 0;
	return true;
}

static bool get_no_name(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	return put_name(dst, "");
}

static bool get_nothing(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	return false;
}

static bool get_time_ns(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	memcpy(dst, &p->w->now_ns, 8);
	return true;
}

static bool get_day(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	enum { THURSDAY = 4 }; /* 1970-01-01 */

	return put_u8(dst, (THURSDAY + p->w->now_ns / NS_PER_S / DAY_S) % 7);
}

static bool get_hour(uint32_t *dst, const struct vm_pkt *p, uint8_t key)
{
	*dst = p->w->now_ns / NS_PER_S % DAY_S;
	return true;
}

/* ---- writing ---- */

static void set_mark(struct vm_pkt *p, const uint32_t *src)
{
	p->mark = *src;
}

static void set_priority(struct vm_pkt *p, const uint32_t *src)
{
	p->priority = *src;
}

static void set_trace(struct vm_pkt *p, const uint32_t *src)
{
	p->nftrace = *(const uint8_t *)src;
}

static void set_secmark(struct vm_pkt *p, const uint32_t *src)
{
	p->secmark = *src;
}

static void set_pkttype(struct vm_pkt *p, const uint32_t *src)
{
	uint8_t v = *(const uint8_t *)src;

	if (v <= PACKET_OTHERHOST && p->pkttype <= PACKET_OTHERHOST)
		p->pkttype = v;
}

/* ---- keys ---- */

enum { ON_RECEIPT = 1 << NF_INET_PRE_ROUTING | 1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD };

static const struct key {
	uint8_t len, set_len; /* bytes; len 0: cannot be read, set_len 0: not written */
	bool word;            /* hot_meta() knows it */
	bool bridge;          /* of the bridge family only */
	bool (*get)(uint32_t *dst, const struct vm_pkt *p, uint8_t key);
	void (*set)(struct vm_pkt *p, const uint32_t *src);
} keys[] = {
	[NFT_META_LEN] = { 4, 0, true, .get = get_word },
	[NFT_META_PROTOCOL] = { 2, 0, true, .get = get_word },
	[NFT_META_PRIORITY] = { 4, 4, true, .get = get_word, .set = set_priority },
	[NFT_META_MARK] = { 4, 4, true, .get = get_word, .set = set_mark },
	[NFT_META_IIF] = { 4, 0, true, .get = get_word },
	[NFT_META_OIF] = { 4, 0, true, .get = get_word },
	[NFT_META_IIFNAME] = { NAME_BYTES, .get = get_name },
	[NFT_META_OIFNAME] = { NAME_BYTES, .get = get_name },
	[NFT_META_IIFTYPE] = { 2, .get = get_type },
	[NFT_META_OIFTYPE] = { 2, .get = get_type },
	[NFT_META_SKUID] = { 4, .get = get_sk },
	[NFT_META_SKGID] = { 4, .get = get_sk },
	[NFT_META_NFTRACE] = { 0, 1, .set = set_trace },
	[NFT_META_RTCLASSID] = { 4, .get = get_class },
	[NFT_META_SECMARK] = { 4, 4, .get = get_secmark, .set = set_secmark },
	[NFT_META_NFPROTO] = { 4, 0, true, .get = get_word },
	[NFT_META_L4PROTO] = { 4, .get = get_l4proto },
	[NFT_META_BRI_IIFNAME] = { NAME_BYTES, .bridge = true, .get = get_bridge },
	[NFT_META_BRI_OIFNAME] = { NAME_BYTES, .bridge = true, .get = get_bridge },
	[NFT_META_PKTTYPE] = { 4, 1, .get = get_pkttype, .set = set_pkttype },
	[NFT_META_CPU] = { 4, .get = get_cpu },
	[NFT_META_IIFGROUP] = { 4, .get = get_group },
	[NFT_META_OIFGROUP] = { 4, .get = get_group },
	[NFT_META_CGROUP] = { 4, .get = get_nothing },
	[NFT_META_PRANDOM] = { 4, .get = get_random },
	[NFT_META_SECPATH] = { 4, .get = get_zero },
	[NFT_META_IIFKIND] = { NAME_BYTES, .get = get_kind },
	[NFT_META_OIFKIND] = { NAME_BYTES, .get = get_kind },
	[NFT_META_BRI_IIFPVID] = { 2, .bridge = true, .get = get_nothing },
	[NFT_META_BRI_IIFVPROTO] = { 2, .bridge = true, .get = get_nothing },
	[NFT_META_TIME_NS] = { 8, .get = get_time_ns },
	[NFT_META_TIME_DAY] = { 4, .get = get_day },
	[NFT_META_TIME_HOUR] = { 4, .get = get_hour },
	[NFT_META_SDIF] = { 4, .get = get_zero },
	[NFT_META_SDIFNAME] = { NAME_BYTES, .get = get_no_name },
	[NFT_META_BRI_IIFHWADDR] = { 6, .bridge = true, .get = get_bridge_mac },
};

/* ---- the expression ---- */

/* head: a register, b key, c 1 to write */
static void exec(const struct vm_ins *ins, struct vm_regs *regs, struct vm_pkt *pkt)
{
	if (ins->c)
		keys[ins->b].set(pkt, &regs->w[ins->a]);
	else if (!keys[ins->b].get(&regs->w[ins->a], pkt, ins->b))
		vm_break(regs);
}

/* Some keys make sense at some hooks only (nft_meta_get_validate, nft_meta_set_validate). */
static void narrow(struct expr_build *b, uint32_t key, bool write)
{
	enum { FROM_PORT = 1 << NF_INET_LOCAL_IN | 1 << NF_INET_FORWARD };
	bool ip = b->family == NFPROTO_IPV4 || b->family == NFPROTO_IPV6 || b->family == NFPROTO_INET;
	uint32_t hooks = 0;

	if (!write && (key == NFT_META_SDIF || key == NFT_META_SDIFNAME))
		hooks = ip ? FROM_PORT : 0;
	else if (key != (write ? NFT_META_PKTTYPE : NFT_META_SECPATH))
		return;
	else if (b->family == NFPROTO_NETDEV)
		hooks = 1 << NF_NETDEV_INGRESS;
	else if (b->family == NFPROTO_BRIDGE && write)
		hooks = 1 << NF_BR_PRE_ROUTING;
	else if (ip)
		hooks = write ? 1 << NF_INET_PRE_ROUTING : ON_RECEIPT;
	expr_places(b, expr_hooks(hooks));
}

static int precheck(struct expr_build *b, const void *body)
{
	const struct bc_meta *x = body;

	if (!BC_HAS(x, NFTA_META_KEY) || BC_HAS(x, NFTA_META_SREG) == BC_HAS(x, NFTA_META_DREG))
		return -EINVAL;
	return 0;
}

static int build(struct expr_build *b, const void *body)
{
	const struct bc_meta *x = body;
	bool write = BC_HAS(x, NFTA_META_SREG);
	const struct key *k;
	struct ins_meta *i;
	uint8_t reg;
	int err;

	k = x->key < ARRAY_SIZE(keys) ? &keys[x->key] : NULL;
	if (!k || !(write ? k->set_len : k->len) || (k->bridge && b->family != NFPROTO_BRIDGE))
		return -EOPNOTSUPP;
	err = write ? expr_load(b, x->sreg, k->set_len, &reg) : expr_store(b, x->dreg, k->len, &reg);
	if (err)
		return err;
	narrow(b, x->key, write);
	i = expr_emit(b, k->word && !write ? OP_META : OP_CALL, sizeof(*i));
	i->head.a = reg;
	i->head.b = x->key;
	i->head.c = write;
	return 0;
}

static void dump(const struct vm_ins *ins, struct vm_engine *e, struct arena *a, void *body, bool reset)
{
	struct bc_meta *x = body;

	BC_SET(x, NFTA_META_KEY, key, ins->b);
	if (ins->c)
		BC_SET(x, NFTA_META_SREG, sreg, expr_reg(ins->a));
	else
		BC_SET(x, NFTA_META_DREG, dreg, expr_reg(ins->a));
}

static void disasm(const struct vm_ins *ins, struct buf *out)
{
	buf_printf(out, ins->c ? "key %2$u := R%1$u" : "R%u := key %u", ins->a, ins->b);
}

const struct vm_expr vm_expr_meta = {
	.name = "meta", .kernel_size = 8, .precheck = precheck, .build = build, .exec = exec, .dump = dump, .disasm = disasm,
};
