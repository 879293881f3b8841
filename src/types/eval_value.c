/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words and numbers of the text to values, by the type that their place wants. */
#include <string.h>

#include "src/types/number.h"
#include "src/types/typed.h"

/* The text of a constant; a number that came without one (JSON) in decimal. */
static const char *text_of(struct eval *v, const struct ast_expr *e)
{
	char num[NUMBER_TEXT];

	if (e->text)
		return e->text;
	return arena_strdup(v->a, number_text(e->num, num));
}

static int check_max(struct eval *v, const struct ast_expr *e, u128 n, u128 max)
{
	char a[NUMBER_TEXT], b[NUMBER_TEXT];

	return diag_error(v->d, e->at, "Value %s exceeds valid range 0-%s", number_text(n, a), number_text(max, b));
}

static int no_value(struct eval *v, const struct ast_expr *e, const struct expect *x, const char *why)
{
	const char *near = why && !strncmp(why, "Could not parse ", 16) ? datatype_near(x->type, text_of(v, e)) : NULL;

	if (near)
		return diag_error(v->d, e->at, "Could not parse %s expression; did you you mean `%s`?", x->type->desc, near);
	return diag_error(v->d, e->at, "%s", why ? why : "Could not parse this value");
}

int eval_scalar(struct eval *v, const struct ast_expr *e, const struct expect *x, u128 *out, unsigned *prefix_bits)
{
	unsigned bits = x->bits > v->stmt_bits ? x->bits : v->stmt_bits;
	const char *why = NULL;
	int err;

	*prefix_bits = 0;
	if (!x->type)
		return diag_error(v->d, e->at, "No symbol type information");
	if (type_root(x->type) == &type_string)
		err = ifname_parse(text_of(v, e), x->bits, out, prefix_bits, v->a, &why);
	else
		err = datatype_parse(x->type, v->types, text_of(v, e), bits, out, v->a, &why);
	if (err)
		return no_value(v, e, x, why);
	if (type_root(x->type) != &type_string) {
		if (x->max && *out > x->max)
			return check_max(v, e, *out, x->max);
		if (bits && bits < 128 && *out >> bits)
			return check_max(v, e, *out, ((u128)1 << bits) - 1);
	}
	return 0;
}

static struct tx *mismatch(struct eval *v, const struct tx *t, const struct datatype *type)
{
	diag_error(v->d, t->at, "datatype mismatch: expected %s, expression has type %s", type->desc, tx_type_desc(v->a, t));
	return NULL;
}

struct tx *eval_arg(struct eval *v, const struct ast_expr *e, const struct datatype *type, enum byteorder bo, uint32_t bits)
{
	uint32_t outer = v->stmt_bits;
	struct tx *t;

	if (!bits)
		bits = type->bits;
	v->stmt_bits = bits;
	t = eval_expr(v, e, expect_type(type, bo, bits));
	v->stmt_bits = outer;
	if (!t)
		return NULL;
	if (t->kind == TX_SET) {
		diag_error(v->d, t->at, "you cannot reference a set here, unknown value to use");
		return NULL;
	}
	if (t->kind == TX_CONCAT || t->kind == TX_VERDICT)
		return mismatch(v, t, type);
	if (t->kind == TX_LOAD && t->load == LOAD_PAYLOAD && t->type == &type_integer && (type_root(type) != &type_integer || t->bits != bits)) {
		diag_error(v->d, t->at, "datatype mismatch: expected %s, expression has type %s with length %u", type->desc, t->type->desc,
			   t->bits);
		return NULL;
	}
	if (type_root(type) != type_root(t->type))
		return mismatch(v, t, type);
	if (t->constant) {
		t = eval_order(v, t, bo);
		if (t && t->kind == TX_VALUE)
			t->bits = bits;
		return t;
	}
	if (type == &type_mark || (t->kind == TX_LOAD && t->load == LOAD_RT))
		return eval_order(v, t, bo);
	if (t->type->id == TYPE_INTEGER && t->kind == TX_LOAD && t->bo != bo) {
		t = eval_order(v, t, bo);
		if (t && t->kind == TX_ORDER && bits < t->bits)
			t->bits = t->a->bits = bits;
		return t;
	}
	if (t->type->id != TYPE_INTEGER && t->type != type)
		return mismatch(v, t, type);
	return t;
}
