/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule: its expressions in order, what is left of its statements, its comment. */
#include "src/raise/rx.h"

void raise_init(struct raise *r, const struct raise_ctx *c, uint8_t family, const char *table)
{
	memset(r, 0, sizeof(*r));
	r->c = c;
	r->a = c->a;
	r->tmp = c->scratch ? c->scratch : c->a;
	r->types = c->types;
	r->family = family;
	r->table = table;
	raise_proto_init(&r->proto, family);
}

void raise_done(struct raise *r)
{
	buf_free(&r->scratch);
}

static struct ast_stmt *chain_up(struct raise *r, struct rstmt *s)
{
	struct ast_stmt *first = NULL, **tail = &first;

	for (; s; s = s->next) {
		*tail = raise_stmt_ast(r, s);
		tail = &(*tail)->next;
	}
	return first;
}

struct ast_stmt *raise_stmts(struct raise *r, const struct bc_expr *one, const struct bc_expr *list)
{
	struct rstmt *first = r->first, *last = r->last;
	struct ast_stmt *stmts;

	r->first = r->last = NULL;
	for (const struct bc_expr *e = list ? list : one; e; e = e->next)
		raise_expr(r, e);
	stmts = chain_up(r, r->first);
	r->first = first;
	r->last = last;
	return stmts;
}

/* A TLV of text. Its NUL is not to be relied on. */
const char *raise_comment(struct raise *r, struct bc_bytes ud, uint8_t type)
{
	struct bc_bytes b;

	if (!bc_ud_get(ud, type, &b) || !b.len)
		return NULL;
	return arena_memdup(r->a, b.p, strnlen((const char *)b.p, b.len));
}

struct ast_rule *raise_rule(const struct raise_ctx *c, uint8_t family, const struct bc_rule *rule)
{
	struct ast_rule *out = arena_new_of(c->a, struct ast_rule);
	struct raise r;

	raise_init(&r, c, family, rule->table);
	for (const struct bc_expr *e = rule->exprs; e; e = e->next)
		raise_expr(&r, e);
	out->stmts = chain_up(&r, r.first);
	out->comment = raise_comment(&r, rule->userdata, BC_UD_RULE_COMMENT);
	out->handle = rule->handle;
	raise_done(&r);
	return out;
}
