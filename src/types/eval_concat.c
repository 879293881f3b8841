/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Concatenations (a . b), lists of flags (a,b) and verdicts. */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/typed.h"

struct tx *eval_concat(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct tx *want = x.key ? x.key->parts : NULL;
	struct tx *c = tx_new(v, TX_CONCAT, e->at, &type_invalid, BO_INVALID, 0), **tail = &c->parts, *p;
	uint32_t stmt_bits = v->stmt_bits;

	c->constant = true;
	v->stmt_bits = 0;
	for (const struct ast_expr *i = e->items; i; i = i->next) {
		if (x.key && !want) {
			diag_error(v->d, i->at, "unexpected concat component, expecting end of concatenation");
			return NULL;
		}
		p = eval_expr(v, i, want ? expect_like(want) : (struct expect){ 0 });
		if (!p)
			return NULL;
		if (p->kind == TX_CONCAT || p->kind == TX_SET || p->kind == TX_VERDICT) {
			diag_error(v->d, p->at, "cannot use %s in concatenation", tx_kind_name(p));
			return NULL;
		}
		if (p->kind == TX_LOAD && p->load == LOAD_CT && (p->ct.key == NFT_CT_SRC || p->ct.key == NFT_CT_DST)) {
			diag_error(v->d, p->at, "specify either ip or ip6 for address matching");
			return NULL;
		}
		if (want && p->constant && p->kind == TX_VALUE)
			p->bo = want->bo;
		if (want && !tx_same_type(p, want)) {
			diag_error(v->d, p->at, "unexpected concat component, expecting %s", want->type->desc);
			return NULL;
		}
		if (!p->bits) {
			diag_error(v->d, p->at, "can not use variable sized data types (%s) in concat expressions", p->type->name);
			return NULL;
		}
		if (want)
			want = want->next;
		*tail = p;
		tail = &p->next;
		c->n_parts++;
		c->bits += (p->bits + 31) & ~31u;
		c->constant &= p->constant;
	}
	v->stmt_bits = stmt_bits;
	if (want) {
		diag_error(v->d, e->at, "datatype mismatch, expected %s, expression has type %s", tx_type_desc(v->a, x.key), tx_type_desc(v->a, c));
		return NULL;
	}
	return c;
}

struct tx *eval_list(struct eval *v, const struct ast_expr *e, struct expect x)
{
	struct tx *r = NULL, *p;

	if (!x.type || (!x.type->bitmask && x.type != &type_bitmask)) {
		diag_error(v->d, e->at, "Basetype of type %s is not bitmask", x.type ? x.type->desc : "invalid");
		return NULL;
	}
	for (const struct ast_expr *i = e->items; i; i = i->next) {
		p = eval_expr(v, i, x);
		if (!p)
			return NULL;
		if (p->kind != TX_VALUE) {
			diag_error(v->d, i->at, "List member must be a constant value");
			return NULL;
		}
		if (!r)
			r = tx_value(v, e->at, p->type, p->bo, p->bits, 0);
		r->v |= p->v;
	}
	return r;
}

struct tx *eval_verdict(struct eval *v, const struct ast_expr *e, struct expect x)
{
	static const struct { const char *name; int32_t code; } codes[] = {
		{ "accept", NF_ACCEPT }, { "drop", NF_DROP }, { "continue", NFT_CONTINUE }, { "return", NFT_RETURN }, { "jump", NFT_JUMP },
		{ "goto", NFT_GOTO }, { "queue", NF_QUEUE }, { "break", NFT_BREAK },
	};
	struct tx *t = tx_new(v, TX_VERDICT, e->at, &type_verdict, BO_HOST, 0);
	const struct ast_expr *chain = eval_deref(e->a);

	t->constant = true;
	if (x.type && x.type != &type_verdict) {
		diag_error(v->d, e->at, "datatype mismatch, expected %s, expression has type verdict", x.type->desc);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(e->text, codes[i].name))
			continue;
		t->verdict = codes[i].code;
		if (t->verdict != NFT_JUMP && t->verdict != NFT_GOTO)
			return t;
		if (e->rules || !chain) {
			t->chain_id = v->world->new_chain(v->world->ctx, e);
			return t->chain_id ? t : NULL;
		}
		if ((chain->kind != AST_SYMBOL && chain->kind != AST_STRING) || !chain->text) {
			diag_error(v->d, chain->at, "invalid verdict chain expression");
			return NULL;
		}
		t->chain = chain->text;
		if (strlen(t->chain) >= NFT_CHAIN_MAXNAMELEN) {
			diag_error(v->d, chain->at, "chain name too long, %d characters maximum", NFT_CHAIN_MAXNAMELEN - 1);
			return NULL;
		}
		return t;
	}
	diag_error(v->d, e->at, "Unknown verdict '%s'", e->text);
	return NULL;
}
