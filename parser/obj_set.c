/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets and maps, and elements by themselves. */
#include "parser/parse_priv.h"

struct set_ctx {
	struct ast_setobj *set;
	struct ast_opt **opts;
};

/* ---- types --------------------------------------------------------------------------------------------------- */

/* ipv4_addr . inet_service */
static struct ast_expr *type_names(struct parse *p)
{
	struct ast_expr *first, *list;
	struct place at = tok(p)->at;

	offer_names(p, NAMES_TYPES, NULL);
	first = ast_symbol(p->arena, identifier(p, "a type"), at);
	if (!tok_is(p, TOK_DOT))
		return first;
	list = ast_expr(p->arena, AST_CONCAT, at);
	ast_list_add(list, first);
	while (accept(p, TOK_DOT)) {
		at = tok(p)->at;
		offer_names(p, NAMES_TYPES, NULL);
		ast_list_add(list, ast_symbol(p->arena, identifier(p, "a type"), at));
	}
	return list;
}

/* `typeof ip saddr : queue`, `: verdict`: words that are types in a typeof, too */
static struct ast_expr *type_expr(struct parse *p, bool is_typeof)
{
	if (is_word(p, "queue"))
		return type_names(p);
	return is_typeof ? parse_concat(p, LEFT) : type_names(p);
}

/* Maps may lead to objects: counter, ct helper… */
static const char *accept_object_type(struct parse *p)
{
	static const char *const words[] = { "counter", "quota", "limit", "secmark", "synproxy", "tunnel", NULL };
	static const struct {
		const char *word, *name;
	} ct[] = { { "helper", "ct helper" }, { "timeout", "ct timeout" }, { "expectation", "ct expectation" } };

	if (is_word(p, "ct")) {
		for (size_t i = 0; i < ARRAY_SIZE(ct); i++) {
			if (token_word_is(tok_ahead(p, 1), ct[i].word)) {
				tok_take(p);
				tok_take(p);
				return ct[i].name;
			}
		}
	}
	if (is_word(p, "tunnel") && tok_ahead(p, 1)->type == TOK_WORD)
		return NULL; /* the field */
	return accept_any_word(p, words);
}

static void type_line(struct parse *p, struct ast_setobj *set, bool is_typeof)
{
	if (set->key_type)
		fail(p, p->last, "%s: may be given only once", is_typeof ? "typeof" : "type");
	set->is_typeof = is_typeof;
	set->key_type = type_expr(p, is_typeof);
	if (!set->is_map)
		return;
	if (!expect(p, TOK_COLON))
		return;
	set->data_interval = accept_word(p, "interval");
	set->obj_type = accept_object_type(p);
	if (!set->obj_type)
		set->data_type = type_expr(p, is_typeof);
}

/* ---- other lines ----------------------------------------------------------------------------------------------- */

static void elements_line(struct parse *p, struct ast_setobj *set)
{
	if (set->elems)
		fail(p, p->last, "elements: may be given only once");
	expect(p, TOK_ASSIGN);
	if (tok_is(p, TOK_DOLLAR))
		set->elems = parse_variable(p);
	else
		set->elems = parse_packed_set(p);
}

static void set_policy(struct parse *p, struct set_ctx *c, struct place at)
{
	static const char *const words[] = { "performance", "memory", NULL };
	const char *w = accept_any_word(p, words);

	if (w)
		add_opt(p, &c->opts, "policy", ast_symbol(p->arena, w, p->last), at);
	else
		unexpected_word(p, "performance or memory", words, 2);
}

static void set_flags(struct parse *p, struct set_ctx *c, struct place at)
{
	static const char *const flags[] = { "constant", "dynamic", "interval", "timeout", NULL };
	struct ast_expr *list = parse_word_list(p, "constant, dynamic, interval or timeout", flags);

	add_opt(p, &c->opts, "flags", list, at);
}

/* A property of one word and one value, or one word alone. False: the line begins with none of them. */
static bool property(struct parse *p, struct set_ctx *c)
{
	static const char *const times[] = { "timeout", "gc-interval", NULL };
	struct place at = tok(p)->at;
	const char *w;

	if ((w = accept_any_word(p, times)))
		opt_value(p, &c->opts, w, parse_time);
	else if (accept_word(p, "size"))
		opt_value(p, &c->opts, "size", parse_symbol);
	else if (accept_word(p, "flags"))
		set_flags(p, c, at);
	else if (accept_word(p, "policy"))
		set_policy(p, c, at);
	else if (accept_word(p, "auto-merge"))
		add_opt(p, &c->opts, "auto-merge", NULL, at);
	else
		return accept_comment(p, &c->opts);
	return true;
}

static void set_line(struct parse *p, void *ctx)
{
	static const char *const words[] = { "type", "typeof", "flags", "timeout", "gc-interval", "elements", "size",
					     "policy", "auto-merge", "comment", "counter", "limit", "quota", "last", NULL };
	struct set_ctx *c = ctx;
	char word[MAX_WORD + 1];

	only_once(p, c->set->opts, word_peek(tok(p), word));
	if (accept_word(p, "type"))
		type_line(p, c->set, false);
	else if (accept_word(p, "typeof"))
		type_line(p, c->set, true);
	else if (accept_word(p, "elements"))
		elements_line(p, c->set);
	else if (at_stateful(p)) {
		struct ast_stmt **tail = &c->set->stmts;

		while (*tail)
			tail = &(*tail)->next;
		*tail = parse_stateful(p);
	} else if (!property(p, c)) {
		unknown_line(p, "type, typeof, flags, timeout, elements, size or another property", words);
	}
}

void obj_set(struct parse *p, struct ast_obj *o)
{
	struct set_ctx ctx = { &o->set, &o->set.opts };

	o->set.is_map = o->kind == AST_MAPOBJ;
	parse_block(p, set_line, &ctx);
}

void obj_elements(struct parse *p, struct ast_obj *o)
{
	o->elems = tok_is(p, TOK_DOLLAR) ? parse_variable(p) : parse_packed_set(p);
}
