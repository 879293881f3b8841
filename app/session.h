/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An engine in this process with a host and a ruleset, and the book of its rules: what run and test stand on. */
#ifndef NFVM_APP_SESSION_H
#define NFVM_APP_SESSION_H

#include "app/rulebook.h"
#include "nfvm/engine.h"
#include "src/client/client.h"

struct session_options {
	const char *host_file;                     /* NULL: the built-in host */
	const char *const *local;                  /* more addresses of the host; NULL-terminated, or NULL */
	const char *const *include_dirs, *const *defines;
	const char *rules_file;                    /* a file, or */
	const char *rules_name, *rules_text;       /* a text with its name */
	bool optimize;                             /* rules are merged, and err is told which */
	const char *const *batches;                /* files of netlink batches, loaded behind the rules; NULL-terminated, or NULL */
	uint64_t seed;
	FILE *err;                                 /* where errors are said */
};

struct session {
	struct nfvm_engine *engine;
	struct transport *t;
	struct client *client;
	struct rulebook *book;
};

/* 0; -1 with the reason said on o->err. *s must be closed in either case. */
int session_open(const struct session_options *o, struct session *s);
void session_close(struct session *s);
/* Names of the session's devices, for printing. */
struct type_ctx session_types(const struct session *s);

/* Notes for each rule of the book how the engine lists it now: for traces. 0; -1: the ruleset could not be read. */
int session_list_rules(struct session *s);
/* trace_rule_fn with the session as its ctx. */
bool session_rule_text(void *session, uint8_t family, const char *table, const char *chain, uint64_t handle, struct buf *out);

#endif
