/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements that put elements into sets: add, update and delete, the older `set` form, and meters. */
#include "parser/parse_priv.h"

/* add|update|delete @set { key properties : data } */
void stmt_dynset(struct parse *p, struct ast_stmt *s)
{
	if (!tok_is(p, TOK_AT)) {
		unexpected(p, "'@' and the name of a set");
		return;
	}
	s->a = parse_setref(p);
	s->b = parse_dynamic_element(p);
}

/* set add|update|delete KEY @set: the form before `add @set { key }` */
void stmt_set_old(struct parse *p, struct ast_stmt *s)
{
	static const char *const ops[] = { "add", "update", "delete", NULL };
	const char *op = accept_any_word(p, ops);

	if (!op) {
		unexpected_word(p, "add, update or delete", ops, 3);
		return;
	}
	s->name = op;
	s->b = parse_concat(p, FIELDS);
	if (tok_is(p, TOK_AT))
		s->a = parse_setref(p);
	else
		unexpected(p, "'@' and the name of a set");
}

/* meter NAME [size N] { key statements } */
void stmt_meter(struct parse *p, struct ast_stmt *s)
{
	struct ast_opt **tail = &s->opts;
	struct place at = tok(p)->at;

	s->a = ast_symbol(p->arena, identifier(p, "name of a meter"), at);
	if (accept_word(p, "size"))
		opt_value(p, &tail, "size", parse_number);
	s->b = parse_dynamic_element(p);
}
