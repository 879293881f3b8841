/* SPDX-License-Identifier: GPL-2.0-or-later */
/* osf: the operating system that a TCP SYN looks like. */
#include "bytecode/nf.h"
#include "src/types/eval_field.h"
#include "src/types/names.h"

struct tx *eval_osf(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct ast_field *f = e->field;
	const struct key *k;
	unsigned i = 0;
	uint64_t ttl = 0;
	struct tx *t;

	if (field_is(f, 0, "ttl")) {
		if (f->n_words < 2 || !names_value(names_osf_ttl, f->words[1].text, &ttl))
			return field_unknown(v, e, 1);
		i = 2;
	}
	k = i < f->n_words ? key_by_name(osf_keys, f->words[i].text, NULL) : NULL;
	if (!k)
		return field_unknown(v, e, i);
	t = field_load_key(v, e, LOAD_OSF, k);
	t->osf.ttl = (uint8_t)ttl;
	t->osf.flags = k->flags;
	return t;
}
