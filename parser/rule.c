/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rule: statements until the line ends. A statement is known by its first word, from the table here; what begins with
 * anything else is an expression: a match, a verdict map, or something that is set.
 */
#include "parser/parse_priv.h"

static void stmt_verdict(struct parse *p, struct ast_stmt *s);
static void stmt_none(struct parse *p, struct ast_stmt *s)
{
}

/* Verdicts are not taken before their parser is called; everything else is. */
static const struct stmt_words statements[] = {
	{ "accept", stmt_verdict },
	{ "drop", stmt_verdict },
	{ "jump", stmt_verdict },
	{ "goto", stmt_verdict },
	{ "return", stmt_verdict },
	{ "continue", stmt_verdict },
	{ "counter", stmt_counter },
	{ "log", stmt_log },
	{ "limit", stmt_limit },
	{ "quota", stmt_quota },
	{ "last", stmt_last },
	{ "reject", stmt_reject },
	{ "snat", stmt_nat },
	{ "dnat", stmt_nat },
	{ "masquerade", stmt_masquerade },
	{ "redirect", stmt_masquerade },
	{ "queue", stmt_queue },
	{ "dup", stmt_dup },
	{ "fwd", stmt_fwd },
	{ "tproxy", stmt_tproxy },
	{ "synproxy", stmt_synproxy },
	{ "notrack", stmt_none },
	{ "flow", stmt_flow },
	{ "add", stmt_dynset },
	{ "update", stmt_dynset },
	{ "delete", stmt_dynset },
	{ "set", stmt_set_old },
	{ "meter", stmt_meter },
	{ "reset", stmt_reset },
	{ "xt", stmt_xt },
};

static const struct stmt_words *statement_of(const struct token *t)
{
	if (t->type != TOK_WORD)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		if (token_word_is(t, statements[i].name))
			return &statements[i];
	}
	return NULL;
}

/* Words that cannot be a value where they stand bare: else `iifname accept` would match a device. Some are names of values. */
bool is_statement_word(const struct token *t)
{
	static const char *const values[] = { "redirect", "snat", "dnat", "reset", "last", "log", "set", "add", "update", NULL };

	if (is_cursor(t) || !statement_of(t))
		return false;
	for (const char *const *v = values; *v; v++) {
		if (token_word_is(t, *v))
			return false;
	}
	return true;
}

/* ---- options --------------------------------------------------------------------------------------------- */

void add_opt(struct parse *p, struct ast_opt ***tail, const char *name, struct ast_expr *val, struct place at)
{
	if (!p->failed)
		ast_opt(p->arena, tail, name, val, at);
}

void opt_value(struct parse *p, struct ast_opt ***tail, const char *name, struct ast_expr *(*parse)(struct parse *p))
{
	struct place at = p->last;

	add_opt(p, tail, name, parse(p), at);
}

bool accept_flag_opt(struct parse *p, struct ast_opt ***tail, const char *const *words)
{
	const char *w = accept_any_word(p, words);

	if (w)
		add_opt(p, tail, w, NULL, p->last);
	return w;
}

/* ---- stateful statements ----------------------------------------------------------------------------------- */

static const struct stmt_words stateful[] = {
	{ "counter", stmt_counter }, { "limit", stmt_limit }, { "quota", stmt_quota }, { "last", stmt_last },
};

static const struct stmt_words *stateful_at(struct parse *p)
{
	const struct token *t = tok(p);

	for (size_t i = 0; i < ARRAY_SIZE(stateful); i++) {
		if (token_word_is(t, stateful[i].name))
			return &stateful[i];
	}
	return NULL;
}

static bool at_ct_count(struct parse *p)
{
	return is_word(p, "ct") && token_word_is(tok_ahead(p, 1), "count");
}

bool at_stateful(struct parse *p)
{
	return stateful_at(p) || at_ct_count(p);
}

/* ct count [over|until] N */
struct ast_stmt *parse_ct_count(struct parse *p, struct place at)
{
	static const char *const words[] = { "over", "until", NULL };
	struct ast_stmt *s = ast_stmt(p->arena, "connlimit", at);
	struct ast_opt **opts = &s->opts;

	tok_take(p);
	tok_take(p);
	accept_flag_opt(p, &opts, words);
	opt_value(p, &opts, "count", parse_number);
	s->at = place_span(at, p->last);
	return s;
}

static struct ast_stmt *parse_one_stateful(struct parse *p)
{
	const struct stmt_words *w = stateful_at(p);
	struct place at = tok(p)->at;
	struct ast_stmt *s;

	if (!w)
		return parse_ct_count(p, at);
	tok_take(p);
	s = ast_stmt(p->arena, w->name, at);
	w->parse(p, s);
	s->at = place_span(at, p->last);
	return s;
}

struct ast_stmt *parse_stateful(struct parse *p)
{
	struct ast_stmt *first = NULL, **tail = &first;

	while (at_stateful(p)) {
		*tail = parse_one_stateful(p);
		tail = &(*tail)->next;
	}
	return first;
}

/* ---- statements ------------------------------------------------------------------------------------------ */

static void stmt_verdict(struct parse *p, struct ast_stmt *s)
{
	s->name = "verdict";
	s->a = parse_verdict(p);
}

static void unknown_statement(struct parse *p)
{
	char word[MAX_WORD + 1];
	const char *names[ARRAY_SIZE(statements)], *near = NULL;

	if (p->failed)
		return;
	if (!tok_is(p, TOK_WORD)) {
		unexpected(p, "a statement");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
		names[i] = statements[i].name;
	word_peek(tok(p), word);
	unexpected(p, "a statement or match");
	near = diag_nearest(word, names, ARRAY_SIZE(names));
	if (near)
		diag_hint(p->diag, "did you mean '%s'?", near);
	else
		hint_field(p, NULL, word);
}

/* What a match may begin with. */
static bool at_match(struct parse *p)
{
	switch (tok(p)->type) {
	case TOK_WORD:
		return at_field(p, true);
	case TOK_NUMBER:
	case TOK_STRING:
	case TOK_DOLLAR:
	case TOK_LPAREN:
	case TOK_AT:
		return true;
	default:
		return false;
	}
}

/* ct helper set "x" names an object; other fields take a value of their own kind. */
static void offer_settable(struct parse *p, const struct ast_expr *left)
{
	static const struct {
		const char *key;
		enum ast_obj_kind kind;
	} objects[] = { { "helper", AST_CT_HELPER }, { "timeout", AST_CT_TIMEOUT }, { "expectation", AST_CT_EXPECTATION } };

	if (!is_cursor(tok(p)))
		return;
	offer_values(p, left);
	for (size_t i = 0; i < ARRAY_SIZE(objects) && left->kind == AST_FIELD && left->field->n_words; i++)
		if (!strcmp(left->field->head, "ct") && !strcmp(left->field->words[0].text, objects[i].key))
			offer_object(p, objects[i].kind);
}

static struct ast_stmt *parse_expression_statement(struct parse *p)
{
	struct place at = tok(p)->at;
	struct ast_stmt *s = ast_stmt(p->arena, "match", at);
	struct ast_expr *left;

	if (!at_match(p)) {
		unknown_statement(p);
		return s;
	}
	left = parse_concat(p, LEFT);
	if (accept_word(p, "vmap")) {
		s->name = "vmap";
		s->a = left;
		p->compared = left;
		s->b = parse_set_operand(p);
		p->compared = NULL;
	} else if (accept_word(p, "set")) {
		s->name = "set";
		s->a = left;
		offer_settable(p, left);
		s->b = parse_value(p);
	} else {
		if (accept_word(p, "map")) {
			struct ast_expr *map = ast_expr(p->arena, AST_MAP, left->at);

			map->a = left;
			map->b = parse_set_operand(p);
			left = done(p, map);
		}
		s->a = parse_relation(p, left);
	}
	return s;
}

/* tunnel name "x": "tunnel id" is a field */
static struct ast_stmt *parse_tunnel_name(struct parse *p, struct place at)
{
	struct ast_stmt *s = ast_stmt(p->arena, "tunnel", at);

	tok_take(p);
	tok_take(p);
	offer_object(p, AST_TUNNEL);
	s->a = parse_value_one(p);
	return s;
}

static struct ast_stmt *parse_statement(struct parse *p)
{
	const struct stmt_words *w = statement_of(tok(p));
	struct place at = tok(p)->at;
	struct ast_stmt *s;

	p->operators = 0;
	if (w) {
		s = ast_stmt(p->arena, w->name, at);
		if (w->parse != stmt_verdict)
			tok_take(p);
		w->parse(p, s);
	} else if (at_ct_count(p)) {
		s = parse_ct_count(p, at);
	} else if (is_word(p, "tunnel") && token_word_is(tok_ahead(p, 1), "name")) {
		s = parse_tunnel_name(p, at);
	} else {
		s = parse_expression_statement(p);
	}
	s->at = place_span(at, p->last);
	return s;
}

static void rule_comment(struct parse *p, struct ast_rule *r)
{
	struct place at = tok(p)->at;

	tok_take(p);
	r->comment = resolve(parse_string_value(p, "comment"))->text;
	r->comment_at = place_span(at, p->last);
}

struct ast_rule *parse_rule(struct parse *p)
{
	struct ast_rule *r = arena_new_of(p->arena, struct ast_rule);
	struct ast_stmt **tail = &r->stmts;

	r->at = tok(p)->at;
	do {
		*tail = parse_statement(p);
		tail = &(*tail)->next;
	} while (!p->failed && !at_end(p) && !is_word(p, "comment"));
	if (is_word(p, "comment"))
		rule_comment(p, r);
	r->at = place_span(r->at, p->last);
	return r;
}
