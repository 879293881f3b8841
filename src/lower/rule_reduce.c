/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a rule can do without, and matches that the kernel does in one.
 *
 *     ip: meta protocol ip udp dport 67        the family has said so: the first match goes
 *     tcp sport 1024 tcp dport 22              one load of four bytes, one comparison
 *
 * Matches of neighbouring fields become one where no other kind of statement lies between them, and, above the link layer, only
 * while the result still fits a fast comparison (four bytes) or did not fit before.
 */
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "src/lower/lower_priv.h"

enum { MERGE_MAX = 64, FAST_BITS = 32, REG_BITS = 128 };

/* ---- redundant matches --------------------------------------------------------------------------- */

static bool is_own_protocol(const struct eval *v, const struct tstmt *s)
{
	const struct tx *left, *right;

	if (s->type != &tstmt_match || (s->rel->op != AST_OP_EQ && s->rel->op != AST_OP_IMPLICIT))
		return false;
	left = s->rel->left;
	right = s->rel->right;
	if (left->kind != TX_LOAD || left->load != LOAD_META || left->inner || left->meta.key != NFT_META_PROTOCOL || right->kind != TX_VALUE)
		return false;
	return (v->family == NFPROTO_IPV4 && right->v == ETH_P_IP) || (v->family == NFPROTO_IPV6 && right->v == ETH_P_IPV6);
}

/* The match says more than that the packet is of the family. */
static bool implies_protocol(const struct tstmt *s)
{
	const struct tx *left;

	if (s->type != &tstmt_match)
		return false;
	left = s->rel->left;
	while (left->kind == TX_BINOP || left->kind == TX_ORDER)
		left = left->a;
	if (left->kind != TX_LOAD || left->inner)
		return false;
	if (left->load == LOAD_META)
		return left->meta.key == NFT_META_L4PROTO;
	return left->load == LOAD_PAYLOAD && left->payload.base != NFT_PAYLOAD_LL_HEADER;
}

static void drop_redundant(struct eval *v)
{
	struct tstmt **at = &v->first, *s;

	if (v->family != NFPROTO_IPV4 && v->family != NFPROTO_IPV6)
		return;
	while (*at) {
		s = *at;
		if (is_own_protocol(v, s)) {
			struct tstmt *later = s->next;

			while (later && !implies_protocol(later))
				later = later->next;
			if (later) {
				*at = s->next;
				continue;
			}
		}
		at = &s->next;
	}
	v->tail = at;
}

/* ---- neighbouring fields --------------------------------------------------------------------------- */

struct candidate {
	struct tstmt *s;
	unsigned order;
};

static bool mergeable(const struct tstmt *s)
{
	const struct tx *left = s->rel->left, *right = s->rel->right;

	if (s->rel->op != AST_OP_EQ && s->rel->op != AST_OP_IMPLICIT)
		return false;
	if (left->kind != TX_LOAD || left->load != LOAD_PAYLOAD || left->inner || right->kind != TX_VALUE)
		return false;
	/* flags are a test of bits, not a comparison */
	return s->rel->op == AST_OP_EQ || (!right->type->bitmask && right->type != &type_bitmask);
}

static int by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	const struct tx *p = x->s->rel->left, *q = y->s->rel->left;

	if (p->payload.base != q->payload.base)
		return p->payload.base < q->payload.base ? -1 : 1;
	if (p->payload.off != q->payload.off)
		return p->payload.off < q->payload.off ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static bool adjacent(const struct tx *a, const struct tx *b)
{
	uint32_t all = a->bits + b->bits;

	if (a->payload.base != b->payload.base || a->payload.off + a->bits != b->payload.off || all > REG_BITS)
		return false;
	if (a->payload.base != NFT_PAYLOAD_NETWORK_HEADER && a->payload.base != NFT_PAYLOAD_TRANSPORT_HEADER)
		return true;
	return all <= FAST_BITS || a->bits > FAST_BITS || b->bits > FAST_BITS;
}

/* The field says which protocol follows: what depends on it must stay behind it. */
static bool is_key(const struct tx *e)
{
	const struct proto *p = e->payload.proto;

	return p && p->key && !strcmp(p->key, e->payload.field->name);
}

/* b's field and value behind a's. The result stands where the later of the two needs it: at a key, else at a. */
static struct tstmt *join(struct tstmt *a, struct tstmt *b)
{
	struct tx *la = a->rel->left, *lb = b->rel->left, *va = a->rel->right, *vb = b->rel->right;
	struct tstmt *keep = is_key(lb) ? b : a;
	uint32_t bits = la->bits + lb->bits, off = la->payload.off;
	u128 value = va->v << lb->bits | vb->v;
	struct tx *left = keep->rel->left, *right = keep->rel->right;

	left->payload.off = off;
	left->bits = right->bits = bits;
	right->v = value;
	right->bo = BO_BIG;
	(keep == a ? b : a)->rel = NULL;
	return keep;
}

static void merge(struct candidate *c, unsigned n)
{
	struct tstmt *last;
	bool key;

	if (n < 2)
		return;
	qsort(c, n, sizeof(*c), by_place);
	last = c[0].s;
	for (unsigned i = 1; i < n; i++) {
		if (!adjacent(last->rel->left, c[i].s->rel->left)) {
			last = c[i].s;
			continue;
		}
		key = is_key(last->rel->left);
		if (key && is_key(c[i].s->rel->left)) {
			last = c[i].s;
			continue;
		}
		last = join(last, c[i].s);
	}
}

static void merge_fields(struct eval *v)
{
	struct candidate c[MERGE_MAX];
	struct tstmt **at;
	unsigned n = 0;

	for (struct tstmt *s = v->first; s; s = s->next) {
		if (s->type != &tstmt_match || n == MERGE_MAX) {
			merge(c, n);
			n = 0;
		}
		if (s->type == &tstmt_match && mergeable(s)) {
			c[n] = (struct candidate){ s, n };
			n++;
		}
	}
	merge(c, n);
	for (at = &v->first; *at;) {
		if ((*at)->type == &tstmt_match && !(*at)->rel)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
	v->tail = at;
}

void rule_reduce(struct eval *v)
{
	drop_redundant(v);
	merge_fields(v);
}
