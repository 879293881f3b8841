/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of the way back: a text compiled, and its messages as a target would hold them, with names for what has none in a
 * batch. */
#ifndef NFVM_TESTS_RAISE_WORLD_H
#define NFVM_TESTS_RAISE_WORLD_H

#include "bytecode/bc.h"
#include "bytecode/msg.h"
#include "src/raise/raise.h"

/* A message of the batch, in their order. */
struct held {
	struct held *next;
	uint16_t type; /* NFT_MSG_NEW… */
	uint8_t family;
	void *msg;             /* struct bc_set and so on */
	struct bc_node *elems; /* of a set */
};

struct world {
	struct arena *a;
	struct texts *texts;
	struct diag diag;
	struct parse *parse;
	struct bc_batch batch;
	struct held *first, **last;
	struct raise_ctx raise; /* ready for use */
};

/* 0, or -1 where the text does not compile (w->diag says why). To be freed in either case. */
int world_compile(struct world *w, const char *text);
void world_free(struct world *w);
/* The AST of the tables with all that is in them, linked by next. */
struct ast_obj *world_tables(struct world *w);

#endif
