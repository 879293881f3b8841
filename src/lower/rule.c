/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules: evaluated, simplified, their anonymous sets and chains sent before them. */
#include <string.h>

#include "parser/parse.h"
#include "src/lower/lower_priv.h"

/* ---- what evaluation asks ------------------------------------------------------------------------- */

static struct tset *world_set(void *ctx, const char *name, struct place at)
{
	struct lower *l = ctx;
	struct tset *s = set_find(l, l->eval->family, l->eval->table, name);

	if (!s)
		set_missing(l, l->eval->family, l->eval->table, name, at);
	else if (s->from_target && !s->id && l->env->set_number)
		s->id = l->env->set_number(l->env->ctx, s->family, s->table, s->name);
	return s;
}

static struct tset *world_new_set(void *ctx, struct place at)
{
	struct lower *l = ctx;
	struct tset *s = arena_new_of(l->eval->a, struct tset);

	s->family = l->eval->family;
	s->table = l->eval->table;
	s->at = at;
	s->id = ++l->set_id;
	return s;
}

static struct tset *world_meter(void *ctx, const struct ast_expr *name, const struct tx *key, uint32_t size, bool timeout)
{
	struct lower *l = ctx;

	return set_meter(l, l->eval->family, l->eval->table, name, key, size, timeout);
}

/* jump { … }: a chain without a name, bound to the rule that jumps to it. */
static uint32_t world_new_chain(void *ctx, const struct ast_expr *verdict)
{
	struct lower *l = ctx;
	struct ast_handle h = { .family = l->eval->family, .table = l->eval->table };
	struct eval *outer = l->eval;
	const struct ast_rule *rule = l->rule;
	struct bc_chain b = { 0 };
	uint32_t id = ++l->chain_id;
	int err = 0;

	BC_SET(&b, NFTA_CHAIN_TABLE, table, h.table);
	BC_SET(&b, NFTA_CHAIN_ID, id, id);
	BC_SET(&b, NFTA_CHAIN_FLAGS, flags, NFT_CHAIN_BINDING);
	emit(l, NFT_MSG_NEWCHAIN, h.family, NLM_F_CREATE, &bc_chain_desc, &b, verdict->at);
	for (const struct ast_rule *r = verdict->rules; r; r = r->next)
		if (lower_one_rule(l, AST_ADD, &h, NULL, id, r))
			err = -1;
	l->eval = outer;
	l->rule = rule;
	return err ? 0 : id;
}

static struct eval_world world_of(struct lower *l)
{
	return (struct eval_world){ .set = world_set, .new_set = world_new_set, .meter = world_meter, .new_chain = world_new_chain,
				    .stmt = stmt_by_name, .ctx = l };
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static int place_rule(struct lower *l, enum ast_cmd_op op, const struct ast_handle *h, struct bc_rule *b)
{
	uint64_t handle;

	if (op == AST_REPLACE) {
		BC_SET(b, NFTA_RULE_HANDLE, handle, h->handle);
		return 0;
	}
	if (h->has_position) {
		BC_SET(b, NFTA_RULE_POSITION, position, h->position);
	} else if (h->has_handle) {
		BC_SET(b, NFTA_RULE_POSITION, position, h->handle);
	} else if (h->has_index) {
		handle = l->env && l->env->rule_at ? l->env->rule_at(l->env->ctx, family_of(h), h->table, h->chain, h->index) : 0;
		if (!handle)
			return diag_error(l->d, h->position_at, "can't find rule at index %llu in chain %s", (unsigned long long)h->index, h->chain);
		BC_SET(b, NFTA_RULE_POSITION, position, handle);
	}
	return 0;
}

static uint16_t rule_flags(enum ast_cmd_op op)
{
	switch (op) {
	case AST_ADD:
		return NLM_F_CREATE | NLM_F_APPEND;
	case AST_CREATE:
		return NLM_F_CREATE | NLM_F_APPEND | NLM_F_EXCL;
	case AST_INSERT:
		return NLM_F_CREATE;
	default:
		return NLM_F_REPLACE;
	}
}

static int comment_of(struct lower *l, const struct ast_rule *r, struct bc_rule *b)
{
	buf_auto ud = { 0 };

	if (!r->comment)
		return 0;
	if (strlen(r->comment) > 128)
		return diag_error(l->d, r->comment_at, "comment too long, 128 characters maximum allowed");
	bc_ud_put_str(&ud, BC_UD_RULE_COMMENT, r->comment);
	BC_MARK(b, NFTA_RULE_USERDATA);
	b->userdata = (struct bc_bytes){ (const uint8_t *)arena_memdup(l->scratch, ud.p, ud.len), (uint32_t)ud.len };
	return 0;
}

static int evaluate(struct lower *l, struct eval *v, struct arena *a, const struct eval_world *w, uint8_t family, const char *table,
		    const struct ast_rule *r)
{
	eval_init(v, a, l->d, l->types, w, family, table);
	v->above = l->eval;
	l->eval = v;
	if (eval_stmts(v, r->stmts))
		return -1;
	rule_reduce(v);
	return 0;
}

static const struct ast_rule *unfolded(struct lower *l, const struct ast_rule *r)
{
	return r->folded ? parse_unfold(l->parse, r, l->scratch) : r;
}

static struct bc_expr *generate(const struct eval *v, gen_placed_fn *placed, void *ctx)
{
	struct gen g;

	gen_init(&g, v->a, v->family, v->table);
	g.placed = placed;
	g.ctx = ctx;
	for (const struct tstmt *s = v->first; s; s = s->next) {
		g.at = s->at;
		s->type->lower(&g, s);
	}
	return g.first;
}

static void free_sets(struct eval *v)
{
	for (struct tset *s = v->sets; s; s = s->next)
		telems_free(&s->elems);
}

static int emit_rule(struct lower *l, enum ast_cmd_op op, const struct ast_handle *h, const char *chain, uint32_t chain_id,
		     const struct ast_rule *r, struct eval *v)
{
	struct bc_rule b = { 0 };

	BC_SET(&b, NFTA_RULE_TABLE, table, h->table);
	if (chain)
		BC_SET(&b, NFTA_RULE_CHAIN, chain, chain);
	else
		BC_SET(&b, NFTA_RULE_CHAIN_ID, chain_id, chain_id);
	if (place_rule(l, op, h, &b) || comment_of(l, r, &b))
		return -1;
	for (struct tset *s = v->sets; s; s = s->next)
		if (set_emit_anonymous(l, s))
			return -1;
	BC_SET(&b, NFTA_RULE_EXPRESSIONS, exprs, generate(v, NULL, NULL));
	if (l->debug)
		bc_dump_rule(l->debug, family_of(h), &b);
	emit(l, NFT_MSG_NEWRULE, family_of(h), rule_flags(op), &bc_rule_desc, &b, l->cmd && l->cmd->obj && l->cmd->obj->kind == AST_RULE ? l->cmd->at : r->at);
	return 0;
}

int lower_one_rule(struct lower *l, enum ast_cmd_op op, const struct ast_handle *h, const char *chain, uint32_t chain_id,
		   const struct ast_rule *r)
{
	struct eval_world w = world_of(l);
	const struct ast_rule *whole;
	struct eval v = { 0 };
	int err = -1;

	l->depth++;
	l->rule = r;
	whole = unfolded(l, r);
	if (whole)
		err = evaluate(l, &v, l->scratch, &w, family_of(h), h->table, whole);
	if (!err)
		err = emit_rule(l, op, h, chain, chain_id, whole, &v);
	free_sets(&v);
	if (!--l->depth)
		arena_reset(l->scratch);
	l->eval = NULL;
	l->rule = NULL;
	return err;
}

static int remove_rule(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	struct bc_rule b = { 0 };
	uint64_t handle = o->h.handle;

	if (o->h.has_index)
		handle = l->env && l->env->rule_at ? l->env->rule_at(l->env->ctx, family_of(&o->h), o->h.table, o->h.chain, o->h.index) : 0;
	if (o->h.has_index && !handle)
		return diag_error(l->d, o->h.position_at, "can't find rule at index %llu in chain %s", (unsigned long long)o->h.index, o->h.chain);
	BC_SET(&b, NFTA_RULE_TABLE, table, o->h.table);
	BC_SET(&b, NFTA_RULE_CHAIN, chain, o->h.chain);
	BC_SET(&b, NFTA_RULE_HANDLE, handle, handle);
	emit(l, op_type(op, 0, NFT_MSG_DELRULE, NFT_MSG_DESTROYRULE), family_of(&o->h), 0, &bc_rule_desc, &b, o->at);
	return 0;
}

int lower_rules(struct lower *l, enum ast_cmd_op op, const struct ast_obj *o)
{
	if (op == AST_DELETE || op == AST_DESTROY)
		return remove_rule(l, op, o);
	return lower_one_rule(l, op, &o->h, o->h.chain, 0, o->rule);
}

struct bc_expr *lower_rule(struct lower *l, uint8_t family, const char *table, const struct ast_rule *r)
{
	struct eval_world w = world_of(l);
	struct bc_expr *list = NULL;
	struct eval v;

	if (!evaluate(l, &v, l->a, &w, family, table, r))
		list = generate(&v, NULL, NULL);
	free_sets(&v);
	l->eval = NULL;
	return list;
}

/* ---- places ------------------------------------------------------------------------------------------- */

struct seek {
	uint32_t left;
	struct place at;
};

static void seek(void *ctx, const struct bc_expr *e, struct place at)
{
	struct seek *s = ctx;

	if (!s->left--)
		s->at = at;
}

static uint32_t any_chain(void *ctx, const struct ast_expr *verdict)
{
	return 1;
}

struct place rule_expr_place(struct lower *l, uint8_t family, const char *table, const struct ast_rule *r, uint32_t n)
{
	struct eval_world w = world_of(l);
	struct seek s = { .left = n };
	struct eval v = { 0 };

	w.new_chain = any_chain;
	r = unfolded(l, r);
	if (r && !evaluate(l, &v, l->scratch, &w, family, table, r))
		generate(&v, seek, &s);
	free_sets(&v);
	l->eval = NULL;
	arena_reset(l->scratch);
	return s.at;
}
