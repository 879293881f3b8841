/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a packet's protocols at each point of a rule, and the matches that a header field needs before it.
 *
 *     inet: tcp dport 22      nothing is known of the transport: `meta l4proto tcp` goes before it
 *     bridge: ip saddr 1.2.3.4                                   `meta protocol ip`
 *     ip: ether saddr a:b:…                                      `meta iiftype ether`
 *
 * A layer once known stays so for the rest of the rule; a field of another protocol of that layer is an error.
 */
#include "bytecode/nf.h"

#include <linux/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "parser/parse.h"
#include "src/types/typed.h"

const struct proto proto_unknown = { .name = "unknown", .kind = PROTO_META, .base = PROTO_NONE, .checksum_off = -1 };

static const char *const base_names[] = {
	[PROTO_LL] = "link layer", [PROTO_NH] = "network layer", [PROTO_TH] = "transport layer", [PROTO_INNER] = "payload data",
};

void pctx_init(struct pctx *c, uint8_t family)
{
	*c = (struct pctx){ .family = family };
	c->hook = proto_base_of_family(family, &c->hook_base);
	if (c->hook)
		c->layer[c->hook_base].desc = c->hook;
}

void pctx_update(struct pctx *c, enum proto_base base, struct place at, const struct proto *desc)
{
	struct pctx_layer *l = &c->layer[base];

	if (base >= PROTO_BASES)
		return;
	if (base == PROTO_TH) {
		for (unsigned i = 0; i < l->n_many; i++)
			if (l->many[i] == desc)
				return;
		if (l->n_many < PCTX_MANY)
			l->many[l->n_many++] = desc;
	}
	l->desc = desc;
	l->at = at;
}

/* ---- learning from matches -------------------------------------------------------------------- */

static void learn_icmp(struct pctx *c, const struct tx *left, uint64_t type, bool first)
{
	if (strcmp(left->payload.field->name, "type") || type > 255)
		return;
	if (first)
		memset(c->icmp_types, 0, sizeof(c->icmp_types));
	c->icmp_known = true;
	c->icmp_types[type / 64] |= UINT64_C(1) << type % 64;
}

static void learn_payload(struct pctx *c, struct place at, const struct tx *left, uint64_t n, bool first)
{
	const struct proto *p = left->payload.proto, *up, *below;

	if (!p)
		return;
	if (p == &proto_icmp || p == &proto_icmpv6) {
		learn_icmp(c, left, n, first);
		return;
	}
	if (!p->key || strcmp(p->key, left->payload.field->name))
		return;
	up = proto_upper(p, (uint32_t)n);
	if (!up)
		up = &proto_unknown;
	if (up == &proto_unknown) {
		pctx_update(c, p->base == PROTO_LL ? PROTO_NH : PROTO_TH, at, up);
		return;
	}
	below = c->layer[p->base].desc;
	if (up->base == p->base && below && up->base == PROTO_LL && c->n_stacked < PCTX_MANY) {
		c->stacked[c->n_stacked++] = below;
		c->layer[PROTO_LL].off += below->bits;
	}
	pctx_update(c, up->base, at, up);
}

static void learn_meta(struct pctx *c, struct place at, uint32_t key, uint32_t n)
{
	const struct proto *up = NULL;

	switch (key) {
	case NFT_META_IIFTYPE:
		if (c->hook_base < PROTO_NH && c->family != NFPROTO_INET && c->family != NFPROTO_NETDEV)
			return;
		up = proto_of_arphrd((uint16_t)n);
		pctx_update(c, PROTO_LL, at, up ? up : &proto_unknown);
		return;
	case NFT_META_NFPROTO:
		up = proto_upper(&proto_inet, n);
		pctx_update(c, PROTO_NH, at, up ? up : &proto_unknown);
		return;
	case NFT_META_L4PROTO:
		up = proto_upper(&proto_inet_service, n);
		pctx_update(c, PROTO_TH, at, up ? up : &proto_unknown);
		return;
	case NFT_META_PROTOCOL:
		if (c->family != NFPROTO_NETDEV && c->family != NFPROTO_BRIDGE)
			return;
		up = proto_upper(c->hook, n);
		pctx_update(c, PROTO_NH, at, up ? up : &proto_unknown);
	}
}

static void learn_ct(struct pctx *c, struct place at, uint32_t key, uint32_t n)
{
	const struct proto *up;

	switch (key) {
	case NFT_CT_PROTOCOL:
		up = proto_upper(&proto_inet_service, n);
		pctx_update(c, PROTO_TH, at, up ? up : &proto_unknown);
		return;
	case NFT_CT_L3PROTOCOL:
		up = proto_upper(&proto_inet, n);
		if (!up)
			up = &proto_unknown;
		pctx_update(c, PROTO_NH, at, up);
	}
}

static void learn_one(struct pctx *c, struct place at, const struct tx *left, u128 n, bool first)
{
	if (n > UINT32_MAX)
		return;
	if (left->load == LOAD_PAYLOAD)
		learn_payload(c, at, left, (uint64_t)n, first);
	else if (left->load == LOAD_META)
		learn_meta(c, at, left->meta.key, (uint32_t)n);
	else if (left->load == LOAD_CT)
		learn_ct(c, at, left->ct.key, (uint32_t)n);
}

static u128 key_number(const struct telem *e, uint32_t klen)
{
	return value_load(e->key, klen, BO_BIG);
}

struct lesson {
	struct pctx *c;
	struct place at;
	const struct tx *left;
	struct expect x;
	unsigned n;
};

static void learn_element(struct eval *v, struct lesson *l, const struct ast_expr *e)
{
	unsigned prefix;
	u128 value;

	e = eval_deref(e);
	if (e->kind == AST_ELEM)
		e = eval_deref(e->a);
	if ((e->kind == AST_SYMBOL || e->kind == AST_NUMBER) && !eval_scalar(v, e, &l->x, &value, &prefix) && !prefix)
		learn_one(l->c, l->at, l->left, value, l->n++ == 0);
}

static void learn_run(struct eval *v, struct lesson *l, const struct ast_expr *plain)
{
	struct ast_plain_room room;

	for (uint32_t i = 0; i < plain->plain->n && l->n < PCTX_MANY; i++)
		learn_element(v, l, ast_plain_item(v->d->texts, plain, i, &room));
}

/* A set declared with its elements: what they say is true when the rule is loaded, and good enough for nft. */
static void learn_named(struct eval *v, struct pctx *c, struct place at, const struct tx *left, const struct tset *s)
{
	const struct ast_expr *list = s->init && s->init->kind == AST_SET ? s->init->items : NULL;
	struct lesson l = { .c = c, .at = at, .left = left, .x = expect_like(s->key) };

	for (const struct ast_expr *i = list; i && l.n < PCTX_MANY; i = i->next) {
		if (i->kind == AST_PLAIN)
			learn_run(v, &l, i);
		else
			learn_element(v, &l, i);
	}
}

void pctx_learn(struct eval *v, const struct trel *r)
{
	struct place at = place_span(r->left->at, r->right->at);
	struct pctx *c = r->left->kind == TX_LOAD && r->left->inner ? &v->within : &v->outer;
	const struct telems *l;

	if (r->left->kind != TX_LOAD || (r->op != AST_OP_IMPLICIT && r->op != AST_OP_EQ))
		return;
	if (r->right->kind == TX_VALUE) {
		learn_one(c, at, r->left, r->right->v, true);
		return;
	}
	if (r->right->kind != TX_SET || r->right->set->data)
		return;
	if (!(r->right->set->flags & NFT_SET_ANONYMOUS)) {
		learn_named(v, c, at, r->left, r->right->set);
		return;
	}
	l = &r->right->set->elems;
	if (l->ranges || l->n > PCTX_MANY)
		return;
	for (uint32_t i = 0; i < l->n; i++)
		learn_one(c, at, r->left, key_number(telem_at(l, i), l->klen), i == 0);
}

/* ---- what a field depends on --------------------------------------------------------------------- */

static struct tx *meta_load(struct eval *v, struct place at, uint32_t key)
{
	const struct meta_key *k = meta_key_by_number(key);
	struct tx *e = tx_new(v, TX_LOAD, at, k->type, k->byteorder, k->bits);

	e->load = LOAD_META;
	e->meta.key = key;
	e->inner = v->tunnel;
	return e;
}

static struct tx *field_load(struct eval *v, struct place at, const struct proto *p, const char *name)
{
	const struct proto_field *f = proto_field_by_name(p, name);
	struct tx *e = tx_new(v, TX_LOAD, at, f->type, f->byteorder, f->len);

	e->load = LOAD_PAYLOAD;
	e->payload.proto = p;
	e->payload.field = f;
	e->payload.base = p->base;
	e->payload.off = f->off + (p->base == PROTO_LL ? v->pctx->layer[PROTO_LL].off : 0);
	e->inner = v->tunnel;
	return e;
}

static int depend(struct eval *v, struct tx *left, uint64_t n)
{
	return eval_depend(v, left->at, left, tx_value(v, left->at, left->type, left->bo, left->bits, n));
}

static int depend_meta(struct eval *v, struct place at, uint32_t key, uint64_t n)
{
	return depend(v, meta_load(v, at, key), n);
}

/* The match by which `lower` says that `upper` follows. */
static int depend_on(struct eval *v, struct place at, const struct proto *lower, const struct proto *upper)
{
	int64_t n = proto_number_of(lower, upper);

	if (n < 0)
		return diag_error(v->d, at, "conflicting protocols specified: %s vs. %s", lower->name, upper->name);
	if (lower->kind == PROTO_META)
		return depend_meta(v, at, meta_key_by_name(lower->key)->key, (uint64_t)n);
	if (lower->base == PROTO_NH) { /* extension headers may lie between: ask the host, not the header's field */
		n = proto_number_of(&proto_inet_service, upper);
		return depend_meta(v, at, NFT_META_L4PROTO, (uint64_t)n);
	}
	/* a tag may have been taken off on reception: in bridges the host knows */
	if (lower == &proto_ether && v->pctx->family == NFPROTO_BRIDGE && (upper == &proto_ip || upper == &proto_ip6))
		return depend_meta(v, at, NFT_META_PROTOCOL, (uint64_t)n);
	return depend(v, field_load(v, at, lower, lower->key), (uint64_t)n);
}

static int depend_iiftype(struct eval *v, const struct tx *e)
{
	const struct proto *p = e->payload.proto;
	int n = proto_arphrd(p);

	if (n < 0 && proto_number_of(&proto_ether, p) >= 0)
		n = ARPHRD_ETHER;
	if (n < 0)
		return diag_error(v->d, e->at, "protocol specification is invalid for this family");
	return depend_meta(v, e->at, NFT_META_IIFTYPE, (uint64_t)n);
}

/* icmp in a family that knows no network protocol: which of the two is said by the field itself. */
static int depend_icmp(struct eval *v, const struct tx *e)
{
	const struct proto *p = e->payload.proto, *below = p == &proto_icmpv6 ? &proto_ip6 : &proto_ip;
	const struct proto *lower = v->pctx->layer[PROTO_LL].desc;
	int64_t n;

	if (!lower)
		lower = &proto_ether;
	if (lower->kind == PROTO_META) {
		if (depend_on(v, e->at, lower, below))
			return -1;
	} else {
		n = proto_number_of(lower, below);
		if (n < 0)
			return diag_error(v->d, e->at, "conflicting protocols specified: %s vs. %s", lower->name, p->name);
		if (depend(v, field_load(v, e->at, lower, lower->key), (uint64_t)n))
			return -1;
	}
	return depend_on(v, e->at, &proto_inet_service, p);
}

static bool is_icmp(const struct proto *p)
{
	return p == &proto_icmp || p == &proto_icmpv6 || p == &proto_igmp;
}

/* Nothing is known of the field's layer: says what it is. */
static int first_of_layer(struct eval *v, struct tx *e)
{
	struct pctx *c = v->pctx;
	const struct proto *p = e->payload.proto, *below;

	if (p->base < c->hook_base) {
		if (p->base + 1u < c->hook_base)
			return diag_error(v->d, e->at, "payload expression is invalid for this family");
		return depend_iiftype(v, e);
	}
	below = p->base ? c->layer[p->base - 1].desc : NULL;
	if (!below && p->base == PROTO_TH) {
		if (c->family == NFPROTO_INET || c->family == NFPROTO_BRIDGE || c->family == NFPROTO_NETDEV) {
			if (is_icmp(p))
				return depend_icmp(v, e);
			below = &proto_inet_service;
		}
	} else if (!below && p->base == PROTO_NH) {
		below = c->hook;
	}
	if (!below)
		return diag_error(v->d, e->at, "ambiguous payload specification: no %s protocol specified",
				  p->base ? base_names[p->base - 1] : base_names[0]);
	return depend_on(v, e->at, below, p);
}

static int conflict(struct eval *v, const struct tx *e, const struct proto *known)
{
	const struct proto *p = e->payload.proto;

	if (v->pctx->layer[p->base].n_many > 1)
		return diag_error(v->d, e->at, "conflicting protocols specified: %s vs. %s", known->name, p->name);
	return diag_error(v->d, e->at, "conflicting %s protocols specified: %s vs. %s", base_names[p->base], known->name, p->name);
}

/* A link layer header upon another: the tag says so. */
static int next_link(struct eval *v, struct tx *e, const struct proto *known)
{
	const struct proto *p = e->payload.proto;

	if (v->pctx->layer[PROTO_NH].desc && v->pctx->hook_base == PROTO_LL) {
		diag_error(v->d, v->pctx->layer[PROTO_NH].at, "conflicting statements");
		diag_also(v->d, e->at);
		return -1;
	}
	if (proto_number_of(known, p) < 0 || !known->key)
		return conflict(v, e, known);
	if (depend(v, field_load(v, e->at, known, known->key), (uint64_t)proto_number_of(known, p)))
		return -1;
	e->payload.off += v->pctx->layer[PROTO_LL].off;
	return 0;
}

/* Where a link layer header that lies below the last one starts. */
static bool stacked_below(const struct pctx *c, const struct proto *p, uint32_t *off)
{
	*off = 0;
	for (unsigned i = 0; i < c->n_stacked; i++) {
		if (c->stacked[i] == p)
			return true;
		*off += c->stacked[i]->bits;
	}
	return false;
}

static bool icmp_fits(const struct pctx *c, const struct proto_dep *d, bool *none)
{
	uint64_t left[4], hit = 0;

	memcpy(left, c->icmp_types, sizeof(left));
	for (unsigned i = 0; i < d->n; i++) {
		hit |= left[d->type[i] / 64] & UINT64_C(1) << d->type[i] % 64;
		left[d->type[i] / 64] &= ~(UINT64_C(1) << d->type[i] % 64);
	}
	*none = !hit;
	return !(left[0] | left[1] | left[2] | left[3]);
}

static unsigned first_type(const struct pctx *c)
{
	unsigned i = 0;

	while (i < 255 && !(c->icmp_types[i / 64] >> i % 64 & 1))
		i++;
	return i;
}

/* icmp fields of which only some types have any: `icmp id` needs `icmp type { echo-reply, echo-request }`. */
static int icmp_types(struct eval *v, struct tx *e)
{
	struct pctx *c = v->pctx;
	const struct proto *p = e->payload.proto;
	const struct proto_dep *d;
	struct tx *left, *set;
	struct tset *s;
	struct telems *l;
	bool none;

	if (!p->deps || !e->payload.field->dep)
		return 0;
	d = &p->deps[e->payload.field->dep];
	if (c->icmp_known) {
		if (icmp_fits(c, d, &none))
			return 0;
		if (none)
			return diag_error(v->d, e->at, "incompatible icmp match: rule has %u, need %u", first_type(c), d->type[d->n - 1]);
	}
	left = field_load(v, e->at, p, "type");
	if (d->n == 1)
		return depend(v, left, d->type[0]);
	s = v->world->new_set(v->world->ctx, e->at);
	s->name = "__set%d";
	s->flags = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT;
	s->key = tx_value(v, e->at, left->type, left->bo, left->bits, 0);
	s->key_of = left;
	l = &s->elems;
	l->klen = 1;
	l->size = (sizeof(struct telem) + 2 + 7) & ~7u;
	l->n = l->cap = d->n;
	l->mem = calloc(d->n, l->size);
	for (unsigned i = 0; i < d->n; i++) {
		telem_at(l, i)->at = e->at;
		telem_at(l, i)->key[0] = d->type[d->n - 1 - i];
	}
	*v->sets_tail = s;
	v->sets_tail = &s->next;
	set = tx_new(v, TX_SET, e->at, left->type, left->bo, left->bits);
	set->constant = true;
	set->set = s;
	return eval_depend(v, e->at, left, set);
}

int eval_payload_deps(struct eval *v, struct tx *e)
{
	struct pctx *c = v->pctx;
	const struct proto *p = e->payload.proto, *known;
	uint32_t off;

	if (!p || p == &proto_th || v->deps_off)
		return 0;
	known = c->layer[p->base].desc;
	if (!known) {
		if (first_of_layer(v, e))
			return -1;
		known = c->layer[p->base].desc;
		if (known && known != p) {
			if (p->base != PROTO_LL)
				return conflict(v, e, known);
			return next_link(v, e, known);
		}
		return icmp_types(v, e);
	}
	if (known == p) {
		e->payload.off += p->base == PROTO_LL ? c->layer[PROTO_LL].off : 0;
		return icmp_types(v, e);
	}
	if (p->base == PROTO_LL) {
		if (known->kind == PROTO_META) {
			if (depend_iiftype(v, e))
				return -1;
			known = c->layer[PROTO_LL].desc;
			return known == p ? 0 : next_link(v, e, known);
		}
		if (stacked_below(c, p, &off)) {
			e->payload.off += off;
			return 0;
		}
		return next_link(v, e, known);
	}
	return conflict(v, e, known);
}
