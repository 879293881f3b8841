/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests with an answer: one object, or a dump of them, decoded. One thread; answers live in the arena given. */
#ifndef NFVM_CLIENT_QUERY_H
#define NFVM_CLIENT_QUERY_H

#include "bytecode/bc.h"
#include "src/client/transport.h"

/* One message of an answer: type NFT_MSG_NEW…, the struct of its bc_msg_desc(), in the query's arena. */
typedef int query_fn(void *ctx, uint16_t type, uint8_t family, void *s);

struct query {
	struct transport *t;
	struct arena *a;
	uint16_t type;          /* NFT_MSG_GET… */
	uint8_t family;
	uint16_t flags;         /* NLM_F_DUMP for a dump; NLM_F_ACK: any number of answers, then an acknowledgement; else one answer */
	const void *filter;     /* a struct of bc_msg_desc(type), or NULL */
	query_fn *fn;
	/* Instead of fn: the message as it came, valid during the call. */
	int (*raw)(void *ctx, const struct nlmsghdr *h);
	void *ctx;
	bool passing;           /* what fn gets is valid during its call only: it points into the message, and the arena is reset behind it */
};

/*
 * Sends and reads the whole answer. 0; -EINTR: the dump was interrupted by a change, ask again;
 * -ENOENT and others from the target; what fn returned, if not 0 (the answer is read to its end all the same).
 */
int query_run(const struct query *q);
/* The id of the current generation. */
int query_gen(struct transport *t, uint32_t *id);

#endif
