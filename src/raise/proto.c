/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the earlier matches of a rule promise of the packet's headers, so that a later payload at an offset can be named.
 *
 *   family ip: an IPv4 header at PROTO_NH from the start.   `ip protocol 6` → tcp at PROTO_TH.
 *   bridge: ether at PROTO_LL; `ether type 8021q` → vlan at PROTO_LL, 14 bytes on; `vlan type ip` → ip at PROTO_NH.
 */
#include "src/raise/rx.h"

bool raise_is_icmp(const struct proto *p)
{
	return p == &proto_icmp || p == &proto_icmpv6;
}

void raise_proto_init(struct rproto *p, uint8_t family)
{
	enum proto_base base;
	const struct proto *pr = proto_base_of_family(family, &base);

	memset(p, 0, sizeof(*p));
	p->icmp_type = -1;
	if (pr)
		p->at[base].p = pr;
}

static void learn_meta(const struct raise *r, struct rproto *p, uint32_t key, uint32_t v)
{
	const struct proto *ll = p->at[PROTO_LL].p, *up;
	bool any_family = r->family == NFPROTO_INET || r->family == NFPROTO_NETDEV || p == &r->inner;

	switch (key) {
	case NFT_META_IIFTYPE:
		up = proto_of_arphrd(v);
		if (up && (!ll || ll->kind == PROTO_META))
			p->at[PROTO_LL].p = up;
		break;
	case NFT_META_NFPROTO:
		p->at[PROTO_NH].p = proto_upper(&proto_inet, v);
		break;
	case NFT_META_PROTOCOL:
		if (!any_family && r->family != NFPROTO_BRIDGE)
			break;
		up = proto_upper(ll && ll->up && ll->kind != PROTO_META ? ll : &proto_netdev, v);
		p->at[PROTO_NH].p = up && up->base == PROTO_NH ? up : NULL;
		break;
	case NFT_META_L4PROTO:
		p->at[PROTO_TH].p = proto_upper(&proto_inet_service, v);
		p->at[PROTO_TH].off = 0;
		p->icmp_type = -1;
		break;
	}
}

static void learn_payload(struct rproto *p, const struct rx *pl, uint32_t v)
{
	const struct proto *up;

	if (!raise_is_key(pl))
		return;
	if (raise_is_icmp(pl->pl.proto))
		p->icmp_type = v;
	up = proto_upper(pl->pl.proto, v);
	if (!up)
		return;
	if (up->base == pl->pl.proto->base && p->n_under < ARRAY_SIZE(p->under)) {
		if (up->base == PROTO_LL)
			p->under[p->n_under++] = p->at[PROTO_LL];
		p->at[up->base].off += pl->pl.proto->bits;
	}
	p->at[up->base].p = up;
}

bool raise_is_key(const struct rx *pl)
{
	if (pl->kind != RX_PAYLOAD || !pl->pl.field)
		return false;
	if (raise_is_icmp(pl->pl.proto))
		return pl->pl.field->off == 0;
	return pl->pl.proto->key && !strcmp(pl->pl.proto->key, pl->pl.field->name);
}

static bool same_fields(const struct proto *p, unsigned a, unsigned b)
{
	for (const struct proto_field *f = p->fields; f < p->fields + p->n_fields; f++) {
		const struct proto_dep *d = &p->deps[f->dep];
		unsigned found = 0;

		for (unsigned i = 0; f->dep && i < d->n; i++)
			found |= (unsigned)(d->type[i] == a) | (unsigned)(d->type[i] == b) << 1;
		if (found == 1 || found == 2)
			return false;
	}
	return true;
}

/* icmp type { echo-request, echo-reply }: any of these, if all have the same fields. */
void raise_learn_set(struct rproto *p, const struct rx *left, const struct rx *set)
{
	const struct bc_node *n = set->set.elems;
	int type = -1;

	if (!raise_is_key(left) || !raise_is_icmp(left->pl.proto) || !set->set.set || set->set.set->flags & NFT_SET_INTERVAL)
		return;
	for (; n; n = n->next) {
		const struct bc_elem *e = BC_BODY(n, const struct bc_elem);

		if (e->key.kind != BC_DATA_VALUE || e->key.len < 1 || (type >= 0 && !same_fields(left->pl.proto, (unsigned)type, *e->key.value)))
			return;
		type = *e->key.value;
	}
	p->icmp_type = type;
}

void raise_learn(struct raise *r, struct rproto *p, const struct rx *left, u128 value)
{
	if (left->kind == RX_META)
		learn_meta(r, p, left->f.key, value);
	else if (left->kind == RX_PAYLOAD)
		learn_payload(p, left, value);
}
