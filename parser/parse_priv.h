/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the parser: what its files share.
 *
 *   input.c     texts, include, the order in which they are scanned
 *   tokens.c    the current token, look-ahead, errors and recovery
 *   scope.c     names, and variables with their scopes
 *   expr.c      operators, concatenations, ranges, relations          field.c   tcp dport, meta mark, ct state, fib …
 *   set.c       { … } and elements                                    verdict.c accept, jump …
 *   rule.c      a rule, its statements by name                        stmt_*.c  one family of statements each
 *   command.c   commands, which thing they name                       block.c   what is common to all blocks
 *   obj_*.c     one family of objects each                            complete.c what may stand at the end of a text
 *
 * Failure is sticky: the first error of a command or line is reported, and from then on the current token is TOK_FAILED, which
 * nothing accepts, so that every function falls through to the place that recovers (block.c, parse.c). Hence no function of the
 * grammar checks for errors of its callees, and none returns NULL: what it returns after a failure is a stand-in that nobody
 * will see. A loop must therefore be driven by what it accepts, never by what it does not find.
 */
#ifndef NFVM_PARSER_PARSE_PRIV_H
#define NFVM_PARSER_PARSE_PRIV_H

#include <string.h>

#include "base/bytes.h"
#include "parser/parse.h"
#include "parser/token.h"

enum {
	LOOKAHEAD = 4,
	MAX_NEST = 64,        /* ( ( ( and { { { and jump { jump { */
	MAX_OPERATORS = 1024, /* in one expression: bounds the depth of its tree */
	MAX_INCLUDES = 16,    /* deep */
	MAX_WORD = 255,
	MAX_ERRORS = 10,      /* where the diag does not say: what comes behind them is not read */
};

/* A word that was seen, kept once: words compare by address. */
struct name {
	const char *text;
	uint32_t hash, len;
	struct define *def; /* innermost definition of the variable of this name */
};

struct define {
	struct define *outer;    /* definition of the same name that this one hides */
	struct define *next;     /* of the same scope */
	struct scope *scope;
	const char *name;
	struct ast_expr *value;  /* NULL: undefined again */
	struct place at;
};

struct scope {
	struct scope *outer;
	struct define *defs;
};

struct input;

struct parse {
	struct arena *arena;
	struct texts *texts;
	struct diag *diag;
	const struct parse_words *words;

	bool json, json_keep;        /* texts may be JSON; what they hold is kept */
	bool was_json;
	struct json_t *json_kept;    /* array of the commands read, or NULL */
	struct input *input;         /* the text being scanned; it leads to those that wait */
	const char **paths;
	size_t n_paths;
	const char *file_dir;        /* of the file given to parse_file */

	struct token ring[LOOKAHEAD];
	unsigned first, n;           /* tokens in the ring */
	struct place last;           /* the token taken last */
	bool failed;
	bool stopped;                /* nothing more is read or said: too many errors, or the end came too early */
	unsigned braces;             /* open { of the tokens taken */
	unsigned in_set;             /* > 0: newlines do not count */
	unsigned nest, operators;

	bool fold, pack;             /* parse_fold(); the set being parsed may be packed */
	bool unfoldable;             /* the rule being parsed is more than its text */
	struct input *again;         /* of parse_unfold */
	struct buf again_text;

	struct arena *name_arena, *own_names; /* where names live; own_names: not in arena */
	struct name *names;          /* open addressing */
	uint32_t n_names, cap_names;
	struct scope *scope, global;

	struct cursor *cursor;       /* completing: see complete.c; else NULL */
	const struct ast_expr *compared; /* the left side of the relation or look-up being parsed, or NULL */
	const struct ast_handle *within; /* the command's or table's, in which names are looked for */
};

/* ---- complete.c ---- */
/*
 * The end of a text that is being completed is a token of its own, a word of no length: comparing it with a word offers that word, and
 * nothing accepts it. All these do nothing elsewhere.
 */
static inline bool is_cursor(const struct token *t)
{
	return t->type == TOK_WORD && !t->len;
}
void cursor_next(struct parse *p, struct token *out);
void cursor_offer(const struct token *t, const char *word);
/* What the tables of src/types have of a kind. */
void offer_names(struct parse *p, enum parse_names what, const char *of);
void offer_words(struct parse *p, const char *const *words, size_t n);
void offer_values(struct parse *p, const struct ast_expr *field);
void offer_object(struct parse *p, enum ast_obj_kind kind);

/* ---- tokens.c ---- */
/* The current token. */
const struct token *tok(struct parse *p);
/* The token n behind the current one, n < LOOKAHEAD. */
const struct token *tok_ahead(struct parse *p, unsigned n);
void tok_take(struct parse *p);
/* Takes the current token if it is of this type. */
bool accept(struct parse *p, enum tok_type type);
bool expect(struct parse *p, enum tok_type type);
static inline bool tok_is(struct parse *p, enum tok_type type)
{
	return tok(p)->type == type;
}
static inline bool token_word_is(const struct token *t, const char *word)
{
	if (t->type != TOK_WORD)
		return false;
	if (!t->len)
		cursor_offer(t, word);
	return *t->text == *word && !strncmp(t->text, word, t->len) && !word[t->len];
}
bool is_word(struct parse *p, const char *word);
bool accept_word(struct parse *p, const char *word);
bool expect_word(struct parse *p, const char *word);
/* The first of a NULL-terminated list that is the current word, or NULL. Takes it. */
const char *accept_any_word(struct parse *p, const char *const *words);
/* The current word NUL-terminated in buf, "" if there is none or it is longer than MAX_WORD. */
const char *word_peek(const struct token *t, char buf[MAX_WORD + 1]);

/* An error at the current token: what it is, and what was expected instead (NULL: unsaid). Always false. */
bool unexpected(struct parse *p, const char *expected);
/* As unexpected(), with a hint where the current word is near one of those that fit. */
bool unexpected_word(struct parse *p, const char *expected, const char *const *words, size_t n);
bool fail(struct parse *p, struct place at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A line under the error just reported. */
void hint_near(struct parse *p, const char *word, const char *const *words, size_t n);
/* Skips to the end of the statement, at depth braces, and lets the parser go on. */
void recover(struct parse *p, unsigned braces);
/* True at the end of a statement; a newline or semicolon is taken, a closing brace is not. */
bool at_end(struct parse *p);
bool expect_end(struct parse *p);
void skip_ends(struct parse *p);
bool nest_enter(struct parse *p);
void nest_leave(struct parse *p);

/* Texts of tokens as arena strings. identifier: a word or quoted string that names something. */
const char *text_of(struct parse *p, const struct token *t);
const char *take_text(struct parse *p);
const char *identifier(struct parse *p, const char *what);
uint64_t expect_number(struct parse *p, const char *what);
/* Takes a number token's value; false: too large for 128 bits, or digits beyond its base. */
bool number_value(const struct token *t, unsigned __int128 *out);

/* ---- scope.c ---- */
struct name *name_of(struct parse *p, const char *text, uint32_t len);
const char *intern(struct parse *p, const char *text);
void scope_open(struct parse *p, struct scope *s);
void scope_close(struct parse *p);
/* define, redefine, undefine: true if the current word began one, which is then done, its end of line included. */
bool parse_define_line(struct parse *p);
/* $name: the current token is the dollar. */
struct ast_expr *parse_variable(struct parse *p);
/* A text with the variables in it replaced by their values. */
const char *expand(struct parse *p, const char *text, struct place at);
/* What a variable stands for, through other variables; anything else is itself. */
struct ast_expr *resolve(struct ast_expr *e);

/* ---- fold.c ---- */
/* A rule of a chain or a command, folded where that is wanted and can be. */
struct ast_rule *parse_line_rule(struct parse *p);
void unfold_free(struct parse *p);
/* Behind a comma: takes the plain elements that follow, each with its comma, into a packed set. */
void pack_plain(struct parse *p, struct ast_expr *set);

/* ---- input.c ---- */
int input_open(struct parse *p, const char *path);
/* The number of the text on top, or 0. */
uint32_t input_text(const struct parse *p);
int input_string(struct parse *p, const char *name, const char *bytes, size_t len);
/* The next token of all inputs; included texts end with a newline. */
void input_next(struct parse *p, struct token *out);
void input_close_all(struct parse *p);
/* The scanner of the text that the next token comes from, or NULL. */
struct scanner *input_scanner(struct parse *p);
/* One text that is part of another, instead of all inputs. */
int input_part(struct parse *p, struct place at);
/* True if the current word was include, which is then done. */
bool parse_include_line(struct parse *p);

/* ---- expr.c ---- */
/* What a bare word is: a constant; a field where it can be one; on the left of a match, a field whenever it names a header. */
enum side { CONSTANTS, FIELDS, LEFT };
struct ast_expr *parse_operand(struct parse *p, enum side side);
/* Operators, no ranges or concatenations. */
struct ast_expr *parse_basic(struct parse *p, enum side side);
/* a . b . 1-2 . 10.0.0.0/8 */
struct ast_expr *parse_concat(struct parse *p, enum side side);
/* A value to set or use: a concatenation, range or list of fields and constants, or a map look-up. */
struct ast_expr *parse_value(struct parse *p);
/* The same with no list: where a comma ends it. */
struct ast_expr *parse_value_one(struct parse *p);
/* What a variable may be: constants, lists, sets, negative numbers. */
struct ast_expr *parse_initializer(struct parse *p);
/* The right side of a relation; completes rel with what is found. */
struct ast_expr *parse_relation(struct parse *p, struct ast_expr *left);
struct ast_expr *parse_setref(struct parse *p);
/* A set, a reference to one, or a variable. */
struct ast_expr *parse_set_operand(struct parse *p);
struct ast_expr *parse_symbol(struct parse *p);
struct ast_expr *parse_number(struct parse *p);
struct ast_expr *parse_time(struct parse *p);
struct ast_expr *parse_string_value(struct parse *p, const char *what);
/* word, word, …: SYMBOLs in a LIST; each must be one of the words (NULL: any). */
struct ast_expr *parse_word_list(struct parse *p, const char *what, const char *const *words);
struct ast_expr *done(struct parse *p, struct ast_expr *e); /* its place ends with the last token taken */

/* ---- field.c ---- */
/* True if the current word begins a field. sure: it cannot be anything else here (the left side of a match). */
bool at_field(struct parse *p, bool sure);
struct ast_expr *parse_field(struct parse *p);
struct ast_expr *parse_raw(struct parse *p);
bool at_raw(struct parse *p);
void hint_field(struct parse *p, const char *head, const char *word);
/* and, or, eq …: never values */
bool is_reserved(const struct token *t);

/* ---- set.c ---- */
struct ast_expr *parse_set(struct parse *p);
/* Elements of a named set. */
struct ast_expr *parse_packed_set(struct parse *p);
/* One element of a statement: { key properties : data } */
struct ast_expr *parse_dynamic_element(struct parse *p);

/* ---- verdict.c ---- */
bool at_verdict(struct parse *p);
struct ast_expr *parse_verdict(struct parse *p);

/* ---- rule.c ---- */
/* Statements up to the end of the line, which is not taken. */
struct ast_rule *parse_rule(struct parse *p);
/* Statements with a state, one or more: counter, limit, quota, last, ct count. NULL: none here. */
struct ast_stmt *parse_stateful(struct parse *p);
bool at_stateful(struct parse *p);
struct ast_stmt *parse_ct_count(struct parse *p, struct place at);
bool is_statement_word(const struct token *t);

/* Statements by name; parse() is called behind the name. */
struct stmt_words {
	const char *name;
	void (*parse)(struct parse *p, struct ast_stmt *s);
};
void add_opt(struct parse *p, struct ast_opt ***tail, const char *name, struct ast_expr *val, struct place at);
/* An option whose word was just taken, and whose value parse() reads. */
void opt_value(struct parse *p, struct ast_opt ***tail, const char *name, struct ast_expr *(*parse)(struct parse *p));
/* The current word as a bare option, if it is one of the words. */
bool accept_flag_opt(struct parse *p, struct ast_opt ***tail, const char *const *words);

void stmt_counter(struct parse *p, struct ast_stmt *s);
void stmt_limit(struct parse *p, struct ast_stmt *s);
void stmt_quota(struct parse *p, struct ast_stmt *s);
void stmt_last(struct parse *p, struct ast_stmt *s);
void stmt_log(struct parse *p, struct ast_stmt *s);
void stmt_reject(struct parse *p, struct ast_stmt *s);
void stmt_nat(struct parse *p, struct ast_stmt *s);
void stmt_masquerade(struct parse *p, struct ast_stmt *s);
void stmt_queue(struct parse *p, struct ast_stmt *s);
void stmt_dup(struct parse *p, struct ast_stmt *s);
void stmt_fwd(struct parse *p, struct ast_stmt *s);
void stmt_tproxy(struct parse *p, struct ast_stmt *s);
void stmt_synproxy(struct parse *p, struct ast_stmt *s);
void stmt_flow(struct parse *p, struct ast_stmt *s);
void stmt_dynset(struct parse *p, struct ast_stmt *s);
void stmt_set_old(struct parse *p, struct ast_stmt *s);
void stmt_meter(struct parse *p, struct ast_stmt *s);
void stmt_reset(struct parse *p, struct ast_stmt *s);
void stmt_xt(struct parse *p, struct ast_stmt *s);

/* The properties of counters, quotas, limits and synproxies, as statement and as object. */
void counter_config(struct parse *p, struct ast_opt ***tail);
void quota_config(struct parse *p, struct ast_opt ***tail);
void limit_config(struct parse *p, struct ast_opt ***tail);
bool synproxy_config(struct parse *p, struct ast_opt ***tail);

/* ---- block.c ---- */
/* Lines between braces; line() parses one up to its end, which it does not take. The current token is the {. */
void parse_block(struct parse *p, void (*line)(struct parse *p, void *ctx), void *ctx);
/* comment "x" */
bool accept_comment(struct parse *p, struct ast_opt ***tail);
/* Fails if the options have one of this name, as most may be given once. */
bool only_once(struct parse *p, const struct ast_opt *opts, const char *name);
/* In a block: none of the words that may begin a line. */
void unknown_line(struct parse *p, const char *what, const char *const *words);

/* ---- obj_*.c ---- */
/* Kinds of objects that a table's block and commands name: one row each. */
struct obj_kind {
	const char *word, *word2;   /* "ct", "helper" */
	const char *plural;         /* "counters", or NULL */
	enum ast_obj_kind kind, kind_all;
	/* What follows the name in add and create and in a table's block: a block, a short form, or nothing. */
	void (*body)(struct parse *p, struct ast_obj *o);
};
/* Ends with a NULL word. */
extern const struct obj_kind obj_kinds[];
/* The kind whose words the current tokens are, taken; NULL: none. */
const struct obj_kind *accept_obj_kind(struct parse *p);

void obj_table(struct parse *p, struct ast_obj *o);
void obj_chain(struct parse *p, struct ast_obj *o);
void obj_set(struct parse *p, struct ast_obj *o);
void obj_elements(struct parse *p, struct ast_obj *o);
void obj_flowtable(struct parse *p, struct ast_obj *o);
void obj_counter(struct parse *p, struct ast_obj *o);
void obj_quota(struct parse *p, struct ast_obj *o);
void obj_limit(struct parse *p, struct ast_obj *o);
void obj_secmark(struct parse *p, struct ast_obj *o);
void obj_synproxy(struct parse *p, struct ast_obj *o);
void obj_ct_helper(struct parse *p, struct ast_obj *o);
void obj_ct_timeout(struct parse *p, struct ast_obj *o);
void obj_ct_expectation(struct parse *p, struct ast_obj *o);
void obj_tunnel(struct parse *p, struct ast_obj *o);

struct priority {
	struct ast_expr *written;   /* SYMBOL, NUMBER or VARIABLE */
	const char *name;           /* NULL, or what num is added to */
	int32_t num;
	struct place at;
};
void parse_priority(struct parse *p, struct priority *out);
/* device NAME | devices = { NAMES }: a LIST. The current word is device or devices. */
struct ast_expr *parse_devices(struct parse *p);

/* ---- command.c ---- */
/* One command up to its end, which is not taken. NULL: it was a definition or an include. */
struct ast_cmd *parse_command(struct parse *p);
bool family_by_name(const char *name, uint8_t *family);
bool accept_family(struct parse *p, uint8_t *family);

#endif
