/* SPDX-License-Identifier: GPL-2.0-or-later */
/* meta: what the host knows of a packet. Keys: src/types/proto/meta.c. */

#include "bytecode/nf.h"
#include "src/types/eval_field.h"

struct tx *eval_meta(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct ast_field *f = e->field;
	const struct meta_key *k = f->n_words == 1 ? meta_key_by_name(f->words[0].text) : NULL;
	struct tx *t;

	if (!k)
		return field_unknown(v, e, 0);
	if (k->key == NFT_META_NFPROTO && v->family != NFPROTO_INET && !v->deps_off) {
		diag_error(v->d, e->at, "meta nfproto is only useful in the inet family");
		return NULL;
	}
	t = field_load(v, e, LOAD_META, k->type, k->byteorder, k->bits);
	t->meta.key = k->key;
	return t;
}
