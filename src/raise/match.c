/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matches: `left op right`, from a comparison, range or lookup.
 *
 *   reg & mask == value   a prefix, where the type has them and the mask is one: ip saddr 10.0.0.0/8
 *   reg & flags != 0      any of the flags: ct state established,related
 *   reg & flags == 0      none of them: tcp flags ! syn
 *   any other mask        stays arithmetic: meta mark & 0x3 == 0x1
 */
#include "src/raise/rx.h"

static void append(struct raise *r, struct rstmt *s)
{
	s->prev = r->last;
	*(r->last ? &r->last->next : &r->first) = s;
	r->last = s;
}

struct ast_stmt *raise_emit(struct raise *r, const char *name)
{
	struct rstmt *s = arena_new_of(r->tmp, struct rstmt);

	s->ast = ast_stmt(r->a, name, (struct place){});
	append(r, s);
	raise_depend_reset(r);
	return s->ast;
}

/*
 * What is written for ==: nothing, but where left is arithmetic, or where a value of flags is meant as it
 * is (`tcp flags == syn`: no other).
 */
static struct ast_stmt *relation(struct raise *r, enum ast_op op, const struct rx *left, struct ast_expr *right, bool exact)
{
	struct ast_stmt *s = ast_stmt(r->a, "match", (struct place){});
	struct ast_expr *rel = ast_expr(r->a, AST_REL, (struct place){});

	rel->op = op == AST_OP_EQ && left->kind != RX_BINOP && !exact ? AST_OP_IMPLICIT : op;
	rel->a = raise_ast(r, left, NULL);
	rel->b = right;
	s->a = rel;
	return s;
}

struct rstmt *raise_emit_promise(struct raise *r, const struct rx *left, u128 value)
{
	struct rstmt *s = arena_new_of(r->tmp, struct rstmt);

	s->left = left;
	s->value = value;
	append(r, s);
	return s;
}

struct rstmt *raise_emit_match(struct raise *r, enum ast_op op, const struct rx *left, struct ast_expr *right, bool exact)
{
	struct rstmt *s = raise_emit_promise(r, left, 0);

	s->ast = relation(r, op, left, right, exact);
	return s;
}

struct ast_stmt *raise_stmt_ast(struct raise *r, struct rstmt *s)
{
	const struct rtype *t = s->ast ? NULL : &s->left->t;

	if (!s->ast)
		s->ast = relation(r, AST_OP_EQ, s->left, raise_typed(r, t, s->value), raise_is_flags(t->type));
	return s->ast;
}

static bool is_single(const struct rx *e)
{
	return e->kind == RX_VALUE;
}

static bool is_masked(const struct rx *l, const struct rx *right, enum ast_op op)
{
	return l->kind == RX_BINOP && l->op == AST_OP_AND && l->b->kind == RX_VALUE && right->kind == RX_VALUE &&
	       l->a->kind != RX_CONCAT && (op == AST_OP_EQ || op == AST_OP_NE) && l->b->val.len <= 16;
}

/* Fewer bytes than the field has are the beginning of an address: ct original ip saddr 192.168.1.0/24. */
static struct ast_expr *beginning(struct raise *r, const struct rtype *t, const struct rx *right)
{
	static const struct rtype big = { .type = &type_integer, .bo = BO_BIG };
	struct ast_expr *p;

	if (right->kind != RX_VALUE || right->val.len >= raise_bytes(t->bits) || t->bits > 128 || t->bo != BO_BIG || t->shift ||
	    datatype_is(t->type, &type_string))
		return NULL;
	p = ast_expr(r->a, AST_PREFIX, (struct place){});
	p->a = raise_typed(r, t, raise_load(&big, right->val.p, right->val.len) << (t->bits - right->val.len * 8));
	p->num = right->val.len * 8;
	return p;
}

/* `reg & mask op value` in a form of its own. */
static bool match_masked(struct raise *r, enum ast_op op, const struct rx *l, const struct rx *right)
{
	const struct rtype *t = &l->a->t;
	u128 mask = raise_load(&l->b->t, l->b->val.p, l->b->val.len), v = raise_load(t, right->val.p, right->val.len);
	int plen = raise_prefix_len(mask, t->bits);
	struct ast_expr *p;

	if (raise_is_flags(t->type) && !v) {
		raise_emit_match(r, op == AST_OP_NE ? AST_OP_IN : AST_OP_NOT, l->a, raise_flags(r, t, mask), false);
		return true;
	}
	if (!t->type->prefix || t->bo != BO_BIG || plen < 0)
		return false;
	p = ast_expr(r->a, AST_PREFIX, (struct place){});
	p->a = raise_typed(r, t, v);
	p->num = plen;
	raise_emit_match(r, op, l->a, p, false);
	return true;
}

/*
 * Hours are stored in UTC: a range that runs over midnight there comes as != of the rest of the day. Which of the two was written
 * is not known; nft prints the one without !=.
 */
static struct ast_expr *hours(struct raise *r, enum ast_op *op, const struct rx *l, const struct rx *right)
{
	const struct rx *from = right->b, *to = right->a;

	if (right->kind != RX_RANGE || *op != AST_OP_NE || l->t.type != &type_hour)
		return NULL;
	*op = AST_OP_IN;
	return raise_range_ast(r, &l->t, raise_load(&l->t, from->val.p, from->val.len), raise_load(&l->t, to->val.p, to->val.len));
}

static bool is_address(uint32_t key)
{
	return key == NFT_CT_SRC || key == NFT_CT_DST || key == NFT_CT_SRC_IP || key == NFT_CT_DST_IP || key == NFT_CT_SRC_IP6 ||
	       key == NFT_CT_DST_IP6;
}

/* `meta l4proto tcp`: what it promises of headers, and so makes implied. */
static void promise(struct raise *r, const struct rx *l, const struct rx *right)
{
	struct rstmt *s = raise_emit_promise(r, l, raise_load(&l->t, right->val.p, right->val.len));

	s->inner = l->f.inner;
	raise_learn(r, l->f.inner ? &r->inner : &r->proto, l, s->value);
	raise_depend_meta(r, s);
}

/*
 * Older nft sent `reg a-b` as >= a and <= b of one register: no text makes that, so it is the range again. The first
 * of the two stands as the last statement.
 */
static bool joins_range(struct raise *r, enum ast_op op, const struct rx *left, const struct rx *right)
{
	struct rstmt *s = r->last;
	struct rtypes types;
	struct ast_expr *rel;

	if (op != AST_OP_LE || right->kind != RX_VALUE || !s || s->source != left || s->op != AST_OP_GE)
		return false;
	raise_types(s->left, &types);
	rel = s->ast->a;
	rel->op = s->left->kind == RX_BINOP ? AST_OP_EQ : AST_OP_IMPLICIT;
	rel->b = raise_ast(r, rx_range(r, left, s->from, right), &types);
	s->source = NULL;
	return true;
}

void raise_match(struct raise *r, enum ast_op op, const struct rx *left, const struct rx *right)
{
	struct rtypes types;
	const struct rx *l;
	struct ast_expr *b;
	struct rstmt *s;
	bool exact;

	if (left->kind == RX_PAYLOAD && right->kind == RX_VALUE && (op == AST_OP_EQ || op == AST_OP_NE) && right->val.len <= 16) {
		raise_payload_match(r, op, left, right);
		return;
	}
	if (joins_range(r, op, left, right))
		return;
	l = raise_complete(r, left, true);
	if (is_masked(l, right, op) && match_masked(r, op, l, right))
		return;
	if (op == AST_OP_EQ && l->kind == RX_META && right->kind == RX_VALUE && raise_depend_promises(l->f.key)) {
		promise(r, l, right);
		return;
	}
	raise_types(l, &types);
	exact = raise_is_flags(l->t.type) && is_single(right);
	b = hours(r, &op, l, right);
	if (!b)
		b = beginning(r, &l->t, right);
	s = raise_emit_match(r, op, l, b ? b : raise_ast(r, right, &types), exact);
	s->source = left;
	s->op = op;
	s->from = right;
	if (op == AST_OP_EQ && l->kind == RX_PAYLOAD && right->kind == RX_SET && right->set.anon)
		raise_learn_set(l->pl.tunnel ? &r->inner : &r->proto, l, right);
	if (op == AST_OP_EQ && l->kind == RX_CT && is_address(l->f.key))
		raise_depend_base(r, PROTO_NH);
}

/* ---- options of statements --------------------------------------------------------------------------- */

void raise_opt(struct raise *r, struct ast_stmt *s, const char *name, struct ast_expr *val)
{
	struct ast_opt **tail = &s->opts;

	for (; *tail; tail = &(*tail)->next)
		;
	ast_opt(r->a, &tail, name, val, (struct place){});
}

void raise_opt_number(struct raise *r, struct ast_stmt *s, const char *name, uint64_t n)
{
	raise_opt(r, s, name, raise_number(r, n));
}

void raise_opt_symbol(struct raise *r, struct ast_stmt *s, const char *name, const char *word)
{
	raise_opt(r, s, name, raise_symbol(r, word));
}
