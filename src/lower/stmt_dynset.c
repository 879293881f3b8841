/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements put into sets as packets pass: add|update|delete @set { key [timeout T] [statements] [: data] }, and
 * meter NAME { key statements }, which makes the set too.
 */
#include <string.h>

#include "src/lower/stmt.h"
#include "src/types/time.h"

struct dynset {
	struct tset *set;
	uint32_t op;                 /* NFT_DYNSET_OP_* */
	struct tx *key, *data;
	uint64_t timeout_ms;
	bool has_timeout;
	struct tstmt *stmts;
};

static int timeout_of(struct eval *v, const struct ast_expr *e, struct dynset *d)
{
	const char *text = opt_text(e->opts, "timeout"), *why = NULL;

	if (!opt_has(e->opts, "timeout"))
		return 0;
	if (!text || duration_parse(text, &d->timeout_ms, &why))
		return diag_error(v->d, ast_opt_find(e->opts, "timeout")->at, "%s", why ? why : "wrong time format");
	d->has_timeout = true;
	return 0;
}

static int stmts_of(struct eval *v, const struct ast_expr *e, struct dynset *d)
{
	struct tstmt **tail = &d->stmts;

	for (const struct ast_stmt *s = e->stmts; s; s = s->next) {
		*tail = arena_new_of(v->a, struct tstmt);
		if (eval_stmt(v, s, *tail))
			return -1;
		if (!(*tail)->type->stateful)
			return diag_error(v->d, s->at, "meter statement must be stateful");
		tail = &(*tail)->next;
	}
	return 0;
}

/* Splits `key props : data`; the properties may be missing. */
static const struct ast_expr *split(const struct ast_expr *e, const struct ast_expr **elem, const struct ast_expr **data)
{
	e = eval_deref(e);
	if (e->kind == AST_SET && e->items)
		e = eval_deref(e->items);
	*data = NULL;
	*elem = NULL;
	if (e->kind == AST_MAPPING) {
		*data = e->b;
		e = eval_deref(e->a);
	}
	if (e->kind == AST_ELEM) {
		*elem = e;
		e = eval_deref(e->a);
	}
	return e;
}

static int key_of(struct eval *v, const struct ast_expr *e, struct dynset *d)
{
	d->key = eval_expr(v, e, d->set ? expect_like(d->set->key) : (struct expect){ 0 });
	if (!d->key)
		return -1;
	if (d->key->kind == TX_RANGE || d->key->kind == TX_PREFIX || d->key->kind == TX_SET || d->key->kind == TX_VERDICT)
		return diag_error(v->d, e->at, "Key cannot be a %s", tx_kind_name(d->key));
	if (d->key->constant && !d->set)
		return diag_error(v->d, e->at, "Key expression comes from a constant");
	if (d->set && !tx_same_type(d->key, d->set->key))
		return diag_error(v->d, e->at, "datatype mismatch, expected %s, expression has type %s", tx_type_desc(v->a, d->set->key),
				  tx_type_desc(v->a, d->key));
	return 0;
}

static int data_of(struct eval *v, const struct ast_stmt *s, const struct ast_expr *e, struct dynset *d)
{
	if (!e) {
		if (d->set->data && d->op != NFT_DYNSET_OP_DELETE)
			return diag_error(v->d, s->at, "map %s needs data to add", d->set->name);
		return 0;
	}
	if (!d->set->data)
		return diag_error(v->d, e->at, "%s is not a map", d->set->name);
	d->data = eval_expr(v, e, expect_like(d->set->data));
	if (!d->data)
		return -1;
	if (!tx_same_type(d->data, d->set->data))
		return diag_error(v->d, e->at, "datatype mismatch, expected %s, expression has type %s", tx_type_desc(v->a, d->set->data),
				  tx_type_desc(v->a, d->data));
	if (d->data->kind != TX_CONCAT)
		d->data = eval_order(v, d->data, d->set->data->bo);
	return d->data ? 0 : -1;
}

static int eval_op(struct eval *v, const struct ast_stmt *s, struct tstmt *out, uint32_t op)
{
	struct dynset *d = out->body = arena_new_of(v->a, struct dynset);
	const struct ast_expr *elem, *data, *key = split(s->b, &elem, &data);

	d->op = op;
	d->set = v->world->set(v->world->ctx, s->a->text, s->a->at);
	if (!d->set)
		return -1;
	if (key_of(v, key, d) || data_of(v, s, data, d))
		return -1;
	return elem && (timeout_of(v, elem, d) || stmts_of(v, elem, d)) ? -1 : 0;
}

static int eval_add(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	return eval_op(v, s, out, NFT_DYNSET_OP_ADD);
}

static int eval_update(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	return eval_op(v, s, out, NFT_DYNSET_OP_UPDATE);
}

static int eval_delete(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	return eval_op(v, s, out, NFT_DYNSET_OP_DELETE);
}

static int eval_meter(struct eval *v, const struct ast_stmt *s, struct tstmt *out)
{
	struct dynset *d = out->body = arena_new_of(v->a, struct dynset);
	const struct ast_expr *elem, *data, *key = split(s->b, &elem, &data);
	uint64_t size = 65535;

	d->op = NFT_DYNSET_OP_ADD;
	if (opt_number(v, s->opts, "size", UINT32_MAX, &size) || key_of(v, key, d))
		return -1;
	if (elem && (timeout_of(v, elem, d) || stmts_of(v, elem, d)))
		return -1;
	d->set = v->world->meter(v->world->ctx, s->a, d->key, (uint32_t)size, d->has_timeout);
	return d->set ? 0 : -1;
}

/* ---- lowering -------------------------------------------------------------------------------------------------- */

static struct bc_expr *stateful(struct gen *g, const struct tstmt *s)
{
	struct gen sub;

	gen_init(&sub, g->a, g->family, g->table);
	for (; s; s = s->next)
		s->type->lower(&sub, s);
	return sub.first;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	const struct dynset *d = s->body;
	uint32_t word = g->reg, key, data = 0;
	struct bc_dynset *b;

	key = gen_reg(g, d->key);
	gen_expr(g, d->key, key);
	if (d->data) {
		data = gen_reg(g, d->data);
		gen_expr(g, d->data, data);
	}
	b = gen_add(g, "dynset");
	BC_SET(b, NFTA_DYNSET_SREG_KEY, sreg_key, gen_wire(key));
	BC_SET(b, NFTA_DYNSET_SET_NAME, set, d->set->name);
	if (d->set->id)
		BC_SET(b, NFTA_DYNSET_SET_ID, set_id, d->set->id);
	BC_SET(b, NFTA_DYNSET_OP, op, d->op);
	if (d->data)
		BC_SET(b, NFTA_DYNSET_SREG_DATA, sreg_data, gen_wire(data));
	if (d->has_timeout)
		BC_SET(b, NFTA_DYNSET_TIMEOUT, timeout, d->timeout_ms);
	if (d->stmts && !d->stmts->next) {
		BC_SET(b, NFTA_DYNSET_EXPR, expr, stateful(g, d->stmts));
	} else if (d->stmts) {
		BC_SET(b, NFTA_DYNSET_EXPRESSIONS, exprs, stateful(g, d->stmts));
		BC_SET(b, NFTA_DYNSET_FLAGS, flags, NFT_DYNSET_F_EXPR);
	}
	gen_free(g, word);
}

const struct tstmt_type tstmt_add = { .name = "add", .eval = eval_add, .lower = lower };
const struct tstmt_type tstmt_update = { .name = "update", .eval = eval_update, .lower = lower };
const struct tstmt_type tstmt_delete = { .name = "delete", .eval = eval_delete, .lower = lower };
const struct tstmt_type tstmt_meter = { .name = "meter", .eval = eval_meter, .lower = lower };
