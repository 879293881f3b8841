/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields that may be merged, and the constants they are compared with. */
#include <string.h>

#include "src/optimize/optimize_priv.h"
#include "src/types/proto.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_field(const struct ast_field *a, const struct ast_field *b)
{
	if (strcmp(a->head, b->head) || a->n_words != b->n_words || !same_text(a->result, b->result) ||
	    a->has_seed != b->has_seed || a->seed != b->seed)
		return false;
	for (unsigned i = 0; i < a->n_words; i++)
		if (strcmp(a->words[i].text, b->words[i].text))
			return false;
	return true;
}

static bool same_items(const struct ast_expr *a, const struct ast_expr *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (!same_expr(a, b))
			return false;
	return a == b;
}

/* Kinds that statements of a tail have; anything else is never the same. */
bool same_expr(const struct ast_expr *a, const struct ast_expr *b)
{
	a = a ? eval_deref(a) : NULL;
	b = b ? eval_deref(b) : NULL;
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->op != b->op)
		return false;
	switch (a->kind) {
	case AST_SYMBOL:
	case AST_STRING:
		return same_text(a->text, b->text);
	case AST_NUMBER:
		return a->num == b->num;
	case AST_SETREF:
		return same_text(a->text, b->text);
	case AST_RAW:
		return same_text(a->text, b->text) && a->num == b->num && a->num2 == b->num2;
	case AST_FIELD:
		return same_field(a->field, b->field) && same_expr(a->a, b->a) && a->num == b->num && (a->a || a->num2 == b->num2);
	case AST_PREFIX:
		return same_expr(a->a, b->a) && a->num == b->num;
	case AST_RANGE:
		return same_expr(a->a, b->a) && same_expr(a->b, b->b);
	case AST_LIST:
		return same_items(a->items, b->items);
	default:
		return false;
	}
}

/* ---- fields --------------------------------------------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static const char *last_word(const struct ast_field *f)
{
	return f->n_words ? f->words[f->n_words - 1].text : "";
}

/* Reads the same twice, and reading it changes nothing. */
static bool is_plain(const struct ast_expr *e)
{
	static const char *const restless[] = { "random", "time", "hour", "day", "cpu", "nftrace", NULL };
	static const char *const ct[] = { "state",    "direction", "mark",  "status",    "zone",      "id",     "l3proto",
					  "protocol", "saddr",     "daddr", "proto-src", "proto-dst", "helper", NULL };
	static const char *const heads[] = { "tcp option", "ip option", "sctp chunk", "rt", "fib", "socket", "osf", NULL };

	if (e->kind == AST_RAW)
		return true;
	if (e->kind != AST_FIELD || e->a)
		return false;
	if (!strcmp(e->field->head, "meta"))
		return !is_one_of(last_word(e->field), restless);
	if (!strcmp(e->field->head, "ct"))
		return is_one_of(last_word(e->field), ct);
	return is_one_of(e->field->head, heads) || proto_by_name(e->field->head);
}

int selector_of(struct optimizer *o, const struct ast_expr *field)
{
	if (!is_plain(field))
		return -1;
	for (unsigned i = 0; i < o->n_selectors; i++)
		if (same_expr(o->selectors[i], field))
			return (int)i;
	if (o->n_selectors == MAX_SELECTORS)
		return -1;
	o->selectors[o->n_selectors] = field;
	return (int)o->n_selectors++;
}

/* Keys of meta that are fixed when a packet enters a chain, and that nothing sets. */
static bool is_fixed_meta(const char *key)
{
	static const char *const fixed[] = { "iif",     "iifname",  "iiftype", "iifgroup", "iifkind", "oif",  "oifname",
					     "oiftype", "oifgroup", "oifkind", "nfproto",  "l4proto", "sdif", "sdifname",
					     "ibrname", "obrname",  "skuid",   "skgid",    "cgroup",  NULL };

	return is_one_of(key, fixed);
}

bool is_steady(const struct optimizer *o, const struct ast_expr *field)
{
	if (field->kind == AST_FIELD && !strcmp(field->field->head, "meta"))
		return is_fixed_meta(last_word(field->field)) || !(o->changes & CHANGES_META);
	if (field->kind == AST_FIELD && !strcmp(field->field->head, "ct"))
		return !(o->changes & CHANGES_CT);
	if (field->kind == AST_RAW || proto_by_name(field->field->head))
		return !(o->changes & CHANGES_PACKET);
	return !o->changes;
}

/* ---- constants -------------------------------------------------------------------------------------------------------- */

static struct eval *scratch_eval(struct optimizer *o, struct diag *d)
{
	static const struct eval_world nothing;
	struct eval *v = arena_new_of(o->a, struct eval);

	diag_init(d, o->texts, o->a);
	eval_init(v, o->a, d, o->types, &nothing, o->family, o->table);
	return v;
}

static bool is_scalar(const struct ast_expr *e)
{
	if (e->kind == AST_PREFIX || e->kind == AST_RANGE)
		return is_scalar(eval_deref(e->a)) && (e->kind == AST_PREFIX || is_scalar(eval_deref(e->b)));
	if (e->kind == AST_SYMBOL && !e->quoted && (!strcmp(e->text, "exists") || !strcmp(e->text, "missing")))
		return false;
	return e->kind == AST_SYMBOL || e->kind == AST_STRING || e->kind == AST_NUMBER;
}

/* The type of a field, or NULL. */
static struct tx *typed_field(struct eval *v, const struct ast_expr *field)
{
	struct expect x = { 0 };

	return eval_expr(v, field, x);
}

bool key_of(struct optimizer *o, const struct ast_expr *field, const struct ast_expr *key, struct value *out)
{
	struct diag d;
	struct eval *v = scratch_eval(o, &d);
	struct tx *left = typed_field(v, field), *right;

	key = eval_deref(key);
	if (!left || !key || !is_scalar(key))
		return false;
	right = eval_expr(v, key, expect_like(left));
	if (!right || d.errors || (right->kind != TX_VALUE && right->kind != TX_PREFIX && right->kind != TX_RANGE))
		return false;
	if (right->kind != TX_VALUE && type_root(left->type) == &type_string) /* eth* */
		return false;
	out->e = key;
	tx_ends(right, &out->lo, &out->hi);
	return out->lo <= out->hi;
}

static bool add_value(struct optimizer *o, const struct ast_expr *e, struct column *c)
{
	if (c->n == MAX_PRODUCT)
		return false;
	return key_of(o, c->field, e, &c->v[c->n]) && ++c->n;
}

static bool add_values(struct optimizer *o, const struct ast_expr *items, struct column *c)
{
	for (const struct ast_expr *e = items; e; e = e->next) {
		const struct ast_expr *i = eval_deref(e);

		if (!i || (i->kind == AST_SET ? !add_values(o, i->items, c) : !add_value(o, i, c)))
			return false;
	}
	return true;
}

/* `tcp flags syn` asks for a bit and not for a value. A packet has one state of a connection, so there it is the same. */
static bool asks_for_bits(struct optimizer *o, const struct ast_expr *field)
{
	struct diag d;
	struct tx *left = typed_field(scratch_eval(o, &d), field);

	return !left || (left->type->bitmask && left->type != &type_ct_state);
}

static bool is_state(const struct ast_expr *field)
{
	return field->kind == AST_FIELD && !strcmp(field->field->head, "ct") && !strcmp(last_word(field->field), "state");
}

static bool without_overlap(const struct column *c)
{
	for (unsigned i = 0; i < c->n; i++)
		for (unsigned k = 0; k < i; k++)
			if (c->v[i].lo <= c->v[k].hi && c->v[k].lo <= c->v[i].hi)
				return false;
	return true;
}

bool values_of(struct optimizer *o, const struct ast_expr *field, const struct ast_expr *rel, struct column *out)
{
	const struct ast_expr *right = eval_deref(rel->b);

	*out = (struct column){ .field = field, .v = arena_alloc(o->a, MAX_PRODUCT * sizeof(struct value)) };
	if (!right || (rel->op != AST_OP_IMPLICIT && rel->op != AST_OP_EQ))
		return false;
	if (right->kind == AST_SET) {
		if (!add_values(o, right->items, out) || (out->n == 1 && asks_for_bits(o, field)))
			return false;
	} else if (right->kind == AST_LIST) {
		if (!is_state(field) || rel->op == AST_OP_EQ || !add_values(o, right->items, out))
			return false;
	} else if ((rel->op == AST_OP_IMPLICIT && asks_for_bits(o, field)) || !add_value(o, right, out)) {
		return false;
	}
	return out->n && without_overlap(out);
}
