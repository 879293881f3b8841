/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may stand at the end of a text: the parser itself finds out, by parsing up to there. The word that the text ends with (or
 * nothing, behind a blank) becomes the cursor, a token that equals no word; every word that the grammar compares with it is
 * offered, and where the grammar would take a name, the kind of name. So a word of the language is completed because it is parsed,
 * and no list of words is kept beside the grammar.
 *
 *   "add rule inet t c tcp d|"   parse_header() asks is_field("tcp", …) and offers the fields of tcp: dport, doff
 */
#include "parser/parse_priv.h"

#include <stdlib.h>

struct cursor {
	const struct parse_offers *offers;
	const char *prefix; /* of the word being completed, in the scanned text */
	uint32_t prefix_len;
	uint32_t end;    /* of the text */
	uint32_t behind; /* the token before */
	bool given;
};

/* ---- the token ------------------------------------------------------------------------------------------------- */

static void nothing_fits(struct parse *p, struct token *out)
{
	p->cursor->given = true;
	p->failed = p->stopped = true;
	*out = (struct token){ .type = TOK_EOF, .text = "" };
}

static void make_cursor(struct parse *p, struct token *out)
{
	struct cursor *c = p->cursor;

	c->given = true;
	if (out->type == TOK_WORD) {
		c->prefix = out->text;
		c->prefix_len = out->len;
	}
	*out = (struct token){ .type = TOK_WORD, .at = out->at, .text = "", .cursor = c };
}

/* What stands directly before the end is no word that could go on, or lies in a comment or string. */
static bool is_over(const struct cursor *c, const struct token *t, const char *bytes)
{
	bool at_end = t->at.off + t->at.len >= c->end;

	if (t->type == TOK_OPEN_STRING || (at_end && (t->type == TOK_NUMBER || t->type == TOK_STRING || t->type == TOK_WILDWORD)))
		return true;
	return at_end && t->at.off > c->behind && memchr(bytes + c->behind, '#', t->at.off - c->behind);
}

void cursor_next(struct parse *p, struct token *out)
{
	struct cursor *c = p->cursor;
	size_t len;

	if (c->given) {
		*out = (struct token){ .type = TOK_EOF, .text = "" };
		return;
	}
	input_next(p, out);
	if (out->type != TOK_EOF && is_over(c, out, texts_bytes(p->texts, out->at.text, &len)))
		nothing_fits(p, out);
	else if (out->type == TOK_EOF || out->at.off + out->at.len > c->end ||
		 (out->type == TOK_WORD && out->at.off + out->at.len == c->end))
		make_cursor(p, out);
	c->behind = out->at.off + out->at.len;
}

/* ---- offers ------------------------------------------------------------------------------------------------------ */

void cursor_offer(const struct token *t, const char *word)
{
	const struct cursor *c = t->cursor;

	if (c->offers->word && !strncmp(word, c->prefix, c->prefix_len))
		c->offers->word(c->offers->ctx, word);
}

static void offer_one(void *ctx, const char *word)
{
	cursor_offer(ctx, word);
}

void offer_names(struct parse *p, enum parse_names what, const char *of)
{
	const struct token *t = tok(p);

	if (is_cursor(t) && p->words->each)
		p->words->each(what, of, p->within ? p->within->family : 0, offer_one, (void *)t);
}

void offer_words(struct parse *p, const char *const *words, size_t n)
{
	const struct token *t = tok(p);

	for (size_t i = 0; is_cursor(t) && i < n; i++)
		cursor_offer(t, words[i]);
}

void offer_values(struct parse *p, const struct ast_expr *field)
{
	const struct token *t = tok(p);

	if (is_cursor(t) && p->words->each_value)
		p->words->each_value(field, offer_one, (void *)t);
}

void offer_object(struct parse *p, enum ast_obj_kind kind)
{
	static const struct ast_handle none;
	const struct token *t = tok(p);

	if (is_cursor(t) && t->cursor->offers->name)
		t->cursor->offers->name(t->cursor->offers->ctx, kind, p->within ? p->within : &none);
}

/* ---- for users ----------------------------------------------------------------------------------------------------- */

/* A session of its own with the variables of p. */
static struct parse *like(const struct parse *p, struct arena *a, struct texts *texts, struct diag *d)
{
	struct parse *q = parse_new(a, texts, d, p->words);

	for (uint32_t i = 0; i < p->cap_names; i++)
		if (p->names[i].def && p->names[i].def->value)
			name_of(q, p->names[i].text, p->names[i].len)->def = p->names[i].def;
	return q;
}

size_t parse_complete(struct parse *p, const char *text, const struct parse_offers *offers)
{
	struct cursor c = { .offers = offers, .prefix = "", .end = (uint32_t)strlen(text) };
	struct texts *texts = texts_new();
	struct arena *a = arena_new();
	struct ast_cmd *cmds;
	struct parse *q;
	struct diag d;
	size_t at;

	diag_init(&d, texts, a);
	q = like(p, a, texts, &d);
	q->cursor = &c;
	parse_string(q, "", text, &cmds);
	at = c.end - c.prefix_len;
	parse_free(&q);
	texts_free(&texts);
	arena_free(&a);
	return at;
}

bool parse_is_open(const char *text)
{
	size_t len = strlen(text);
	char *bytes = calloc(1, len + 2);
	struct scanner *s;
	struct token t;
	int depth = 0;

	if (!bytes)
		return false;
	memcpy(bytes, text, len);
	s = scanner_new(bytes, len, 1);
	for (t.type = TOK_NEWLINE; s && t.type != TOK_EOF && t.type != TOK_OPEN_STRING;) {
		scanner_next(s, &t);
		depth += (t.type == TOK_LBRACE || t.type == TOK_LPAREN) - (t.type == TOK_RBRACE || t.type == TOK_RPAREN);
	}
	scanner_free(&s);
	free(bytes);
	return depth > 0 || (len && text[len - 1] == '\\');
}
