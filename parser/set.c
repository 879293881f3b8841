/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets: { key properties : data, … }, over as many lines as one likes, a comma behind the last element or not.
 *
 * Millions of elements pass through here, so an element that is only a key is only its key's node.
 */
#include "parser/parse_priv.h"

/* timeout, expires, comment and stateful statements, in any order. Returns the element that holds them, or the bare key. */
static struct ast_expr *parse_properties(struct parse *p, struct ast_expr *key)
{
	static const char *const times[] = { "timeout", "expires", NULL };
	struct ast_expr *e = NULL;
	struct ast_opt **opts = NULL;
	struct ast_stmt **stmts = NULL;

	while (tok_is(p, TOK_WORD)) {
		struct place at = tok(p)->at;
		bool stateful = at_stateful(p);
		const char *time = stateful ? NULL : accept_any_word(p, times);

		if (!stateful && !time && !is_word(p, "comment"))
			break;
		if (!e) {
			e = ast_expr(p->arena, AST_ELEM, key->at);
			e->a = key;
			opts = &e->opts;
			stmts = &e->stmts;
		}
		if (stateful) {
			*stmts = parse_stateful(p);
			while (*stmts)
				stmts = &(*stmts)->next;
		} else if (time) {
			add_opt(p, &opts, time, parse_time(p), at);
		} else {
			accept_comment(p, &opts);
		}
		done(p, e);
	}
	return e ? e : key;
}

static struct ast_expr *parse_data(struct parse *p, enum side side)
{
	if (at_verdict(p))
		return parse_verdict(p);
	return side == CONSTANTS ? parse_concat(p, CONSTANTS) : parse_value_one(p);
}

/* side: what a bare word in keys and data is. */
static struct ast_expr *parse_element(struct parse *p, enum side side)
{
	struct ast_expr *key, *e;

	p->operators = 0;
	key = tok_is(p, TOK_LBRACE) ? parse_set(p) : parse_concat(p, side);
	key = parse_properties(p, key);
	if (!accept(p, TOK_COLON))
		return key;
	e = ast_expr(p->arena, AST_MAPPING, key->at);
	e->a = key;
	e->b = parse_data(p, side);
	return done(p, e);
}

static bool set_open(struct parse *p)
{
	if (!tok_is(p, TOK_LBRACE))
		return unexpected(p, "'{'");
	if (!nest_enter(p))
		return false;
	p->in_set++;
	tok_take(p);
	return true;
}

/* Newlines count again behind the closing brace, before the next token is read. */
static void set_close(struct parse *p)
{
	if (!tok_is(p, TOK_RBRACE)) {
		unexpected(p, "',' or '}'");
		return;
	}
	p->in_set--;
	nest_leave(p);
	tok_take(p);
}

struct ast_expr *parse_set(struct parse *p)
{
	struct ast_expr *set = ast_expr(p->arena, AST_SET, tok(p)->at);
	bool pack = p->pack;

	p->pack = false; /* not those within */
	if (!set_open(p))
		return set;
	if (!tok_is(p, TOK_RBRACE)) {
		do {
			ast_list_add(set, parse_element(p, CONSTANTS));
			if (!accept(p, TOK_COMMA))
				break;
			if (pack)
				pack_plain(p, set);
			while (accept(p, TOK_COMMA)) /* nft lets pass what templates leave behind: { 1, , 2 } */
				;
		} while (!p->failed && !tok_is(p, TOK_RBRACE));
	}
	set_close(p);
	return done(p, set);
}

struct ast_expr *parse_packed_set(struct parse *p)
{
	p->pack = p->fold;
	return parse_set(p);
}

struct ast_expr *parse_dynamic_element(struct parse *p)
{
	struct ast_expr *e;

	if (!set_open(p))
		return ast_symbol(p->arena, "", p->last);
	e = parse_element(p, FIELDS);
	set_close(p);
	return e;
}
