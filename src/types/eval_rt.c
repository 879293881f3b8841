/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rt: the packet's route. (`rt type` and its like are fields of the IPv6 routing header.) */
#include "bytecode/nf.h"
#include "src/types/eval_field.h"

static const struct key *nexthop(struct eval *v, const struct ast_expr *e)
{
	const struct proto *p = v->pctx->layer[PROTO_NH].desc;

	if (p == &proto_ip || p == &proto_ip6)
		return key_by_name(rt_keys, "nexthop", p->name);
	diag_error(v->d, e->at, "cannot determine ip protocol version, use \"ip nexthop\" or \"ip6 nexthop\" instead");
	return NULL;
}

struct tx *eval_rt(struct eval *v, const struct ast_expr *e, struct expect x)
{
	const struct ast_field *f = e->field;
	const struct key *k;
	struct tx *t;

	if (f->n_words == 2)
		k = key_by_name(rt_keys, f->words[1].text, f->words[0].text);
	else
		k = f->n_words == 1 ? key_by_name(rt_keys, f->words[0].text, NULL) : NULL;
	if (!k && f->n_words == 1 && field_is(f, 0, "nexthop")) {
		k = nexthop(v, e);
		if (!k)
			return NULL;
	}
	if (!k)
		return eval_ip6_header(v, e, x);
	t = field_load_key(v, e, LOAD_RT, k);
	t->rt.key = k->key;
	return t;
}
