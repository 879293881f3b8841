/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Implicit dependencies. nft puts a match before a field whose header it could not be sure of (`tcp dport 22` becomes
 * `meta l4proto tcp` and the port), and a listing leaves it out again where the field says as much.
 *
 * r->dep[base] is the last match that promises which header is at `base`; r->dep[PROTO_BASES], which icmp type it has.
 * A field that follows removes the promise of its own base, unless removing would change what the text means when it is
 * read again: `meta nfproto ipv4 tcp dport 22` stays, for tcp alone does not ask for IPv4. Statements that are no
 * matches end all promises: what they do depends on the match before them.
 */
#include <netinet/in.h>

#include "src/raise/rx.h"

#include <linux/if_ether.h>

static struct rstmt **deps_of(struct raise *r, bool inner)
{
	return inner ? r->inner_dep : r->dep;
}

void raise_depend_store(struct raise *r, struct rstmt *s, int base)
{
	if (base >= 0 && base < RAISE_DEPS)
		deps_of(r, s->inner)[base] = s;
}

void raise_depend_reset(struct raise *r)
{
	memset(r->dep, 0, sizeof(r->dep));
	memset(r->inner_dep, 0, sizeof(r->inner_dep));
}

static struct rstmt **slot_for(struct raise *r, bool inner, unsigned base)
{
	struct rstmt **d = deps_of(r, inner);

	if (base == PROTO_TH && !d[base])
		return &d[PROTO_TH + 1];
	return &d[base];
}

static void release(struct raise *r, struct rstmt **slot)
{
	struct rstmt *s = *slot;

	*(s->prev ? &s->prev->next : &r->first) = s->next;
	*(s->next ? &s->next->prev : &r->last) = s->prev;
	for (unsigned i = 0; i < RAISE_DEPS; i++) {
		if (r->dep[i] == s)
			r->dep[i] = NULL;
		if (r->inner_dep[i] == s)
			r->inner_dep[i] = NULL;
	}
}

/* In these families a network header must be asked for; in ip and ip6 it is there. */
static bool is_mixed(const struct raise *r)
{
	return r->family == NFPROTO_INET || r->family == NFPROTO_BRIDGE || r->family == NFPROTO_NETDEV;
}

/* `icmp type 3 icmp mtu 1400`: the type goes, for mtu has no other. */
static bool may_drop_icmp_type(const struct rstmt *dep, const struct rx *pl)
{
	const struct proto *p = pl->pl.proto;
	uint32_t i = pl->pl.field->dep;

	return dep->left->pl.proto == p && i && p->deps[i].n == 1 && p->deps[i].type[0] == dep->value;
}

static bool may_drop(const struct raise *r, const struct rstmt *dep, const struct rx *pl)
{
	const struct rx *l = dep->left;

	if (pl->pl.base == PROTO_LL) {
		if (l->kind != RX_PAYLOAD)
			return true;
		/* a VLAN field implies 8021q and no other; `vlan type` may be implied itself */
		return pl->pl.proto == &proto_vlan && !raise_is_key(pl) && l->pl.proto == &proto_ether && dep->value == ETH_P_8021Q;
	}
	if (l->kind != RX_PAYLOAD || pl->pl.base != PROTO_TH)
		return true;
	if (l->pl.base == PROTO_TH)
		return raise_is_icmp(l->pl.proto) && may_drop_icmp_type(dep, pl);
	return !(is_mixed(r) && (l->pl.proto == &proto_ip || l->pl.proto == &proto_ip6));
}

/* `gre ip saddr` says that this is GRE. */
static void depend_tunnel(struct raise *r, const struct proto *tunnel)
{
	struct rstmt *s = r->dep[PROTO_TH];

	if (s && s->left->kind == RX_META && s->left->f.key == NFT_META_L4PROTO &&
	    (int64_t)s->value == proto_number_of(&proto_inet_service, tunnel))
		release(r, &r->dep[PROTO_TH]);
}

void raise_depend_payload(struct raise *r, const struct rx *pl)
{
	struct rstmt **slot;

	if (pl->pl.tunnel)
		depend_tunnel(r, pl->pl.tunnel);
	if (!pl->pl.field || pl->pl.proto == &proto_th || pl->pl.base >= PROTO_INNER)
		return;
	slot = slot_for(r, pl->pl.tunnel, pl->pl.base);
	if (*slot && may_drop(r, *slot, pl))
		release(r, slot);
}

/* `meta l4proto icmp` says IPv4, `meta l4proto ipv6-icmp` IPv6; any other, and the network header stays asked for. */
static bool may_drop_for_l4proto(const struct raise *r, const struct rstmt *dep, u128 l4proto)
{
	const struct rx *l = dep->left;
	bool nfproto = l->kind == RX_META && l->f.key == NFT_META_NFPROTO;

	if (l->kind == RX_META ? !nfproto && l->f.key != NFT_META_PROTOCOL : l->pl.base != PROTO_LL)
		return false;
	if (!is_mixed(r) && !dep->inner)
		return true;
	if (l4proto == IPPROTO_ICMP)
		return dep->value == (nfproto ? NFPROTO_IPV4 : ETH_P_IP);
	if (l4proto == IPPROTO_ICMPV6)
		return dep->value == (nfproto ? NFPROTO_IPV6 : ETH_P_IPV6);
	return false;
}

static int base_of_meta(uint32_t key)
{
	switch (key) {
	case NFT_META_IIFTYPE:
		return PROTO_LL;
	case NFT_META_NFPROTO:
	case NFT_META_PROTOCOL:
		return PROTO_NH;
	case NFT_META_L4PROTO:
		return PROTO_TH;
	default:
		return -1;
	}
}

bool raise_depend_promises(uint32_t meta_key)
{
	return base_of_meta(meta_key) >= 0;
}

void raise_depend_meta(struct raise *r, struct rstmt *s)
{
	int promises = base_of_meta(s->left->f.key);
	struct rstmt **below = promises > 0 ? &deps_of(r, s->inner)[promises - 1] : NULL;

	if (below && *below && (promises != PROTO_TH || may_drop_for_l4proto(r, *below, s->value)))
		release(r, below);
	raise_depend_store(r, s, promises);
}

void raise_depend_base(struct raise *r, enum proto_base base)
{
	if (r->dep[base])
		release(r, &r->dep[base]);
}
