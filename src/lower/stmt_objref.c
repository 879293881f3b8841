/* SPDX-License-Identifier: GPL-2.0-or-later */
/* References to objects: counter name X, ct helper set X, and maps from a key to their names. */
#include <string.h>

#include "src/lower/stmt.h"

struct objref {
	uint32_t type;               /* NFT_OBJECT_* */
	const char *name;            /* NULL: map */
	struct tx *map;
};

static int eval_objects(struct eval *v, const struct ast_expr *e, uint32_t type, struct objref *o)
{
	const struct ast_expr *set = eval_deref(e->b);
	struct tx *key;
	struct tset *s;

	if (set->kind == AST_SET) {
		key = eval_expr(v, e->a, (struct expect){ 0 });
		if (!key)
			return -1;
		s = eval_anon_set(v, set, &key, NULL, type);
		if (!s)
			return -1;
		o->map = tx_new(v, TX_MAP, e->at, &type_string, BO_HOST, 0);
		o->map->key = s->flags & NFT_SET_INTERVAL ? eval_order(v, key, BO_BIG) : key;
		o->map->set = s;
		return o->map->key ? 0 : -1;
	}
	o->map = eval_expr(v, e, (struct expect){ 0 });
	if (!o->map)
		return -1;
	if (!(o->map->set->flags & NFT_SET_OBJECT))
		return diag_error(v->d, set->at, "Expression is not a map with objects");
	return 0;
}

int stmt_object(struct eval *v, const struct ast_stmt *s, const struct ast_expr *e, uint32_t type, struct tstmt *out)
{
	struct objref *o = arena_new_of(v->a, struct objref);

	e = eval_deref(e);
	o->type = type;
	out->type = &tstmt_objref;
	out->body = o;
	if (e->kind == AST_MAP)
		return eval_objects(v, e, type, o);
	if ((e->kind != AST_SYMBOL && e->kind != AST_STRING && e->kind != AST_NUMBER) || !e->text)
		return diag_error(v->d, e->at, "invalid object name");
	if (strlen(e->text) >= NFT_OBJ_MAXNAMELEN)
		return diag_error(v->d, e->at, "object name too long, %d characters maximum", NFT_OBJ_MAXNAMELEN - 1);
	o->name = e->text;
	return 0;
}

static void lower(struct gen *g, const struct tstmt *s)
{
	const struct objref *o = s->body;
	uint32_t word = g->reg, reg = 0;
	struct bc_objref *b;

	if (o->map)
		reg = gen_arg(g, o->map->key);
	b = gen_add(g, "objref");
	if (o->map) {
		BC_SET(b, NFTA_OBJREF_SET_SREG, set_sreg, reg);
		BC_SET(b, NFTA_OBJREF_SET_NAME, set_name, o->map->set->name);
		if (o->map->set->id)
			BC_SET(b, NFTA_OBJREF_SET_ID, set_id, o->map->set->id);
	} else {
		BC_SET(b, NFTA_OBJREF_IMM_TYPE, imm_type, o->type);
		BC_SET(b, NFTA_OBJREF_IMM_NAME, imm_name, o->name);
	}
	gen_free(g, word);
}

const struct tstmt_type tstmt_objref = { .name = "objref", .lower = lower };
