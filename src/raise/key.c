/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A field whose key is a row of src/types/keys.h: words that stand before the key, its family, its name. */
#include "src/raise/rx.h"
#include "src/types/keys.h"

struct rx *raise_key(struct raise *r, const char *head, const char *const *before, const struct key *k)
{
	const char *words[RAISE_WORDS];
	unsigned n = 0;

	if (!k) {
		r->failed = true;
		return NULL;
	}
	for (; before && before[n]; n++)
		words[n] = before[n];
	if (k->family)
		words[n++] = k->family;
	words[n++] = k->name;
	words[n] = NULL;
	return rx_field(r, head, words, k->type, k->bits, k->byteorder);
}
