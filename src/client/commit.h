/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends a finished batch and turns the target's answers into diagnostics at the place in the text that caused them. */
#ifndef NFVM_CLIENT_COMMIT_H
#define NFVM_CLIENT_COMMIT_H

#include "src/client/transport.h"
#include "src/lower/lower.h"

/* A message that came back because of NLM_F_ECHO: what was added, with its handle. mark: where it came from, or NULL. */
typedef void commit_echo_fn(void *ctx, const struct lower_mark *mark, uint16_t type, uint8_t family, const void *s);

struct event;

struct commit {
	struct transport *t;
	const struct bc_batch *batch;
	const struct lower *lower;
	struct diag *diag;
	struct arena *a;            /* for what is echoed */
	commit_echo_fn *echo;
	/* All that came back, as events; may be NULL. */
	void (*event)(void *ctx, const struct event *e);
	void *ctx;
	struct refusals *refused;   /* commit_run()'s own */
};

/* 0; -1: refused, nothing was changed, the diag says why; -ERESTART: the target has changed since it was asked, and nothing was reported. */
int commit_run(const struct commit *c);

#endif
