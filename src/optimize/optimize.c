/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks the chains of a text, groups their rules, replaces each group by its merge, and says so. See optimize.h. */
#include "src/optimize/optimize.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "parser/print.h"
#include "src/lower/lower.h"
#include "src/optimize/optimize_priv.h"

static const struct merge *const merges[] = { &merge_maps, &merge_set, &merge_vmap };

/* ---- one group -------------------------------------------------------------------------------------------------------- */

static bool compiles(struct optimizer *o, const struct ast_rule *r)
{
	static const struct lower_env none;
	struct bc_batch batch;
	struct diag d;
	struct lower *l;

	diag_init(&d, o->texts, o->a);
	memset(&batch, 0, sizeof(batch));
	bc_batch_begin(&batch, 1, 0);
	l = lower_new(o->a, o->texts, &d, o->types, &none, &batch);
	lower_rule(l, o->family, o->table, r);
	lower_free(&l);
	bc_batch_free(&batch);
	return !d.errors;
}

static struct ast_stmt *merged_match(struct optimizer *o, const struct group *g)
{
	struct ast_stmt *s = NULL;
	struct ast_rule alone;

	for (size_t i = 0; i < ARRAY_SIZE(merges) && !s; i++)
		s = merges[i]->build(o, g);
	if (!s)
		return NULL;
	alone = *g->s[0].rule;
	alone.stmts = s;
	return compiles(o, &alone) ? s : NULL;
}

static void say_rule(struct optimizer *o, const struct ast_rule *r)
{
	uint32_t line, col, last;
	size_t len;
	const char *text = texts_bytes(o->texts, r->at.text, &len);
	uint32_t from = r->at.off, to = r->at.off;

	texts_resolve(o->texts, r->at, &line, &col, &last);
	while (from && text[from - 1] != '\n')
		from--;
	while (to < len && text[to] != '\n')
		to++;
	buf_printf(o->said, "%s:%u:%u-%u: %.*s\n", texts_name(o->texts, r->at.text), line, col, last, (int)(to - from),
		   text + from);
}

static void say(struct optimizer *o, const struct group *g, const struct ast_rule *merged)
{
	buf_puts(o->said, "Merging:\n");
	for (unsigned i = 0; i < g->n; i++)
		say_rule(o, g->s[i].rule);
	buf_puts(o->said, "into:\n\t");
	ast_print_rule(o->said, merged, &(struct ast_print_opts){ .stateless = true });
	buf_putc(o->said, '\n');
}

/* The merged rule instead of the group's, or NULL. */
static struct ast_rule *merge(struct optimizer *o, const struct group *g)
{
	struct ast_rule *r = arena_new_of(o->a, struct ast_rule);
	struct ast_stmt *s = merged_match(o, g);

	if (!s)
		return NULL;
	*r = *g->s[0].rule;
	r->stmts = s;
	r->next = g->s[g->n - 1].rule->next;
	if (g->uniform && !g->s[0].data)
		s->next = (struct ast_stmt *)g->s[0].tail;
	say(o, g, r);
	return r;
}

/* ---- one chain ---------------------------------------------------------------------------------------------------------- */

static void collect_selectors(struct optimizer *o, const struct ast_rule *rules)
{
	o->n_selectors = 0;
	for (const struct ast_rule *r = rules; r; r = r->next)
		for (const struct ast_stmt *s = r->stmts; s; s = s->next)
			if (!strcmp(s->name, "match") && s->a->kind == AST_REL)
				selector_of(o, s->a->a);
			else if (!strcmp(s->name, "vmap"))
				selector_of(o, s->a);
}

/* The longest group that begins with the rule at *at. */
static void gather(struct optimizer *o, struct ast_rule *r, struct group *g, unsigned *cap)
{
	struct shape s;

	for (g->n = 0, g->uniform = true; r && shape_of(o, r, &s) && (!g->n || group_takes(o, g, &s)); r = r->next) {
		if (g->n == *cap) {
			*cap = *cap ? *cap * 2 : 16;
			g->s = realloc(g->s, *cap * sizeof(*g->s));
			if (!g->s)
				abort();
		}
		group_add(g, &s);
	}
}

static void optimize_chain(struct optimizer *o, struct ast_chain *c)
{
	struct group g = { 0 };
	struct ast_rule **at = &c->rules, *r;
	unsigned cap = 0;

	collect_selectors(o, c->rules);
	while (*at) {
		gather(o, *at, &g, &cap);
		r = g.n > 1 ? merge(o, &g) : NULL;
		if (r)
			*at = r;
		at = &(*at)->next;
	}
	free(g.s);
}

/* ---- all -------------------------------------------------------------------------------------------------------------------- */

static unsigned changes_of_stmt(const struct ast_stmt *s)
{
	if (!strcmp(s->name, "notrack"))
		return CHANGES_CT;
	if (!strcmp(s->name, "reset"))
		return CHANGES_PACKET;
	if (strcmp(s->name, "set"))
		return strcmp(s->name, "verdict") || !s->a->rules ? 0 : CHANGES_ALL;
	if (s->a->kind == AST_FIELD && !strcmp(s->a->field->head, "meta"))
		return CHANGES_META;
	if (s->a->kind == AST_FIELD && !strcmp(s->a->field->head, "ct"))
		return CHANGES_CT;
	return CHANGES_PACKET;
}

static unsigned changes_of_rules(const struct ast_rule *rules)
{
	unsigned changes = 0;

	for (const struct ast_rule *r = rules; r; r = r->next)
		for (const struct ast_stmt *s = r->stmts; s; s = s->next)
			changes |= changes_of_stmt(s);
	return changes;
}

/* What a jump may change: known only where the text flushes everything first, and so is all there is. */
static unsigned changes_of(const struct ast_cmd *cmds)
{
	unsigned changes = 0;

	if (!cmds || cmds->op != AST_FLUSH || cmds->obj->kind != AST_RULESET || cmds->obj->h.family_given)
		return CHANGES_ALL;
	for (const struct ast_cmd *c = cmds; c; c = c->next) {
		if (c->obj && c->obj->kind == AST_RULE && c->obj->rule)
			changes |= changes_of_rules(c->obj->rule);
		if (c->obj && c->obj->kind == AST_CHAIN)
			changes |= changes_of_rules(c->obj->chain.rules);
		for (const struct ast_obj *b = c->obj && c->obj->kind == AST_TABLE ? c->obj->table.objs : NULL; b; b = b->next)
			if (b->kind == AST_CHAIN)
				changes |= changes_of_rules(b->chain.rules);
	}
	return changes;
}

static uint8_t family_of_table(const struct ast_handle *h)
{
	return h->family ? h->family : NFPROTO_IPV4;
}

void optimize(struct arena *a, struct texts *texts, const struct type_ctx *types, struct ast_cmd *cmds, struct buf *said)
{
	struct optimizer *o = arena_new_of(a, struct optimizer);

	*o = (struct optimizer){ .a = a, .texts = texts, .types = types, .said = said, .changes = changes_of(cmds) };
	for (struct ast_cmd *c = cmds; c; c = c->next) {
		if ((c->op != AST_ADD && c->op != AST_CREATE) || !c->obj || c->obj->kind != AST_TABLE)
			continue;
		o->family = family_of_table(&c->obj->h);
		o->table = c->obj->h.table;
		for (struct ast_obj *b = c->obj->table.objs; b; b = b->next)
			if (b->kind == AST_CHAIN)
				optimize_chain(o, &b->chain);
	}
}
