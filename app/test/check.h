/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One test under way: what became of its packets, and whether that is what it says. */
#ifndef NFVM_APP_TEST_CHECK_H
#define NFVM_APP_TEST_CHECK_H

#include "app/session.h"
#include "app/test/file.h"
#include "src/raise/trace.h"

/* What the worker told of the packet that ran last. */
struct outcome {
	uint8_t verdict;
	struct buf frame;              /* the first frame that left */
	uint32_t dev;
	unsigned n_out;
	const struct book_rule *rule;  /* that gave the last verdict of its own; NULL: a policy */
	bool has_mark;
	uint32_t mark;
	struct buf trace;
};

struct check {
	struct session *s;
	struct nfvm_worker *worker;
	struct arena *a;
	const struct texts *texts;     /* of the test file */
	struct outcome got;
	struct type_ctx types;
	struct trace_ctx trace;
	struct packet packet;          /* the last `packet`, with all its fields; replies are made from it */
	uint32_t dev, out_dev;         /* where it entered and left (0: it did not leave) */
	struct buf left;               /* as it left */
	struct buf frame;              /* the last one sent, packet or reply */
	uint32_t frame_dev;
	uint64_t now_ns;
	struct buf fault;              /* what is not as it should be; empty: nothing */
};

/* 0; -1: no worker. */
int check_begin(struct check *c, struct session *s, const struct texts *t, struct arena *a);
void check_end(struct check *c);
/* Runs one step. False where it failed: c->fault says why. */
bool check_step(struct check *c, const struct step *s);

/* Notes what is not as it should be, a line or two; returns false. */
bool check_fail(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
