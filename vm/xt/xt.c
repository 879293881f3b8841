/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding, checking and making extensions: what "match" and "target" share.
 * Reference: net/netfilter/nft_compat.c (nft_match_select_ops, nft_match_init, nft_match_validate), x_tables.c (xt_check_match).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vm/xt/xt.h"

#ifndef NFT_RULE_COMPAT_F_INV
#define NFT_RULE_COMPAT_F_INV 2
#endif

int xt_precheck(struct expr_build *b, const struct xt_ask *q)
{
	const struct vm_xt *x;

	if (q->target && (!*q->name || !strcmp(q->name, "ERROR") || !strcmp(q->name, "standard")))
		return -EINVAL;
	x = xt_find(b->family, q->name, q->rev, q->target);
	if (!x)
		return expr_fail(b, -ENOENT, q->target ? "no such iptables target" : "no such iptables match");
	return q->len < x->size ? -EINVAL : 0;
}

/* nft_parse_compat */
static int read_compat(const struct bc_rule *r, struct xt_check *c)
{
	if (!r || !BC_HAS(r, NFTA_RULE_COMPAT))
		return 0;
	if (!BC_HAS(&r->compat, NFTA_RULE_COMPAT_PROTO) || !BC_HAS(&r->compat, NFTA_RULE_COMPAT_FLAGS) ||
	    r->compat.flags & ~NFT_RULE_COMPAT_F_INV || r->compat.proto > UINT16_MAX)
		return -EINVAL;
	c->proto = r->compat.proto;
	c->proto_inv = r->compat.flags & NFT_RULE_COMPAT_F_INV;
	return 0;
}

static int check_place(const struct vm_xt *x, const struct xt_check *c, uint32_t len)
{
	if (xt_align(x->size) != xt_align(len))
		return -EINVAL;
	if (c->family == NFPROTO_ARP && x->family != NFPROTO_ARP)
		return -EINVAL;
	if (x->table && strcmp(x->table, c->table))
		return -EINVAL;
	if (x->hooks && c->hooks & ~x->hooks)
		return -EINVAL;
	return x->proto && (x->proto != c->proto || c->proto_inv) ? -EINVAL : 0;
}

/* Where its rule may stand, once all jumps are known. */
static void narrow(struct expr_build *b, const struct vm_xt *x)
{
	if (b->family == NFPROTO_NETDEV) {
		expr_places(b, 0);
		return;
	}
	expr_places(b, x->hooks ? expr_hooks(x->hooks) : PROG_ANYWHERE);
	if (x->table && !strcmp(x->table, "nat"))
		expr_places(b, UINT32_C(0xff) << 8 * PROG_CHAIN_NAT);
}

int xt_build(struct expr_build *b, const struct xt_ask *q)
{
	const struct vm_xt *x = xt_find(b->family, q->name, q->rev, q->target);
	struct xt_check c = { .b = b, .family = b->family, .table = b->table->h.name };
	struct ins_xt *i;
	int err;

	if (!x || !b->chain)
		return -EOPNOTSUPP;
	if (b->chain->base)
		c.hooks = 1u << b->chain->base->hook;
	err = read_compat(b->txn->rule, &c);
	if (!err)
		err = check_place(x, &c, q->len);
	if (err)
		return err;
	i = expr_emit(b, OP_CALL, sizeof(*i) + xt_align(x->size));
	i->x = x;
	memcpy(i->info, q->info, q->len < xt_align(x->size) ? q->len : xt_align(x->size));
	if (x->state_size) {
		i->state = calloc(1, x->state_size);
		if (!i->state)
			return -ENOMEM;
	}
	err = x->check ? x->check(&c, i->info, i->state) : 0;
	if (err) {
		free(i->state);
		i->state = NULL;
		i->x = NULL;
		return err;
	}
	narrow(b, x);
	if (x->needs_ct)
		b->flags |= PROG_NEEDS_CT;
	return 0;
}

void xt_destroy(struct vm_engine *e, struct vm_ins *ins)
{
	struct ins_xt *i = (struct ins_xt *)ins;

	if (i->x && i->x->destroy)
		i->x->destroy(e, i->state);
	free(i->state);
}

struct bc_bytes xt_dump_info(const struct ins_xt *i, struct arena *a)
{
	uint32_t size = xt_align(i->x->size), user = i->x->user ? i->x->user : i->x->size;
	uint8_t *p = arena_alloc(a, size);

	memset(p, 0, size);
	memcpy(p, i->info, user);
	return (struct bc_bytes){ p, size };
}
