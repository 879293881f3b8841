/* SPDX-License-Identifier: GPL-2.0-or-later */
/* socket: the local socket that a packet belongs to. */
#include "bytecode/nf.h"
#include "src/types/eval_field.h"

enum { CGROUP_LEVELS = 255 };

struct tx *eval_socket(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct ast_field *f = e->field;
	const struct key *k = f->n_words ? key_by_name(socket_keys, f->words[0].text, NULL) : NULL;
	int64_t level = 0;
	struct tx *t;

	if (!k)
		return field_unknown(v, e, 0);
	t = field_load_key(v, e, LOAD_SOCKET, k);
	if (k->key == NFT_SOCKET_TRANSPARENT || k->key == NFT_SOCKET_WILDCARD)
		t->vbits = 1;
	if (k->key == NFT_SOCKET_CGROUPV2 && field_is(f, 1, "level"))
		level = field_number(v, f, 2, CGROUP_LEVELS);
	if (level < 0)
		return NULL;
	t->socket.key = k->key;
	t->socket.level = (uint32_t)level;
	return t;
}
