/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets and maps where expressions use them: @name, { … } after a field, `field map …`. */
#include <stdlib.h>
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/typed.h"

void telems_free(struct telems *e)
{
	free(e->mem);
	*e = (struct telems){ 0 };
}

struct tx *eval_template(struct eval *v, const struct tx *e)
{
	struct tx *t, **tail;

	if (e->kind != TX_CONCAT) {
		t = tx_value(v, e->at, e->type, e->bo, e->bits, 0);
		t->vbits = e->vbits;
		return t;
	}
	t = tx_new(v, TX_CONCAT, e->at, &type_invalid, BO_INVALID, e->bits);
	t->n_parts = e->n_parts;
	tail = &t->parts;
	for (const struct tx *p = e->parts; p; p = p->next) {
		*tail = eval_template(v, p);
		tail = &(*tail)->next;
	}
	return t;
}

void set_big_endian(struct tx *t)
{
	if (t->kind != TX_CONCAT) {
		if (type_root(t->type) != &type_string)
			t->bo = BO_BIG;
		return;
	}
	for (struct tx *p = t->parts; p; p = p->next)
		set_big_endian(p);
}

/* Data that is a range of addresses or ports. */
static bool has_range(const struct telem_props *p)
{
	if (!p || !p->data)
		return false;
	if (p->data->kind != TX_CONCAT)
		return p->data->kind == TX_RANGE || p->data->kind == TX_PREFIX;
	for (const struct tx *q = p->data->parts; q; q = q->next)
		if (q->kind != TX_VALUE)
			return true;
	return false;
}

struct tset *eval_anon_set(struct eval *v, const struct ast_expr *set, struct tx **key, struct tx *data, uint32_t obj_type)
{
	struct telem_shift shift = { 0 };
	struct tset *s;

	if (!set->items) {
		diag_error(v->d, set->at, "Set is empty");
		return NULL;
	}
	s = v->world->new_set(v->world->ctx, set->at);
	s->name = data ? "__map%d" : obj_type ? "__objmap%d" : "__set%d";
	s->flags = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT | (data ? NFT_SET_MAP : 0) | (obj_type ? NFT_SET_OBJECT : 0);
	s->obj_type = obj_type;
	s->at = set->at;
	if ((*key)->kind != TX_CONCAT)
		eval_transfer_elems(v, key, &shift);
	s->key_of = (*key)->kind == TX_BINOP ? NULL : *key;
	s->key = eval_template(v, *key);
	if (data) {
		s->data = data;
		s->data_of = data->kind == TX_CONCAT ? tx_value(v, data->at, &type_integer, BO_BIG, 0, 0) : data;
		if ((*key)->kind != TX_CONCAT)
			s->key_of = s->key;
	}
	if (eval_elems(v, s, set, &shift, &s->elems))
		return NULL;
	if (s->elems.ranges) {
		s->flags |= NFT_SET_INTERVAL;
		if (s->key->kind == TX_CONCAT)
			s->flags |= NFT_SET_CONCAT;
		else
			s->key_order = s->key->bits > 8 || type_root(s->key->type) == &type_string ? s->key->bo : BO_BIG;
		s->automerge = !data && !obj_type && s->key->kind != TX_CONCAT;
		set_big_endian(s->key);
	}
	for (uint32_t i = 0; data && i < s->elems.n; i++)
		s->data_interval |= has_range(telem_at(&s->elems, i)->props);
	*v->sets_tail = s;
	v->sets_tail = &s->next;
	return s;
}

struct tx *eval_setref(struct eval *v, const struct ast_expr *e, struct expect x)
{
	struct tset *s = v->world->set(v->world->ctx, e->text, e->at);
	struct tx *t;

	if (!s)
		return NULL;
	t = tx_new(v, TX_SET, e->at, s->key->type, s->key->bo, s->key->bits);
	t->constant = true;
	t->set = s;
	return t;
}

/* Data of a map written here, as the place of the map wants it. */
static struct tx *data_template(struct eval *v, const struct ast_expr *e, const struct expect *x)
{
	struct tx *t;

	if (x->key && x->key->kind == TX_CONCAT)
		return eval_template(v, x->key);
	if (!x->type) {
		diag_error(v->d, e->at, "The type of this map's data is not known here");
		return NULL;
	}
	if (x->type == &type_verdict)
		return tx_new(v, TX_VERDICT, e->at, &type_verdict, BO_INVALID, 0);
	t = tx_value(v, e->at, x->type, x->bo, x->bits, 0);
	return t;
}

static struct tx *map_result(struct eval *v, const struct ast_expr *e, struct tx *key, struct tset *s)
{
	struct tx *t;

	if (s->flags & NFT_SET_INTERVAL) {
		key = eval_order(v, key, BO_BIG);
		if (!key)
			return NULL;
	}
	t = tx_new(v, TX_MAP, e->at, s->data ? s->data->type : &type_invalid, s->data ? s->data->bo : BO_INVALID, s->data ? s->data->bits : 0);
	t->key = key;
	t->set = s;
	return t;
}

struct tx *eval_map(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct ast_expr *set = eval_deref(e->b);
	uint32_t stmt_bits = v->stmt_bits;
	struct tx *key, *data;
	struct tset *s;

	v->stmt_bits = 0;
	s = set->kind == AST_SETREF ? v->world->set(v->world->ctx, set->text, set->at) : NULL;
	if (set->kind == AST_SETREF && !s)
		return NULL;
	key = eval_expr(v, e->a, s ? expect_like(s->key) : (struct expect){ 0 });
	if (!key)
		return NULL;
	if (key->constant) {
		diag_error(v->d, key->at, "Map expression can not be constant");
		return NULL;
	}
	if (key->kind == TX_LOAD && key->load == LOAD_CT && (key->ct.key == NFT_CT_SRC || key->ct.key == NFT_CT_DST)) {
		diag_error(v->d, key->at, "specify either ip or ip6 for address matching");
		return NULL;
	}
	if (set->kind == AST_SET) {
		data = data_template(v, e, &x);
		s = data ? eval_anon_set(v, set, &key, data, 0) : NULL;
		v->stmt_bits = stmt_bits;
		return s ? map_result(v, e, key, s) : NULL;
	}
	v->stmt_bits = stmt_bits;
	if (set->kind != AST_SETREF) {
		diag_error(v->d, set->at, "Expression is not a map");
		return NULL;
	}
	if (!s->data && !s->obj_type) {
		diag_error(v->d, set->at, "Expression is not a map");
		return NULL;
	}
	if (!tx_same_type(s->key, key)) {
		diag_error(v->d, set->at, "datatype mismatch, map expects %s, mapping expression has type %s", tx_type_desc(v->a, s->key),
			   tx_type_desc(v->a, key));
		diag_also(v->d, key->at);
		return NULL;
	}
	return map_result(v, e, key, s);
}

/* ---- types of named sets -------------------------------------------------------------------------- */

static struct tx *type_named(struct eval *v, const struct ast_expr *e)
{
	const struct datatype *t = e->text ? datatype_by_name(e->text) : NULL;

	if (!t) {
		diag_error(v->d, e->at, "unknown datatype %s", e->text ? e->text : "");
		return NULL;
	}
	if (t == &type_verdict)
		return tx_new(v, TX_VERDICT, e->at, t, BO_INVALID, 0);
	return tx_value(v, e->at, t, t->byteorder ? t->byteorder : BO_BIG, t->bits, 0);
}

static struct tx *typeof_one(struct eval *v, const struct ast_expr *e)
{
	if (e->kind == AST_SYMBOL && !strcmp(e->text, "queue"))
		return tx_value(v, e->at, &type_integer, BO_HOST, 16, 0);
	if (e->kind == AST_VERDICT || (e->kind == AST_SYMBOL && !strcmp(e->text, "verdict")))
		return tx_new(v, TX_VERDICT, e->at, &type_verdict, BO_INVALID, 0);
	if (e->kind == AST_SYMBOL && datatype_by_name(e->text)) /* as a listing has it where only the key is a typeof */
		return type_named(v, e);
	return eval_expr(v, e, (struct expect){ 0 });
}

struct tx *eval_set_type(struct eval *v, const struct ast_expr *e, bool is_typeof, const struct tx **of)
{
	struct tx *t, *p, **tail;

	e = eval_deref(e);
	v->deps_off = true;
	*of = NULL;
	if (is_typeof) {
		t = typeof_one(v, e);
		if (!t)
			return NULL;
		*of = t;
		if (t->kind == TX_VERDICT)
			return t;
		t = eval_template(v, t);
		for (p = t->kind == TX_CONCAT ? t->parts : t; p; p = p->next)
			p->bits = p->vbits ? p->vbits : p->bits;
		return t;
	}
	if (e->kind != AST_CONCAT)
		return type_named(v, e);
	t = tx_new(v, TX_CONCAT, e->at, &type_invalid, BO_INVALID, 0);
	tail = &t->parts;
	for (const struct ast_expr *i = e->items; i; i = i->next) {
		p = type_named(v, i);
		if (!p)
			return NULL;
		if (p->kind != TX_VALUE || !p->bits) {
			diag_error(v->d, i->at, "can not use variable sized data types (%s) in concat expressions", i->text);
			return NULL;
		}
		*tail = p;
		tail = &p->next;
		t->n_parts++;
		t->bits += (p->bits + 31) & ~31u;
	}
	return t;
}
