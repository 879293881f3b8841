/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folding: the text is the memory. A rule of a large ruleset is parsed once to see that it is right, and again when its turn comes;
 * the scanner and the tree are then in the processor's cache, which costs less than writing a gigabyte of tree and reading it again.
 * Plain elements are not even scanned: what they may be is so little that a few lines here recognise them.
 */
#include "parser/parse_priv.h"

void parse_fold(struct parse *p, bool on)
{
	if (on && p->name_arena == p->arena && !p->names)
		p->name_arena = p->own_names = arena_new();
	p->fold = on && p->own_names;
}

/* ---- rules --------------------------------------------------------------------------------------------------- */

static unsigned said(const struct parse *p)
{
	return p->diag->errors + p->diag->warnings;
}

struct ast_rule *parse_line_rule(struct parse *p)
{
	struct arena_mark m = arena_mark(p->arena);
	struct place begin = tok(p)->at, at;
	unsigned before = said(p);
	struct ast_rule *r;

	p->unfoldable = !p->fold;
	r = parse_rule(p);
	if (p->unfoldable || p->failed || said(p) != before || p->last.text != begin.text)
		return r;
	at = r->at;
	arena_back(p->arena, m);
	r = arena_new_of(p->arena, struct ast_rule);
	r->at = at;
	r->folded = true;
	return r;
}

const struct ast_rule *parse_unfold(struct parse *p, const struct ast_rule *folded, struct arena *a)
{
	struct arena *outer = p->arena;
	struct ast_rule *r = NULL;

	if (!folded->folded)
		return folded;
	p->arena = a;
	p->first = p->n = 0;
	p->failed = p->stopped = false;
	p->braces = p->in_set = p->nest = p->operators = 0;
	if (!input_part(p, folded->at))
		r = parse_rule(p);
	p->input = NULL;
	p->n = 0;
	p->arena = outer;
	return r && !p->failed ? r : NULL;
}

/* ---- plain elements ------------------------------------------------------------------------------------------ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to max digits, no needless zero before them: their end; NULL where it is not that. */
static const char *digits(const char *s, unsigned max)
{
	const char *from = s;

	while (is_digit(*s))
		s++;
	if (s == from || (size_t)(s - from) > max || (*from == '0' && s - from > 1))
		return NULL;
	return s;
}

/* 10.0.0.1 or 22. */
static const char *plain_word(const char *s, bool *address)
{
	s = digits(s, 9);
	*address = s && *s == '.';
	for (unsigned i = 0; s && *address && i < 3; i++)
		s = *s == '.' ? digits(s + 1, 3) : NULL;
	return s;
}

struct plain {
	const char *end, *end_a, *b; /* of the element, of its first word; its second word or NULL */
	bool address, address_b, prefix;
};

/* An element and what may not stand behind it: the end of a longer word. */
static bool plain_element(const char *s, struct plain *e)
{
	*e = (struct plain){ 0 };
	e->end = e->end_a = plain_word(s, &e->address);
	e->prefix = e->end && *e->end == '/';
	if (e->prefix || (e->end && *e->end == '-')) {
		e->b = e->end + 1;
		e->end = e->prefix ? digits(e->b, 3) : plain_word(e->b, &e->address_b);
	}
	return e->end && (*e->end == ',' || *e->end == ' ' || *e->end == '\n' || *e->end == '\t');
}

static const char *blanks(const char *s)
{
	while (*s == ' ' || *s == '\n' || *s == '\t')
		s++;
	return s;
}

/* Runs of one list grow, so that short lists take little. */
static struct ast_plain *run_of(struct parse *p, struct ast_expr *set, struct place at)
{
	enum { FEW = 16, MANY = 4096 };
	struct ast_expr *last = set->items_last;
	bool run = last && last->kind == AST_PLAIN;
	uint32_t cap = !run ? FEW : last->plain->cap < MANY ? last->plain->cap * 2 : MANY;

	if (!run || last->plain->n == last->plain->cap || last->at.text != at.text) {
		last = ast_expr(p->arena, AST_PLAIN, at);
		last->plain = arena_alloc(p->arena, sizeof(struct ast_plain) + cap * sizeof(uint32_t));
		last->plain->cap = cap;
		ast_list_add(set, last);
	}
	return last->plain;
}

void pack_plain(struct parse *p, struct ast_expr *set)
{
	struct scanner *s = input_scanner(p);
	const char *at, *behind;
	struct ast_plain *run;
	struct plain e;
	struct place place;

	if (!s || p->n || p->failed)
		return;
	for (at = blanks(scanner_at(s)); plain_element(at, &e) && *(behind = blanks(e.end)) == ','; at = blanks(behind + 1)) {
		place = scanner_place(s, at, (uint32_t)(e.end - at));
		run = run_of(p, set, place);
		run->off[run->n++] = place.off;
		p->last = scanner_place(s, behind, 1);
		scanner_go_on(s, behind + 1);
	}
}

static void plain_value(struct ast_expr *e, struct place at, const char *s, bool address, char *text)
{
	memcpy(text, s, at.len);
	text[at.len] = 0;
	*e = (struct ast_expr){ .kind = address ? AST_SYMBOL : AST_NUMBER, .at = at, .text = text };
	for (uint32_t i = 0; !address && i < at.len; i++)
		e->num = e->num * 10 + (unsigned)(s[i] - '0');
}

const struct ast_expr *ast_plain_item(const struct texts *t, const struct ast_expr *plain, uint32_t i, struct ast_plain_room *room)
{
	size_t len;
	const char *text = texts_bytes(t, plain->at.text, &len), *s = text + plain->plain->off[i];
	struct ast_expr *whole = &room->e[0], *a = &room->e[1], *b = &room->e[2];
	struct place at = { plain->at.text, plain->plain->off[i], 0 };
	struct plain e;

	plain_element(s, &e);
	at.len = (uint32_t)(e.end_a - s);
	plain_value(e.b ? a : whole, at, s, e.address, room->text[0]);
	if (!e.b)
		return whole;
	at.len = (uint32_t)(e.end - s);
	*whole = (struct ast_expr){ .kind = e.prefix ? AST_PREFIX : AST_RANGE, .at = at, .a = a };
	at.off += (uint32_t)(e.b - s);
	at.len = (uint32_t)(e.end - e.b);
	plain_value(b, at, e.b, e.address_b && !e.prefix, room->text[1]);
	if (e.prefix)
		whole->num = b->num;
	else
		whole->b = b;
	return whole;
}
