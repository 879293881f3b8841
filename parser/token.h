/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens. The scanner knows shapes only: that a word is a keyword is decided by where it stands (see parse_priv.h).
 */
#ifndef NFVM_PARSER_TOKEN_H
#define NFVM_PARSER_TOKEN_H

#include "base/diag.h"

enum tok_type {
	TOK_EOF,
	TOK_NEWLINE,
	TOK_SEMI,
	TOK_WORD,     /* an identifier, keyword, address, time, or digits that are no number */
	TOK_NUMBER,   /* decimal, octal or hexadecimal */
	TOK_STRING,   /* in quotes; text is between them */
	TOK_WILDWORD, /* eth*: a word with an asterisk at its end */
	TOK_LBRACE, TOK_RBRACE, TOK_LPAREN, TOK_RPAREN, TOK_LBRACKET, TOK_RBRACKET,
	TOK_COMMA, TOK_COLON, TOK_DOT, TOK_SLASH, TOK_DASH, TOK_PLUS, TOK_STAR, TOK_DOLLAR, TOK_AT, TOK_ASSIGN, TOK_BANG,
	TOK_EQ, TOK_NE, TOK_LT, TOK_GT, TOK_LE, TOK_GE,
	TOK_AND, TOK_OR, TOK_XOR, TOK_LSHIFT, TOK_RSHIFT, TOK_TILDE,
	TOK_OPEN_STRING, /* a quote that is never closed */
	TOK_JUNK,        /* a byte that begins no token */
	TOK_FAILED,      /* what a parser that has failed sees, until it recovers */
};

struct token {
	uint8_t type;
	struct place at;
	const char *text; /* in the text itself: len bytes, no NUL behind them */
	uint32_t len;
	struct cursor *cursor; /* of a word of no length */
};

/* A scanner of one text; bytes must have two NULs behind len, which flex wants, and outlive it. NULL: out of memory. */
struct scanner;
struct scanner *scanner_new(char *bytes, size_t len, uint32_t text);
void scanner_free(struct scanner **s);
void scanner_next(struct scanner *s, struct token *out);
/* Where the next token will be sought. The text may be read on by other means, and scanning go on behind that. */
const char *scanner_at(const struct scanner *s);
void scanner_go_on(struct scanner *s, const char *at);
/* Scans another text, which is part of a text and begins at byte off of it. 0, or -1: out of memory. */
int scanner_restart(struct scanner *s, char *bytes, size_t len, uint32_t text, uint32_t off);
/* The place of what the scanner has as this many bytes there. */
struct place scanner_place(const struct scanner *s, const char *at, uint32_t len);

#endif
