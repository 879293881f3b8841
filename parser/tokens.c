/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The current token, look-ahead, errors and recovery. See parse_priv.h for how failure travels. */
#include "parser/parse_priv.h"

#include <stdarg.h>
#include <stdio.h>

/* Fills the ring up to token number n; newlines inside a set are dropped, also those that were read before it began. */
static struct token *ring_at(struct parse *p, unsigned n)
{
	for (unsigned i = 0;; i++) {
		struct token *t;

		while (i >= p->n) {
			if (p->cursor)
				cursor_next(p, &p->ring[(p->first + p->n) % LOOKAHEAD]);
			else
				input_next(p, &p->ring[(p->first + p->n) % LOOKAHEAD]);
			p->n++;
		}
		t = &p->ring[(p->first + i) % LOOKAHEAD];
		if (t->type == TOK_NEWLINE && p->in_set) {
			for (unsigned k = i; k + 1 < p->n; k++)
				p->ring[(p->first + k) % LOOKAHEAD] = p->ring[(p->first + k + 1) % LOOKAHEAD];
			p->n--;
			i--;
			continue;
		}
		if (i == n)
			return t;
	}
}

const struct token *tok(struct parse *p)
{
	static const struct token failed = { .type = TOK_FAILED, .text = "" };

	return p->failed ? &failed : ring_at(p, 0);
}

const struct token *tok_ahead(struct parse *p, unsigned n)
{
	return p->failed ? tok(p) : ring_at(p, n);
}

static void drop(struct parse *p)
{
	const struct token *t = ring_at(p, 0);

	p->last = t->at;
	if (is_cursor(t)) {
		p->failed = p->stopped = true;
		return;
	}
	if (t->type == TOK_LBRACE)
		p->braces++;
	else if (t->type == TOK_RBRACE && p->braces)
		p->braces--;
	if (t->type == TOK_EOF)
		return;
	p->first = (p->first + 1) % LOOKAHEAD;
	p->n--;
}

void tok_take(struct parse *p)
{
	if (!p->failed)
		drop(p);
}

bool accept(struct parse *p, enum tok_type type)
{
	if (tok(p)->type != type)
		return false;
	tok_take(p);
	return true;
}

/* ---- words ------------------------------------------------------------------------------------------- */

bool is_word(struct parse *p, const char *word)
{
	return token_word_is(tok(p), word);
}

bool accept_word(struct parse *p, const char *word)
{
	if (!is_word(p, word))
		return false;
	tok_take(p);
	return true;
}

const char *accept_any_word(struct parse *p, const char *const *words)
{
	const struct token *t = tok(p);

	if (t->type != TOK_WORD)
		return NULL;
	for (; *words; words++) {
		if (token_word_is(t, *words)) {
			tok_take(p);
			return *words;
		}
	}
	return NULL;
}

const char *word_peek(const struct token *t, char buf[MAX_WORD + 1])
{
	size_t n = t->type == TOK_WORD && t->len <= MAX_WORD ? t->len : 0;

	memcpy(buf, t->text, n);
	buf[n] = 0;
	return buf;
}

/* ---- errors -------------------------------------------------------------------------------------------- */

static const char *const tok_names[] = {
	[TOK_EOF] = "end of file", [TOK_NEWLINE] = "newline", [TOK_SEMI] = "';'", [TOK_NUMBER] = "number", [TOK_STRING] = "quoted string",
	[TOK_LBRACE] = "'{'", [TOK_RBRACE] = "'}'", [TOK_LPAREN] = "'('", [TOK_RPAREN] = "')'", [TOK_LBRACKET] = "'['",
	[TOK_RBRACKET] = "']'", [TOK_COMMA] = "','", [TOK_COLON] = "':'", [TOK_DOT] = "'.'", [TOK_SLASH] = "'/'", [TOK_DASH] = "'-'",
	[TOK_PLUS] = "'+'", [TOK_STAR] = "'*'", [TOK_DOLLAR] = "'$'", [TOK_AT] = "'@'", [TOK_ASSIGN] = "'='", [TOK_BANG] = "'!'",
	[TOK_EQ] = "'=='", [TOK_NE] = "'!='", [TOK_LT] = "'<'", [TOK_GT] = "'>'", [TOK_LE] = "'<='", [TOK_GE] = "'>='",
	[TOK_AND] = "'&'", [TOK_OR] = "'|'", [TOK_XOR] = "'^'", [TOK_LSHIFT] = "'<<'", [TOK_RSHIFT] = "'>>'", [TOK_TILDE] = "'~'",
	[TOK_OPEN_STRING] = "'\"'", [TOK_JUNK] = "junk",
};

bool fail(struct parse *p, struct place at, const char *fmt, ...)
{
	buf_auto b = { 0 };
	va_list ap;

	if (p->failed)
		return false;
	p->failed = true;
	va_start(ap, fmt);
	vsnprintf(buf_reserve(&b, 512), 513, fmt, ap);
	va_end(ap);
	diag_error(p->diag, at, "%s", b.p);
	p->stopped = p->diag->errors >= (p->diag->max_errors ? p->diag->max_errors : MAX_ERRORS);
	return false;
}

/* Words are shown as they are, but neither at any length nor with bytes that drive a terminal. */
static const char *describe(const struct token *t, char buf[64])
{
	const char *name = t->type < ARRAY_SIZE(tok_names) ? tok_names[t->type] : NULL;

	if (name)
		return name;
	snprintf(buf, 64, "'%.*s%s'", t->len > 40 ? 40 : (int)t->len, t->text, t->len > 40 ? "…" : "");
	return buf;
}

bool unexpected(struct parse *p, const char *expected)
{
	const struct token *t = tok(p);
	char buf[64];

	if (p->failed)
		return false;
	if (t->type == TOK_OPEN_STRING)
		return fail(p, t->at, "syntax error, unterminated string");
	if (t->type == TOK_JUNK)
		return fail(p, t->at, "syntax error, unexpected byte 0x%02x", (unsigned char)*t->text);
	if (expected)
		return fail(p, t->at, "syntax error, unexpected %s, expecting %s", describe(t, buf), expected);
	return fail(p, t->at, "syntax error, unexpected %s", describe(t, buf));
}

void hint_near(struct parse *p, const char *word, const char *const *words, size_t n)
{
	const char *near = *word ? diag_nearest(word, words, n) : NULL;

	if (near && strcmp(near, word) != 0)
		diag_hint(p->diag, "did you mean '%s'?", near);
}

bool unexpected_word(struct parse *p, const char *expected, const char *const *words, size_t n)
{
	char buf[MAX_WORD + 1];
	bool first = !p->failed;

	offer_words(p, words, n);
	word_peek(tok(p), buf);
	unexpected(p, expected);
	if (first)
		hint_near(p, buf, words, n);
	return false;
}

bool expect(struct parse *p, enum tok_type type)
{
	return accept(p, type) || unexpected(p, tok_names[type]);
}

bool expect_word(struct parse *p, const char *word)
{
	char quoted[64];

	if (accept_word(p, word))
		return true;
	snprintf(quoted, sizeof(quoted), "'%s'", word);
	return unexpected_word(p, quoted, &word, 1);
}

void recover(struct parse *p, unsigned braces)
{
	if (p->stopped)
		return; /* and stays failed: nothing is read or said any more */
	p->failed = false;
	p->in_set = 0;
	for (;;) {
		const struct token *t = ring_at(p, 0);

		if (is_cursor(t))
			p->failed = p->stopped = true;
		if (p->stopped || t->type == TOK_EOF || (p->braces <= braces && t->type == TOK_RBRACE))
			return;
		drop(p);
		if (p->braces <= braces && (t->type == TOK_NEWLINE || t->type == TOK_SEMI))
			return;
	}
}

/* ---- ends ---------------------------------------------------------------------------------------------- */

bool at_end(struct parse *p)
{
	const struct token *t = tok(p);

	return t->type == TOK_NEWLINE || t->type == TOK_SEMI || t->type == TOK_RBRACE || t->type == TOK_EOF;
}

bool expect_end(struct parse *p)
{
	if (accept(p, TOK_NEWLINE) || accept(p, TOK_SEMI) || tok_is(p, TOK_EOF) || (p->braces && tok_is(p, TOK_RBRACE)))
		return true;
	return unexpected(p, "newline or semicolon");
}

void skip_ends(struct parse *p)
{
	while (accept(p, TOK_NEWLINE) || accept(p, TOK_SEMI))
		;
}

bool nest_enter(struct parse *p)
{
	if (p->nest >= MAX_NEST)
		return fail(p, tok(p)->at, "nested too deeply, at most %d levels", MAX_NEST);
	p->nest++;
	return true;
}

void nest_leave(struct parse *p)
{
	if (p->nest)
		p->nest--;
}

/* ---- texts and numbers ----------------------------------------------------------------------------------- */

const char *text_of(struct parse *p, const struct token *t)
{
	return arena_memdup(p->arena, t->text, t->len);
}

const char *take_text(struct parse *p)
{
	const char *s = text_of(p, tok(p));

	tok_take(p);
	return s;
}

/* Words that begin with a digit or a colon are addresses and times; in quotes anything may be a name. */
const char *identifier(struct parse *p, const char *what)
{
	const struct token *t = tok(p);
	const char *s;

	if (t->type == TOK_STRING || (t->type == TOK_WORD && (*t->text == '_' || *t->text == '.' || (*t->text | 32) >= 'a'))) {
		if (!t->len)
			fail(p, t->at, "empty name, expecting %s", what);
		if (t->len > MAX_WORD)
			fail(p, t->at, "%s: longer than %d bytes", what, MAX_WORD);
		s = name_of(p, t->text, t->len)->text;
		tok_take(p);
		return s;
	}
	unexpected(p, what);
	return "";
}

bool number_value(const struct token *t, unsigned __int128 *out)
{
	const unsigned __int128 max = ~(unsigned __int128)0;
	const char *s = t->text, *end = s + t->len;
	unsigned base = 10;
	unsigned __int128 v = 0;

	if (t->len > 1 && *s == '0') {
		base = (s[1] | 32) == 'x' ? 16 : 8;
		s += base == 16 ? 2 : 1;
	}
	for (; s < end; s++) {
		unsigned d = *s <= '9' ? (unsigned)(*s - '0') : (unsigned)((*s | 32) - 'a' + 10);

		if (d >= base || v > (max - d) / base)
			return false;
		v = v * base + d;
	}
	*out = v;
	return true;
}

uint64_t expect_number(struct parse *p, const char *what)
{
	const struct token *t = tok(p);
	unsigned __int128 v = 0;

	if (t->type != TOK_NUMBER) {
		unexpected(p, what);
		return 0;
	}
	if (!number_value(t, &v) || v > UINT64_MAX)
		fail(p, t->at, "%s: not a number of 64 bits", what);
	tok_take(p);
	return (uint64_t)v;
}
