/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building nodes of the AST. See ast.h. */
#include "parser/ast.h"

#include <string.h>

struct ast_expr *ast_expr(struct arena *a, enum ast_expr_kind kind, struct place at)
{
	struct ast_expr *e = arena_new_of(a, struct ast_expr);

	e->kind = (uint8_t)kind;
	e->at = at;
	return e;
}

struct ast_expr *ast_symbol(struct arena *a, const char *text, struct place at)
{
	struct ast_expr *e = ast_expr(a, AST_SYMBOL, at);

	e->text = text;
	return e;
}

struct ast_expr *ast_string(struct arena *a, const char *text, struct place at)
{
	struct ast_expr *e = ast_expr(a, AST_STRING, at);

	e->text = text;
	return e;
}

struct ast_expr *ast_number(struct arena *a, unsigned __int128 n, struct place at)
{
	struct ast_expr *e = ast_expr(a, AST_NUMBER, at);

	e->num = n;
	return e;
}

struct ast_expr *ast_field(struct arena *a, const char *head, struct place at)
{
	struct ast_expr *e = ast_expr(a, AST_FIELD, at);

	e->field = arena_new_of(a, struct ast_field);
	e->field->head = head;
	e->field->head_at = at;
	return e;
}

/* Room for words comes in steps of four: nearly no field has more. */
void ast_field_word(struct arena *a, struct ast_expr *field, const char *word, struct place at)
{
	enum { STEP = 4 };
	struct ast_field *f = field->field;

	if (f->n_words % STEP == 0) {
		struct ast_word *w = arena_alloc(a, (f->n_words + STEP) * sizeof(*w));

		if (f->n_words)
			memcpy(w, f->words, f->n_words * sizeof(*w));
		f->words = w;
	}
	f->words[f->n_words++] = (struct ast_word){ word, at };
	field->at = place_span(field->at, at);
}

struct ast_expr *ast_binary(struct arena *a, enum ast_op op, struct ast_expr *l, struct ast_expr *r)
{
	struct ast_expr *e = ast_expr(a, AST_BINARY, place_span(l->at, r->at));

	e->op = (uint8_t)op;
	e->a = l;
	e->b = r;
	return e;
}

void ast_list_add(struct ast_expr *list, struct ast_expr *item)
{
	item->next = NULL;
	if (list->items_last)
		list->items_last->next = item;
	else
		list->items = item;
	list->items_last = item;
	list->n_items_++;
	list->at = place_span(list->at, item->at);
}

uint32_t ast_list_len(const struct ast_expr *list)
{
	return (uint32_t)list->n_items_;
}

struct ast_stmt *ast_stmt(struct arena *a, const char *name, struct place at)
{
	struct ast_stmt *s = arena_new_of(a, struct ast_stmt);

	s->name = name;
	s->at = at;
	return s;
}

struct ast_opt *ast_opt(struct arena *a, struct ast_opt ***tail, const char *name, struct ast_expr *val, struct place at)
{
	struct ast_opt *o = arena_new_of(a, struct ast_opt);

	o->name = name;
	o->val = val;
	o->at = val ? place_span(at, val->at) : at;
	**tail = o;
	*tail = &o->next;
	return o;
}

const struct ast_opt *ast_opt_find(const struct ast_opt *opts, const char *name)
{
	for (; opts; opts = opts->next) {
		if (strcmp(opts->name, name) == 0)
			return opts;
	}
	return NULL;
}
