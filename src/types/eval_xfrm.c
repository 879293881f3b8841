/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipsec: the transformations that a packet went or is to go through. `ipsec in spnum 1 ip saddr`, `ipsec out reqid`. */
#include "src/types/eval_field.h"

enum { SPNUM_MAX = 255, DIR_IN = 0, DIR_OUT = 1 }; /* XFRM_POLICY_* */

struct tx *eval_xfrm(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct ast_field *f = e->field;
	bool out = field_is(f, 0, "out");
	const struct key *k = NULL;
	int64_t spnum = 0;
	unsigned i = 1;
	struct tx *t;

	if (!out && !field_is(f, 0, "in"))
		return field_unknown(v, e, 0);
	if (field_is(f, 1, "spnum")) {
		spnum = field_number(v, f, 2, SPNUM_MAX);
		if (spnum < 0)
			return NULL;
		i = 3;
	}
	if (i + 1 == f->n_words)
		k = key_by_name(xfrm_keys, f->words[i].text, NULL);
	else if (i + 2 == f->n_words)
		k = key_by_name(xfrm_keys, f->words[i + 1].text, f->words[i].text);
	if (!k)
		return field_unknown(v, e, i);
	t = field_load_key(v, e, LOAD_XFRM, k);
	t->xfrm.dir = out ? DIR_OUT : DIR_IN;
	t->xfrm.key = k->key;
	t->xfrm.spnum = (uint32_t)spnum;
	return t;
}
