/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields: what is read from the packet or its surroundings. One function per head with a form of its own; headers, meta and ct
 * keys are looked up by name in the tables of src/types (struct parse_words).
 *
 * Only the words are collected here, in the order of the canonical output; which combinations mean something is for src/types
 * to say.
 */
#include "parser/parse_priv.h"

#include <stdio.h>

/* After an error at a word that should name a field of head ("meta", "ct", a header; NULL: a head). */
void hint_field(struct parse *p, const char *head, const char *word)
{
	const char *near = *word && p->words->near ? p->words->near(head, word) : NULL;

	if (near)
		diag_hint(p->diag, "did you mean '%s'?", near);
}

static void unknown_field(struct parse *p, const char *head, const char *what)
{
	char word[MAX_WORD + 1];

	if (p->failed)
		return;
	word_peek(tok(p), word);
	unexpected(p, what);
	hint_field(p, head, word);
}

static void add_word(struct parse *p, struct ast_expr *e, const char *word)
{
	ast_field_word(p->arena, e, word, p->last);
}

/* Takes the current word or number as a word of the field. */
static void take_word(struct parse *p, struct ast_expr *e, const char *what)
{
	const struct token *t = tok(p);

	if (t->type != TOK_WORD && t->type != TOK_NUMBER) {
		unexpected(p, what);
		return;
	}
	tok_take(p);
	add_word(p, e, name_of(p, t->text, t->len)->text);
}

static bool take_one_of(struct parse *p, struct ast_expr *e, const char *what, const char *const *words)
{
	const char *w = accept_any_word(p, words);
	size_t n = 0;

	if (w) {
		add_word(p, e, w);
		return true;
	}
	while (words[n])
		n++;
	return unexpected_word(p, what, words, n);
}

static bool maybe_one_of(struct parse *p, struct ast_expr *e, const char *const *words)
{
	const char *w = accept_any_word(p, words);

	if (w)
		add_word(p, e, w);
	return w;
}

static void take_number(struct parse *p, struct ast_expr *e, const char *what)
{
	if (tok_is(p, TOK_NUMBER))
		take_word(p, e, what);
	else
		unexpected(p, what);
}

/* nft marks the word meta as well. */
static void unknown_meta(struct parse *p, const struct ast_expr *e)
{
	char word[MAX_WORD + 1];

	if (p->failed)
		return;
	if (!tok_is(p, TOK_WORD)) {
		unexpected(p, "a meta key");
		return;
	}
	word_peek(tok(p), word);
	fail(p, place_span(e->at, tok(p)->at), "syntax error, unexpected '%s', expecting a meta key", word);
	hint_field(p, "meta", word);
}

/* ---- meta and ct ----------------------------------------------------------------------------------------- */

static void parse_meta(struct parse *p, struct ast_expr *e)
{
	char word[MAX_WORD + 1];

	offer_names(p, NAMES_FIELDS, "meta");
	if (p->words->is_meta_key(word_peek(tok(p), word), false))
		take_word(p, e, "a meta key");
	else
		unknown_meta(p, e);
}

/* ct [original|reply] [ip|ip6] key */
static void parse_ct(struct parse *p, struct ast_expr *e)
{
	static const char *const directions[] = { "original", "reply", NULL }, *const families[] = { "ip", "ip6", NULL };
	static const char *const objects[] = { "timeout", "expectation", NULL }; /* only to be set */
	char word[MAX_WORD + 1];

	maybe_one_of(p, e, directions);
	maybe_one_of(p, e, families);
	if (maybe_one_of(p, e, objects))
		return;
	offer_names(p, NAMES_FIELDS, "ct");
	if (p->words->is_ct_key(word_peek(tok(p), word)))
		take_word(p, e, "a ct key");
	else
		unknown_field(p, "ct", "a ct key");
}

/* ---- options of headers ------------------------------------------------------------------------------------ */

static bool at_word_of_field(struct parse *p)
{
	static const char *const ends[] = { "exists", "missing", "vmap", "map", "set", NULL };
	const struct token *t = tok(p);

	if (t->type != TOK_WORD || is_reserved(t))
		return false;
	for (const char *const *w = ends; *w; w++) {
		if (token_word_is(t, *w))
			return false;
	}
	return true;
}

/* tcp option NAME [FIELD] | tcp option NUMBER | tcp option @kind,offset,length. The current token is behind "option". */
static void parse_option(struct parse *p, struct ast_expr *e)
{
	if (accept(p, TOK_AT)) {
		add_word(p, e, "@");
		take_number(p, e, "kind of option");
		expect(p, TOK_COMMA);
		take_number(p, e, "offset");
		expect(p, TOK_COMMA);
		take_number(p, e, "length");
		return;
	}
	offer_names(p, NAMES_FIELDS, e->field->head);
	take_word(p, e, "an option");
	if (is_cursor(tok(p)) && e->field->n_words)
		offer_names(p, NAMES_FIELDS, arena_printf(p->arena, "%s %s", e->field->head, e->field->words[0].text));
	if (at_word_of_field(p))
		take_word(p, e, "a field");
}

static void parse_numbered_option(struct parse *p, struct ast_expr *e)
{
	take_word(p, e, "an option");
}

/* ---- surroundings ------------------------------------------------------------------------------------------ */

/* rt [ip|ip6] classid|nexthop|mtu|ipsec, or a field of the routing header */
static void parse_rt(struct parse *p, struct ast_expr *e)
{
	static const char *const keys[] = { "classid", "nexthop", "mtu", "ipsec", "nexthdr", "hdrlength", "type", "seg-left", NULL };
	static const char *const families[] = { "ip", "ip6", NULL };

	maybe_one_of(p, e, families);
	take_one_of(p, e, "a key of rt", keys);
}

/* fib saddr . iif oif */
static void parse_fib(struct parse *p, struct ast_expr *e)
{
	static const char *const flags[] = { "saddr", "daddr", "mark", "iif", "oif", NULL };
	static const char *const results[] = { "oif", "oifname", "type", "check", NULL };

	do
		take_one_of(p, e, "saddr, daddr, mark, iif or oif", flags);
	while (accept(p, TOK_DOT));
	e->field->result = accept_any_word(p, results);
	if (!e->field->result)
		unexpected_word(p, "oif, oifname, type or check", results, 4);
}

static void parse_socket(struct parse *p, struct ast_expr *e)
{
	static const char *const keys[] = { "transparent", "mark", "wildcard", "cgroupv2", NULL };

	take_one_of(p, e, "a key of socket", keys);
	if (e->field->n_words && strcmp(e->field->words[0].text, "cgroupv2") == 0 && expect_word(p, "level")) {
		add_word(p, e, "level");
		take_number(p, e, "level");
	}
}

/* osf [ttl loose|skip] name|version */
static void parse_osf(struct parse *p, struct ast_expr *e)
{
	static const char *const ttls[] = { "loose", "skip", NULL }, *const keys[] = { "name", "version", NULL };

	if (accept_word(p, "ttl")) {
		add_word(p, e, "ttl");
		take_one_of(p, e, "loose or skip", ttls);
	}
	take_one_of(p, e, "name or version", keys);
}

/* ipsec in|out [spnum N] reqid|spi|ip saddr… */
static void parse_ipsec(struct parse *p, struct ast_expr *e)
{
	static const char *const directions[] = { "in", "out", NULL }, *const families[] = { "ip", "ip6", NULL };
	static const char *const keys[] = { "reqid", "spi", NULL }, *const addresses[] = { "saddr", "daddr", NULL };

	take_one_of(p, e, "in or out", directions);
	if (accept_word(p, "spnum")) {
		add_word(p, e, "spnum");
		take_number(p, e, "number of a state");
	}
	if (maybe_one_of(p, e, families))
		take_one_of(p, e, "saddr or daddr", addresses);
	else
		take_one_of(p, e, "reqid, spi, ip or ip6", keys);
}

static void parse_tunnel(struct parse *p, struct ast_expr *e)
{
	static const char *const keys[] = { "path", "id", NULL };

	take_one_of(p, e, "path or id", keys);
}

static void parse_exthdr(struct parse *p, struct ast_expr *e)
{
	static const char *const headers[] = { "hbh", "rt", "frag", "dst", "mh", "srh", NULL };

	take_one_of(p, e, "an extension header", headers);
}

/* ---- generators ------------------------------------------------------------------------------------------ */

static void parse_modulus(struct parse *p, struct ast_expr *e)
{
	if (expect_word(p, "mod"))
		e->num = expect_number(p, "modulus");
}

static void parse_offset(struct parse *p, struct ast_expr *e)
{
	uint64_t n = 0;

	if (accept_word(p, "offset"))
		n = expect_number(p, "offset");
	if (n > UINT32_MAX)
		fail(p, p->last, "offset: more than 32 bits");
	e->num2 = n;
}

static void parse_numgen(struct parse *p, struct ast_expr *e)
{
	static const char *const modes[] = { "inc", "random", NULL };

	take_one_of(p, e, "inc or random", modes);
	parse_modulus(p, e);
	parse_offset(p, e);
}

static void parse_jhash(struct parse *p, struct ast_expr *e)
{
	uint64_t seed;

	if (nest_enter(p))
		e->a = parse_concat(p, FIELDS);
	nest_leave(p);
	parse_modulus(p, e);
	if (accept_word(p, "seed")) {
		seed = expect_number(p, "seed");
		if (seed > UINT32_MAX)
			fail(p, p->last, "seed: more than 32 bits");
		e->field->seed = (uint32_t)seed;
		e->field->has_seed = true;
	}
	parse_offset(p, e);
}

static void parse_symhash(struct parse *p, struct ast_expr *e)
{
	parse_modulus(p, e);
	parse_offset(p, e);
}

/* ---- headers ----------------------------------------------------------------------------------------------- */

static bool is_tunnel_header(const char *head)
{
	return strcmp(head, "vxlan") == 0 || strcmp(head, "geneve") == 0 || strcmp(head, "gre") == 0 || strcmp(head, "gretap") == 0;
}

/* srh sid[1]: a field of that name with its brackets. */
static bool indexed_field(struct parse *p, struct ast_expr *e, const char *word)
{
	struct place at = tok(p)->at;
	uint64_t n;

	if (tok_ahead(p, 1)->type != TOK_LBRACKET)
		return false;
	tok_take(p);
	tok_take(p);
	n = expect_number(p, "an index");
	expect(p, TOK_RBRACKET);
	ast_field_word(p->arena, e, arena_printf(p->arena, "%s[%u]", word, (unsigned)n), place_span(at, p->last));
	return true;
}

/* A header's field: `tcp dport`, `arp saddr ip`, `vxlan vni`, `vxlan tcp dport`. */
static void parse_header(struct parse *p, struct ast_expr *e)
{
	const char *head = e->field->head;
	char word[MAX_WORD + 1], two[2 * MAX_WORD + 2], second[MAX_WORD + 1];

	offer_names(p, NAMES_FIELDS, head);
	word_peek(tok(p), word);
	if (*word && indexed_field(p, e, word))
		return;
	if (*word && p->words->is_field(head, word)) {
		take_word(p, e, "a field");
		return;
	}
	if (strcmp(head, "arp") == 0 && (strcmp(word, "saddr") == 0 || strcmp(word, "daddr") == 0)) {
		snprintf(two, sizeof(two), "%s %s", word, word_peek(tok_ahead(p, 1), second));
		if (p->words->is_field(head, two) || strcmp(second, "ip") == 0 || strcmp(second, "ether") == 0) {
			take_word(p, e, "a field");
			take_word(p, e, "ip or ether");
			return;
		}
	}
	if (is_tunnel_header(head) && *word && p->words->is_header(word) && nest_enter(p)) {
		e->a = parse_field(p);
		nest_leave(p);
		return;
	}
	if (!p->failed)
		unknown_field(p, head, arena_printf(p->arena, "a field of %s", head));
}

/* ---- heads ------------------------------------------------------------------------------------------------- */

struct head {
	const char *word, *word2; /* two words: "tcp option" */
	void (*parse)(struct parse *p, struct ast_expr *e);
};

static const struct head heads[] = {
	{ "meta", NULL, parse_meta },
	{ "ct", NULL, parse_ct },
	{ "tcp", "option", parse_option },
	{ "ip", "option", parse_option },
	{ "sctp", "chunk", parse_option },
	{ "dccp", "option", parse_numbered_option },
	{ "rt", NULL, parse_rt },
	{ "fib", NULL, parse_fib },
	{ "socket", NULL, parse_socket },
	{ "osf", NULL, parse_osf },
	{ "ipsec", NULL, parse_ipsec },
	{ "tunnel", NULL, parse_tunnel },
	{ "exthdr", NULL, parse_exthdr },
	{ "numgen", NULL, parse_numgen },
	{ "jhash", NULL, parse_jhash },
	{ "symhash", NULL, parse_symhash },
};

/* `ipsec exists` is the meta key. */
static bool is_meta_ipsec(const struct token *t, const struct token *next)
{
	return token_word_is(t, "ipsec") && !token_word_is(next, "in") && !token_word_is(next, "out");
}

static const struct head *head_at(struct parse *p)
{
	const struct token *t = tok(p);

	if (is_meta_ipsec(t, tok_ahead(p, 1)))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		if (token_word_is(t, heads[i].word) && (!heads[i].word2 || token_word_is(tok_ahead(p, 1), heads[i].word2)))
			return &heads[i];
	}
	return NULL;
}

/*
 * Where a constant may stand as well ("meta protocol set ip"), a header's name is one unless a word follows that can belong to it.
 */
static bool header_follows(struct parse *p, const char *head)
{
	char word[MAX_WORD + 1];

	word_peek(tok_ahead(p, 1), word);
	if (!*word)
		return false;
	return p->words->is_field(head, word) || tok_ahead(p, 2)->type == TOK_LBRACKET || strcmp(head, "arp") == 0 ||
	       (is_tunnel_header(head) && p->words->is_header(word));
}

bool at_field(struct parse *p, bool sure)
{
	char word[MAX_WORD + 1];
	const struct head *h;

	if (tok(p)->type != TOK_WORD)
		return false;
	offer_names(p, NAMES_FIELDS, NULL);
	h = head_at(p);
	if (h)
		return sure || h->word2 || tok_ahead(p, 1)->type == TOK_WORD;
	word_peek(tok(p), word);
	if (p->words->is_header(word))
		return sure || header_follows(p, word);
	return p->words->is_meta_key(word, true);
}

struct ast_expr *parse_field(struct parse *p)
{
	const struct head *h = head_at(p);
	const struct token *t = tok(p);
	struct ast_expr *e;
	char word[MAX_WORD + 1];

	if (h) {
		e = ast_field(p->arena, h->word2 ? arena_printf(p->arena, "%s %s", h->word, h->word2) : h->word, t->at);
		if (h->word2)
			e->field->head = intern(p, e->field->head);
		tok_take(p);
		if (h->word2)
			tok_take(p);
		e->field->head_at = place_span(e->at, p->last);
		h->parse(p, e);
		return done(p, e);
	}
	if (p->words->is_header(word_peek(t, word))) {
		e = ast_field(p->arena, intern(p, word), t->at);
		tok_take(p);
		parse_header(p, e);
		return done(p, e);
	}
	e = ast_field(p->arena, "meta", t->at);
	e->field->unqualified = true;
	parse_meta(p, e);
	return done(p, e);
}

/* ---- raw ------------------------------------------------------------------------------------------------- */

/* @th,16,16 and not a set of that name: a comma follows the base. */
bool at_raw(struct parse *p)
{
	const struct token *base = tok_ahead(p, 1);

	return tok_is(p, TOK_AT) && tok_ahead(p, 2)->type == TOK_COMMA &&
	       (base->type == TOK_NUMBER || token_word_is(base, "ll") || token_word_is(base, "nh") || token_word_is(base, "th") ||
		token_word_is(base, "ih"));
}

struct ast_expr *parse_raw(struct parse *p)
{
	struct ast_expr *e = ast_expr(p->arena, AST_RAW, tok(p)->at);

	tok_take(p);
	e->text = name_of(p, tok(p)->text, tok(p)->len)->text;
	tok_take(p);
	expect(p, TOK_COMMA);
	e->num = expect_number(p, "offset in bits");
	expect(p, TOK_COMMA);
	e->num2 = expect_number(p, "length in bits");
	return done(p, e);
}
