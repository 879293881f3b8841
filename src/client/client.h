/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session with a target: texts in, commands run, answers out. What nft(8) does.
 *
 *   text ─ parse ─► commands ─ lower ─► one batch ─ commit ─► target
 *                       └─ list, get, reset… ─ snapshot ─ raise ─ print ─► out
 *
 * All commands of a text are one batch: they take effect together or not at all. One thread.
 */
#ifndef NFVM_CLIENT_CLIENT_H
#define NFVM_CLIENT_CLIENT_H

#include <stdio.h>

#include "parser/print.h"
#include "src/client/commit.h"
#include "src/client/complete.h"
#include "src/client/transport.h"
#include "src/types/datatype.h"

enum client_debug {
	CLIENT_DEBUG_SCANNER = 1, CLIENT_DEBUG_PARSER = 2, CLIENT_DEBUG_EVAL = 4, CLIENT_DEBUG_NETLINK = 8, CLIENT_DEBUG_MNL = 16,
	CLIENT_DEBUG_PROTO_CTX = 32, CLIENT_DEBUG_SEGTREE = 64,
};

struct client_options {
	struct type_ctx types;
	struct ast_print_opts print;
	bool check;                      /* -c: validate, change nothing */
	bool echo;                       /* -e */
	bool json;                       /* -j */
	bool optimize;                   /* -o: merge rules, and say on err which */
	unsigned debug;                  /* CLIENT_DEBUG_… */
	const char *const *include_dirs; /* NULL-terminated, or NULL */
	const char *const *defines;      /* "name=value", NULL-terminated, or NULL */
	FILE *out, *err;
	/* What was added, with its handle and the place it came from; may be NULL. */
	commit_echo_fn *added;
	void *ctx;
};

struct client;

/* t is borrowed. 0; -1: a define is wrong (said on err). */
int client_new(const struct client_options *o, struct transport *t, struct client **out);
void client_free(struct client **c);
/* Runs a file ("-": standard input) or a command line. 0; -1: an error, said on err; the target is as it was. */
int client_file(struct client *c, const char *path);
int client_text(struct client *c, const char *name, const char *text);
/* What may stand at the end of a text. */
void client_complete(struct client *c, struct arena *a, const char *text, struct completions *out);
/* Was the last of them JSON? (with -j) */
bool client_read_json(const struct client *c);
/* The texts of this session, to name places; the client's. */
const struct texts *client_texts(const struct client *c);

#endif
