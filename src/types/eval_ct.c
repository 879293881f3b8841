/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ct: the packet's connection. Keys: src/types/proto/ct.c. */
#include <string.h>

#include "bytecode/nf.h"
#include "src/types/eval_field.h"

enum { DIR_NONE = -1, DIR_ORIGINAL = 0, DIR_REPLY = 1 };

/* `ct original ip saddr` where the packet is known to be IPv6 can never match. */
static int address_family(struct eval *v, struct tx *t, const char *family)
{
	const struct proto *want = strcmp(family, "ip6") ? &proto_ip : &proto_ip6, *known = v->pctx->layer[PROTO_NH].desc;

	if (v->deps_off || !known || known == want)
		return 0;
	diag_error(v->d, t->at, "conflicting protocols specified: %s vs. %s", known->name, want->name);
	diag_also(v->d, v->pctx->layer[PROTO_NH].at);
	return -1;
}

/* `ct original saddr`: of the network protocol that is known, if one is. */
static int plain_address(struct eval *v, struct tx *t, const char *key)
{
	const struct proto *known = v->pctx->layer[PROTO_NH].desc;

	if (known != &proto_ip && known != &proto_ip6)
		return diag_error(v->d, t->at, "cannot determine ip protocol version, use \"ip %s\" or \"ip6 %s\" instead", key, key);

	if (known == &proto_ip) {
		t->type = &type_ipaddr;
		t->bits = 32;
		t->bo = BO_BIG;
	} else if (known == &proto_ip6) {
		t->type = &type_ip6addr;
		t->bits = 128;
		t->bo = BO_BIG;
	}
	return 0;
}

struct tx *eval_ct(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct ast_field *f = e->field;
	int dir = field_is(f, 0, "original") ? DIR_ORIGINAL : field_is(f, 0, "reply") ? DIR_REPLY : DIR_NONE;
	unsigned i = dir != DIR_NONE;
	const char *family = i + 2 == f->n_words ? f->words[i].text : NULL;
	const struct ct_key *k = NULL;
	struct tx *t;

	if (i + (family ? 2u : 1u) == f->n_words)
		k = ct_key_by_name(f->words[f->n_words - 1].text, family);
	if (!k)
		return field_unknown(v, e, i);
	if (!(k->dirs & (dir == DIR_NONE ? CT_KEY_NODIR : CT_KEY_DIR))) {
		diag_error(v->d, e->at, dir == DIR_NONE ? "ct %s needs a direction" : "ct %s takes no direction", k->name);
		return NULL;
	}
	t = field_load(v, e, LOAD_CT, k->type, k->byteorder, k->bits);
	t->ct.key = k->key;
	t->ct.dir = (int8_t)dir;
	if (family) {
		if (address_family(v, t, family))
			return NULL;
	} else if (k->key == NFT_CT_SRC || k->key == NFT_CT_DST) {
		if (plain_address(v, t, k->name))
			return NULL;
	}
	return t;
}
