/* SPDX-License-Identifier: GPL-2.0-or-later */
/* a-b and a/n. */
#include "src/types/typed.h"

struct tx *eval_prefix(struct eval *v, const struct ast_expr *e, struct expect x)
{
	struct tx *a = eval_expr(v, e->a, x), *p;

	if (!a)
		return NULL;
	if (a->kind != TX_VALUE) {
		diag_error(v->d, a->at, "Prefix expression is undefined for non-constant expressions");
		return NULL;
	}
	if (type_root(a->type) != &type_integer) {
		diag_error(v->d, a->at, "Prefix expression expected integer value");
		return NULL;
	}
	if (e->num > a->bits) {
		diag_error(v->d, e->at, "Prefix length %u is invalid for type of %u bits width", (unsigned)e->num, a->bits);
		return NULL;
	}
	p = tx_new(v, TX_PREFIX, e->at, a->type, a->bo, a->bits);
	p->constant = true;
	p->a = a;
	p->len = (uint32_t)e->num;
	return p;
}

static struct tx *end(struct eval *v, const struct ast_expr *e, struct expect x, const char *which)
{
	struct tx *t = eval_expr(v, e, x);

	if (!t)
		return NULL;
	if (t->kind == TX_RANGE || t->kind == TX_PREFIX) {
		diag_error(v->d, t->at, "%s of a range must be a single value", which);
		return NULL;
	}
	if (t->kind != TX_VALUE) {
		diag_error(v->d, t->at, "Range expression is undefined for non-constant expressions");
		return NULL;
	}
	return t;
}

struct tx *eval_range(struct eval *v, const struct ast_expr *e, struct expect x)
{
	struct tx *a = end(v, e->a, x, "The start"), *b, *r;

	if (!a)
		return NULL;
	b = end(v, e->b, x, "The end");
	if (!b)
		return NULL;
	if (a->v > b->v && x.type != &type_hour) {
		diag_error(v->d, e->at, "Range negative size");
		return NULL;
	}
	r = tx_new(v, TX_RANGE, e->at, a->type, a->bo, a->bits);
	r->constant = true;
	r->a = a;
	r->b = b;
	return r;
}
