/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names, each kept once, and variables.
 *
 * A name leads to its innermost definition; closing a scope takes its definitions off their names again. So a reference costs
 * one hash look-up however many variables there are. Definitions are expressions, parsed where they stand and shared by their
 * uses.
 */
#include "parser/parse_priv.h"

#include <stdlib.h>

/* ---- names ------------------------------------------------------------------------------------------- */

static uint32_t hash_of(const char *s, uint32_t len)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

static struct name *slot_of(struct name *names, uint32_t cap, const char *s, uint32_t len, uint32_t hash)
{
	for (uint32_t i = hash & (cap - 1);; i = (i + 1) & (cap - 1)) {
		struct name *n = &names[i];

		if (!n->text || (n->hash == hash && n->len == len && memcmp(n->text, s, len) == 0))
			return n;
	}
}

static void grow(struct parse *p)
{
	uint32_t cap = p->cap_names ? p->cap_names * 2 : 256;
	struct name *names = arena_alloc(p->name_arena, cap * sizeof(*names));

	for (uint32_t i = 0; i < p->cap_names; i++) {
		const struct name *n = &p->names[i];

		if (n->text)
			*slot_of(names, cap, n->text, n->len, n->hash) = *n;
	}
	p->names = names;
	p->cap_names = cap;
}

struct name *name_of(struct parse *p, const char *text, uint32_t len)
{
	uint32_t hash = hash_of(text, len);
	struct name *n;

	if (p->n_names * 2 >= p->cap_names)
		grow(p);
	n = slot_of(p->names, p->cap_names, text, len, hash);
	if (!n->text) {
		*n = (struct name){ .text = arena_memdup(p->name_arena, text, len), .hash = hash, .len = len };
		p->n_names++;
	}
	return n;
}

const char *intern(struct parse *p, const char *text)
{
	return name_of(p, text, (uint32_t)strlen(text))->text;
}

/* ---- variables ----------------------------------------------------------------------------------------- */

/* A definition remembers its name's text, since the table of names moves as it grows. */
static struct name *name_again(struct parse *p, const char *text)
{
	return name_of(p, text, (uint32_t)strlen(text));
}

void scope_open(struct parse *p, struct scope *s)
{
	*s = (struct scope){ .outer = p->scope };
	p->scope = s;
}

void scope_close(struct parse *p)
{
	for (struct define *d = p->scope->defs; d; d = d->next)
		name_again(p, d->name)->def = d->outer;
	p->scope = p->scope->outer;
}

static struct define *defined_here(struct parse *p, const char *name)
{
	struct define *d = name_again(p, name)->def;

	return d && d->scope == p->scope ? d : NULL;
}

static void define(struct parse *p, const char *name, struct ast_expr *value, struct place at)
{
	struct name *n = name_again(p, name);
	struct define *d = defined_here(p, name);

	if (!d) {
		d = arena_new_of(p->arena, struct define);
		d->name = name;
		d->scope = p->scope;
		d->outer = n->def;
		d->next = p->scope->defs;
		p->scope->defs = d;
		n->def = d;
	}
	d->value = value;
	d->at = at;
}

static void hint_variable(struct parse *p, const char *name)
{
	const char **all = malloc(p->n_names * sizeof(*all)), *near;
	size_t n = 0;

	if (!all)
		return;
	for (uint32_t i = 0; i < p->cap_names; i++) {
		if (p->names[i].def && p->names[i].def->value)
			all[n++] = p->names[i].text;
	}
	near = diag_nearest(name, all, n);
	if (near)
		diag_hint(p->diag, "did you mean '$%s'?", near);
	free(all);
}

static bool unknown(struct parse *p, const char *name, struct place at)
{
	if (p->failed)
		return false;
	fail(p, at, "unknown identifier '%s'", name);
	hint_variable(p, name);
	return false;
}

static void offer_variables(struct parse *p)
{
	for (uint32_t i = 0; is_cursor(tok(p)) && i < p->cap_names; i++)
		if (p->names[i].def && p->names[i].def->value)
			offer_words(p, &p->names[i].text, 1);
}

struct ast_expr *parse_variable(struct parse *p)
{
	struct ast_expr *e = ast_expr(p->arena, AST_VARIABLE, tok(p)->at);
	const struct define *d;

	p->unfoldable = true;
	tok_take(p);
	offer_variables(p);
	e->text = identifier(p, "name of a variable");
	done(p, e);
	d = name_again(p, e->text)->def;
	if (!d || !d->value) {
		unknown(p, e->text, p->last);
		return ast_symbol(p->arena, e->text, e->at);
	}
	e->a = d->value;
	return e;
}

/* Length of the name at s, 0: none. */
static size_t name_length(const char *s)
{
	size_t n = 0;

	while ((s[n] >= '0' && s[n] <= '9') || ((s[n] | 32) >= 'a' && (s[n] | 32) <= 'z') || s[n] == '_')
		n++;
	return n;
}

static const char *value_text(struct parse *p, const char *name, size_t len, struct place at)
{
	const struct define *d = name_of(p, name, (uint32_t)len)->def;
	const struct ast_expr *e = d && d->value ? resolve(d->value) : NULL;

	p->unfoldable = true;
	if (!e)
		unknown(p, arena_memdup(p->arena, name, len), at);
	else if ((e->kind == AST_SYMBOL || e->kind == AST_STRING || e->kind == AST_NUMBER) && e->text)
		return e->text;
	else
		fail(p, at, "'%.*s' is not a word or string", (int)len, name);
	return "";
}

/* "to $host: " with the values of its variables. A dollar without a name behind it is one. */
const char *expand(struct parse *p, const char *text, struct place at)
{
	buf_auto b = { 0 };
	size_t n;

	if (!strchr(text, '$'))
		return text;
	for (; *text; text++) {
		n = *text == '$' ? name_length(text + 1) : 0;
		if (n)
			buf_puts(&b, value_text(p, text + 1, n, at));
		else
			buf_putc(&b, *text);
		text += n;
	}
	return arena_strdup(p->arena, b.p);
}

struct ast_expr *resolve(struct ast_expr *e)
{
	while (e->kind == AST_VARIABLE && e->a)
		e = e->a;
	return e;
}

static void define_line(struct parse *p, bool again)
{
	struct place at = tok(p)->at, name_at;
	const char *name;
	const struct define *old;
	struct ast_expr *value;

	tok_take(p);
	name = identifier(p, "name of a variable");
	name_at = p->last;
	expect(p, TOK_ASSIGN);
	value = parse_initializer(p);
	if (p->failed)
		return;
	if (!expect_end(p))
		return;
	at = place_span(at, value->at);
	old = defined_here(p, name);
	if (old && old->value && !again) {
		fail(p, name_at, "redefinition of symbol '%s'", name);
		diag_also(p->diag, old->at);
		p->failed = p->stopped; /* the line is complete: nothing to skip */
		return;
	}
	define(p, name, value, at);
}

static void undefine_line(struct parse *p)
{
	const char *name;
	struct define *d;

	tok_take(p);
	name = identifier(p, "name of a variable");
	if (p->failed)
		return;
	d = name_again(p, name)->def;
	if (!d || !d->value) {
		unknown(p, name, p->last);
		return;
	}
	if (expect_end(p))
		d->value = NULL;
}

bool parse_define_line(struct parse *p)
{
	if (is_word(p, "define"))
		define_line(p, false);
	else if (is_word(p, "redefine"))
		define_line(p, true);
	else if (is_word(p, "undefine"))
		undefine_line(p);
	else
		return false;
	return true;
}
