/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a target tells of a change (a notification, or what it echoes) as the command that makes the change, worded as nft does it:
 * for -e and for monitor.
 */
#ifndef NFVM_CLIENT_EVENT_H
#define NFVM_CLIENT_EVENT_H

#include "src/client/setbook.h"
#include "src/types/datatype.h"
#include "parser/ast.h"

struct event {
	uint16_t type;  /* NFT_MSG_NEW…, DEL… */
	uint16_t flags; /* of the message: NLM_F_* */
	uint8_t family;
	const void *s; /* the struct of bc_msg_desc(type) */
};

struct event_ctx {
	struct setbook *book;
	const struct type_ctx *types;
	bool json; /* comments and deleted rules are whole, which text leaves out */
	/* Called for each command; what it gets lives in the arena. */
	void (*fn)(void *ctx, const struct ast_cmd *cmd);
	void *ctx;
};

/* Learns from the event, then gives its commands: none (anonymous sets and half of an interval), one, or one for each element. */
void event_read(const struct event_ctx *c, struct arena *a, const struct event *e);
/* "# new generation 7 by process 123 (nft)" */
struct bc_gen;
void event_generation(const struct bc_gen *g, struct buf *out);

#endif
