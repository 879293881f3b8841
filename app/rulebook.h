/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules and base chains of a loaded ruleset with the places they came from, and what packets did to them: for reports,
 * tests and coverage. Filled while the ruleset loads (rulebook_added is a commit_echo_fn), counted by an engine's steps.
 */
#ifndef NFVM_APP_RULEBOOK_H
#define NFVM_APP_RULEBOOK_H

#include <stdio.h>

#include "base/diag.h"
#include "nfvm/engine.h"
#include "src/client/commit.h"

struct book_rule {
	struct book_rule *next;      /* in the order they were loaded */
	struct book_rule *same_hash;
	uint8_t family;
	const char *table, *chain;
	uint64_t handle;
	struct place at;
	const char *listed;          /* as the ruleset lists it; NULL until session_list_rules() */
	uint64_t packets, bytes;
};

enum { BOOK_VERDICTS = 3 }; /* accept, drop, anything else */

struct book_chain {
	struct book_chain *next;
	uint8_t family;
	const char *table, *name, *type;
	uint32_t hook;
	int32_t priority;
	uint64_t packets[BOOK_VERDICTS], bytes[BOOK_VERDICTS];
	uint64_t by_policy;
};

struct rulebook {
	struct arena *a;
	struct book_rule *rules, **rules_tail;
	struct book_chain *chains, **chains_tail;
	struct book_rule **buckets;
	size_t n_rules, n_buckets;
};

struct rulebook *rulebook_new(void);
void rulebook_free(struct rulebook **b);
/* commit_echo_fn with the book as its ctx. */
void rulebook_added(void *book, const struct lower_mark *mark, uint16_t type, uint8_t family, const void *s);
/* nfvm_sink.step with the book as its ctx. Returns the rule, NULL for the end of a chain or where it is not known. */
struct book_rule *rulebook_step(struct rulebook *b, const struct nfvm_step *s);
struct book_rule *rulebook_find(const struct rulebook *b, uint8_t family, const char *table, uint64_t handle);
/* The text of a rule as it was written, on one line, cut to max bytes. */
void book_rule_text(const struct texts *t, const struct book_rule *r, size_t max, struct buf *out);
/* "router.nft:12" */
void book_rule_place(const struct texts *t, const struct book_rule *r, struct buf *out);
const char *family_name(uint8_t family);

#endif
