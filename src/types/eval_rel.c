/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Relations: `tcp dport 22`, `ct state != new`, `ip saddr @set`, `tcp flags & syn == 0`, `tcp flags syn / syn,ack`. */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/typed.h"

static const char *const op_names[] = {
	[AST_OP_IMPLICIT] = "implicit", [AST_OP_EQ] = "==", [AST_OP_NE] = "!=", [AST_OP_LT] = "<", [AST_OP_GT] = ">", [AST_OP_LE] = "<=",
	[AST_OP_GE] = ">=", [AST_OP_NOT] = "!", [AST_OP_IN] = "in",
};

static int also(struct eval *v, const struct tx *e)
{
	diag_also(v->d, e->at);
	return -1;
}

/* `meta hour 23:00-02:00` goes past midnight, and time zones move ranges past it: then it is everything but what lies between. */
static void invert_hours(struct trel *r)
{
	struct tx *t = r->right->a;

	if (r->right->kind != TX_RANGE || r->left->kind != TX_LOAD || r->left->load != LOAD_META || r->left->meta.key != NFT_META_TIME_HOUR)
		return;
	if (r->right->a->v <= r->right->b->v)
		return;
	r->right->a = r->right->b;
	r->right->b = t;
	r->op = r->op == AST_OP_NE ? AST_OP_EQ : AST_OP_NE;
}

static bool ct_address(const struct tx *e)
{
	return e->kind == TX_LOAD && e->load == LOAD_CT && (e->ct.key == NFT_CT_SRC || e->ct.key == NFT_CT_DST);
}

static int rel_set(struct eval *v, struct trel *r)
{
	if (ct_address(r->left))
		return diag_error(v->d, r->left->at, "specify either ip or ip6 for address matching");
	if (r->op != AST_OP_IMPLICIT && r->op != AST_OP_EQ && r->op != AST_OP_NE)
		return diag_error(v->d, r->right->at, "Relational expression (%s) is undefined for %s expressions", op_names[r->op],
				  tx_kind_name(r->right));
	if (r->right->set->flags & NFT_SET_INTERVAL) {
		r->left = eval_order(v, r->left, BO_BIG);
		if (!r->left)
			return -1;
	}
	return 0;
}

static bool ordered(enum ast_op op)
{
	return op == AST_OP_LT || op == AST_OP_GT || op == AST_OP_LE || op == AST_OP_GE;
}

/* A value turned to big endian lies at the end of its bytes: all of them are compared. */
static void widen(const struct tx *left, struct tx *right)
{
	if (left->kind != TX_ORDER || left->bits <= right->bits)
		return;
	right->bits = left->bits;
	if (right->kind == TX_RANGE)
		right->a->bits = right->b->bits = left->bits;
}

static int rel_order(struct eval *v, struct trel *r)
{
	struct tx *left = r->left, *right = r->right;

	switch (r->op) {
	case AST_OP_IMPLICIT:
	case AST_OP_EQ:
	case AST_OP_NE:
		if (right->kind == TX_RANGE) {
			r->left = eval_order(v, left, BO_BIG);
			r->right = eval_order(v, right, BO_BIG);
		} else {
			r->right = eval_order(v, right, left->bo);
		}
		break;
	case AST_OP_NOT:
		if (left->kind == TX_BINOP)
			return diag_error(v->d, left->at, "cannot combine negation with binary expression"), also(v, right);
		if (right->kind != TX_VALUE || (!right->type->bitmask && right->type != &type_bitmask))
			return diag_error(v->d, left->at,
					  "negation can only be used with singleton bitmask values.  Did you mean \"!=\"?"), also(v, right);
		r->right = eval_order(v, right, left->bo);
		break;
	default:
		if (right->kind != TX_VALUE)
			return diag_error(v->d, right->at, "Relational expression (%s) is undefined for %s expressions", op_names[r->op],
					  tx_kind_name(right));
		r->left = eval_order(v, left, BO_BIG);
		r->right = eval_order(v, right, BO_BIG);
	}
	if (!r->left || !r->right)
		return -1;
	widen(r->left, r->right);
	return 0;
}

/* `fib daddr oif exists` is the older form of `fib daddr check exists`. */
static bool asks_presence(const struct tx *left, const struct ast_expr *right)
{
	right = eval_deref(right);
	if (left->kind != TX_LOAD || left->load != LOAD_FIB || left->fib.result != NFT_FIB_RESULT_OIF || right->kind != AST_SYMBOL)
		return false;
	return !right->quoted && (!strcmp(right->text, "exists") || !strcmp(right->text, "missing"));
}

static int rel_value(struct eval *v, const struct ast_expr *e, const struct ast_expr *value, struct trel *r)
{
	struct expect x = expect_like(r->left);

	if (r->left->kind == TX_CONCAT && value->kind != AST_SETREF) {
		diag_error(v->d, e->b->at, "Use concatenations with sets and maps, not singleton values");
		diag_also(v->d, r->left->at);
		return -1;
	}
	if (asks_presence(r->left, value)) {
		r->left->fib.flags |= NFTA_FIB_F_PRESENT;
		r->left->type = &type_boolean;
		r->left->bits = 8;
		r->left->vbits = 1;
		x = expect_like(r->left);
	}
	r->right = eval_expr(v, value, x);
	if (!r->right)
		return -1;
	invert_hours(r);
	if (!r->right->constant) {
		diag_error(v->d, r->right->at, "Right hand side of relational expression (%s) must be constant", op_names[r->op]);
		return also(v, r->left);
	}
	if (r->left->constant) {
		diag_error(v->d, r->left->at, "Relational expression (%s) has constant value", op_names[r->op]);
		return also(v, r->right);
	}
	if (!tx_same_type(r->left, r->right->kind == TX_SET ? r->right->set->key : r->right)) {
		diag_error(v->d, r->right->at, "datatype mismatch, expected %s, expression has type %s",
			   tx_type_desc(v->a, r->left), tx_type_desc(v->a, r->right->kind == TX_SET ? r->right->set->key : r->right));
		return also(v, r->left);
	}
	pctx_learn(v, r);
	if (r->right->kind == TX_SET)
		return rel_set(v, r);
	if (r->op != AST_OP_NOT && eval_transfer(v, &r->left, &r->right, ordered(r->op)))
		return -1;
	return rel_order(v, r);
}

/* tcp flags syn / syn,ack: flags & (syn|ack) == syn */
static int rel_flags(struct eval *v, const struct ast_expr *e, struct trel *r)
{
	struct expect x = expect_like(r->left);
	struct tx *value = eval_expr(v, e->b->a, x), *mask;

	if (!value)
		return -1;
	mask = eval_expr(v, e->b->b, x);
	if (!mask)
		return -1;
	if (value->kind != TX_VALUE || mask->kind != TX_VALUE)
		return diag_error(v->d, e->b->at, "Flags and their mask must be constant");
	if (r->op == AST_OP_IMPLICIT)
		r->op = AST_OP_EQ;
	mask->bo = value->bo = r->left->bo;
	r->left = tx_binop(v, AST_OP_AND, r->left, mask);
	r->right = value;
	return 0;
}

/* { x }: a set of one is what is in it, unless it is a concatenation or has more to it than its key. */
static const struct ast_expr *only_element(const struct tx *left, const struct ast_expr *set)
{
	const struct ast_expr *e = set->items ? eval_deref(set->items) : NULL;

	if (!e || set->items->next || left->kind == TX_CONCAT)
		return NULL;
	if (e->kind == AST_SET)
		return only_element(left, e);
	switch (e->kind) {
	case AST_ELEM:
	case AST_MAPPING:
	case AST_WILDCARD:
	case AST_CONCAT:
	case AST_SETREF:
	case AST_FIELD:
		return NULL;
	default:
		return e;
	}
}

static int rel_anon_set(struct eval *v, const struct ast_expr *e, struct trel *r)
{
	struct tset *s;

	if (r->op != AST_OP_IMPLICIT && r->op != AST_OP_EQ && r->op != AST_OP_NE)
		return diag_error(v->d, e->b->at, "Relational expression (%s) is undefined for set expressions", op_names[r->op]);
	if (r->left->constant)
		return diag_error(v->d, r->left->at, "Relational expression (%s) has constant value", op_names[r->op]);
	if (ct_address(r->left))
		return diag_error(v->d, r->left->at, "specify either ip or ip6 for address matching");
	s = eval_anon_set(v, eval_deref(e->b), &r->left, NULL, 0);
	if (!s)
		return -1;
	r->right = tx_new(v, TX_SET, e->b->at, s->key->type, s->key->bo, s->key->bits);
	r->right->constant = true;
	r->right->set = s;
	pctx_learn(v, r);
	return rel_set(v, r);
}

int eval_rel(struct eval *v, const struct ast_expr *e, struct trel *r)
{
	const struct ast_expr *right = eval_deref(e->b), *only;
	struct expect x = { 0 };
	struct tset *s;

	*r = (struct trel){ .op = e->op };
	if (!right)
		return -1;
	if (right->kind == AST_SETREF) { /* the set says what constants on the left are: `ip saddr . 1.2.3.4 @s` */
		s = v->world->set(v->world->ctx, right->text, right->at);
		if (!s)
			return -1;
		x = expect_like(s->key);
	}
	r->left = eval_expr(v, e->a, x);
	if (!r->left)
		return -1;
	if (right->kind == AST_FLAGS_CMP)
		return rel_flags(v, e, r);
	if (right->kind != AST_SET)
		return rel_value(v, e, e->b, r);
	only = only_element(r->left, right);
	if (!only)
		return rel_anon_set(v, e, r);
	if (rel_value(v, e, only, r))
		return -1;
	if (r->op == AST_OP_IMPLICIT && r->right->kind == TX_VALUE && !r->right->v)
		r->op = AST_OP_EQ; /* no bit to test */
	return 0;
}
