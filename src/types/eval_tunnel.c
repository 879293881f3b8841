/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tunnel: the metadata of the tunnel a packet came through. */
#include "src/types/eval_field.h"

struct tx *eval_tunnel(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct key *k = e->field->n_words ? key_by_name(tunnel_keys, e->field->words[0].text, NULL) : NULL;
	struct tx *t;

	if (!k)
		return field_unknown(v, e, 0);
	t = field_load_key(v, e, LOAD_TUNNEL, k);
	t->tunnel.key = k->key;
	return t;
}
