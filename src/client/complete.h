/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand at the end of a text that is being typed: words of the language as the parser offers them, names from the target.
 */
#ifndef NFVM_CLIENT_COMPLETE_H
#define NFVM_CLIENT_COMPLETE_H

#include "base/arena.h"
#include "src/client/transport.h"

struct parse;

struct completions {
	size_t from;        /* where in the text the word begins that is completed */
	const char **words; /* sorted, each once; in the arena */
	size_t n;
};

/* t NULL: no names. A target that does not answer offers none. */
void complete(struct parse *p, struct transport *t, struct arena *a, const char *text, struct completions *out);

#endif
